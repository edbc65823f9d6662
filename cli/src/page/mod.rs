//! Pages of HTML that need nothing beside them: no script, no network, one style for the light, the dark and paper.
//!
//! A page never grows with what it tells of: parts that are drawn (heat maps, the program) take what room is left, and
//! say so where there is none. Whatever comes from outside goes through [`escaped`].

mod cell;
mod curve;
mod grid;
mod heat;
mod picture;
mod scale;
mod section;
mod tables;
mod text;

pub(crate) use section::{Evidence, Findings, Section};
use text::escaped;

use crate::output;
use secant::check::Verdict;
use std::fmt::Write;

/// About how many bytes a page of cases has.
const ROOM: usize = 1_000_000;

/// The room for a section, when so many are still to come and so much is written.
pub(crate) fn room(written: usize, to_come: usize) -> usize {
    ROOM.saturating_sub(written) / to_come.max(1)
}

fn skeleton(title: &str, body: &str) -> String {
    let (title, style, colours) = (escaped(title), include_str!("style.css"), scale::css());
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{style}{colours}</style>\n</head>\n<body>\n{body}<footer>secant {version}</footer>\n</body>\n</html>\n"
    )
}

/// The page of `secant check`: a section for each case, and a table of contents if there are several.
pub(crate) fn of_cases(sections: &[Section]) -> String {
    let mut body = String::from("<h1>secant check</h1>\n");
    if sections.len() > 1 {
        body.push_str(&tables::contents(sections));
    }
    for (place, section) in sections.iter().enumerate() {
        let _ = write!(
            body,
            "<section id=\"case-{}\">\n{}</section>\n",
            place + 1,
            section.html
        );
    }
    let title = match sections {
        [only] => format!("{}: {}", only.file, only.word()),
        _ => "secant check".into(),
    };
    skeleton(&title, &body)
}

/// The page of `secant fuzz`: a table whose first row is its head, and plain text under headings.
pub(crate) fn of_campaign(rows: &[Vec<String>], sections: &[(String, String)]) -> String {
    let plain = |cell: &String| anstream::adapter::strip_str(cell).to_string();
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(plain).collect())
        .collect();
    let mut body = String::from("<h1>secant fuzz</h1>\n");
    body.push_str(&tables::plain(&rows));
    for (heading, text) in sections {
        let _ = write!(
            body,
            "<section>\n<h2>{}</h2>\n<pre>{}</pre>\n</section>\n",
            escaped(heading),
            escaped(text)
        );
    }
    skeleton("secant fuzz", &body)
}

/// A verdict as a sign that is read without its colour.
fn sign(verdict: Option<Verdict>) -> char {
    match verdict {
        Some(Verdict::Agree) => '\u{2713}',
        Some(Verdict::Disagree) => '\u{2717}',
        Some(Verdict::Undecided) | None => '?',
    }
}

/// A number in a table, so that it can be read back; JSON's words for what is not finite.
fn full(x: f64) -> String {
    match output::number(x) {
        serde_json::Value::String(word) => word,
        _ if x == 0.0 => format!("{x}"),
        _ => format!("{x:e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_escapes() {
        let rows = [vec!["a<b".to_string()], vec!["\"&\"".to_string()]];
        let page = of_campaign(&rows, &[("<script>".into(), "x > y".into())]);
        assert!(page.contains(">a&lt;b</th>") && page.contains(">&quot;&amp;&quot;</td>"));
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script>"));
    }

    #[test]
    fn room_is_shared_among_what_is_to_come() {
        assert_eq!(room(0, 1), ROOM);
        assert_eq!(room(ROOM / 2, 5), ROOM / 10);
        assert_eq!(room(2 * ROOM, 0), 0);
    }
}
