//! The words of the text format.

use super::parse_error::{Broken, Fault, quoted};

/// A word of the text format.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'s> {
    /// A name, a keyword or a number word.
    Word(&'s str),
    /// A number that is written in digits.
    Number(f64),
    /// A string, its escapes resolved.
    Text(String),
    /// One of `[ ] ( ) , =`.
    Mark(char),
    /// The end of a statement.
    Newline,
    /// The end of the file.
    End,
}

/// Hands out the tokens of a source, one after the other. A statement ends with its line, but inside brackets lines may
/// break.
pub(super) struct Lexer<'s> {
    source: &'s str,
    at: usize,
    open: usize,
}

impl<'s> Lexer<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        // some editors put a byte order mark first
        let at = if source.starts_with('\u{feff}') {
            '\u{feff}'.len_utf8()
        } else {
            0
        };
        Self {
            source,
            at,
            open: 0,
        }
    }

    /// The number that starts at a place, as it is written.
    pub(super) fn number_at(&self, at: usize) -> &'s str {
        let rest = &self.source[at..];
        let ends = |c: char| c.is_whitespace() || ",)]=#".contains(c);
        rest.split(ends).next().unwrap_or(rest)
    }

    fn run(&mut self, belongs: impl Fn(u8) -> bool) -> &'s str {
        let bytes = &self.source.as_bytes()[self.at..];
        let length = bytes
            .iter()
            .position(|&byte| !belongs(byte))
            .unwrap_or(bytes.len());
        let run = &self.source[self.at..self.at + length];
        self.at += length;
        run
    }

    /// The next token, and where it starts.
    pub(super) fn next(&mut self) -> Result<(usize, Token<'s>), Broken> {
        loop {
            self.run(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
            if self.source[self.at..].starts_with('#') {
                self.run(|byte| byte != b'\n');
            }
            let at = self.at;
            let Some(&byte) = self.source.as_bytes().get(at) else {
                return Ok((at, Token::End));
            };
            let token = match byte {
                b'\n' => {
                    self.at += 1;
                    if self.open > 0 {
                        continue;
                    }
                    Token::Newline
                }
                b'[' | b']' | b'(' | b')' | b',' | b'=' => {
                    self.at += 1;
                    match byte {
                        b'[' | b'(' => self.open += 1,
                        b']' | b')' => self.open = self.open.saturating_sub(1),
                        _ => {}
                    }
                    Token::Mark(char::from(byte))
                }
                b'"' => Token::Text(self.text()?),
                b'0'..=b'9' | b'.' | b'+' | b'-' => Token::Number(self.number()?),
                b'A'..=b'Z' | b'a'..=b'z' | b'_' => Token::Word(
                    self.run(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.'),
                ),
                _ => {
                    let letter = self.source[at..].chars().next().unwrap_or_default();
                    let found = quoted(letter.encode_utf8(&mut [0; 4]));
                    return Err(Broken::new(
                        at,
                        Fault::Syntax,
                        found,
                        "a name, a number, a string or one of [ ] ( ) , =",
                    ));
                }
            };
            return Ok((at, token));
        }
    }

    fn number(&mut self) -> Result<f64, Broken> {
        let at = self.at;
        let run = self
            .run(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-' | b'_'));
        if run == "-inf" {
            return Ok(f64::NEG_INFINITY);
        }
        let digits = run
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'+' | b'-' | b'e' | b'E'));
        match run.parse::<f64>() {
            Ok(x) if digits && x.is_finite() => Ok(x),
            Ok(_) if digits => {
                let expected = "a number that binary64 can hold, or inf";
                Err(Broken::new(at, Fault::Syntax, quoted(run), expected))
            }
            _ => Err(Broken::new(at, Fault::Syntax, quoted(run), "a number")),
        }
    }

    /// A string in quotation marks, on one line, with Rust's escapes.
    fn text(&mut self) -> Result<String, Broken> {
        let start = self.at;
        let mut letters = self.source[start + 1..].char_indices();
        let mut text = String::new();
        let escape = |place: usize, found: &str| {
            let expected = r#"one of the escapes \" \\ \' \n \r \t \0 \u{...}"#;
            Err(Broken::new(
                start + 1 + place,
                Fault::Syntax,
                quoted(found),
                expected,
            ))
        };
        while let Some((place, letter)) = letters.next() {
            match letter {
                '"' => {
                    self.at = start + 1 + place + 1;
                    return Ok(text);
                }
                '\n' => break,
                '\\' => match letters.next() {
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, 'r')) => text.push('\r'),
                    Some((_, 't')) => text.push('\t'),
                    Some((_, '0')) => text.push('\0'),
                    Some((_, same @ ('"' | '\\' | '\''))) => text.push(same),
                    Some((_, 'u')) => {
                        let rest = letters.as_str();
                        // the longest is {10ffff}
                        let code = rest
                            .strip_prefix('{')
                            .and_then(|rest| rest.get(..rest.find('}').filter(|&n| n <= 6)?));
                        let letter = code
                            .and_then(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?));
                        let (Some(code), Some(letter)) = (code, letter) else {
                            return escape(place, "\\u");
                        };
                        text.push(letter);
                        letters.nth(code.len() + 1);
                    }
                    Some((_, other)) => return escape(place, &format!("\\{other}")),
                    None => break,
                },
                _ => text.push(letter),
            }
        }
        Err(Broken::new(
            start,
            Fault::Syntax,
            "a string without end",
            "a closing \" on the same line",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(source: &str) -> Vec<Token<'_>> {
        let mut lexer = Lexer::new(source);
        let mut tokens = Vec::new();
        loop {
            match lexer.next().unwrap().1 {
                Token::End => return tokens,
                token => tokens.push(token),
            }
        }
    }

    #[test]
    fn words_numbers_strings() {
        assert_eq!(
            tokens("a.b = -1.5e-3 # c\n[-inf,\nnan]\r\n"),
            [
                Token::Word("a.b"),
                Token::Mark('='),
                Token::Number(-1.5e-3),
                Token::Newline,
                Token::Mark('['),
                Token::Number(f64::NEG_INFINITY),
                Token::Mark(','),
                Token::Word("nan"),
                Token::Mark(']'),
                Token::Newline,
            ]
        );
        let text = "a\"b\\c\u{1}\u{e9}'\n\t\r\0";
        assert_eq!(tokens(&format!("{text:?}")), [Token::Text(text.into())]);
    }
}
