//! A case seen through the wide oracle: its values in double-double arithmetic, and derivatives along directions by
//! finite differences of them, kinks included.

use crate::graph::{Case, Node};
use crate::modes::{Error, cone, rerun, run};
use crate::number::{Dd, Number, Real};
use crate::op::{Id, Linearity, Op, Pointwise};
use crate::oracle::{self, Estimate, Slope};
use crate::tensor::{Shape, Tensor};
use smallvec::SmallVec;
use std::cell::{Cell, RefCell};

use super::bound::{Bounded, Bounds};

/// The relative steps that are tried, largest first: a smaller one only where a kink is near or the function is too wild
/// for the larger ones.
const STEPS: [f64; 6] = [1e-6, 1e-8, 1e-10, 1e-12, 1e-16, 1e-20];

/// So many of them are short enough for most functions; where rounding allows the last of these, the others are passed over.
const SHORT: usize = 3;

/// The largest relative step of all: that of second derivatives.
const LARGEST_STEP: f64 = 1e-5;

/// How many rounding bounds away a kink must be for the engine under test to be on the right side of it.
const SAFETY: f64 = 16.0;

/// Next to a point where an operation chooses nothing, relative to its operands: the rounding of a factorisation.
const UNDETERMINED: f64 = 1e-12;

/// A node that is not smooth everywhere: how far its operands may move, and how far they may be off in the engine.
struct Kinky {
    node: Id,
    /// The operands that can move it to the kink.
    operands: SmallVec<[Id; 3]>,
    distance: f64,
    fuzz: f64,
    /// Whether a parameter moves it.
    moves: bool,
    /// Whether more than two smooth pieces may meet there.
    is_many_sided: bool,
}

impl Kinky {
    /// Whether the engine's rounding may put it on the other side of the kink.
    fn is_fragile(&self) -> bool {
        self.distance <= self.fuzz
    }
}

/// An element of a parameter that moves: its place, and its weight in each of `D` directions.
type Moving<const D: usize> = (usize, [f64; D]);

/// What moves along `D` directions at once.
struct Moves<const D: usize> {
    /// For each parameter that moves: its number, and its elements that do.
    params: Vec<(usize, Vec<Moving<D>>)>,
    /// The nodes that change with them.
    cone: Vec<Id>,
}

/// A parameter that was moved, in the same memory each time.
struct Moved {
    x: Tensor<Dd>,
    /// Where it differs from the case's.
    places: Vec<usize>,
}

/// The values of the nodes that changed.
type Changed = Vec<Option<Tensor<Dd>>>;

/// A case with its wide values.
pub struct Wide<'c> {
    case: &'c Case,
    ids: Vec<Id>,
    params: Vec<Tensor<Dd>>,
    /// Each parameter's first place in a vector of all.
    starts: Vec<usize>,
    moved: RefCell<Vec<Option<Moved>>>,
    cotangents: Vec<Tensor<Dd>>,
    values: Vec<Tensor<Dd>>,
    kinky: Vec<Kinky>,
    /// The sum of the magnitudes of cotangent times output: what a derivative's size is measured by.
    pub size: f64,
    /// For each output, the magnitude of what its elements are the difference of: what wide arithmetic rounds.
    terms: Vec<Tensor<f64>>,
    /// The same of `<cotangents, outputs>`.
    noise: f64,
    evaluations: Cell<usize>,
    /// `<cotangents, outputs>` of the case.
    objective: Dd,
}

