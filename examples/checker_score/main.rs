//! Gradient checkers, measured against one another.
//!
//! A checker can fail in two ways: it calls a right gradient wrong, or a wrong one right. This program draws functions
//! of many kinds ([`families`]), spoils their gradients in many ways ([`faults`]), asks each checker ([`rules`], and
//! [`ours`]) and prints how often it failed, how often it would not tell, and what it cost.
//!
//! ```text
//! cargo run --release --features check --example checker_score -- [--trials N] [--seed N] [--markdown]
//! ```
//!
//! It ends with an error if the checker of this crate raises a false alarm, misses more than it promises, or evaluates
//! the function more often than PyTorch's slow rule does. An answer without a decision on a wrong gradient is a miss.

pub(crate) mod families;
mod faults;
mod ours;
mod problem;
pub(crate) mod promises;
mod random;
mod rules;
mod score;
mod table;

use problem::Precision;
use score::Score;
use std::process::ExitCode;
use table::Style;

/// What the command line says.
struct Arguments {
    trials: u64,
    seed: u64,
    style: Style,
}

impl Arguments {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self {
            trials: 660,
            seed: 1,
            style: Style::Plain,
        };
        while let Some(word) = words.next() {
            let mut number = || {
                let value = words.next().unwrap_or_default();
                value
                    .parse()
                    .map_err(|_| format!("{word} takes a number, not {value:?}"))
            };
            match word.as_str() {
                "--trials" => arguments.trials = number()?,
                "--seed" => arguments.seed = number()?,
                "--markdown" => arguments.style = Style::Markdown,
                _ => {
                    return Err(format!(
                        "unknown argument {word:?}; known are --trials N, --seed N, --markdown"
                    ));
                }
            }
        }
        match arguments.trials {
            0 => Err("--trials takes a number above 0".into()),
            _ => Ok(arguments),
        }
    }
}

fn run() -> Result<(), String> {
    let Arguments {
        trials,
        seed,
        style,
    } = Arguments::parse(std::env::args().skip(1))?;
    families::verify(seed)?;
    let parts = measure(trials, seed);
    print!("{}", table::table(&parts, style));
    promises::keep(&parts)
}

/// The scores of all rules in both types.
pub(crate) fn measure(trials: u64, seed: u64) -> [(&'static str, Vec<Score>); 2] {
    let mut rules = rules::rules();
    rules.extend(ours::rules());
    let scores = |precision| score::measure(&rules, precision, trials, seed);
    [
        ("f64", scores(Precision::Double)),
        ("f32", scores(Precision::Single)),
    ]
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
