//! What all adapters share: a case is decoded here, its nodes are walked here, its answer is put together here.
//!
//! An adapter is a [`Library`]: how numbers come in and out of an engine, how the engine's gradient is asked for, and a
//! table that names for each operation the engine's own. An operation, an attribute or a shape that the engine does not
//! have is [`Refusal::Unsupported`]; nothing is put together by hand in its place. Where an engine has several ways to
//! say the same, [`Site::pick`] chooses one from a hash of the node, so that all of them are said in a campaign, and a
//! saved case says the same again. A node with the name [`PLAIN`] takes the first one, which is what the exporters write.

use secant::Tensor;
use secant::engine::{Capabilities, Engine, EngineError, Evaluation, Mode, Named, PLAIN, Want};
use secant::graph::{Case, Dtype, Graph};
use secant::op::attr::Attribute;
use secant::op::{Attr, Id, Input, Op, splitmix64};
use secant::tensor::Shape;
use std::collections::{BTreeSet, HashSet};
use std::fmt::Display;
use std::hash::Hash;

/// Why an operation has no value.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The engine has nothing of the kind.
    Unsupported(String),
    /// The engine said that it failed.
    Failed(String),
}

/// A value, or why there is none.
pub(crate) type Answer<T> = Result<T, Refusal>;

/// The engine does not have this.
pub(crate) fn unsupported<T>(what: impl Into<String>) -> Answer<T> {
    Err(Refusal::Unsupported(what.into()))
}

/// The engine's own words about what went wrong, without the trace of calls that some put behind them.
pub(crate) fn failed(error: impl Display) -> Refusal {
    let words = error.to_string();
    let is_call = |line: &&str| line.trim_start().starts_with("0: ");
    let lines: Vec<&str> = words.lines().take_while(|line| !is_call(line)).collect();
    Refusal::Failed(lines.join("\n"))
}

/// The same, but if the engine says by one of `refusals` that it does not take this: that is no fault.
pub(crate) fn refused(error: impl Display, refusals: &[&str]) -> Refusal {
    let words = error.to_string();
    match refusals.iter().any(|refusal| words.contains(refusal)) {
        true => Refusal::Unsupported(words.lines().next().unwrap_or_default().into()),
        false => failed(words),
    }
}

/// Numbers that left an engine, with the shape that it says they have.
pub(crate) struct Read {
    pub(crate) shape: Vec<usize>,
    pub(crate) data: Vec<f64>,
}

impl Read {
    /// Zeros of a shape.
    fn zeros(shape: &Shape) -> Self {
        Self {
            shape: shape.to_vec(),
            data: vec![0.0; shape.count()],
        }
    }
}

/// An operation's name, and what the engine does for it.
pub(crate) type Row<L> = (&'static str, fn(&Site<'_, L>) -> Answer<Value<L>>);

/// A value in an engine.
pub(crate) type Value<L> = <L as Library>::Tensor;

/// An engine, as far as the adapters differ.
pub(crate) trait Library: Sized {
    /// A tensor or a number that the engine can differentiate.
    type Tensor: Clone;

    /// The operations.
    fn rows() -> Vec<Row<Self>>;

    /// Brings numbers in; a parameter is differentiated.
    fn leaf(&self, shape: &[usize], data: &[f64], is_param: bool) -> Answer<Self::Tensor>;

    /// Takes numbers out.
    fn read(&self, x: &Self::Tensor) -> Answer<Read>;

    /// The same tensor, looked at in another way that the engine has: `way` chooses.
    fn view(&self, x: &Self::Tensor, way: u64) -> Answer<Self::Tensor> {
        let _ = way;
        Ok(x.clone())
    }

    /// For each parameter the engine's gradient of the outputs against their cotangents; none where the engine has none.
    fn gradient(
        &self,
        outputs: &[(Self::Tensor, Tensor<f64>)],
        params: &[Self::Tensor],
    ) -> Answer<Vec<Option<Read>>>;
}

/// What a slice takes along one axis. Engines are asked as a user would ask them: a part of no elements has its place too, and
/// a step may be longer than the axis.
#[derive(Clone, Copy)]
pub(crate) struct Range {
    /// The first place; for an empty part the place where it would begin.
    pub(crate) start: usize,
    /// The distance to the next one; negative walks backwards.
    pub(crate) step: i64,
    /// How many there are.
    pub(crate) length: usize,
}

