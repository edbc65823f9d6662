//! What programs in Python have in common, whatever engine they are for.
//!
//! A program is one function of the parameters, an assignment a node, so that operands are always names and no expression
//! needs brackets. What an engine has no function for is written out from the table's formula as a function of its own.

use super::ExportError;
use super::alike::{HELPERS, OPERATORS};
use crate::graph::{Case, Dtype, GraphBuilder, write_number};
use crate::op::sym::{Operand, Sym};
use crate::op::{Attr, Id, Input, Op, Pointwise};
use crate::tensor::{Shape, Tensor, resolve_axis};
use std::collections::{BTreeSet, HashMap};

/// An engine that programs are written for.
pub(super) struct Target {
    /// The format's name.
    pub(super) format: &'static str,
    /// Imports and settings; then the functions that every program uses.
    pub(super) prologue: &'static str,
    /// Functions that are written only into programs that call them: name and source.
    pub(super) helpers: &'static [(&'static str, &'static str)],
    /// Runs the program and prints its outputs and its gradient.
    pub(super) epilogue: &'static str,
    /// Words that nodes must not be called by, beside Python's own and the helpers' names.
    pub(super) taken: &'static [&'static str],
    /// A result in the case's arithmetic: `{0}` is it.
    pub(super) cast: &'static str,
    /// Rows of the table that are called as here: the name of the library, and theirs.
    pub(super) same: (&'static str, &'static [&'static str]),
    /// Rows of the table that are spelled otherwise: `{0}`, `{1}`, .. are operands, `{name}` attributes.
    pub(super) spelled: &'static [(&'static str, &'static str)],
    /// The structural operations; what it does not spell otherwise it asks `alike` for.
    pub(super) structural: fn(&Call<'_>) -> Option<String>,
    /// Where the engine's derivative is another legal choice than ours.
    pub(super) conventions: &'static [(&'static str, &'static str)],
}

/// One use of a structural operation.
pub(super) struct Call<'a> {
    pub(super) op: &'a str,
    pub(super) attrs: &'a [(&'static str, Attr)],
    /// The operands' names and shapes.
    pub(super) args: &'a [String],
    pub(super) shapes: &'a [&'a Shape],
    /// The result's shape.
    pub(super) shape: &'a Shape,
    pub(super) dtype: Dtype,
    /// What the operation makes of ones: the mask of a dropout.
    pub(super) of_ones: &'a dyn Fn() -> Option<Tensor<f64>>,
}

