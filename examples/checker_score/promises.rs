//! What the checker of this crate promises, held against its scores.

use super::faults::{ONE_IN_A_BILLION, ONE_IN_A_MILLION};
use super::score::Score;
use std::fmt::Write;

/// The most that may be missed, in percent: by rule and fault, in `f64`. Who has values only is promised nothing, as some
/// functions hide digits from it.
const MISSES: [(&str, &str, f64); 2] = [
    (super::ours::GENERIC, ONE_IN_A_MILLION, 1.0),
    (super::ours::GENERIC, ONE_IN_A_BILLION, 5.0),
];

/// An error that lists the promises that were broken, if there are any.
pub(crate) fn keep(parts: &[(&str, Vec<Score>)]) -> Result<(), String> {
    let mut broken = String::new();
    for (number, (title, scores)) in parts.iter().enumerate() {
        let find = |rule: &str| scores.iter().find(|score| score.rule == rule);
        let slow = find(super::rules::TORCH_SLOW).map_or(0, |score| score.right.evaluations);
        for rule in [super::ours::BLACK_BOX, super::ours::GENERIC] {
            let Some(score) = find(rule) else { continue };
            if score.right.flagged > 0 {
                let (count, of) = (score.right.flagged, score.right.asked);
                let families = score.false_alarms.join(", ");
                let _ = writeln!(
                    broken,
                    "{title}, {rule}: {count} of {of} right gradients were flagged: {families}"
                );
            }
            // what is wrong is looked into until the element is named, which no other rule does
            let count = score.right.evaluations;
            if count > slow {
                let _ = writeln!(
                    broken,
                    "{title}, {rule}: {count} evaluations of right gradients, {slow} by PyTorch's slow rule"
                );
            }
        }
        for (rule, fault, most) in MISSES {
            let Some(score) = find(rule).filter(|_| number == 0) else {
                continue;
            };
            let missed = score.of_fault(fault).missed();
            if missed >= most {
                let _ = writeln!(
                    broken,
                    "{title}, {rule}: missed {missed:.2} % of {fault}, promised is less than {most} %"
                );
            }
        }
    }
    match broken.is_empty() {
        true => Ok(()),
        false => Err(broken),
    }
}
