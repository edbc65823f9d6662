//! JUnit XML, as CI systems read it: a suite for each engine, what is wrong as failures, what is not known as skipped.

use crate::ci::{Item, Mark};
use std::fmt::Write;

/// The report on some items.
pub(crate) fn xml(command: &str, items: &[Item]) -> String {
    let mut engines: Vec<&str> = Vec::new();
    for item in items {
        if !engines.contains(&item.engine.as_str()) {
            engines.push(&item.engine);
        }
    }
    let all: Vec<&Item> = items.iter().collect();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuites{}>", counts(command, &all));
    for engine in engines {
        let own: Vec<&Item> = items.iter().filter(|item| item.engine == engine).collect();
        let _ = writeln!(out, "  <testsuite{}>", counts(engine, &own));
        for item in own {
            case(&mut out, command, item);
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn counts(name: &str, items: &[&Item]) -> String {
    let count = |is: fn(&Mark) -> bool| items.iter().filter(|item| is(&item.mark)).count();
    format!(
        r#" name="{}" tests="{}" failures="{}" errors="{}" skipped="{}""#,
        escaped(name),
        items.len(),
        count(|mark| matches!(mark, Mark::Wrong { .. })),
        count(|mark| matches!(mark, Mark::BadCase(_))),
        count(|mark| matches!(mark, Mark::Open(_))),
    )
}

fn case(out: &mut String, command: &str, item: &Item) {
    let (class, name) = (escaped(command), escaped(&item.name));
    let file = match &item.file {
        Some(file) => format!(r#" file="{}""#, escaped(file)),
        None => String::new(),
    };
    let _ = write!(
        out,
        r#"    <testcase classname="{class}" name="{name}"{file}"#
    );
    let inner = match &item.mark {
        Mark::Right => {
            out.push_str("/>\n");
            return;
        }
        Mark::Open(why) => format!(r#"<skipped message="{}"/>"#, escaped(why)),
        Mark::BadCase(why) => format!(r#"<error type="case" message="{}"/>"#, escaped(why)),
        Mark::Wrong { class, message, .. } => {
            let first = message.lines().next().unwrap_or_default();
            let saved = match &item.file {
                Some(file) => format!("{message}\nsaved as {file}"),
                None => message.clone(),
            };
            let (first, text) = (escaped(first), escaped(&saved));
            format!(r#"<failure type="{class}" message="{first}">{text}</failure>"#)
        }
    };
    let _ = writeln!(out, ">\n      {inner}\n    </testcase>");
}

/// A text between tags or quotes. XML has no way at all to write most control characters: they are spelt as in Rust.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // within quotes they would be read as spaces
            '\n' | '\t' => out.push_str(&format!("&#{};", u32::from(c))),
            '\u{fffe}' | '\u{ffff}' => out.extend(c.escape_unicode()),
            c if c.is_control() => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use secant::check::Class;

    #[test]
    fn suites_are_counted_and_texts_escaped() {
        let item = |engine: &str, name: &str, mark| Item {
            engine: engine.into(),
            name: name.into(),
            file: None,
            mark,
        };
        let wrong = Mark::Wrong {
            class: Class::Crash,
            message: "<a> & \"b\"\n\u{1b}[31m\u{0}\u{7f}\u{ffff}".into(),
            signature: String::new(),
        };
        let items = [
            item("mine", "one", Mark::Right),
            item("o'ther", "two", Mark::Open("kink".into())),
            item("mine", "three", wrong),
            item("mine", "four", Mark::BadCase("no".into())),
        ];
        let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="secant fuzz" tests="4" failures="1" errors="1" skipped="1">
  <testsuite name="mine" tests="3" failures="1" errors="1" skipped="0">
    <testcase classname="secant fuzz" name="one"/>
    <testcase classname="secant fuzz" name="three">
      <failure type="crash" message="&lt;a&gt; &amp; &quot;b&quot;">&lt;a&gt; &amp; &quot;b&quot;&#10;\u{1b}[31m\u{0}\u{7f}\u{ffff}</failure>
    </testcase>
    <testcase classname="secant fuzz" name="four">
      <error type="case" message="no"/>
    </testcase>
  </testsuite>
  <testsuite name="o'ther" tests="1" failures="0" errors="0" skipped="1">
    <testcase classname="secant fuzz" name="two">
      <skipped message="kink"/>
    </testcase>
  </testsuite>
</testsuites>
"#;
        assert_eq!(xml("secant fuzz", &items), expected);
    }
}