impl<'c> Wide<'c> {
    /// Evaluates the case.
    ///
    /// # Errors
    /// If it cannot be evaluated.
    pub fn new(case: &'c Case, bounds: &Bounds) -> Result<Self, Error> {
        let params: Vec<Tensor<Dd>> = case.params.values().map(|x| x.map(Dd::from)).collect();
        let cotangents: Vec<Tensor<Dd>> =
            case.cotangents.iter().map(|ct| ct.map(Dd::from)).collect();
        let values = run(&case.graph, &params)?;
        let outputs = case.graph.outputs().iter().map(|id| &values[id.index()]);
        let terms = outputs
            .zip(&case.cotangents)
            .flat_map(|(y, ct)| y.iter().zip(ct.iter()).collect::<Vec<_>>());
        let size = terms.map(|(y, ct)| (y.to_f64() * ct).abs()).sum();
        let kinky = kinky(case, &values, bounds);
        // whatever the engine's arithmetic loses against the result, wide arithmetic loses as many digits of its own
        let unit = case.dtype.unit();
        let lost = |b: Bounded| b.value.abs().max(b.delta / unit);
        let outputs = case.graph.outputs().iter();
        let terms: Vec<Tensor<f64>> = outputs
            .map(|id| bounds.values[id.index()].map(lost))
            .collect();
        let pairs = terms
            .iter()
            .zip(&case.cotangents)
            .flat_map(|(y, ct)| y.iter().zip(ct.iter()).collect::<Vec<_>>());
        let moves = bounds
            .gradient
            .iter()
            .zip(case.params.values())
            .flat_map(|(g, x)| g.iter().zip(x.iter()).collect::<Vec<_>>())
            .map(|(g, x)| LARGEST_STEP * (g.value * x.abs().max(1e-3)).abs());
        let finite = |x: &f64| x.is_finite();
        let noise = pairs
            .map(|(y, ct)| (y * ct).abs())
            .chain(moves)
            .filter(finite)
            .sum();
        let ends = params.iter().scan(0, |end, x| {
            *end += x.len();
            Some(*end)
        });
        let starts = std::iter::once(0).chain(ends).take(params.len()).collect();
        let outputs = case.graph.outputs().iter().map(|id| &values[id.index()]);
        let objective = objective(outputs, &cotangents);
        Ok(Self {
            objective,
            terms,
            noise,
            case,
            ids: case.graph.params().collect(),
            starts,
            moved: RefCell::new(params.iter().map(|_| None).collect()),
            params,
            cotangents,
            values,
            kinky,
            size,
            evaluations: Cell::new(1),
        })
    }

    /// How often the program was evaluated so far.
    pub fn evaluations(&self) -> usize {
        self.evaluations.get()
    }

    /// The value of a node.
    pub fn value(&self, id: Id) -> &Tensor<Dd> {
        &self.values[id.index()]
    }

    /// What values may themselves be off: a factorisation adds up terms as large as its largest element, which in another
    /// arithmetic may cancel exactly.
    pub fn own_error(&self) -> f64 {
        let mixes = |id: &Id| {
            let op = &self.case.graph.node(*id).op;
            !matches!(op, Op::Input(_) | Op::Pointwise(_)) && op.linearity() == Linearity::General
        };
        let live = self.case.graph.ids().zip(self.case.graph.live());
        let mixing = live
            .filter_map(|(id, live)| live.then_some(id))
            .filter(mixes);
        let largest = mixing.map(|id| self.value(id).max_abs());
        oracle::noise(largest.fold(0.0, f64::max))
    }

    /// Whether all values have bounds. Rounding may spoil one altogether: the product of a 0 that need not be one and the
    /// logarithm of a negative number.
    pub(super) fn is_bounded(&self, bounds: &Bounds) -> bool {
        let live = self.case.graph.ids().zip(self.case.graph.live());
        let mut live = live.filter_map(|(id, live)| live.then_some(id));
        live.all(|id| {
            let bounds = bounds.values[id.index()].iter();
            let mut pairs = self.value(id).iter().zip(bounds);
            pairs.all(|(x, bound)| !(x.to_f64().is_finite() && bound.delta.is_nan()))
        })
    }

    /// Whether the engine's rounding may put it on the other side of a kink or a jump.
    pub fn is_fragile(&self) -> bool {
        self.kinky.iter().any(Kinky::is_fragile)
    }

