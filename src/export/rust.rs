//! A stand-alone program for this crate, written on a tape as a person would write it.

use super::{ExportError, Format};
use crate::graph::{Case, Dtype, write_number, written_attrs};
use crate::op::{Attr, Input, Op};
use crate::tensor::Tensor;
use std::collections::HashSet;

pub(super) const FORMAT: Format = Format {
    name: "rust",
    doc: "a Rust program that prints value and gradient as this crate has them",
    is_whole: true,
    package: None,
    write,
};

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
    "_", // and our own
    "tape",
    "tensor",
    "op",
    "gradient",
    "graph",
    "params",
    "cotangents",
    "values",
    "gradients",
    "main",
    "Real",
];

/// A word of Rust for each node.
fn names(case: &Case) -> Vec<String> {
    let mut used: HashSet<String> = TAKEN.iter().map(|word| (*word).to_string()).collect();
    let graph = &case.graph;
    graph
        .ids()
        .map(|id| {
            let mut name = graph.name(id).replace('.', "_");
            while used.contains(&name) {
                name.push('_');
            }
            used.insert(name.clone());
            name
        })
        .collect()
}

fn literal(x: f64, dtype: Dtype) -> String {
    if !x.is_finite() {
        let word = if x.is_nan() {
            "NAN"
        } else if x > 0.0 {
            "INFINITY"
        } else {
            "NEG_INFINITY"
        };
        return format!("{dtype}::{word}");
    }
    let mut text = String::new();
    write_number(&mut text, x, dtype).expect("a string takes everything");
    text
}

fn tensor(value: &Tensor<f64>, dtype: Dtype) -> String {
    let items: Vec<String> = value.iter().map(|x| literal(x, dtype)).collect();
    format!("tensor(&{}, &[{}])", value.shape(), items.join(", "))
}

fn attr(attr: &Attr) -> String {
    match attr {
        Attr::None => "Attr::None".into(),
        Attr::Bool(b) => format!("Attr::Bool({b})"),
        Attr::Number(x) => format!("Attr::Number({})", literal(*x, Dtype::F64)),
        Attr::Text(text) => format!("Attr::Text({text:?}.into())"),
        Attr::List(items) => {
            let items: Vec<String> = items.iter().map(self::attr).collect();
            format!("Attr::List(vec![{}])", items.join(", "))
        }
    }
}

fn write(case: &Case) -> Result<String, ExportError> {
    let (graph, dtype) = (&case.graph, case.dtype);
    let names = names(case);
    let mut body = String::new();
    for id in graph.ids() {
        let node = graph.node(id);
        let args: Vec<&str> = node
            .args
            .iter()
            .map(|arg| names[arg.index()].as_str())
            .collect();
        let value = match &node.op {
            Op::Input(Input::Param) => {
                let name = graph.name(id);
                format!(
                    "tape.named({:?}, {})",
                    name,
                    tensor(&case.params[&name], dtype)
                )
            }
            Op::Input(_) => format!("tape.constant({})", tensor(&graph.constants()[&id], dtype)),
            Op::Custom(op) => {
                return Err(ExportError::Unsupported {
                    op: op.name().into(),
                    format: "rust",
                });
            }
            Op::Pointwise(f) => {
                let info = f.info();
                let method = if info.name == "where" {
                    "where_"
                } else {
                    info.name
                };
                let attrs = f.attrs[..info.attrs.len()]
                    .iter()
                    .map(|&x| literal(x, Dtype::F64));
                let rest: Vec<String> = args[1..]
                    .iter()
                    .map(|arg| (*arg).to_string())
                    .chain(attrs)
                    .collect();
                format!("{}.{method}({})", args[0], rest.join(", "))
            }
            op => {
                let attrs: Vec<String> = written_attrs(op)
                    .iter()
                    .map(|(key, value)| format!("({key:?}, {})", attr(value)))
                    .collect();
                format!(
                    "tape.record(op({:?}, &[{}]), &[{}])",
                    op.name(),
                    attrs.join(", "),
                    args.join(", ")
                )
            }
        };
        body += &format!("    let {} = {value};\n", names[id.index()]);
    }
    let outputs: Vec<&str> = graph
        .outputs()
        .iter()
        .map(|id| names[id.index()].as_str())
        .collect();
    let params: Vec<String> = graph
        .params()
        .map(|id| format!("{}.value()", names[id.index()]))
        .collect();
    let cotangents: Vec<String> = case
        .cotangents
        .iter()
        .map(|ct| format!("        {},\n", tensor(ct, dtype)))
        .collect();
    let quoted: Vec<String> = graph
        .outputs()
        .iter()
        .map(|&id| format!("{:?}", graph.name(id)))
        .collect();
    Ok(format!(
        r#"//! Written by secant. Prints outputs and gradient; needs the crate `secant`.
#![allow(dead_code, unused_imports, clippy::all)]
#![cfg_attr(rustfmt, rustfmt_skip)]

use secant::modes::reverse::gradient;
use secant::op::{{Attr, Kind, Op}};
use secant::{{Error, Tape, Tensor}};

type Real = {dtype};

fn tensor(shape: &[usize], data: &[Real]) -> Tensor<Real> {{
    Tensor::new(shape, data).expect("as many numbers as the shape says")
}}

fn op(name: &str, attrs: &[(&str, Attr)]) -> Op {{
    let attrs: Vec<(String, Attr)> = attrs.iter().map(|(key, value)| (key.to_string(), value.clone())).collect();
    let kind = Kind::all().find(|kind| kind.name() == name).expect("an operation of this version");
    kind.with(&attrs).expect("legal attributes")
}}

fn main() -> Result<(), Error> {{
    let tape = Tape::<Real>::new();
{body}
    let graph = tape.graph(&[{outputs}])?;
    let params: Vec<Tensor<Real>> = vec![{params}];
    let cotangents: Vec<Tensor<Real>> = vec![
{cotangents}    ];
    let (values, gradients) = gradient(&graph, &params, &cotangents)?;
    for (name, value) in [{quoted}].iter().zip(&values) {{
        println!("{{name}} = {{value:?}}");
    }}
    for (id, gradient) in graph.params().zip(&gradients) {{
        println!("gradient of {{}} = {{gradient:?}}", graph.name(id));
    }}
    Ok(())
}}
"#,
        outputs = outputs.join(", "),
        params = params.join(", "),
        cotangents = cotangents.concat(),
        quoted = quoted.join(", "),
    ))
}
