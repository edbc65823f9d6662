//! The text format.

use super::Format;

pub(super) const FORMAT: Format = Format {
    name: "text",
    doc: "secant's own format, which people read",
    is_whole: true,
    package: None,
    write: |case| Ok(case.to_text()),
};