    /// Whether an operation stands where more than two of its smooth pieces may meet: a rule may choose one that neither
    /// side of a direction shows.
    pub fn is_many_sided(&self) -> bool {
        let at_kink = |kinky: &Kinky| kinky.is_many_sided && kinky.distance <= 0.0;
        self.kinky.iter().any(at_kink)
    }

    /// The magnitude of the largest value that an output depends on.
    pub fn largest(&self) -> f64 {
        let live = self.case.graph.live();
        let values = self.values.iter().zip(live).filter(|(_, live)| *live);
        values
            .map(|(x, _)| x.max_abs())
            .fold(0.0, |m, x| if x > m || x.is_nan() { x } else { m })
    }

    /// What moves when the elements at some places of a vector of all parameters do.
    fn moves<const D: usize>(&self, entries: impl IntoIterator<Item = Moving<D>>) -> Moves<D> {
        let mut params: Vec<(usize, Vec<Moving<D>>)> =
            (0..self.params.len()).map(|p| (p, Vec::new())).collect();
        for (place, weights) in entries {
            if weights.iter().any(|&weight| weight != 0.0) {
                // the last parameter that starts there, as those before may be empty
                let p = self.starts.partition_point(|&start| start <= place) - 1;
                params[p].1.push((place - self.starts[p], weights));
            }
        }
        params.retain(|(_, entries)| !entries.is_empty());
        let ids: SmallVec<[Id; 4]> = params.iter().map(|(p, _)| self.ids[*p]).collect();
        let cone = cone(&self.case.graph, &ids);
        Moves { params, cone }
    }

    /// The values that change when the parameters move by `t` times their weights.
    fn moved<const D: usize>(&self, moves: &Moves<D>, t: [Dd; D]) -> Option<Changed> {
        self.evaluations.set(self.evaluations.get() + 1);
        let mut moved = self.moved.borrow_mut();
        let params = moves.params.iter().map(|(p, entries)| {
            let base = self.params[*p].as_slice().expect("a mapped tensor");
            let slot = moved[*p].get_or_insert_with(|| Moved {
                x: self.params[*p].clone(),
                places: Vec::new(),
            });
            if slot.x.unique_slice().is_none() {
                slot.x = self.params[*p].map(|x| x);
                slot.places.clear();
            }
            let x = slot.x.unique_slice().expect("a tensor of our own");
            for place in slot.places.drain(..) {
                x[place] = base[place];
            }
            for &(place, weights) in entries {
                let steps = t.iter().zip(weights).map(|(&t, weight)| t * weight);
                x[place] = steps.fold(base[place], |x, step| x + step);
                slot.places.push(place);
            }
            (self.ids[*p], slot.x.clone())
        });
        rerun(&self.case.graph, &self.values, params, &moves.cone).ok()
    }

    /// `<cotangents, outputs>` of given values; and whether no operand of a kinky node came near its kink.
    fn objective(&self, values: &Changed, clear: &mut bool) -> Dd {
        for kinky in self.kinky.iter().filter(|kinky| kinky.moves) {
            if *clear && self.movement(kinky, values) >= kinky.distance {
                *clear = false;
            }
        }
        let outputs = self.case.graph.outputs().iter();
        let outputs = outputs.map(|&id| self.changed(values, id));
        objective(outputs, &self.cotangents)
    }

    /// The value of a node, changed or not.
    fn changed<'v>(&'v self, values: &'v Changed, id: Id) -> &'v Tensor<Dd> {
        values[id.index()].as_ref().unwrap_or(self.value(id))
    }

    /// How far the operands of a node moved.
    fn movement(&self, kinky: &Kinky, values: &Changed) -> f64 {
        let pairs = kinky.operands.iter().filter_map(|&arg| {
            let after = values[arg.index()].as_ref()?;
            Some(self.value(arg).iter().zip(after.iter()))
        });
        // the high parts of neighbours differ exactly
        let moved = pairs
            .flatten()
            .map(|(a, b)| ((b.hi() - a.hi()) + (b.lo() - a.lo())).abs());
        // distances are never negative: something that did not move meets no kink
        moved.fold(-1.0, |m: f64, x| if x > 0.0 { m.max(x) } else { m })
    }

