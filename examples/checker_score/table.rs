//! The scores as a table: rules across, questions down.

use super::faults::FAULTS;
use super::score::{Score, Tally};

/// How the table is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Markdown,
}

/// A row: what is asked, how often, and an entry for every rule.
type Row = Vec<String>;

/// The scores of each type, one part of the table after the other. All parts have the columns of the first.
pub(crate) fn table(parts: &[(&str, Vec<Score>)], style: Style) -> String {
    let names = parts[0].1.iter().map(|score| score.rule);
    let head: Row = ["", "asked"]
        .into_iter()
        .chain(names.clone())
        .map(str::to_owned)
        .collect();
    let mut rows = vec![head];
    for (title, scores) in parts {
        let columns: Vec<Option<&Score>> = names
            .clone()
            .map(|name| scores.iter().find(|score| score.rule == name))
            .collect();
        rows.extend(part(title, &columns));
    }
    match style {
        Style::Plain => plain(&rows),
        Style::Markdown => markdown(&rows),
    }
}

/// The rows of one type. Questions that were never asked are left out.
fn part(title: &str, columns: &[Option<&Score>]) -> Vec<Row> {
    let row = |label: &str, tally: &dyn Fn(&Score) -> Tally, entry: fn(Tally) -> String| {
        let asked = tally(columns.iter().flatten().next()?).asked;
        let entries = columns.iter().map(|column| match column {
            Some(score) => entry(tally(score)),
            None => "-".to_owned(),
        });
        let head = [label.to_owned(), asked.to_string()];
        (asked > 0).then(|| head.into_iter().chain(entries).collect::<Row>())
    };
    let flagged = |t: Tally| percent(t.percent(t.flagged));
    let undecided = |t: Tally| percent(t.percent(t.undecided + t.errors));
    let missed = |t: Tally| percent(t.missed());
    let evaluations = |t: Tally| format!("{:.1}", t.evaluations as f64 / t.asked as f64);
    let mut heading = vec![String::new(); columns.len() + 2];
    heading[0] = title.to_owned();
    let mut rows = vec![
        Some(heading),
        row("right: false alarms, %", &|s| s.right, flagged),
        row("right: undecided, %", &|s| s.right, undecided),
        row("right: evaluations", &|s| s.right, evaluations),
    ];
    for (number, (name, _)) in FAULTS.iter().enumerate() {
        let label = format!("{name}: missed, %");
        rows.push(row(&label, &|s| s.wrong[number], missed));
    }
    rows.extend([
        row("wrong: undecided, %", &Score::all_wrong, undecided),
        row("wrong: evaluations", &Score::all_wrong, evaluations),
    ]);
    rows.into_iter().flatten().collect()
}

/// One digit after the point, and what is not quite none or all stays so.
fn percent(share: f64) -> String {
    match share {
        0.0 => "0".into(),
        100.0 => "100".into(),
        _ if share < 0.05 => "<0.1".into(),
        _ if share > 99.95 => ">99.9".into(),
        _ => format!("{share:.1}"),
    }
}

fn widths(rows: &[Row]) -> Vec<usize> {
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max();
    (0..rows[0].len())
        .map(|column| width(column).unwrap_or(0))
        .collect()
}

/// The entries of a row, padded: the first to the left, the others to the right.
fn padded<'a>(row: &'a Row, widths: &'a [usize]) -> impl Iterator<Item = String> + 'a {
    let entries = row.iter().zip(widths).enumerate();
    entries.map(|(column, (entry, &width))| match column {
        0 => format!("{entry:width$}"),
        _ => format!("{entry:>width$}"),
    })
}

fn plain(rows: &[Row]) -> String {
    let widths = widths(rows);
    let lines = rows
        .iter()
        .map(|row| padded(row, &widths).collect::<Row>().join("  "));
    lines
        .map(|line| line.trim_end().to_owned() + "\n")
        .collect()
}

fn markdown(rows: &[Row]) -> String {
    let widths = widths(rows);
    let line = |row: &Row| {
        let entries = padded(row, &widths).collect::<Row>().join(" | ");
        format!("| {entries} |\n")
    };
    let rule = widths.iter().enumerate().map(|(column, &width)| {
        let dashes = "-".repeat(width + 1);
        match column {
            0 => format!("{dashes}-"),
            _ => format!("{dashes}:"),
        }
    });
    let rule = format!("|{}|\n", rule.collect::<Row>().join("|"));
    let rest = rows[1..].iter().map(line);
    line(&rows[0]) + &rule + &rest.collect::<String>()
}
