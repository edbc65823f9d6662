//! Heat maps: the relative error of each element of each parameter, with marks for what is wrong or cannot be told.

use super::cell::{cross, slash, twice, words, worst};
use super::grid::Grid;
use super::scale;
use super::text::{counted, name};
use secant::check::{Judgement, ParamReport, Report, Verdict};
use std::fmt::Write;

/// More parameters are listed without a picture, those that are right first.
const MOST_MAPS: usize = 60;
/// About how many bytes a cell takes, with what it says when it is pointed at.
const CELL: usize = 165;
/// The same of a map without its cells.
const MAP: usize = 500;
/// The most cells of one map.
const MOST_CELLS: usize = 4096;

/// How many cells each of some parameters gets, if none needs more than its elements.
fn shares(counts: &[usize], most: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by_key(|&k| counts[k]);
    let (mut shares, mut left) = (vec![0; counts.len()], most);
    for (place, &k) in order.iter().enumerate() {
        let even = left / (counts.len() - place);
        shares[k] = counts[k].min(even).min(MOST_CELLS);
        left -= shares[k];
    }
    shares
}

/// The maps of a report's parameters in so many bytes.
pub(super) fn maps(report: &Report, room: usize) -> String {
    let mut order: Vec<usize> = (0..report.params.len()).collect();
    // those with the gravest elements first; the sort is stable
    order.sort_by_key(|&k| gravest(&report.params[k]));
    let most = MOST_MAPS.min(room / (MAP + 16 * CELL));
    let mut chosen: Vec<usize> = order
        .into_iter()
        .filter(|&k| !report.params[k].elements.is_empty())
        .take(most)
        .collect();
    chosen.sort_unstable();
    let counts: Vec<usize> = chosen
        .iter()
        .map(|&k| report.params[k].elements.len())
        .collect();
    let cells = room.saturating_sub(MAP * chosen.len()) / CELL;
    let mut out = String::new();
    if !chosen.is_empty() {
        out.push_str(&scale::legend());
        out.push_str("<div class=\"maps\">\n");
        for (&k, share) in chosen.iter().zip(shares(&counts, cells)) {
            let (param, own) = report.params.get_index(k).expect("it was counted");
            out.push_str(&map(param, own, share.max(1)));
        }
        out.push_str("</div>\n");
    }
    let left: Vec<usize> = (0..report.params.len())
        .filter(|k| chosen.binary_search(k).is_err())
        .collect();
    out + &without_map(report, &left)
}

fn gravest(param: &ParamReport) -> Judgement {
    let all = param.elements.iter().map(|element| element.judgement);
    all.min().unwrap_or(Judgement::Agree)
}

/// Parameters without elements, and those for which there is no room.
fn without_map(report: &Report, left: &[usize]) -> String {
    const LISTED: usize = 100;
    if left.is_empty() {
        return String::new();
    }
    let mut out = String::from("<ul class=\"note\">\n");
    for &k in left.iter().take(LISTED) {
        let (param, own) = report.params.get_index(k).expect("it was counted");
        let _ = writeln!(out, "<li>{}</li>", caption(param, own));
    }
    if left.len() > LISTED {
        let more = counted(left.len() - LISTED, "more parameter");
        let _ = writeln!(out, "<li>and {more}</li>");
    }
    out + "</ul>\n"
}

/// `W1 [5, 4]: 20 of 20 right, worst relative error 1.2e-16`.
fn caption(param: &str, own: &ParamReport) -> String {
    let mut out = format!("<code>{} {}</code>: ", name(param), own.shape);
    match (own.shape.count(), own.checked) {
        (0, _) => return out + "no elements",
        (_, 0) => return out + "not looked at",
        _ => {}
    }
    let _ = write!(out, "{} of {} right", own.agree, own.checked);
    for (count, word) in [
        (own.disagree, "wrong"),
        (own.undecided, "undecided"),
        (own.unobserved, "unobserved"),
    ] {
        if count > 0 {
            let _ = write!(out, ", {count} {word}");
        }
    }
    let _ = write!(out, ", worst relative error {:.1e}", own.worst_relative);
    out
}