    /// The derivative along a direction, in units of which the parameters move by about one: steps are relative to that.
    /// The direction is given by what is not 0 in it: places in a vector of all parameters, each once, and weights.
    /// `enough` is an error that needs no improvement.
    pub fn slope(
        &self,
        direction: impl IntoIterator<Item = (usize, f64)>,
        enough: f64,
    ) -> Slope<Dd> {
        let moves = self.moves(
            direction
                .into_iter()
                .map(|(place, weight)| (place, [weight])),
        );
        let at = |t: Dd, clear: &mut bool| {
            let values = self.moved(&moves, [t]);
            values.map_or(Dd::of(f64::NAN), |values| self.objective(&values, clear))
        };
        if enough > 0.0 {
            let (mut clear, mut moved) = (true, false);
            let f = |t| {
                let value = at(t, &mut clear);
                moved |= value != self.objective;
                value
            };
            let found = oracle::glance(f, self.objective, self.noise, enough);
            if let Some(found) = found.filter(|_| clear && !self.touches(&moves, [1.0])) {
                return if moved {
                    Slope::Smooth(found)
                } else {
                    Slope::Still(found)
                };
            }
        }
        // as short as rounding allows
        let allowed = |k: &usize| 2.0 * oracle::noise(self.noise) / STEPS[*k] <= enough;
        let first = (0..SHORT).rfind(allowed).unwrap_or(0);
        let mut still = None;
        let best = self.descend(&STEPS[first..], enough, |h| {
            let mut clear = true;
            let mut seen: SmallVec<[Dd; 4]> = SmallVec::new();
            let stencil = |t| {
                let value = at(t, &mut clear);
                seen.push(value);
                value
            };
            let found = oracle::central(stencil, self.objective, h, self.noise);
            if clear && seen.iter().all(|&value| value == seen[0]) {
                still = still.or(Some(found));
            }
            clear.then_some(found)
        });
        if let Some(found) = still {
            return Slope::Still(found);
        }
        if best.error.is_finite() && !self.touches(&moves, [1.0]) {
            return Slope::Smooth(best);
        }
        let side = |side: f64| {
            self.descend(&STEPS[1..], 0.0, |h| {
                let f = |t| at(t, &mut true);
                Some(oracle::one_sided(f, h, side, self.noise))
            })
        };
        let (left, right) = (side(-1.0), side(1.0));
        let apart = (left.value - right.value).to_f64().abs();
        let agree = apart <= left.error + right.error;
        match agree {
            true if best.error < left.error + right.error => Slope::Tied(best),
            true => Slope::Tied(Estimate {
                value: (left.value + right.value) * Dd::from(0.5),
                error: left.error.max(right.error),
            }),
            false if self.departures(&moves) > 1 => {
                let beyond = |value| Estimate { value, error: 0.0 }.widened();
                Slope::Kink(beyond(f64::NEG_INFINITY), beyond(f64::INFINITY))
            }
            false => Slope::Kink(left, right),
        }
    }

    /// The best of what a stencil tells at one step after the other, each shorter, until it is enough. What a stencil says of
    /// its own error is a guess, so if two contradict each other the shorter one is believed; and who wants the best, for
    /// whom nothing is enough, goes on until two agree.
    fn descend(
        &self,
        steps: &[f64],
        enough: f64,
        mut stencil: impl FnMut(f64) -> Option<Estimate<Dd>>,
    ) -> Estimate<Dd> {
        let mut best = Estimate::UNKNOWN.widened();
        let mut is_settled = enough > 0.0;
        for &h in steps {
            // a smaller step has more noise
            let reached = best.error <= enough.max(oracle::noise(self.noise) / h);
            if reached && is_settled {
                break;
            }
            let Some(found) = stencil(h) else { continue };
            let apart = (found.value - best.value).to_f64().abs();
            let contradicts = apart > found.error + best.error;
            is_settled = enough > 0.0 || best.error.is_finite() && !contradicts;
            if found.error < best.error || contradicts {
                best = found;
            }
        }
        best
    }