impl Call<'_> {
    fn attr(&self, name: &str) -> Option<&Attr> {
        self.attrs
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }
    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        self.number(name).map(|x| x as i64)
    }
    pub(super) fn number(&self, name: &str) -> Option<f64> {
        match self.attr(name)? {
            Attr::Number(x) => Some(*x),
            _ => None,
        }
    }
    pub(super) fn flag(&self, name: &str) -> bool {
        self.attr(name) == Some(&Attr::Bool(true))
    }
    pub(super) fn word(&self, name: &str) -> Option<&str> {
        match self.attr(name)? {
            Attr::Text(word) => Some(word),
            _ => None,
        }
    }
    fn list(&self, name: &str) -> Option<&[Attr]> {
        match self.attr(name)? {
            Attr::List(items) => Some(items),
            _ => None,
        }
    }
    pub(super) fn integers(&self, name: &str) -> Option<Vec<i64>> {
        self.list(name)?.iter().map(as_integer).collect()
    }
    /// A number for each spatial axis of x.
    pub(super) fn per_axis(&self, name: &str) -> Option<Vec<i64>> {
        match self.attr(name)? {
            Attr::Number(x) => Some(vec![*x as i64; self.shapes[0].rank() - 2]),
            _ => self.integers(name),
        }
    }
    /// The stride of a pool: the kernel's size by default.
    pub(super) fn pool_stride(&self) -> Option<Vec<i64>> {
        match self.attr("stride")? {
            Attr::None => self.per_axis("kernel"),
            _ => self.per_axis("stride"),
        }
    }
    /// The axis that an attribute names, counted from the front.
    pub(super) fn axis(&self, name: &str) -> Option<usize> {
        resolve_axis(self.integer(name)?, self.shapes[0].rank()).ok()
    }
    /// The axes that `axes` names, ascending; all of them if it is none.
    pub(super) fn axes(&self) -> Option<Vec<usize>> {
        match self.attr("axes")? {
            Attr::None => self.shapes[0].axes(None).ok(),
            _ => self.shapes[0].axes(Some(&self.integers("axes")?)).ok(),
        }
    }
    /// The attribute `axes` as it was given.
    pub(super) fn given_axes(&self) -> Option<String> {
        match self.attr("axes")? {
            Attr::None => Some("None".into()),
            _ => Some(tuple(self.integers("axes")?)),
        }
    }
    /// Whether everything becomes one number, without naming an axis.
    pub(super) fn is_of_all(&self) -> bool {
        self.shape.rank() == 0 && self.attr("axes") == Some(&Attr::None)
    }
    /// The axes of two operands that `axes` pairs, counted from the front.
    pub(super) fn pairs(&self) -> Option<[Vec<usize>; 2]> {
        let ranks = [self.shapes[0].rank(), self.shapes[1].rank()];
        if let Some(count) = self.integer("axes") {
            let first = ranks[0].checked_sub(count as usize)?;
            return Some([(first..ranks[0]).collect(), (0..count as usize).collect()]);
        }
        let [Attr::List(a), Attr::List(b)] = self.list("axes")? else {
            return None;
        };
        let axes = |list: &[Attr], rank: usize| -> Option<Vec<usize>> {
            let axis = |item: &Attr| resolve_axis(as_integer(item)?, rank).ok();
            list.iter().map(axis).collect()
        };
        Some([axes(a, ranks[0])?, axes(b, ranks[1])?])
    }
    /// The places of new axes in the result, ascending.
    pub(super) fn new_axes(&self) -> Option<Vec<usize>> {
        let place = |axis| resolve_axis(axis, self.shape.rank()).ok();
        let places: Option<BTreeSet<usize>> =
            self.integers("axes")?.into_iter().map(place).collect();
        Some(places?.into_iter().collect())
    }
    /// For each axis the lowest and the highest padding.
    pub(super) fn pads(&self) -> Option<Vec<(i64, i64)>> {
        let pair = |item: &Attr| match item {
            Attr::List(pair) => Some((as_integer(pair.first()?)?, as_integer(pair.get(1)?)?)),
            _ => None,
        };
        self.list("pads")?.iter().map(pair).collect()
    }
    /// The axes of a transposed operand in their new order.
    pub(super) fn perm(&self) -> Option<Vec<usize>> {
        let perm = self.integers("perm");
        self.shapes[0].permutation(perm.as_deref()).ok()
    }
    /// For each axis start, stop and step as Python means them, but resolved: a stop of -1 lies before the first place.
    pub(super) fn ranges(&self) -> Option<Vec<(i64, i64, i64)>> {
        let entry = |name: &str, axis: usize| match self.list(name).and_then(|list| list.get(axis))
        {
            None | Some(Attr::None) => None,
            Some(item) => as_integer(item),
        };
        let range = |(axis, &n): (usize, &usize)| {
            let (n, step) = (n as i64, entry("step", axis).unwrap_or(1));
            let (lowest, highest) = if step > 0 { (0, n) } else { (-1, n - 1) };
            let place = |at: Option<i64>, default: i64| match at {
                None => default,
                Some(at) => (if at < 0 { at + n } else { at }).clamp(lowest, highest),
            };
            let (first, end) = if step > 0 {
                (lowest, highest)
            } else {
                (highest, lowest)
            };
            (
                place(entry("start", axis), first),
                place(entry("stop", axis), end),
                step,
            )
        };
        Some(self.shapes[0].iter().enumerate().map(range).collect())
    }
    /// The first operand, sliced; one without axes as it is.
    pub(super) fn sliced(&self) -> Option<String> {
        let range = |&(start, stop, step): &(i64, i64, i64)| match (start, stop) {
            // a start before the first place takes nothing
            (..0, _) => "0:0".to_string(),
            // before the first place: -1 would mean the last
            (_, -1) => format!("{start}::{step}"),
            _ => format!("{start}:{stop}:{step}"),
        };
        let slices: Vec<String> = self.ranges()?.iter().map(range).collect();
        let x = &self.args[0];
        Some(match slices.is_empty() {
            true => x.clone(),
            false => format!("{x}[{}]", slices.join(", ")),
        })
    }
    /// A scan of the first operand, from behind or without the element itself where that is asked for: `flip` turns an operand round,
    /// `scan` does the rest; a helper `shifted` puts the first number in front.
    pub(super) fn scanned(
        &self,
        axis: usize,
        flip: impl Fn(&str) -> String,
        scan: impl FnOnce(&str) -> String,
    ) -> String {
        let turned = |x: &str| match self.flag("reverse") {
            true => flip(x),
            false => x.to_string(),
        };
        let mut scanned = scan(&turned(&self.args[0]));
        if self.flag("exclusive") {
            let first = if self.op == "cumprod" { "1.0" } else { "0.0" };
            scanned = format!("shifted({scanned}, {axis}, {first})");
        }
        turned(&scanned)
    }
    /// The number of elements that a reduction folds into one.
    pub(super) fn folded(&self) -> Option<usize> {
        Some(
            self.axes()?
                .iter()
                .map(|&axis| self.shapes[0][axis])
                .product(),
        )
    }
}

