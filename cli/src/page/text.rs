//! Text from outside: file names, names of parameters, messages of engines.

/// Text as HTML writes it. A character that HTML does not have becomes U+FFFD.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(letter),
            letter if letter.is_control() => out.push(char::REPLACEMENT_CHARACTER),
            letter => out.push(letter),
        }
    }
    out
}

/// The beginning of a text, and that there is more.
pub(super) fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.into(),
        Some((end, _)) => format!("{}\u{2026}", &text[..end]),
    }
}

/// A name in a caption.
pub(super) fn name(text: &str) -> String {
    const LONGEST: usize = 80;
    escaped(&short(text, LONGEST))
}

/// `1 element`, `2 elements`.
pub(super) fn counted(n: usize, what: &str) -> String {
    match n {
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_odd_text() {
        assert_eq!(
            escaped("<a href='x'>\u{1b}[31m"),
            "&lt;a href=&#39;x&#39;&gt;\u{fffd}[31m"
        );
        assert_eq!(
            (short("abc", 3), short("\u{e4}bcd", 1)),
            ("abc".into(), "\u{e4}\u{2026}".into())
        );
    }
}