impl Range {
    /// The place behind the last one, of a part that is walked forwards.
    pub(crate) fn end(self) -> usize {
        match self.length {
            0 => self.start,
            length => self.start + (length - 1) * self.step as usize + 1,
        }
    }
}

/// A node to be evaluated.
pub(crate) struct Site<'a, L: Library> {
    /// The engine.
    pub(crate) library: &'a L,
    /// The shape that the result should have.
    pub(crate) shape: &'a Shape,
    /// The operation.
    pub(crate) op: &'a Op,
    attrs: Vec<(&'static str, Attr)>,
    args: Vec<&'a L::Tensor>,
    shapes: Vec<&'a Shape>,
    constants: Vec<Option<&'a Tensor<f64>>>,
    /// What chooses; none if the first is to be taken.
    hash: Option<u64>,
}

impl<L: Library> Site<'_, L> {
    /// One of `count` ways to say the same, from a hash of the node.
    pub(crate) fn pick(&self, count: u64) -> u64 {
        self.hash.map_or(0, |hash| splitmix64(hash) % count)
    }

    /// How many operands there are.
    pub(crate) fn count(&self) -> usize {
        self.args.len()
    }

    /// An operand. Now and then it is a view.
    pub(crate) fn arg(&self, i: usize) -> Answer<L::Tensor> {
        let way = self.hash.map(|hash| splitmix64(hash ^ (i as u64 + 1)));
        match way {
            Some(way) if way % 3 == 0 => self.library.view(self.args[i], way / 3),
            _ => Ok(self.args[i].clone()),
        }
    }

    /// The shape of an operand.
    pub(crate) fn shape_of(&self, i: usize) -> &Shape {
        self.shapes[i]
    }

    /// The rank of an operand.
    pub(crate) fn rank(&self, i: usize) -> usize {
        self.shapes[i].rank()
    }

    /// Whether all operands have the shape of the result.
    pub(crate) fn is_even(&self) -> bool {
        self.shapes.iter().all(|shape| *shape == self.shape)
    }

    /// An operand that is one constant number, for operators that take one.
    pub(crate) fn number(&self, i: usize) -> Option<f64> {
        let constant = self.constants[i].filter(|_| self.shapes[i].rank() == 0)?;
        Some(constant.item())
    }

    /// The places that an operand of integers names along an axis of size `n`.
    pub(crate) fn index(&self, i: usize, n: usize) -> Answer<Vec<usize>> {
        let data = match self.constants[i] {
            Some(constant) => constant.to_vec(),
            None => self.library.read(self.args[i])?.data,
        };
        let place = |x: f64| if x < 0.0 { x + n as f64 } else { x } as usize;
        Ok(data.into_iter().map(place).collect())
    }

    /// The same, as a tensor of the engine.
    pub(crate) fn places(&self, i: usize, n: usize) -> Answer<L::Tensor> {
        let places = self.index(i, n)?;
        let places: Vec<f64> = places.into_iter().map(|place| place as f64).collect();
        self.library.leaf(self.shapes[i], &places, false)
    }

    /// Integers as a tensor of the engine, for one that takes axes and shapes so.
    pub(crate) fn integers(&self, numbers: &[usize]) -> Answer<L::Tensor> {
        let data: Vec<f64> = numbers.iter().map(|&n| n as f64).collect();
        self.library.leaf(&[data.len()], &data, false)
    }

    /// The axis of an operation along one, and the places that its index names there. Refused where the index has not the
    /// shape of operand `like` but along the axis: engines do not broadcast it.
    pub(crate) fn along(&self, like: usize) -> Answer<(usize, Vec<usize>)> {
        let axis = self.axis();
        let (index, like) = (self.shapes[1], self.shapes[like]);
        let is_even = index.rank() == like.rank()
            && (0..like.rank()).all(|k| k == axis || index[k] == like[k]);
        self.need(is_even, "an index that broadcasts")?;
        Ok((axis, self.index(1, self.shapes[0][axis])?))
    }

    /// The same of a scatter, whose index has the shape of its source.
    pub(crate) fn scattered(&self) -> Answer<(usize, Vec<usize>)> {
        let is_even = self.shapes[1] == self.shapes[2];
        self.need(is_even, "an index that broadcasts")?;
        self.along(2)
    }

    /// The signs that make the diagonal of R positive, which engines leave open: one for each column of the operand.
    #[cfg(any(feature = "ferrotorch", feature = "scirs2"))]
    pub(crate) fn signs(&self, r: &L::Tensor) -> Answer<Vec<f64>> {
        let (size, r) = (self.shapes[0][1], self.library.read(r)?.data);
        let sign = |k: usize| if r[k * size + k] < 0.0 { -1.0 } else { 1.0 };
        Ok((0..size).map(sign).collect())
    }

    fn given(&self, name: &str) -> &Attr {
        let attr = self.attrs.iter().find(|(other, _)| *other == name);
        let Some((_, attr)) = attr else {
            panic!("{} has no attribute `{name}`", self.op.name());
        };
        attr
    }

    /// An attribute.
    pub(crate) fn get<T: Attribute>(&self, name: &str) -> T {
        let attr = self.given(name);
        T::read(attr).unwrap_or_else(|| panic!("`{name}` is {attr}, expected {}", T::EXPECTED))
    }

    /// The attribute `axis`, counted from the front of the first operand.
    pub(crate) fn axis(&self) -> usize {
        let axis = self.shapes[0].axis(self.get("axis"));
        axis.expect("an axis that was checked when the case was read")
    }

    /// The attribute `axes` of a reduction, counted from the front.
    pub(crate) fn axes(&self) -> Vec<usize> {
        let given: Option<Vec<i64>> = self.get("axes");
        let axes = self.shapes[0].axes(given.as_deref());
        axes.expect("axes that were checked when the case was read")
    }

    /// Whether an engine's way to reduce everything to one number is to be taken, where it is one of `count`: of a plain node,
    /// if no axes are named.
    pub(crate) fn takes_all(&self, count: u64) -> bool {
        let is_chosen = match self.hash {
            Some(_) => self.pick(count) == 0,
            None => *self.given("axes") == Attr::None,
        };
        is_chosen && self.shape.rank() == 0 && self.axes().len() == self.rank(0)
    }

    /// The axes of a transposed operand in their new order.
    pub(crate) fn perm(&self) -> Vec<usize> {
        let perm: Option<Vec<i64>> = self.get("perm");
        let perm = self.shapes[0].permutation(perm.as_deref());
        perm.expect("a permutation that was checked when the case was read")
    }

    /// The two axes that a transposed operand has swapped, if it is nothing else.
    pub(crate) fn swapped(&self) -> Option<(usize, usize)> {
        let perm = self.perm();
        let moved: Vec<usize> = (0..perm.len()).filter(|&k| perm[k] != k).collect();
        match moved[..] {
            [a, b] => Some((a, b)),
            _ => None,
        }
    }

    /// What a slice takes along each axis of its operand, with starts and steps as NumPy counts them: one that is left out is
    /// the first place of the walk, a negative one is counted from the end, and one beyond the axis is moved to its edge.
    pub(crate) fn ranges(&self) -> Vec<Range> {
        let starts: Option<Vec<Option<i64>>> = self.get("start");
        let steps: Option<Vec<i64>> = self.get("step");
        let range = |axis: usize| {
            let size = self.shapes[0][axis] as i64;
            let step = steps.as_ref().map_or(1, |steps| steps[axis]);
            let (first, edge) = match step > 0 {
                true => (0, size),
                false => (size - 1, size - 1),
            };
            let start = starts.as_ref().and_then(|starts| starts[axis]);
            let start = start.unwrap_or(first);
            let start = if start < 0 { start + size } else { start };
            Range {
                start: start.clamp(0, edge.max(0)) as usize,
                step,
                length: self.shape[axis],
            }
        };
        (0..self.rank(0)).map(range).collect()
    }

    /// The same, where the engine takes neighbours only.
    pub(crate) fn spans(&self) -> Answer<Vec<Range>> {
        let ranges = self.ranges();
        let is_plain = ranges.iter().all(|range| range.step == 1);
        self.need(is_plain, "a step other than 1")?;
        Ok(ranges)
    }

    /// An attribute with one number for each spatial axis.
    pub(crate) fn sizes(&self, name: &str, rank: usize) -> Vec<usize> {
        match self.given(name) {
            Attr::None if name == "stride" => self.sizes("kernel", rank),
            Attr::List(_) => self.get(name),
            _ => vec![self.get(name); rank],
        }
    }

    /// The one number that an attribute has for all spatial axes.
    pub(crate) fn size(&self, name: &str, rank: usize) -> Answer<usize> {
        let sizes = self.sizes(name, rank);
        match sizes.windows(2).all(|pair| pair[0] == pair[1]) {
            true => Ok(sizes[0]),
            false => unsupported(format!("{} with {name}={sizes:?}", self.op.name())),
        }
    }

    /// The first operand for a sort along an axis, whose result is the places: refused where elements are equal, since engines
    /// leave the order of these open.
    pub(crate) fn arg_of_order(&self, axis: usize) -> Answer<L::Tensor> {
        let x = self.library.read(self.args[0])?.data;
        let numbers: Vec<u64> = x.iter().map(|x| (x + 0.0).to_bits()).collect();
        let is_ordered = are_unlike(self.shapes[0], &numbers, axis);
        self.need(is_ordered, "equal elements")?;
        self.arg(0)
    }

    /// Refuses the node, unless an attribute is as the engine has it.
    pub(crate) fn need(&self, is_so: bool, what: &str) -> Answer<()> {
        match is_so {
            true => Ok(()),
            false => unsupported(format!("{} with {what}", self.op.name())),
        }
    }
}

