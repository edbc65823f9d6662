//! A drawing that needs nothing else: layers from top to bottom, boxes, and curves between them.
//!
//! A node's layer is the longest way to it from an input; inputs move down to just above the first node that reads them.
//! Within a layer nodes stand in the order of the mean place of what they read, which keeps most curves from crossing.

use super::Format;
use super::dot::label;
use crate::graph::{Case, Graph};
use crate::op::{Id, Input, Op};
use std::collections::HashSet;

pub(super) const FORMAT: Format = Format {
    name: "svg",
    doc: "a drawing for browsers",
    write: |case| Ok(write(case)),
};

/// Sizes in pixels. A letter of the font below is at most so wide.
const LETTER: f64 = 7.3;
const BOX_HEIGHT: f64 = 52.0;
const LAYER_HEIGHT: f64 = 96.0;
const GAP: f64 = 22.0;
const MARGIN: f64 = 20.0;
/// Longer lines are cut.
const LONGEST: usize = 44;

fn escaped(text: &str) -> String {
    let short: String = text.chars().take(LONGEST).collect();
    let dots = if text.chars().count() > LONGEST {
        "\u{2026}"
    } else {
        ""
    };
    format!("{short}{dots}")
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn layers(graph: &Graph) -> Vec<usize> {
    let mut layer = vec![0; graph.nodes().len()];
    for (place, node) in graph.nodes().iter().enumerate() {
        layer[place] = node
            .args
            .iter()
            .map(|arg| layer[arg.index()] + 1)
            .max()
            .unwrap_or(0);
    }
    let mut reader = vec![usize::MAX; layer.len()];
    for (place, node) in graph.nodes().iter().enumerate() {
        for arg in &node.args {
            reader[arg.index()] = reader[arg.index()].min(layer[place]);
        }
    }
    for (place, node) in graph.nodes().iter().enumerate() {
        if node.args.is_empty() && reader[place] != usize::MAX {
            layer[place] = reader[place] - 1;
        }
    }
    layer
}

struct Placed {
    label: [String; 3],
    /// The middle of the upper edge.
    x: f64,
    y: f64,
    width: f64,
}

fn placed(case: &Case) -> (Vec<Placed>, f64, f64) {
    let graph = &case.graph;
    let layer = layers(graph);
    let mut rows: Vec<Vec<Id>> = vec![Vec::new(); layer.iter().max().map_or(0, |last| last + 1)];
    for id in graph.ids() {
        rows[layer[id.index()]].push(id);
    }
    let mut nodes: Vec<Placed> = graph
        .ids()
        .map(|id| {
            let label = label(case, id);
            let letters = label
                .iter()
                .map(|line| line.chars().count().min(LONGEST + 1))
                .max()
                .unwrap_or(0);
            let y = MARGIN + layer[id.index()] as f64 * LAYER_HEIGHT;
            Placed {
                label,
                x: 0.0,
                y,
                width: letters as f64 * LETTER + 20.0,
            }
        })
        .collect();
    let span = |row: &[Id], nodes: &[Placed]| {
        row.iter()
            .map(|id| nodes[id.index()].width + GAP)
            .sum::<f64>()
            - GAP
    };
    let widest = rows.iter().map(|row| span(row, &nodes)).fold(0.0, f64::max);
    for row in &mut rows {
        let mean = |id: &Id| {
            let args = &graph.node(*id).args;
            args.iter().map(|arg| nodes[arg.index()].x).sum::<f64>() / args.len().max(1) as f64
        };
        let inputs_last = |id: &Id| graph.node(*id).args.is_empty();
        row.sort_by(|a, b| {
            inputs_last(a)
                .cmp(&inputs_last(b))
                .then(mean(a).total_cmp(&mean(b)))
        });
        let mut x = MARGIN + (widest - span(row, &nodes)) / 2.0;
        for id in row {
            let node = &mut nodes[id.index()];
            node.x = x + node.width / 2.0;
            x += node.width + GAP;
        }
    }
    let height = 2.0 * MARGIN + rows.len().saturating_sub(1) as f64 * LAYER_HEIGHT + BOX_HEIGHT;
    (nodes, widest + 2.0 * MARGIN, height)
}

fn write(case: &Case) -> String {
    let graph = &case.graph;
    let (nodes, width, height) = placed(case);
    let outputs: HashSet<Id> = graph.outputs().iter().copied().collect();
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\">\n\
         <style>text {{ font: 12px monospace; text-anchor: middle; fill: #222 }} .name {{ font-weight: bold }} .shape {{ fill: #666 }} \
         rect {{ fill: #fff; stroke: #444 }} .param {{ fill: #cfe2ff }} .const {{ fill: #eee }} .output {{ stroke-width: 3 }} \
         path {{ fill: none; stroke: #888 }}</style>\n\
         <defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">\
         <path d=\"M0 0 L8 4 L0 8 Z\" style=\"fill: #888\"/></marker></defs>\n\
         <rect width=\"100%\" height=\"100%\" style=\"stroke: none\"/>\n"
    );
    for id in graph.ids() {
        let (to, args) = (&nodes[id.index()], &graph.node(id).args);
        for (i, arg) in args.iter().enumerate() {
            let from = &nodes[arg.index()];
            // operands arrive from left to right in their order
            let x = to.x + ((i as f64 + 1.0) / (args.len() as f64 + 1.0) - 0.5) * to.width;
            let (start, middle) = (from.y + BOX_HEIGHT, (from.y + BOX_HEIGHT + to.y) / 2.0);
            out += &format!(
                "<path d=\"M{:.1} {start:.1} C{:.1} {middle:.1} {x:.1} {middle:.1} {x:.1} {:.1}\" marker-end=\"url(#head)\"/>\n",
                from.x, from.x, to.y
            );
        }
    }
    for id in graph.ids() {
        let node = &nodes[id.index()];
        let role = match graph.node(id).op {
            Op::Input(Input::Param) => "param",
            Op::Input(_) => "const",
            _ => "op",
        };
        let output = if outputs.contains(&id) { " output" } else { "" };
        let round = if graph.node(id).args.is_empty() {
            20
        } else {
            5
        };
        out += &format!(
            "<rect class=\"{role}{output}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{BOX_HEIGHT}\" rx=\"{round}\"/>\n",
            node.x - node.width / 2.0,
            node.y,
            node.width
        );
        for (line, (class, text)) in ["name", "what", "shape"]
            .into_iter()
            .zip(&node.label)
            .enumerate()
        {
            let y = node.y + 16.0 + 15.0 * line as f64;
            out += &format!(
                "<text class=\"{class}\" x=\"{:.1}\" y=\"{y:.1}\">{}</text>\n",
                node.x,
                escaped(text)
            );
        }
    }
    out + "</svg>\n"
}
