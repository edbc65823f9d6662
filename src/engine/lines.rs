//! Lines of bounded length. Whoever is at the other end of a pipe may never write a newline.

use std::io::{self, BufRead};

/// Longer lines are refused: about three million numbers.
pub(super) const LONGEST: usize = 64 << 20;

/// What was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A whole line, without its newline. The last one may lack it.
    Whole,
    /// More than the limit without a newline; the rest of the line is still to come.
    TooLong,
    /// Nothing is left.
    End,
}

/// Reads up to the next newline into `line`, but no more than `limit` bytes.
pub(super) fn read(input: &mut impl BufRead, line: &mut Vec<u8>, limit: usize) -> io::Result<Line> {
    line.clear();
    loop {
        let piece = match input.fill_buf() {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            piece => piece?,
        };
        if piece.is_empty() {
            return Ok(if line.is_empty() {
                Line::End
            } else {
                Line::Whole
            });
        }
        let newline = piece.iter().position(|&byte| byte == b'\n');
        let taken = newline.unwrap_or(piece.len());
        if line.len() + taken > limit {
            return Ok(Line::TooLong);
        }
        line.extend_from_slice(&piece[..taken]);
        let used = taken + usize::from(newline.is_some());
        input.consume(used);
        if newline.is_some() {
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            return Ok(Line::Whole);
        }
    }
}

/// Drops what is left of a line.
pub(super) fn skip(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let piece = match input.fill_buf() {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            piece => piece?,
        };
        let newline = piece.iter().position(|&byte| byte == b'\n');
        let used = newline.map_or(piece.len(), |at| at + 1);
        input.consume(used);
        if newline.is_some() || used == 0 {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    #[test]
    fn lines_end_at_newlines_or_at_the_limit() {
        // a buffer of three bytes, so that lines come in pieces
        let mut input = BufReader::with_capacity(3, &b"one\r\n\nthree is long\nfour"[..]);
        let mut line = Vec::new();
        let mut next = |line: &mut Vec<u8>| read(&mut input, line, 6).unwrap();
        assert_eq!((next(&mut line), &line[..]), (Line::Whole, &b"one"[..]));
        assert_eq!((next(&mut line), &line[..]), (Line::Whole, &b""[..]));
        assert_eq!(next(&mut line), Line::TooLong);
        skip(&mut input).unwrap();
        assert_eq!(read(&mut input, &mut line, 6).unwrap(), Line::Whole);
        assert_eq!(line, b"four");
        assert_eq!(read(&mut input, &mut line, 6).unwrap(), Line::End);
    }
}