/// Whether no line along an axis of this shape has the same element twice.
pub(crate) fn are_unlike<T: Eq + Hash>(shape: &[usize], elements: &[T], axis: usize) -> bool {
    let step: usize = shape[axis + 1..].iter().product();
    let line = |k: usize| (k / (step * shape[axis]), k % step);
    let mut known = HashSet::new();
    let mut elements = elements.iter().enumerate();
    elements.all(|(k, element)| known.insert((line(k), element)))
}

/// An engine of somebody else's.
pub(crate) struct Adapter {
    name: &'static str,
    capabilities: Capabilities,
    evaluate: fn(&Case, &Want) -> Result<Evaluation, EngineError>,
}

impl Adapter {
    /// An engine that differentiates once. `evaluate` finds the library for the arithmetic of a case and calls [`run`].
    pub(crate) fn engine<L: Library>(
        name: &'static str,
        version: &str,
        dtypes: &[Dtype],
        evaluate: fn(&Case, &Want) -> Result<Evaluation, EngineError>,
    ) -> Box<dyn Engine> {
        let ops = L::rows().into_iter().map(|(op, _)| op.to_string());
        let capabilities = Capabilities {
            version: version.into(),
            dtypes: dtypes.to_vec(),
            modes: BTreeSet::from([Mode::Gradient]),
            ops: Some(ops.collect()),
        };
        Box::new(Self {
            name,
            capabilities,
            evaluate,
        })
    }
}