fn as_integer(attr: &Attr) -> Option<i64> {
    match attr {
        Attr::Number(x) => Some(*x as i64),
        _ => None,
    }
}

/// Whether a program calls the function of this name, which is nobody's method.
fn calls(program: &str, name: &str) -> bool {
    let call = format!("{name}(");
    let mut places = program.match_indices(&call).map(|(at, _)| &program[..at]);
    places.any(|before| {
        let is_longer = before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.');
        !is_longer && !before.ends_with("def ")
    })
}

/// A tuple of integers: `(0,)`, `(2, 3)`.
pub(super) fn tuple<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    match items.len() {
        1 => format!("({},)", items[0]),
        _ => format!("({})", items.join(", ")),
    }
}

/// `True` or `False`.
pub(super) fn truth(flag: bool) -> &'static str {
    if flag { "True" } else { "False" }
}

/// A number that Python reads to the bit; `inf` and `nan` are imported.
pub(super) fn literal(x: f64, dtype: Dtype) -> String {
    let mut text = String::new();
    write_number(&mut text, x, dtype).expect("a string takes everything");
    text
}

/// The numbers of a tensor and its shape, which `constant` takes.
pub(super) fn data(tensor: &Tensor<f64>, dtype: Dtype) -> String {
    let items: Vec<String> = tensor.iter().map(|x| literal(x, dtype)).collect();
    format!("[{}], {}", items.join(", "), tuple(tensor.shape().iter()))
}

const KEYWORDS: &[&str] = &[
    "False",
    "None",
    "True",
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "finally",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "try",
    "while",
    "with",
    "yield", // and the names that the programs use
    "constant",
    "cotangents",
    "dict",
    "dtype",
    "flat",
    "index",
    "inf",
    "isinstance",
    "json",
    "list",
    "math",
    "nan",
    "outputs",
    "params",
    "program",
    "str",
];

/// Writes one program.
struct Writer<'a> {
    target: &'a Target,
    case: &'a Case,
    /// The functions that were written out, by row and attributes; none while one is being written.
    written: HashMap<(&'static str, [u64; 2]), Option<String>>,
    functions: String,
}

/// The case as a program for an engine.
pub(super) fn write(case: &Case, target: &Target) -> Result<String, ExportError> {
    let mut writer = Writer {
        target,
        case,
        written: HashMap::new(),
        functions: String::new(),
    };
    writer.program()
}

