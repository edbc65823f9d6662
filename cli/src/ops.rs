//! `secant ops`.

use crate::output::{self, BOLD, Failure, Status, number, painted};
use secant::op::{Attr, Kind};
use serde_json::{Value, json};
use std::io::Write;

/// The table of operations: names, attributes, rules, domains.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  secant ops                 one line an operation
  secant ops --json | jq '.[] | select(.partials) | .name'
  secant ops --markdown > docs/CONVENTIONS.md")]
pub(crate) struct Args {
    /// As JSON: a list of objects.
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Those that are not smooth everywhere, with their conventions, as a table in Markdown.
    #[arg(long)]
    markdown: bool,
}

/// What stands above the rows.
const MARKDOWN_HEAD: &str = "\
# Conventions

Printed by `secant ops --markdown`: the operations that are not smooth everywhere, in the order of their tables, with what is chosen
where a derivative is a choice. `y` is the value. A pointwise operation is not smooth where one of its equations holds, nor at the
borders of its domain. All other operations are smooth wherever they are defined; `secant ops` lists them too.

| operation | what it is | value | partial derivatives | not smooth where | domain |
|---|---|---|---|---|---|";

pub(crate) fn run(args: &Args) -> Result<Status, Failure> {
    let mut out = output::stdout();
    if args.json {
        let all: Value = Kind::all().map(described).collect();
        writeln!(out, "{all:#}")?;
    } else if args.markdown {
        writeln!(out, "{MARKDOWN_HEAD}")?;
        for kind in Kind::all() {
            let (value, partials, domain) = rule(kind);
            let code = |text: String| match text.is_empty() {
                true => text,
                false => format!("`{text}`"),
            };
            let kinks = match kind {
                Kind::Pointwise(_) => code(kind.kinks()),
                _ => kind.kinks(),
            };
            if kinks.is_empty() && domain.is_empty() {
                continue;
            }
            let cells = [
                code(call(kind)),
                kind.doc().trim().into(),
                code(value),
                code(partials),
                kinks,
                domain,
            ];
            let cells = cells.map(|cell| cell.replace('|', "\\|").replace('\n', " "));
            writeln!(out, "| {} |", cells.join(" | "))?;
        }
    } else {
        let rows = Kind::all().map(|kind| (call(kind), kind.doc().trim()));
        let rows: Vec<(String, &str)> = rows.collect();
        let width = rows.iter().map(|(call, _)| call.len()).max().unwrap_or(0);
        for (call, doc) in rows {
            let (name, rest) = call.split_once('(').unwrap_or((&call, ""));
            let space = " ".repeat(width - call.len());
            writeln!(out, "{}({rest}{space}  {doc}", painted(BOLD, name))?;
        }
    }
    Ok(Status::Agree)
}

/// `clamp(x, min=.., max=..)`.
fn call(kind: Kind) -> String {
    let operands = kind.operands().iter().map(|name| name.to_string());
    let attrs = kind.specs().into_iter().map(|spec| match spec.default {
        Some(default) => format!("{}={default}", spec.name),
        None => format!("{}=..", spec.name),
    });
    let all: Vec<String> = operands.chain(attrs).collect();
    format!("{}({})", kind.name(), all.join(", "))
}

/// Value, partial derivatives and domain of a pointwise operation, as the table writes them.
fn rule(kind: Kind) -> (String, String, String) {
    let Kind::Pointwise(row) = kind else {
        return Default::default();
    };
    let info = row.info();
    let domains = info.operands.iter().zip(info.domain);
    let limited = domains.filter(|(_, (lo, hi))| lo.is_finite() || hi.is_finite());
    let domains: Vec<String> = limited
        .map(|(name, (lo, hi))| match (lo.is_finite(), hi.is_finite()) {
            (true, true) => format!("{lo} < {name} < {hi}"),
            (true, false) => format!("{name} > {lo}"),
            (false, _) => format!("{name} < {hi}"),
        })
        .collect();
    let partials = info.partials.join("; ");
    (info.value.into(), partials, domains.join(", "))
}

fn described(kind: Kind) -> Value {
    let attrs = kind.specs().into_iter().map(|spec| {
        json!({
            "name": spec.name,
            "expected": spec.expected,
            "required": spec.default.is_none(),
            "default": spec.default.as_ref().map(value),
        })
    });
    let mut op = json!({
        "name": kind.name(),
        "doc": kind.doc().trim(),
        "operands": kind.operands(),
        "attrs": attrs.collect::<Value>(),
        "kinks": kind.kinks(),
        "pointwise": false,
    });
    if let Kind::Pointwise(row) = kind {
        let info = row.info();
        let domain = info.operands.iter().zip(info.domain);
        op["pointwise"] = json!(true);
        op["value"] = json!(info.value);
        op["partials"] = json!(info.partials);
        op["domain"] = domain
            .map(|(_, (lo, hi))| json!([number(*lo), number(*hi)]))
            .collect();
    }
    op
}

fn value(attr: &Attr) -> Value {
    match attr {
        Attr::None => Value::Null,
        Attr::Bool(b) => json!(b),
        Attr::Number(x) if x.fract() == 0.0 && x.abs() < 1e15 => json!(*x as i64),
        Attr::Number(x) => number(*x),
        Attr::Text(text) => json!(text),
        Attr::List(items) => items.iter().map(value).collect(),
    }
}