    /// How many kinks the program stands on that a direction leads away from. Of several a rule may choose a side each, which
    /// all together are on no side of the direction.
    fn departures(&self, moves: &Moves<1>) -> usize {
        let Some(moved) = self.moved(moves, [Dd::from(STEPS[0])]) else {
            return usize::MAX;
        };
        let at_kink = |kinky: &&Kinky| kinky.moves && kinky.distance <= 0.0;
        let leaving = self.kinky.iter().filter(at_kink).map(|kinky| {
            let node = self.case.graph.node(kinky.node);
            let Op::Pointwise(f) = &node.op else {
                return usize::from(self.movement(kinky, &moved) > 0.0);
            };
            let distances = |value: &dyn Fn(Id) -> Tensor<f64>| {
                let args: SmallVec<[Tensor<f64>; 3]> =
                    node.args.iter().map(|&id| value(id)).collect();
                by_element(f, &args, &node.shape)
            };
            let before = distances(&|id| self.value(id).to_f64());
            let after = distances(&|id| self.changed(&moved, id).to_f64());
            let pairs = before.iter().zip(after.iter());
            pairs
                .filter(|(before, after)| *before <= 0.0 && *after > 0.0)
                .count()
        });
        leaving.sum()
    }

    /// Whether the direction moves an operand whose kink is within the engine's rounding.
    fn touches<const D: usize>(&self, moves: &Moves<D>, along: [f64; D]) -> bool {
        let near: Vec<&Kinky> = self
            .kinky
            .iter()
            .filter(|kinky| kinky.moves && kinky.is_fragile())
            .collect();
        if near.is_empty() {
            return false;
        }
        let values = self.moved(moves, along.map(|weight| Dd::from(STEPS[0] * weight)));
        values.is_none_or(|values| near.iter().any(|kinky| self.movement(kinky, &values) > 0.0))
    }

    /// The tangents of the outputs along a direction; none at a kink.
    pub fn tangents(&self, direction: &[Tensor<f64>]) -> Option<Vec<Tensor<Estimate>>> {
        let weights = direction.iter().flat_map(Tensor::iter);
        let moves = self.moves(weights.map(|weight| [weight]).enumerate());
        let mut best: Option<Vec<Tensor<Estimate>>> = None;
        for h in STEPS {
            let mut clear = true;
            let mut runs = Vec::new();
            for k in [-2.0, -1.0, 1.0, 2.0] {
                let values = self.moved(&moves, [Dd::from(k * h)])?;
                self.objective(&values, &mut clear);
                let outputs = self.case.graph.outputs().iter();
                let outputs = outputs.map(|&id| self.changed(&values, id).to_vec());
                runs.push(outputs.collect::<Vec<_>>());
            }
            if !clear {
                continue;
            }
            let outputs = self.terms.iter().enumerate();
            let found: Vec<Tensor<Estimate>> = outputs
                .map(|(output, terms)| {
                    let shape = terms.shape();
                    let terms = terms.to_vec();
                    let here = self.value(self.case.graph.outputs()[output]).to_vec();
                    let columns: Vec<&[Dd]> = runs.iter().map(|run| &run[output][..]).collect();
                    Tensor::from_fn(shape, |e| {
                        let place = |t: Dd| match (t.to_f64() / h).round() as i32 {
                            -2 => 0,
                            -1 => 1,
                            1 => 2,
                            _ => 3,
                        };
                        oracle::central(|t| columns[place(t)][e], here[e], h, terms[e]).rounded()
                    })
                })
                .collect();
            best = Some(match best {
                None => found,
                Some(old) => {
                    let better = |a: Estimate, b: Estimate| if b.error < a.error { b } else { a };
                    old.iter()
                        .zip(&found)
                        .map(|(a, b)| a.zip(b, better))
                        .collect()
                }
            });
            if h <= STEPS[1] {
                break;
            }
        }
        best.filter(|_| !self.touches(&moves, [1.0]))
    }