fn map(param: &str, own: &ParamReport, most: usize) -> String {
    let grid = Grid::new(&own.shape, most);
    let side = grid.side();
    // outlines reach over the edge
    const MARGIN: usize = 2;
    let (width, height) = grid.size(side);
    let mut out = format!(
        "<figure class=\"map\">\n<figcaption>{}{}</figcaption>\n",
        caption(param, own),
        match grid.is_whole() {
            true => "",
            false => "; a cell shows the worst of its elements",
        }
    );
    let _ = writeln!(
        out,
        "<svg class=\"heat{4}\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" role=\"img\" \
         aria-label=\"Relative errors of {2}, {3} wrong\">",
        width + 2 * MARGIN,
        height + 2 * MARGIN,
        name(param),
        own.disagree,
        if side < 14 { " small" } else { "" }
    );
    // outlines lie over the neighbours
    let (mut above, mut crosses, mut slashes) = (String::new(), String::new(), String::new());
    for (cell, worst) in worst(own, &grid).into_iter().enumerate() {
        let Some(worst) = worst else { continue };
        let (x, y) = grid.corner(cell, side);
        let (x, y) = (x + MARGIN, y + MARGIN);
        let element = worst.element;
        let is_finite = element.claimed.is_finite() && element.reference.is_finite();
        let colour = match is_finite {
            true => format!("c{}", scale::step(element.relative())),
            false => "cn".into(),
        };
        let (outline, target) = match element.judgement.verdict() {
            Verdict::Disagree => {
                crosses.push_str(&cross(x, y, side));
                (" w", &mut above)
            }
            Verdict::Undecided => {
                slashes.push_str(&slash(x, y, side));
                (" u", &mut above)
            }
            Verdict::Agree => ("", &mut out),
        };
        let _ = writeln!(
            target,
            "<rect class=\"{colour}{outline}\" x=\"{x}\" y=\"{y}\" width=\"{side}\" height=\"{side}\"><title>{}</title></rect>",
            words(worst, &own.shape)
        );
        if element.judgement == Judgement::Unobserved {
            let half = side / 2;
            let _ = write!(
                above,
                "<circle class=\"dot\" cx=\"{}\" cy=\"{}\" r=\"2.5\"/>",
                x + half,
                y + half
            );
        }
    }
    // marks let the pointer through to the cells
    let marks = [twice(&crosses), twice(&slashes)].concat();
    out + &above + "<g pointer-events=\"none\">" + &marks + "</g></svg>\n</figure>\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use secant::Shape;
    use secant::check::Element;

    fn param(sizes: &[usize], elements: Vec<Element>) -> ParamReport {
        ParamReport {
            checked: elements.len(),
            shape: Shape::from(sizes),
            elements,
            ..ParamReport::default()
        }
    }

    fn element(judgement: Judgement, claimed: f64, reference: f64) -> Element {
        Element {
            judgement,
            claimed,
            reference,
        }
    }

    #[test]
    fn every_element_has_its_cell_and_its_mark() {
        use Judgement::*;
        let own = param(
            &[2, 3],
            vec![
                element(Agree, 1.0, 1.0),
                element(Mismatch, 2.0, 1.0),
                element(NonFinite, f64::NAN, 1.0),
                element(TooWeak, 1.0, 1.001),
                element(Unobserved, 0.0, 0.0),
                element(Mismatch, 1.0, 0.0),
            ],
        );
        let map = map("w<", &own, 100);
        assert_eq!(map.matches("<rect ").count(), 6);
        for (class, count) in [
            ("c0\"", 2),
            ("c16 w", 2),
            ("cn w", 1),
            ("c12 u", 1),
            ("dot", 1),
        ] {
            assert_eq!(map.matches(class).count(), count, "{class}\n{map}");
        }
        assert!(map.contains(
            "[0, 1] mismatch: claimed 2.000000e0, reference 1.000000e0, ratio 2.0000, off by 1e0<"
        ));
        assert!(map.contains("<code>w&lt; [2, 3]</code>"));
    }

    #[test]
    fn a_wrong_element_among_many_shows() {
        let mut elements = vec![element(Judgement::Agree, 1.0, 1.0); 100_000];
        elements[77_777] = element(Judgement::Mismatch, 1.0, 1.0 + 1e-9);
        let map = map("w", &param(&[100_000], elements), 1000);
        assert_eq!(map.matches(" w\"").count(), 1);
        assert!(map.contains("[77777] mismatch") && map.contains("; worst of 1"));
        assert!(map.len() < 1000 * CELL + MAP, "{}", map.len());
    }

    #[test]
    fn small_parameters_leave_room_for_large_ones() {
        assert_eq!(shares(&[1000, 3, 10, 1000], 213), [100, 3, 10, 100]);
        assert_eq!(shares(&[5, 5], 100), [5, 5]);
        assert!(shares(&[], 100).is_empty());
    }
}
