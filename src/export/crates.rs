//! What programs in Rust have in common, whatever crate they are for.
//!
//! A program is one `main`: a `let` a node, so that operands are always names; then the gradient, printed, and asserted where
//! somebody knows what it should be. An operation that the crate does not have is an error that names it: writing it out
//! in other operations would test those.

use super::ExportError;
use super::python::Call;
use super::reproduce::{Expected, Part, number};
use crate::graph::{Case, Dtype, Graph, Node};
use crate::op::{Id, Input, Op};
use crate::tensor::{Shape, Tensor};
use std::collections::HashSet;

/// An operation and how it is spelled.
pub(super) type Pattern = (&'static str, &'static str);

/// A crate that programs are written for.
pub(super) struct Target {
    /// The format's name.
    pub(super) format: &'static str,
    /// The name of a number type, for `{dtype}` wherever that stands.
    pub(super) dtype: fn(Dtype) -> &'static str,
    /// The highest rank that a tensor has.
    pub(super) highest_rank: usize,
    /// Imports and functions, among them the type `Param`; `{elements}` is how many numbers all parameters have, or 1.
    pub(super) prologue: &'static [&'static str],
    /// The first line of `main`, and its last.
    pub(super) frame: [&'static str; 2],
    /// A parameter, a constant: from data and shape.
    pub(super) leaf: fn(role: Input, data: &str, shape: &Shape) -> String,
    /// Rows of the table: `{0}`, `{1}`, .. are operands, `{name}` attributes, `{shape}` is the result's shape.
    pub(super) rows: &'static [&'static [Pattern]],
    /// Rows that come first where the second operand is a constant number, and not the first operand too: `{1}` is the number.
    pub(super) rows_with_number: &'static [&'static [Pattern]],
    /// Rows that come next where the first operand is one: `{0}` is the number.
    pub(super) rows_of_number: &'static [&'static [Pattern]],
    /// A shape as the crate takes it.
    pub(super) sizes: fn(&Shape) -> String,
    /// An operand of a row, where the result has a shape.
    pub(super) operand: fn(name: &str, shape: &Shape, result: &Shape) -> String,
    /// Structural operations.
    pub(super) structural: fn(&Use<'_>) -> Option<String>,
    /// What stands before the value of an operation, and after it.
    pub(super) around: [&'static str; 2],
    /// What reads `outputs`, and puts their values into `answer`.
    pub(super) values: &'static str,
    /// What computes the gradient by `params`, and puts it there too.
    pub(super) gradient: &'static str,
    /// A parameter for the list of them.
    pub(super) param: fn(variable: &str) -> String,
    /// An output and its cotangent, for the list of outputs.
    pub(super) output: fn(name: &str, variable: &str, data: &str, shape: &Shape) -> String,
}

/// One use of a structural operation.
pub(super) struct Use<'a> {
    pub(super) call: Call<'a>,
    node: &'a Node,
    case: &'a Case,
}

impl Use<'_> {
    /// The operand's name.
    pub(super) fn arg(&self, i: usize) -> &str {
        &self.call.args[i]
    }

    pub(super) fn shape(&self, i: usize) -> &Shape {
        self.call.shapes[i]
    }

    /// The places that an index names among `size`, counted from the front; none if the program computes it.
    pub(super) fn places(&self, i: usize, size: usize) -> Option<Vec<usize>> {
        let data: &Tensor<f64> = self.case.graph.constants().get(&self.node.args[i])?;
        let place = |x: f64| if x < 0.0 { x + size as f64 } else { x } as usize;
        Some(data.iter().map(place).collect())
    }

    /// Whether an operand selects.
    pub(super) fn is_index(&self, i: usize) -> bool {
        self.node.op.is_index(i)
    }

    /// Whether a gradient flows to an operand.
    pub(super) fn carries(&self, i: usize) -> bool {
        self.node.op.carries(i)
    }

    /// What the operation makes of these operands; those that select are its own.
    pub(super) fn eval(&self, operands: &[Tensor<f64>]) -> Option<Tensor<f64>> {
        let constants = self.case.graph.constants();
        let mut operands = operands.iter();
        let all = (0..self.node.args.len()).map(|i| match self.is_index(i) {
            true => constants.get(&self.node.args[i]),
            false => operands.next(),
        });
        let all: Option<Vec<&Tensor<f64>>> = all.collect();
        self.node.op.eval(&all?, &self.node.shape).ok()
    }

    /// The two axes that a transposed operand has swapped, if it is nothing else.
    pub(super) fn swapped(&self) -> Option<(usize, usize)> {
        let perm = self.call.perm()?;
        let moved: Vec<usize> = (0..perm.len()).filter(|&k| perm[k] != k).collect();
        match moved[..] {
            [a, b] => Some((a, b)),
            _ => None,
        }
    }

    /// Whether an index has the shape of another operand but along the axis.
    pub(super) fn is_along(&self, axis: usize, like: usize) -> bool {
        let (index, like) = (self.shape(1), self.shape(like));
        index.rank() == like.rank() && (0..like.rank()).all(|k| k == axis || index[k] == like[k])
    }
}