    /// The second derivative along two directions, `w` given as in [`Wide::slope`]; none where a kink is near.
    pub fn curvature(
        &self,
        v: &[Tensor<f64>],
        w: impl IntoIterator<Item = (usize, f64)>,
        enough: f64,
    ) -> Option<Estimate<Dd>> {
        let weights = v.iter().flat_map(Tensor::iter);
        let mut both: Vec<[f64; 2]> = weights.map(|weight| [weight, 0.0]).collect();
        for (place, weight) in w {
            both[place][1] = weight;
        }
        let moves = self.moves(both.into_iter().enumerate());
        if self.touches(&moves, [1.0, 0.0]) || self.touches(&moves, [0.0, 1.0]) {
            return None;
        }
        let mut best: Option<Estimate<Dd>> = None;
        for h in [LARGEST_STEP, 1e-6, 1e-7, 1e-8] {
            let mut clear = true;
            let at = |s: Dd, t: Dd, clear: &mut bool| {
                let values = self.moved(&moves, [s, t]);
                values.map_or(Dd::of(f64::NAN), |values| self.objective(&values, clear))
            };
            let found = oracle::mixed(|s, t| at(s, t, &mut clear), h, self.noise);
            if clear && best.is_none_or(|best| found.error < best.error) {
                best = Some(found);
            }
            if best.is_some_and(|best| best.error <= enough) {
                break;
            }
        }
        best
    }
}

/// `<cotangents, outputs>`.
fn objective<'v>(outputs: impl Iterator<Item = &'v Tensor<Dd>>, cotangents: &[Tensor<Dd>]) -> Dd {
    outputs.zip(cotangents).fold(Dd::ZERO, |sum, (y, ct)| {
        // a zero cotangent asks nothing, even of an infinite output
        y.iter()
            .zip(ct.iter())
            .fold(sum, |sum, (y, ct)| sum + ct.strong_mul(y))
    })
}

/// The nodes that are not smooth everywhere and that outputs depend on.
fn kinky(case: &Case, values: &[Tensor<Dd>], bounds: &Bounds) -> Vec<Kinky> {
    let graph = &case.graph;
    let live = graph.live();
    let params: Vec<Id> = graph.params().collect();
    let moving = depends(case, &params);
    let mut found = Vec::new();
    for (id, _) in graph.ids().zip(live).filter(|(_, live)| *live) {
        let node = graph.node(id);
        if matches!(&node.op, Op::Pointwise(f) if f.is_smooth()) {
            continue;
        }
        let args: SmallVec<[Tensor<f64>; 3]> = node
            .args
            .iter()
            .map(|arg| values[arg.index()].to_f64())
            .collect();
        let distance = smooth(node, &args);
        if !distance.is_finite() {
            continue;
        }
        let operands = approaching(node, &args, distance);
        let deltas = operands
            .iter()
            .flat_map(|arg| bounds.values[arg.index()].iter());
        // the error of an exact operand is zero, and zero must not count as near
        let fuzz = deltas
            .map(|b| SAFETY * b.delta)
            .fold(-1.0, |m: f64, d| if d > 0.0 { m.max(d) } else { m });
        // where nothing is chosen, rounding on the way decides, of exact operands too
        let fuzz = match node.op.chooses() {
            true => fuzz,
            false => fuzz.max(UNDETERMINED * args.iter().map(Tensor::max_abs).fold(0.0, f64::max)),
        };
        found.push(Kinky {
            node: id,
            moves: operands.iter().any(|arg| moving[arg.index()]),
            operands,
            distance,
            fuzz,
            is_many_sided: node.op.is_many_sided(),
        });
    }
    found
}

