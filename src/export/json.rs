//! JSON.

use super::Format;

pub(super) const FORMAT: Format = Format {
    name: "json",
    doc: "secant's own format, which tools read",
    is_whole: true,
    package: None,
    write: |case| Ok(case.to_json()),
};
