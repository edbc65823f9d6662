//! JSON.

use super::Format;

pub(super) const FORMAT: Format = Format {
    name: "json",
    doc: "secant's own format, which tools read",
    write: |case| Ok(case.to_json()),
};