impl Writer<'_> {
    fn program(&mut self) -> Result<String, ExportError> {
        let (graph, dtype) = (&self.case.graph, self.case.dtype);
        let names = self.names();
        let (mut body, mut params) = (String::new(), String::new());
        for id in graph.ids() {
            let (node, name) = (graph.node(id), &names[id.index()]);
            let args: Vec<String> = node
                .args
                .iter()
                .map(|arg| names[arg.index()].clone())
                .collect();
            let value = match &node.op {
                Op::Input(Input::Param) => {
                    let value = data(&self.case.params[&graph.name(id)], dtype);
                    params += &format!("    \"{}\": constant({value}),\n", graph.name(id));
                    continue;
                }
                Op::Input(Input::Const) => {
                    format!("constant({})", data(&graph.constants()[&id], dtype))
                }
                Op::Input(Input::Index) => {
                    let value = &graph.constants()[&id];
                    let items: Vec<String> = value.iter().map(|x| format!("{x:.0}")).collect();
                    format!(
                        "index([{}], {})",
                        items.join(", "),
                        tuple(value.shape().iter())
                    )
                }
                Op::Pointwise(f) => self.row(f, &args)?,
                op => self.structural(op, id, &args)?,
            };
            let convention = self
                .target
                .conventions
                .iter()
                .find(|(op, _)| *op == node.op.name());
            let note = convention.map_or(String::new(), |(_, note)| format!("  # {note}"));
            body += &format!("    {name} = {value}{note}\n");
        }
        let arguments: Vec<&str> = graph
            .params()
            .map(|id| names[id.index()].as_str())
            .collect();
        let returned = tuple(
            graph
                .outputs()
                .iter()
                .map(|id| self.target.cast.replace("{0}", &names[id.index()])),
        );
        let outputs: Vec<String> = graph
            .outputs()
            .iter()
            .map(|&id| format!("\"{}\"", graph.name(id)))
            .collect();
        let cotangents: Vec<String> = self
            .case
            .cotangents
            .iter()
            .map(|ct| format!("    constant({}),\n", data(ct, dtype)))
            .collect();
        let prologue = self.target.prologue.replace(
            "DTYPE",
            if dtype == Dtype::F32 {
                "float32"
            } else {
                "float64"
            },
        );
        // helpers call helpers
        let mut text = [body.as_str(), &self.functions].concat();
        for (name, source) in self.helpers() {
            if calls(&text, name) {
                text += source;
            }
        }
        let helpers: String = self
            .helpers()
            .filter(|(name, _)| calls(&text, name))
            .map(|(_, source)| format!("\n\n{}\n", source.trim()))
            .collect();
        let helpers = helpers.replace("LIBRARY", self.target.same.0);
        Ok(format!(
            "{prologue}{helpers}{functions}\n\nparams = {{\n{params}}}\n\n\ndef program({arguments}):\n{body}    return {returned}\n\n\n\
             outputs = {outputs}\ncotangents = [\n{cotangents}]\n{epilogue}",
            functions = self.functions,
            arguments = arguments.join(", "),
            outputs = format_args!("[{}]", outputs.join(", ")),
            cotangents = cotangents.concat(),
            epilogue = self.target.epilogue,
        ))
    }

    /// The engine's own functions, and those that are alike where it has none of its own.
    fn helpers(&self) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
        let own = self.target.helpers;
        let alike = HELPERS
            .iter()
            .filter(|(name, _)| own.iter().all(|(other, _)| other != name));
        own.iter().chain(alike)
    }

    /// A word of Python for each node.
    fn names(&self) -> Vec<String> {
        let graph = &self.case.graph;
        let helpers = self.helpers().map(|(name, _)| *name);
        let reserved = KEYWORDS
            .iter()
            .copied()
            .chain(helpers)
            .chain(self.target.taken.iter().copied());
        let mut used: BTreeSet<String> = reserved.map(str::to_string).collect();
        // the functions that are written out start with `row_`
        let free =
            |name: &str, used: &BTreeSet<String>| !used.contains(name) && !name.starts_with("row_");
        graph
            .ids()
            .map(|id| {
                let mut name = graph.name(id).replace('.', "_");
                while !free(&name, &used) {
                    name = if name.starts_with("row_") {
                        format!("v_{name}")
                    } else {
                        name + "_"
                    };
                }
                used.insert(name.clone());
                name
            })
            .collect()
    }

    fn unsupported(&self, op: &str) -> ExportError {
        ExportError::Unsupported {
            op: op.to_string(),
            format: self.target.format,
        }
    }

    /// A row of the table: the engine's function, or one that is written out.
    fn row(&mut self, f: &Pointwise, args: &[String]) -> Result<String, ExportError> {
        let info = f.info();
        if let Some((_, pattern)) = self
            .target
            .spelled
            .iter()
            .chain(OPERATORS)
            .find(|(name, _)| *name == info.name)
        {
            let mut value = (*pattern).to_string();
            for (i, arg) in args.iter().enumerate() {
                value = value.replace(&format!("{{{i}}}"), arg);
            }
            for (name, &x) in info.attrs.iter().zip(&f.attrs) {
                let whole = *name == "n"; // the attribute that is an integer wherever a row has it
                let x = if whole {
                    format!("{x:.0}")
                } else {
                    literal(x, self.case.dtype)
                };
                value = value.replace(&format!("{{{name}}}"), &x);
            }
            return Ok(value);
        }
        let (prefix, same) = self.target.same;
        if same.contains(&info.name) {
            return Ok(format!("{prefix}.{}({})", info.name, args.join(", ")));
        }
        let key = (info.name, f.attrs.map(f64::to_bits));
        let function = match self.written.get(&key) {
            Some(Some(function)) => function.clone(),
            Some(None) => return Err(self.unsupported(info.name)),
            None => self.function(f, key)?,
        };
        Ok(format!("{function}({})", args.join(", ")))
    }

    /// Writes a row of the table as a function: its formula, recorded.
    fn function(
        &mut self,
        f: &Pointwise,
        key: (&'static str, [u64; 2]),
    ) -> Result<String, ExportError> {
        self.written.insert(key, None);
        let info = f.info();
        let builder = GraphBuilder::default();
        let operands: Vec<Id> = info
            .operands
            .iter()
            .map(|_| builder.param(&Shape::scalar()))
            .collect();
        let terms: Vec<Sym<'_>> = operands.iter().map(|&id| Sym::node(&builder, id)).collect();
        let result = f.value(&terms).operand();
        let graph = builder.finish();
        let mut body = String::new();
        let mut values: Vec<String> = Vec::new();
        for id in graph.ids() {
            let node = graph.node(id);
            let args: Vec<String> = node
                .args
                .iter()
                .map(|arg| values[arg.index()].clone())
                .collect();
            values.push(match &node.op {
                Op::Input(Input::Param) => info.operands[id.index()].to_string(),
                Op::Input(_) => {
                    format!(
                        "constant({}, ())",
                        literal(graph.constants()[&id].item(), Dtype::F64)
                    )
                }
                Op::Pointwise(g) => {
                    let value = self
                        .row(g, &args)
                        .map_err(|_| self.unsupported(info.name))?;
                    body += &format!("    t{} = {value}\n", id.index());
                    format!("t{}", id.index())
                }
                op => return Err(self.unsupported(op.name())),
            });
        }
        let result = match result {
            Operand::Node(id) => values[id.index()].clone(),
            Operand::Constant(x) => format!("constant({}, ())", literal(x, Dtype::F64)),
        };
        let again = self
            .written
            .keys()
            .filter(|(name, _)| *name == info.name)
            .count();
        let name = if again > 1 {
            format!("row_{}_{again}", info.name)
        } else {
            format!("row_{}", info.name)
        };
        let arguments = info.operands.join(", ");
        self.functions += &format!("\n\ndef {name}({arguments}):\n{body}    return {result}\n");
        self.written.insert(key, Some(name.clone()));
        Ok(name)
    }

    fn structural(&self, op: &Op, id: Id, args: &[String]) -> Result<String, ExportError> {
        let graph = &self.case.graph;
        let node = graph.node(id);
        let shapes: Vec<&Shape> = node
            .args
            .iter()
            .map(|&arg| &graph.node(arg).shape)
            .collect();
        let of_ones = || {
            let ones: Vec<Tensor<f64>> = shapes.iter().map(|&shape| Tensor::ones(shape)).collect();
            op.eval(&ones.iter().collect::<Vec<_>>(), &node.shape).ok()
        };
        let attrs = op.attrs();
        let call = Call {
            op: op.name(),
            attrs: &attrs,
            args,
            shapes: &shapes,
            shape: &node.shape,
            dtype: self.case.dtype,
            of_ones: &of_ones,
        };
        (self.target.structural)(&call).ok_or_else(|| self.unsupported(op.name()))
    }
}
