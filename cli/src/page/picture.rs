//! The program as a picture, with what is wrong marked in it.

use super::text::counted;
use secant::Case;
use secant::check::Report;
use secant::export::Drawing;
use secant::op::Id;

/// Larger programs are drawn around the marked nodes.
const MOST: usize = 300;
/// As many nodes are drawn then.
const AROUND: usize = 60;

/// Parameters and outputs with faults, and how many.
pub(super) fn faulty(case: &Case, report: &Report) -> Vec<(Id, String)> {
    let mut marked: Vec<(Id, String)> = Vec::new();
    for (name, own) in report.params.iter().filter(|(_, own)| own.disagree > 0) {
        if let Some(id) = case.graph.find(name) {
            let why = format!("{name}: {} of {} wrong", own.disagree, own.checked);
            marked.push((id, why));
        }
    }
    for fault in &report.faults {
        let Some(id) = case.graph.find(&fault.param) else {
            continue;
        };
        // of an output, or of a parameter without elements
        if marked.iter().all(|(known, _)| *known != id) {
            marked.push((id, fault.to_string()));
        }
    }
    marked
}

/// The picture in so many bytes, or why there is none.
pub(super) fn figure(case: &Case, marked: &[(Id, String)], room: usize) -> String {
    let nodes = case.graph.nodes().len();
    let mut most = MOST;
    let note = loop {
        if nodes > most && marked.is_empty() {
            break format!("{} are too many to draw.", counted(nodes, "node"));
        }
        let drawing = Drawing::new(
            case,
            marked,
            most.min(if nodes > most { AROUND } else { most }),
        );
        if drawing.svg.len() <= room {
            let note = match nodes - drawing.shown {
                0 => String::new(),
                _ => format!(
                    "<p class=\"note\">{} of {nodes} nodes: those nearest to the marked ones.</p>\n",
                    drawing.shown
                ),
            };
            return format!("{note}<div class=\"scroll\">{}</div>\n", drawing.svg);
        }
        most = match most {
            0..=3 => break "The page has no room for the picture.".into(),
            most => most.min(nodes) / 2,
        };
    };
    format!("<p class=\"note\">{note} <code>secant show FILE --to svg</code> draws them all.</p>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_takes_no_more_room_than_there_is() {
        let mut text = String::from("secant 1\nparam x [] = 2.0\ny0 = sin(x)\n");
        for k in 1..400 {
            text += &format!("y{k} = sin(y{})\n", k - 1);
        }
        let case = Case::from_text(&(text + "return y399\n")).unwrap();
        assert!(figure(&case, &[], 1 << 20).contains("too many"));
        let marked = [(case.graph.find("y7").unwrap(), "off".to_string())];
        let picture = figure(&case, &marked, 1 << 20);
        assert!(picture.contains("60 of 401 nodes") && picture.contains("<title>off</title>"));
        let small = figure(&case, &marked, 10_000);
        assert!(small.contains("nearest") && small.len() < 10_200, "{small}");
        assert!(figure(&case, &marked, 100).contains("no room"));
    }
}