/// `[1, 2]`.
pub(super) fn list<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    format!("[{}]", items.join(", "))
}

/// The number type as candle and burn both name it.
pub(super) fn dtype(dtype: Dtype) -> &'static str {
    match dtype {
        Dtype::F32 => "DType::F32",
        Dtype::F64 => "DType::F64",
    }
}

/// `&[1.0, 2.0], &[2]`.
fn data(x: &Tensor<f64>) -> String {
    list(x.iter().map(float))
}

/// A number that Rust reads to the bit.
pub(super) fn float(x: f64) -> String {
    match (x.is_nan(), x.is_infinite(), x > 0.0) {
        (true, ..) => "f64::NAN".into(),
        (_, true, true) => "f64::INFINITY".into(),
        (_, true, false) => "f64::NEG_INFINITY".into(),
        _ => number(x),
    }
}

const TAKEN: &[&str] = &[
    "as",
    "async",
    "await",
    "break",
    "const",
    "continue",
    "crate",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "match",
    "mod",
    "move",
    "mut",
    "pub",
    "ref",
    "return",
    "self",
    "Self",
    "static",
    "struct",
    "super",
    "trait",
    "true",
    "type",
    "unsafe",
    "use",
    "where",
    "while",
    "abstract",
    "become",
    "box",
    "do",
    "final",
    "macro",
    "override",
    "priv",
    "try",
    "typeof",
    "unsized",
    "virtual",
    "yield",
    "_",
    // and what the programs use
    "answer",
    "at",
    "constant",
    "device",
    "flat",
    "index",
    "loss",
    "main",
    "outputs",
    "params",
    "store",
    "gradients",
    "activation",
    "module",
    "Device",
    "DType",
    "Tensor",
    "Var",
    "Result",
    "Ok",
    "Some",
    "None",
    "Vec",
    "Int",
    "TensorData",
    "Param",
    "Gradient",
    "Slice",
    "keep",
    "tape",
    "numbers",
    "Axis",
    "Axes2",
    "Axes3",
    "Axes4",
    "Axes5",
    "Axes6",
    "Const",
    "NoneTape",
    "NearestNeighbor",
    "Bilinear",
    "map",
    "zip",
    "pick",
    "fold",
    "variable",
    "variables",
    "constants",
    "next",
    "value",
    "tangent",
    "gradient",
    "derivatives",
    "adjoints",
    "COUNT",
    "Dual",
    "Number",
    "array",
    "ctx",
    "ops",
    "Context",
    "VariableEnvironment",
];

/// A word of Rust for each node.
fn names(case: &Case) -> Vec<String> {
    let mut used: HashSet<String> = TAKEN.iter().map(|word| (*word).to_string()).collect();
    let graph = &case.graph;
    let named = |id: Id| {
        let mut name = graph.name(id).replace('.', "_");
        while !used.insert(name.clone()) {
            name.push('_');
        }
        name
    };
    graph.ids().map(named).collect()
}

/// The case as a program that asserts what is expected of it.
pub(super) fn write(
    case: &Case,
    target: &Target,
    expected: &[Expected],
) -> Result<String, ExportError> {
    let graph = &case.graph;
    let names = names(case);
    let mut body = String::new();
    for id in graph.ids() {
        let node = graph.node(id);
        let unsupported = || ExportError::Unsupported {
            op: node.op.name().into(),
            format: target.format,
        };
        if node.shape.rank() > target.highest_rank {
            return Err(unsupported());
        }
        let value = match &node.op {
            Op::Input(Input::Index) => continue,
            Op::Input(role) => {
                let value = match role {
                    Input::Param => &case.params[&graph.name(id)],
                    _ => &graph.constants()[&id],
                };
                (target.leaf)(*role, &data(value), value.shape())
            }
            _ => {
                let value = operation(case, target, node, &names).ok_or_else(unsupported)?;
                let [before, after] = target.around;
                format!("{before}{value}{after}")
            }
        };
        body += &format!("    let {} = {value};\n", names[id.index()]);
    }
    let outputs = graph.outputs().iter().zip(&case.cotangents);
    let outputs: Vec<String> = outputs
        .map(|(&id, ct)| {
            let name = graph.name(id);
            let output = (target.output)(&name, &names[id.index()], &data(ct), ct.shape());
            format!("        {output},\n")
        })
        .collect();
    let params: Vec<String> = graph
        .params()
        .map(|id| {
            let param = (target.param)(&names[id.index()]);
            format!("        ({:?}, {param}),\n", graph.name(id))
        })
        .collect();
    let [first, last] = target.frame;
    let text = format!(
        "//! Written by secant. Prints values and gradient as {format} computes them.\n\
         #![allow(unused)]\n{prologue}\n{first}\n{body}    let outputs = vec![\n{outputs}    ];\n    \
         let params: Vec<(&str, Param)> = vec![\n{params}    ];\n    \
         let mut answer: Vec<(&str, &str, Vec<f64>)> = Vec::new();\n    \
         // the gradient of the sum of all outputs, each times its cotangent\n\
         {values}{shown_values}{gradient}{shown_gradient}{right}{last}}}\n",
        format = target.format,
        prologue = target.prologue.concat(),
        outputs = outputs.concat(),
        params = params.concat(),
        values = target.values,
        // a gradient need not be there for a value to be wrong
        shown_values = shown(
            Part::Value,
            graph,
            graph.outputs().iter().copied(),
            expected
        ),
        gradient = target.gradient,
        shown_gradient = shown(Part::Gradient, graph, graph.params(), expected),
        right = match expected {
            [] => "",
            _ => "    println!(\"right\");\n",
        },
    );
    let elements = case.params.values().map(Tensor::len).sum::<usize>().max(1);
    let text = text.replace("{elements}", &elements.to_string());
    Ok(text.replace("{dtype}", (target.dtype)(case.dtype)))
}

