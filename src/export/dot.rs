//! A drawing by Graphviz.

use super::Format;
use crate::graph::{Case, write_number, written_attrs};
use crate::op::{Id, Input, Op};
use std::collections::HashSet;

pub(super) const FORMAT: Format = Format {
    name: "dot",
    doc: "a graph for Graphviz: dot -Tsvg",
    is_whole: true,
    package: None,
    write: |case| Ok(write(case)),
};

/// What a drawing writes into a node's box: its name, what it is, its shape.
pub(super) fn label(case: &Case, id: Id) -> [String; 3] {
    let (graph, node) = (&case.graph, case.graph.node(id));
    let what = match &node.op {
        Op::Input(role) => {
            let value = if *role == Input::Param {
                case.params.get(&graph.name(id))
            } else {
                graph.constants().get(&id)
            };
            let mut what = node.op.name().to_string();
            if let Some(value) = value.filter(|value| value.len() == 1) {
                what += " ";
                write_number(&mut what, value.item(), case.dtype)
                    .expect("a string takes everything");
            }
            what
        }
        op => {
            let attrs: Vec<String> = written_attrs(op)
                .iter()
                .map(|(key, value)| format!("{key}={value}"))
                .collect();
            match attrs.is_empty() {
                true => op.name().to_string(),
                false => format!("{}({})", op.name(), attrs.join(", ")),
            }
        }
    };
    [graph.name(id).into_owned(), what, node.shape.to_string()]
}

fn quoted(text: &str) -> String {
    format!(
        "\"{}\"",
        text.replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n")
    )
}

fn write(case: &Case) -> String {
    let graph = &case.graph;
    let outputs: HashSet<Id> = graph.outputs().iter().copied().collect();
    let mut out = String::from(
        "digraph secant {\n  node [fontname=\"sans-serif\", shape=box, style=\"rounded,filled\", fillcolor=white];\n",
    );
    for id in graph.ids() {
        let style = match graph.node(id).op {
            Op::Input(Input::Param) => ", shape=ellipse, fillcolor=\"#cfe2ff\"",
            Op::Input(_) => ", shape=ellipse, fillcolor=\"#eeeeee\"",
            _ => "",
        };
        let output = if outputs.contains(&id) {
            ", penwidth=3, peripheries=2"
        } else {
            ""
        };
        out += &format!(
            "  n{} [label={}{style}{output}];\n",
            id.0,
            quoted(&label(case, id).join("\n"))
        );
    }
    for id in graph.ids() {
        let args = &graph.node(id).args;
        for (i, arg) in args.iter().enumerate() {
            // which operand it is, where that is not plain
            let place = if args.len() > 1 {
                format!(" [label=\"{i}\", fontsize=9]")
            } else {
                String::new()
            };
            out += &format!("  n{} -> n{}{place};\n", arg.0, id.0);
        }
    }
    out + "}\n"
}