impl Engine for Adapter {
    fn name(&self) -> &str {
        self.name
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn evaluate(&mut self, case: &Case, want: &Want) -> Result<Evaluation, EngineError> {
        if want.tangents.is_some() || want.direction.is_some() {
            return Err(EngineError::Unsupported("derivatives but gradients".into()));
        }
        (self.evaluate)(case, want)
    }
}

/// The answer of an engine to a case.
///
/// # Errors
/// What the engine does not have, and what it failed at.
pub(crate) fn run<L: Library>(
    library: &L,
    case: &Case,
    want: &Want,
) -> Result<Evaluation, EngineError> {
    answer(library, case, want).map_err(|refusal| match refusal {
        Refusal::Unsupported(what) => EngineError::Unsupported(what),
        Refusal::Failed(message) => EngineError::Failed(message),
    })
}

fn answer<L: Library>(library: &L, case: &Case, want: &Want) -> Answer<Evaluation> {
    let graph = &case.graph;
    let values = walk(library, case)?;
    let of = |id: &Id| {
        let value = values[id.index()].as_ref();
        value.expect("outputs and parameters are evaluated")
    };
    let mut answer = Evaluation::default();
    if want.value {
        let mut told = Named::new();
        for id in graph.outputs() {
            let name = graph.name(*id);
            // a node may be an output twice
            if told.iter().all(|(other, _)| *other != name) {
                tell(&mut told, &mut answer, &name, library.read(of(id))?);
            }
        }
        answer.value = Some(told);
    }
    if want.gradient {
        let outputs = graph.outputs().iter().map(|id| of(id).clone());
        let outputs: Vec<_> = outputs.zip(case.cotangents.iter().cloned()).collect();
        let ids: Vec<Id> = graph.params().collect();
        let params: Vec<L::Tensor> = ids.iter().map(|id| of(id).clone()).collect();
        let flows = flows(graph);
        let mut told = Named::new();
        for (id, found) in ids.iter().zip(library.gradient(&outputs, &params)?) {
            let shape = &graph.node(*id).shape;
            let is_zero = !flows[id.index()] || shape.count() == 0;
            let found = found.or_else(|| is_zero.then(|| Read::zeros(shape)));
            if let Some(read) = found {
                tell(&mut told, &mut answer, &graph.name(*id), read);
            }
        }
        answer.gradient = Some(told);
    }
    Ok(answer)
}

/// Adds what was read to the answer.
fn tell(told: &mut Named, answer: &mut Evaluation, name: &str, read: Read) {
    answer.shapes.push((name.into(), read.shape.into()));
    told.push((name.into(), read.data));
}

/// The value of each node that an output depends on, and of each parameter.
fn walk<L: Library>(library: &L, case: &Case) -> Answer<Vec<Option<L::Tensor>>> {
    let graph = &case.graph;
    let rows = L::rows();
    let live = graph.live();
    let mut values: Vec<Option<L::Tensor>> = Vec::with_capacity(live.len());
    for id in graph.ids() {
        let node = graph.node(id);
        let value = match &node.op {
            Op::Input(Input::Param) => {
                let data = case.params[&graph.name(id)].to_vec();
                Some(library.leaf(&node.shape, &data, true)?)
            }
            _ if !live[id.index()] => None,
            Op::Input(_) => {
                let data = graph.constants()[&id].to_vec();
                Some(library.leaf(&node.shape, &data, false)?)
            }
            op => {
                let row = rows.iter().find(|(name, _)| *name == op.name());
                let Some((_, row)) = row else {
                    return unsupported(op.name());
                };
                let args = node.args.iter().map(|arg| values[arg.index()].as_ref());
                let site = Site {
                    library,
                    shape: &node.shape,
                    op,
                    attrs: op.attrs(),
                    args: args.map(|x| x.expect("an operand is live")).collect(),
                    shapes: node
                        .args
                        .iter()
                        .map(|&arg| &graph.node(arg).shape)
                        .collect(),
                    constants: node
                        .args
                        .iter()
                        .map(|arg| graph.constants().get(arg))
                        .collect(),
                    hash: hash(graph, id),
                };
                Some(row(&site)?)
            }
        };
        values.push(value);
    }
    Ok(values)
}

/// A number that stays the same while the case around the node is made small; none of a plain node.
fn hash(graph: &Graph, id: Id) -> Option<u64> {
    let (node, name) = (graph.node(id), graph.name(id));
    if name.starts_with(PLAIN) {
        return None;
    }
    let mut words = format!("{name} {}", node.op.name());
    for (name, attr) in node.op.attrs() {
        words.push_str(&format!(" {name}={attr}"));
    }
    let mix = |hash, byte| splitmix64(hash ^ u64::from(byte));
    Some(words.bytes().fold(0, mix))
}

/// For each node, whether some output depends on it through derivatives that are not zero by definition. Where none does, an
/// engine may well have no gradient.
fn flows(graph: &Graph) -> Vec<bool> {
    let mut flows = vec![false; graph.nodes().len()];
    for output in graph.outputs() {
        flows[output.index()] = true;
    }
    for (place, node) in graph.nodes().iter().enumerate().rev() {
        if flows[place] {
            for (i, arg) in node.args.iter().enumerate() {
                let is_flat = matches!(&node.op, Op::Pointwise(f) if f.is_constant_in(i));
                if node.op.carries(i) && !is_flat {
                    flows[arg.index()] = true;
                }
            }
        }
    }
    flows
}
