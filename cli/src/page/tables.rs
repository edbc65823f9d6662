//! Tables: what is wrong, where each case stands, and the summary of a campaign.

use super::section::Section;
use super::text::{counted, escaped, name, short};
use super::{full, sign};
use secant::check::Report;
use std::fmt::Write;

/// So many faults are shown.
const FAULTS: usize = 50;
/// Letters of a message that are shown.
pub(super) const LONGEST: usize = 2000;

/// The first faults, each with all its digits.
pub(super) fn faults(report: &Report) -> String {
    let mut out = String::from(
        "<div class=\"scroll\"><table>\n<thead><tr><th class=\"words\">class</th><th class=\"words\">judgement</th>\
         <th class=\"words\">parameter</th><th class=\"words\">index</th><th>claimed</th><th>reference</th>\
         <th>rounding allows</th><th>ratio</th></tr></thead>\n<tbody>\n",
    );
    let mut gravest: Vec<_> = report.faults.iter().collect();
    gravest.sort_by_key(|fault| fault.judgement);
    for fault in gravest.into_iter().take(FAULTS) {
        let _ = write!(
            out,
            "<tr><td class=\"words\">{}</td><td class=\"words\">{}</td><td class=\"words mono\">{}</td>",
            fault.class,
            fault.judgement,
            name(&fault.param)
        );
        match fault.message.is_empty() {
            true => {
                let _ = write!(
                    out,
                    "<td class=\"words mono\">{:?}</td><td>{}</td><td>{}</td><td>{:.1e}</td><td>{}</td>",
                    fault.index,
                    full(fault.claimed),
                    full(fault.reference),
                    fault.error,
                    ratio(fault.ratio())
                );
            }
            false => {
                let message = escaped(&short(&fault.message, LONGEST));
                let _ = write!(out, "<td class=\"long\" colspan=\"5\">{message}</td>");
            }
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table></div>\n");
    if report.faults.len() > FAULTS {
        let more = report.faults.len() - FAULTS;
        let _ = writeln!(
            out,
            "<p class=\"note\">and {more} more: <code>--json</code> lists them all</p>"
        );
    }
    out
}

/// A ratio as people write it, where they would.
fn ratio(x: f64) -> String {
    match x.abs() {
        size if (1e-3..1e4).contains(&size) => format!("{x:.6}"),
        _ if x.is_finite() && x != 0.0 => format!("{x:.3e}"),
        _ => full(x),
    }
}

/// Where each case of a page stands, with a link to it.
pub(super) fn contents(sections: &[Section]) -> String {
    let mut out = format!("<nav>\n<p>{}", counted(sections.len(), "case"));
    for word in ["disagree", "undecided", "agree", super::section::UNREAD] {
        let count = sections.iter().filter(|own| own.word() == word).count();
        if count > 0 {
            let _ = write!(out, ", {count} <span class=\"tone {word}\">{word}</span>");
        }
    }
    out.push_str(
        "</p>\n<table>\n<thead><tr><th class=\"words\">case</th><th class=\"words\">verdict</th>\
         <th class=\"words\">judgement</th><th class=\"words\">elements</th></tr></thead>\n<tbody>\n",
    );
    for (place, section) in sections.iter().enumerate() {
        let word = section.word();
        let _ = writeln!(
            out,
            "<tr><td class=\"words\"><a href=\"#case-{}\">{}</a></td><td class=\"words tone {word}\">{} {word}</td>\
             <td class=\"words\">{}</td><td class=\"words\">{}</td></tr>",
            place + 1,
            name(&section.file),
            sign(section.verdict),
            section.judgement,
            section.elements
        );
    }
    out.push_str("</tbody>\n</table>\n</nav>\n");
    out
}

/// A table whose first row is its head and whose first column is words.
pub(super) fn plain(rows: &[Vec<String>]) -> String {
    let mut out = String::from("<table>\n");
    for (place, row) in rows.iter().enumerate() {
        let tag = if place == 0 { "th" } else { "td" };
        out.push_str("<tr>");
        for (column, cell) in row.iter().enumerate() {
            let class = if column == 0 { " class=\"words\"" } else { "" };
            let _ = write!(out, "<{tag}{class}>{}</{tag}>", escaped(cell));
        }
        out.push_str("</tr>\n");
    }
    out + "</table>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios() {
        let table = [
            (2.0, "2.000000"),
            (-1.5e-9, "-1.500e-9"),
            (0.0, "0"),
            (f64::INFINITY, "inf"),
            (f64::NAN, "nan"),
        ];
        for (x, expected) in table {
            assert_eq!(ratio(x), expected);
        }
    }
}