/// Prints a part of the answer, and asserts what is expected of it: as many numbers as there are elements, and some of them.
fn shown(
    part: Part,
    graph: &Graph,
    ids: impl Iterator<Item = Id>,
    expected: &[Expected],
) -> String {
    let sizes = ids.map(|id| format!("({:?}, {})", graph.name(id), graph.node(id).shape.count()));
    let sizes: Vec<String> = sizes.collect();
    if sizes.is_empty() {
        return String::new();
    }
    let printed = format!(
        "    for (name, size) in {sizes} {{
        for (.., numbers) in answer.iter().filter(|one| (one.0, one.1) == ({part:?}, name)) {{
            println!(\"{part} of {{name}} = {{numbers:?}}\");
            assert_eq!(numbers.len(), size, \"elements of the {part} of {{name}}\");
        }}
    }}
",
        sizes = list(sizes),
        part = part.name()
    );
    let expected: Vec<&Expected> = expected.iter().filter(|one| one.part == part).collect();
    if expected.is_empty() {
        return printed;
    }
    let line = |one: &Expected| {
        let found: Vec<String> = one
            .elements
            .iter()
            .map(|(name, place)| format!("at({name:?}, {place})"))
            .collect();
        format!(
            "        ({:?}, {}, {}, {}),\n",
            one.words(),
            found.join(" + "),
            float(one.number),
            float(one.error)
        )
    };
    let lines: String = expected.into_iter().map(line).collect();
    format!(
        "{printed}    let at = |name: &str, place: usize| -> f64 {{
        let found = answer.iter().find(|(part, other, _)| (*part, *other) == ({part:?}, name));
        found.and_then(|(_, _, x)| x.get(place).copied()).unwrap_or(f64::NAN)
    }};
    let checks: Vec<(&str, f64, f64, f64)> = vec![
{lines}    ];
    for (words, found, expected, error) in checks {{
        assert!((found - expected).abs() <= error, \"{{words}} is {{found}}, should be {{expected}}\");
    }}
",
        part = part.name()
    )
}

/// Whether a node has several operands, of which the first two are different.
fn is_of_two(node: &Node) -> bool {
    node.args.get(1).is_some_and(|arg| *arg != node.args[0])
}

fn operation(case: &Case, target: &Target, node: &Node, names: &[String]) -> Option<String> {
    let graph = &case.graph;
    let args: Vec<String> = node
        .args
        .iter()
        .map(|arg| names[arg.index()].clone())
        .collect();
    let shapes: Vec<&Shape> = node
        .args
        .iter()
        .map(|&arg| &graph.node(arg).shape)
        .collect();
    if let Op::Pointwise(f) = &node.op {
        let info = f.info();
        let row = |rows: &[&[Pattern]]| {
            let found = rows.iter().copied().flatten();
            let found = found.into_iter().find(|(name, _)| *name == info.name);
            found.map(|(_, pattern)| *pattern)
        };
        let mut operands: Vec<String> = args
            .iter()
            .zip(&shapes)
            .map(|(arg, shape)| (target.operand)(arg, shape, &node.shape))
            .collect();
        let numbers = [(1, target.rows_with_number), (0, target.rows_of_number)];
        let numbers = numbers.into_iter().filter(|_| is_of_two(node));
        let mut spelled = numbers.filter_map(|(i, rows)| {
            let constant = graph.constants().get(&node.args[i])?;
            let number = (constant.shape().rank() == 0).then(|| constant.item())?;
            Some((i, number, row(rows)?))
        });
        let mut value = match spelled.next() {
            Some((i, number, pattern)) => {
                operands[i] = float(number);
                pattern.to_string()
            }
            None => row(target.rows)?.to_string(),
        };
        for (i, operand) in operands.iter().enumerate() {
            value = value.replace(&format!("{{{i}}}"), operand);
        }
        for (name, &x) in info.attrs.iter().zip(&f.attrs) {
            value = value.replace(&format!("{{{name}}}"), &float(x));
        }
        return Some(value.replace("{shape}", &(target.sizes)(&node.shape)));
    }
    let attrs = node.op.attrs();
    let call = Call {
        op: node.op.name(),
        attrs: &attrs,
        args: &args,
        shapes: &shapes,
        shape: &node.shape,
        dtype: case.dtype,
        of_ones: &|| None,
    };
    (target.structural)(&Use { call, node, case })
}
