//! A drawing that needs nothing else: layers from top to bottom, boxes, and curves between them.
//!
//! A node's layer is the longest way to it from an input; inputs move down to just above the first node that reads them.
//! Within a layer nodes stand in the order of the mean place of what they read, which keeps most curves from crossing.
//!
//! Nothing in it has an id or leans on the page around it, so that several drawings can stand in one page of HTML.

use super::Format;
use super::dot::label;
use crate::graph::{Case, Graph};
use crate::op::{Id, Input, Op};
use std::collections::{HashSet, VecDeque};

pub(super) const FORMAT: Format = Format {
    name: "svg",
    doc: "a drawing for browsers",
    is_whole: true,
    package: None,
    write: |case| {
        let svg = Drawing::new(case, &[], usize::MAX).svg;
        let space = "<svg xmlns=\"http://www.w3.org/2000/svg\"";
        Ok(svg.replacen("<svg", space, 1))
    },
};

/// Sizes in pixels. A letter of the font below is at most so wide.
const LETTER: f64 = 7.3;
const BOX_HEIGHT: f64 = 52.0;
const LAYER_HEIGHT: f64 = 84.0;
const GAP: f64 = 22.0;
const MARGIN: f64 = 20.0;
/// Of arrows, which all point down.
const HEAD: f64 = 7.0;
/// Longer lines are cut.
const LONGEST: usize = 44;

