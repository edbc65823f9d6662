//! A case seen through the wide oracle: its values in double-double arithmetic, and derivatives along directions by
//! finite differences of them, kinks included.

use crate::graph::{Case, Dtype, Node};
use crate::modes::{Error, run, run_beside};
use crate::number::{Dd, Number, Real};
use crate::op::Id;
use crate::oracle::{self, Estimate, Slope};
use crate::tensor::Tensor;
use smallvec::SmallVec;

use super::bound::{Bounded, Bounds};

/// The relative steps that are tried, largest first: a smaller one only where a kink is near or the function is too wild
/// for the larger ones.
const STEPS: [f64; 6] = [1e-6, 1e-8, 1e-10, 1e-12, 1e-16, 1e-20];

/// The largest relative step of all: that of second derivatives.
const LARGEST_STEP: f64 = 1e-5;

/// How many rounding bounds away a kink must be for the engine under test to be on the right side of it.
const SAFETY: f64 = 16.0;

/// A node that is not smooth everywhere: how far its operands may move, and how far they may be off in the engine.
struct Kinky {
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

/// A case with its wide values.
pub struct Wide<'c> {
    case: &'c Case,
    params: Vec<Tensor<Dd>>,
    cotangents: Vec<Tensor<Dd>>,
    values: Vec<Tensor<Dd>>,
    kinky: Vec<Kinky>,
    /// The sum of the magnitudes of cotangent times output: what a derivative's size is measured by.
    pub size: f64,
    /// For each output, the magnitude of what its elements are the difference of: what wide arithmetic rounds.
    terms: Vec<Tensor<f64>>,
    /// The same of `<cotangents, outputs>`.
    noise: f64,
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
        let unit = match case.dtype {
            Dtype::F32 => f64::from(f32::EPSILON) / 2.0,
            Dtype::F64 => f64::EPSILON / 2.0,
        };
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
        Ok(Self {
            terms,
            noise,
            case,
            params,
            cotangents,
            values,
            kinky,
            size,
        })
    }

    /// The value of a node.
    pub fn value(&self, id: Id) -> &Tensor<Dd> {
        &self.values[id.index()]
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

    /// The values of all nodes with the parameters moved.
    fn moved(&self, shift: &dyn Fn(usize, usize) -> Dd) -> Option<Vec<Tensor<Dd>>> {
        let params: Vec<Tensor<Dd>> = self
            .params
            .iter()
            .enumerate()
            .map(|(p, x)| {
                let mut k = 0;
                x.map(|x| {
                    k += 1;
                    x + shift(p, k - 1)
                })
            })
            .collect();
        run_beside(&self.case.graph, &params, Some(&self.values)).ok()
    }

    /// `<cotangents, outputs>` of given values; and whether no operand of a kinky node came near its kink.
    fn objective(&self, values: &[Tensor<Dd>], clear: &mut bool) -> Dd {
        for kinky in self.kinky.iter().filter(|kinky| kinky.moves) {
            if *clear && self.movement(kinky, values) >= kinky.distance {
                *clear = false;
            }
        }
        let outputs = self
            .case
            .graph
            .outputs()
            .iter()
            .map(|id| &values[id.index()]);
        outputs
            .zip(&self.cotangents)
            .fold(Dd::of(0.0), |sum, (y, ct)| {
                // a zero cotangent asks nothing, even of an infinite output
                y.iter()
                    .zip(ct.iter())
                    .fold(sum, |sum, (y, ct)| sum + ct.strong_mul(y))
            })
    }

    /// How far the operands of a node moved.
    fn movement(&self, kinky: &Kinky, values: &[Tensor<Dd>]) -> f64 {
        let moved = kinky.operands.iter().flat_map(|arg| {
            let (before, after) = (&self.values[arg.index()], &values[arg.index()]);
            before
                .iter()
                .zip(after.iter())
                .map(|(a, b)| if a == b { 0.0 } else { (b - a).abs().to_f64() })
        });
        // distances are never negative: something that did not move meets no kink
        moved.fold(-1.0, |m: f64, x| if x > 0.0 { m.max(x) } else { m })
    }

    /// The derivative along a direction, in units of which the parameters move by about one: steps are relative to that.
    /// `enough` is an error that needs no improvement.
    pub fn slope(&self, direction: &[Tensor<f64>], enough: f64) -> Slope {
        let directions: Vec<Vec<f64>> = direction.iter().map(Tensor::to_vec).collect();
        let at = |t: Dd, clear: &mut bool| {
            let values = self.moved(&|p, k| t * Dd::from(directions[p][k]));
            values.map_or(Dd::of(f64::NAN), |values| self.objective(&values, clear))
        };
        let mut best = Estimate::UNKNOWN;
        for h in STEPS {
            let mut clear = true;
            let mut seen: SmallVec<[Dd; 4]> = SmallVec::new();
            let stencil = |t| {
                let value = at(t, &mut clear);
                seen.push(value);
                value
            };
            let found = oracle::central(stencil, h, self.noise);
            if clear && seen.iter().all(|&value| value == seen[0]) {
                return Slope::Still(found);
            }
            if clear && found.error < best.error {
                best = found;
            }
            if clear && best.error <= enough {
                break;
            }
        }
        if best.error.is_finite() && !self.touches(&directions) {
            return Slope::Smooth(best);
        }
        let side = |side: f64| {
            let mut ignored = true;
            let mut best = Estimate::UNKNOWN;
            for h in &STEPS[1..] {
                let found = oracle::one_sided(|t| at(t, &mut ignored), *h, side, self.noise);
                if found.error < best.error {
                    best = found;
                }
            }
            best
        };
        let (left, right) = (side(-1.0), side(1.0));
        let agree = (left.value - right.value).abs() <= left.error + right.error;
        match agree {
            true if best.error < left.error + right.error => Slope::Tied(best),
            true => Slope::Tied(Estimate {
                value: (left.value + right.value) / 2.0,
                error: left.error.max(right.error),
            }),
            false => Slope::Kink(left, right),
        }
    }

    /// Whether the direction moves an operand whose kink is within the engine's rounding.
    fn touches(&self, directions: &[Vec<f64>]) -> bool {
        let near: Vec<&Kinky> = self
            .kinky
            .iter()
            .filter(|kinky| kinky.moves && kinky.is_fragile())
            .collect();
        if near.is_empty() {
            return false;
        }
        let values = self.moved(&|p, k| Dd::from(STEPS[0] * directions[p][k]));
        values.is_none_or(|values| near.iter().any(|kinky| self.movement(kinky, &values) > 0.0))
    }

    /// The tangents of the outputs along a direction; none at a kink.
    pub fn tangents(&self, direction: &[Tensor<f64>]) -> Option<Vec<Tensor<Estimate>>> {
        let directions: Vec<Vec<f64>> = direction.iter().map(Tensor::to_vec).collect();
        let mut best: Option<Vec<Tensor<Estimate>>> = None;
        for h in STEPS {
            let mut clear = true;
            let mut runs = Vec::new();
            for k in [-2.0, -1.0, 1.0, 2.0] {
                let values = self.moved(&|p, i| Dd::from(k * h) * Dd::from(directions[p][i]))?;
                self.objective(&values, &mut clear);
                runs.push(values);
            }
            if !clear {
                continue;
            }
            let outputs = self.case.graph.outputs().iter();
            let found: Vec<Tensor<Estimate>> = outputs
                .zip(&self.terms)
                .map(|(id, terms)| {
                    let terms = terms.to_vec();
                    let columns: Vec<Vec<Dd>> = runs
                        .iter()
                        .map(|values| values[id.index()].to_vec())
                        .collect();
                    Tensor::from_fn(&self.case.graph.node(*id).shape, |e| {
                        let place = |t: Dd| match (t.to_f64() / h).round() as i32 {
                            -2 => 0,
                            -1 => 1,
                            1 => 2,
                            _ => 3,
                        };
                        let size = columns[0][e].abs().to_f64();
                        oracle::central(|t| columns[place(t)][e], h, size.max(terms[e]))
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
        best.filter(|_| !self.touches(&directions))
    }

    /// The second derivative along two directions; none where a kink is near.
    pub fn curvature(&self, v: &[Tensor<f64>], w: &[Tensor<f64>], enough: f64) -> Option<Estimate> {
        let flat = |d: &[Tensor<f64>]| d.iter().map(Tensor::to_vec).collect::<Vec<_>>();
        let (v, w) = (flat(v), flat(w));
        if self.touches(&v) || self.touches(&w) {
            return None;
        }
        let mut best: Option<Estimate> = None;
        for h in [LARGEST_STEP, 1e-6, 1e-7, 1e-8] {
            let mut clear = true;
            let at = |s: Dd, t: Dd, clear: &mut bool| {
                let values = self.moved(&|p, k| s * Dd::from(v[p][k]) + t * Dd::from(w[p][k]));
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

/// The nodes that are not smooth everywhere and that outputs depend on.
fn kinky(case: &Case, values: &[Tensor<Dd>], bounds: &Bounds) -> Vec<Kinky> {
    let graph = &case.graph;
    let live = graph.live();
    let params: Vec<Id> = graph.params().collect();
    let moving = depends(case, &params);
    let mut found = Vec::new();
    for (node, _) in graph.nodes().iter().zip(live).filter(|(_, live)| *live) {
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
        found.push(Kinky {
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

/// The operands that bring a node nearer to its kink or take it away: the condition of a choice, not what is chosen
/// from; and none of an operation of something with itself, where both sides stay tied however it moves.
fn approaching(node: &Node, args: &[Tensor<f64>], distance: f64) -> SmallVec<[Id; 3]> {
    let mut operands: SmallVec<[Id; 3]> = node.args.iter().copied().collect();
    operands.sort_unstable();
    operands.dedup();
    let size = args.iter().map(Tensor::max_abs).fold(1.0, f64::max);
    // far from a kink nobody asks
    if distance > 1e-3 * size || (node.args.len() == 1 && distance > 0.0) {
        return operands;
    }
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
        smooth(node, &moved) != distance
    });
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
