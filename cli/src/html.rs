//! A page that needs nothing beside it.

use std::fmt::Write;

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

const STYLE: &str = "\
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse } td, th { padding: .2rem .8rem; text-align: right; border-bottom: 1px solid #ccc }
td:first-child, th:first-child { text-align: left } pre { background: #f4f4f4; padding: .8rem; overflow-x: auto }";

/// A title, a table whose first row is its head, and sections of plain text under headings.
pub(crate) fn page(
    title: &str,
    table: Option<&[Vec<String>]>,
    sections: &[(String, String)],
) -> String {
    let title = escaped(title);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<style>\n{STYLE}\n</style>\n<h1>{title}</h1>\n"
    );
    if let Some(rows) = table {
        out.push_str("<table>\n");
        for (place, row) in rows.iter().enumerate() {
            let tag = if place == 0 { "th" } else { "td" };
            out.push_str("<tr>");
            for cell in row {
                let cell = anstream::adapter::strip_str(cell).to_string();
                let _ = write!(out, "<{tag}>{}</{tag}>", escaped(&cell));
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</table>\n");
    }
    for (heading, text) in sections {
        let _ = write!(
            out,
            "<h2>{}</h2>\n<pre>{}</pre>\n",
            escaped(heading),
            escaped(text)
        );
    }
    out.push_str("</html>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_escapes() {
        let rows = [vec!["a<b".to_string()], vec!["\"&\"".to_string()]];
        let page = page("t", Some(&rows), &[("<script>".into(), "x > y".into())]);
        assert!(page.contains("<th>a&lt;b</th>") && page.contains("<td>&quot;&amp;&quot;</td>"));
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script>"));
    }
}