/// Rules for a drawing's own classes, in the light and in the dark. Paper has neither preference.
const STYLE: &str = "\
.graph text { font: 12px monospace; text-anchor: middle; fill: #222 } .graph .name { font-weight: bold } \
.graph .shape { fill: #666 } .graph rect { fill: #fff; stroke: #444 } .graph .paper { stroke: none } \
.graph .param { fill: #cfe2ff } .graph .const { fill: #eee } .graph .output { stroke-width: 3 } \
.graph .edge { fill: none; stroke: #888 } .graph .head { fill: #888 } \
.graph .marked rect { fill: #ffe1dc; stroke: #c22; stroke-width: 5 }
@media screen and (prefers-color-scheme: dark) { .graph text { fill: #eee } .graph .shape { fill: #aaa } \
.graph rect { fill: #2a2d31; stroke: #999 } .graph .paper { fill: #1b1d20 } .graph .param { fill: #1d3a66 } \
.graph .const { fill: #3a3d42 } .graph .marked rect { fill: #5c201c; stroke: #ff7a70 } }";

fn escaped(text: &str, longest: usize) -> String {
    let short: String = text.chars().take(longest).collect();
    let dots = if text.chars().count() > longest {
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

/// For each node its layer, as if only the shown ones were there.
fn layers(graph: &Graph, shown: &[bool]) -> Vec<usize> {
    let mut layer = vec![0; graph.nodes().len()];
    for (place, node) in graph.nodes().iter().enumerate() {
        let args = node.args.iter().filter(|arg| shown[arg.index()]);
        layer[place] = args.map(|arg| layer[arg.index()] + 1).max().unwrap_or(0);
    }
    let mut reader = vec![usize::MAX; layer.len()];
    for (place, node) in graph.nodes().iter().enumerate() {
        for arg in node.args.iter().filter(|_| shown[place]) {
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

/// The marked nodes and what is nearest to them along edges, no more than `most`.
fn neighbourhood(graph: &Graph, marked: &[(Id, String)], most: usize) -> Vec<bool> {
    let mut readers: Vec<Vec<Id>> = vec![Vec::new(); graph.nodes().len()];
    for id in graph.ids() {
        for arg in &graph.node(id).args {
            readers[arg.index()].push(id);
        }
    }
    let mut shown = vec![false; graph.nodes().len()];
    let mut queue: VecDeque<Id> = marked.iter().map(|(id, _)| *id).collect();
    let mut left = most;
    while let Some(id) = queue.pop_front() {
        if left == 0 {
            break;
        }
        if !std::mem::replace(&mut shown[id.index()], true) {
            left -= 1;
            queue.extend(graph.node(id).args.iter().chain(&readers[id.index()]));
        }
    }
    shown
}

struct Placed {
    label: [String; 3],
    /// The middle of the upper edge.
    x: f64,
    y: f64,
    width: f64,
}

fn placed(case: &Case, shown: &[bool]) -> (Vec<Placed>, f64, f64) {
    let graph = &case.graph;
    let layer = layers(graph, shown);
    let mut rows: Vec<Vec<Id>> = vec![Vec::new(); layer.iter().max().map_or(0, |last| last + 1)];
    for id in graph.ids().filter(|id| shown[id.index()]) {
        rows[layer[id.index()]].push(id);
    }
    rows.retain(|row| !row.is_empty());
    let mut layer = layer;
    for (place, row) in rows.iter().enumerate() {
        for id in row {
            layer[id.index()] = place;
        }
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

/// A picture of a program, or of a part of it.
#[derive(Clone, Debug)]
pub struct Drawing {
    /// An element for a page of HTML. As a file of its own it needs the attribute `xmlns`.
    pub svg: String,
    /// How many nodes are on it.
    pub shown: usize,
}

impl Drawing {
    /// Draws a case's program. `marked` nodes have a bold border and another colour, and tell why when they are pointed at.
    /// A program of more than `most` nodes is drawn around the marked ones only.
    ///
    /// ```
    /// use secant::{Case, export::Drawing};
    /// let case = Case::from_text("secant 1\nparam x [] = 2.0\ny = sin(x)\nreturn y\n")?;
    /// let y = case.graph.find("y").unwrap();
    /// let drawing = Drawing::new(&case, &[(y, "its rule is wrong".into())], 300);
    /// assert!(drawing.svg.contains("<title>its rule is wrong</title>"));
    /// assert_eq!(drawing.shown, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(case: &Case, marked: &[(Id, String)], most: usize) -> Self {
        let nodes = case.graph.nodes().len();
        let shown = match nodes <= most {
            true => vec![true; nodes],
            false => neighbourhood(&case.graph, marked, most),
        };
        Self {
            svg: draw(case, marked, &shown),
            shown: shown.iter().filter(|shown| **shown).count(),
        }
    }
}

fn draw(case: &Case, marked: &[(Id, String)], shown: &[bool]) -> String {
    let graph = &case.graph;
    let (nodes, width, height) = placed(case, shown);
    let outputs: HashSet<Id> = graph.outputs().iter().copied().collect();
    let mut out = format!(
        "<svg class=\"graph\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\">\n\
         <style>{STYLE}</style>\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n"
    );
    let ids = || graph.ids().filter(|id| shown[id.index()]);
    for id in ids() {
        let (to, args) = (&nodes[id.index()], &graph.node(id).args);
        for (i, arg) in args.iter().enumerate() {
            if !shown[arg.index()] {
                continue;
            }
            let from = &nodes[arg.index()];
            // operands arrive from left to right in their order
            let x = to.x + ((i as f64 + 1.0) / (args.len() as f64 + 1.0) - 0.5) * to.width;
            let (start, end) = (from.y + BOX_HEIGHT, to.y - HEAD);
            let middle = (start + end) / 2.0;
            out += &format!(
                "<path class=\"edge\" d=\"M{:.1} {start:.1} C{:.1} {middle:.1} {x:.1} {middle:.1} {x:.1} {end:.1}\"/>\
                 <path class=\"head\" d=\"M{:.1} {end:.1} h{HEAD} L{x:.1} {:.1} Z\"/>\n",
                from.x,
                from.x,
                x - HEAD / 2.0,
                to.y
            );
        }
    }
    for id in ids() {
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
        let mut reasons = marked.iter().filter(|(marked, _)| *marked == id).peekable();
        let is_marked = reasons.peek().is_some();
        if is_marked {
            let reasons: Vec<String> = reasons.map(|(_, why)| escaped(why, usize::MAX)).collect();
            out += &format!(
                "<g class=\"marked\"><title>{}</title>\n",
                reasons.join("\n")
            );
        }
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
                escaped(text, LONGEST)
            );
        }
        if is_marked {
            out += "</g>\n";
        }
    }
    out + "</svg>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    /// y0 = sin(x), y1 = sin(y0), .., and one of them is marked.
    #[test]
    fn a_large_program_is_drawn_around_what_is_marked() {
        let mut text = String::from("secant 1\nparam x [] = 2.0\ny0 = sin(x)\n");
        for k in 1..1000 {
            text += &format!("y{k} = sin(y{})\n", k - 1);
        }
        let case = Case::from_text(&(text + "return y999\n")).unwrap();
        let marked = case.graph.find("y500").unwrap();
        let drawing = Drawing::new(&case, &[(marked, "2 < 3".into())], 5);
        assert_eq!(drawing.shown, 5);
        for name in ["y498", "y499", "y500", "y501", "y502"] {
            assert!(drawing.svg.contains(&format!(">{name}</text>")), "{name}");
        }
        assert_eq!(drawing.svg.matches("class=\"edge\"").count(), 4);
        assert!(drawing.svg.contains("<title>2 &lt; 3</title>"));
        // no empty layers above
        assert!(drawing.svg.contains("height=\"428\""), "{}", drawing.svg);
        assert_eq!(Drawing::new(&case, &[], 5).shown, 0);
        assert_eq!(Drawing::new(&case, &[], 5000).shown, 1001);
    }
}