/// How far the operands are from a point where the operation is not smooth.
fn smooth(node: &Node, args: &[Tensor<f64>]) -> f64 {
    let args: SmallVec<[&Tensor<f64>; 3]> = args.iter().collect();
    node.op.smooth(&args, &node.shape)
}

/// The same for each element of a pointwise operation.
fn by_element(f: &Pointwise, args: &[Tensor<f64>], shape: &Shape) -> Tensor<f64> {
    let args: SmallVec<[&Tensor<f64>; 3]> = args.iter().collect();
    Tensor::zip_all(&args, shape, |x| f.smooth(x))
}

/// The operands that bring a node nearer to its kink or take it away: the condition of a choice, not what is chosen
/// from; and none of an operation of something with itself, where both sides stay tied however it moves.
fn approaching(node: &Node, args: &[Tensor<f64>], distance: f64) -> SmallVec<[Id; 3]> {
    let mut operands: SmallVec<[Id; 3]> = node.args.iter().copied().collect();
    operands.sort_unstable();
    operands.dedup();
    let size = args.iter().map(Tensor::max_abs).fold(1.0, f64::max);
    // far from a kink nobody asks
    let near = 1e-3 * size;
    if distance > near || (node.args.len() == 1 && distance > 0.0) {
        return operands;
    }
    // element by element, where they have kinks of their own: one that stays at its kink hides no other
    let distances = |args: &[Tensor<f64>]| match &node.op {
        Op::Pointwise(f) => by_element(f, args, &node.shape).map(|x| x.min(near)),
        _ => Tensor::scalar(smooth(node, args)),
    };
    let here = distances(args);
    let all = operands.clone();
    operands.retain(|id| {
        let moved: SmallVec<[Tensor<f64>; 3]> = node
            .args
            .iter()
            .zip(args)
            .map(|(arg, x)| {
                if arg != id {
                    return x.clone();
                }
                // every element by another amount, so that ties come apart
                let mut k = 0.0;
                x.map(|x| {
                    k += 1.0;
                    x + 1e-3 * (1.0 + x.abs()) * (k * 0.618_033_988_749_894_9_f64).fract()
                })
            })
            .collect();
        distances(&moved) != here
    });
    // where each is at a kink of its own, none alone leads away
    if operands.is_empty() && all.len() > 1 {
        return all;
    }
    operands
}

/// For each node, whether it depends on a parameter in any way, also through indices and conditions.
fn depends(case: &Case, params: &[Id]) -> Vec<bool> {
    let mut depends = vec![false; case.graph.nodes().len()];
    for id in params {
        depends[id.index()] = true;
    }
    for id in case.graph.ids() {
        if case
            .graph
            .node(id)
            .args
            .iter()
            .any(|arg| depends[arg.index()])
        {
            depends[id.index()] = true;
        }
    }
    depends
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::bounds;

    /// Steps that are whole numbers of periods see a line of another slope.
    #[test]
    fn the_sides_of_a_sawtooth_are_not_aliased() {
        // one element is at a jump, so each side is looked at by itself, and the one that moves is next to one
        let text = "secant 1\ndtype f64\nparam x [2] = [0.0, -615994.0]\nconst z [] = -0.004\n\
                    y = remainder(x, z)\nreturn y\ncotangent y = [1.0, 1.0]\n";
        let case = Case::from_text(text).expect("a case");
        let bounds = bounds(&case).expect("it runs");
        let wide = Wide::new(&case, &bounds).expect("it runs");
        for k in 0..512 {
            let weight = 262144.0 + 1024.0 * f64::from(k);
            let found = wide.slope([(1, weight)], 0.0);
            let Slope::Tied(side) = found.map(Estimate::rounded) else {
                panic!("both sides have a slope of 1, and a kink is near: {found:?}");
            };
            let off = (side.value - weight).abs();
            assert!(off <= side.error + 1e-9 * weight, "{weight}: {side:?}");
        }
    }
}
