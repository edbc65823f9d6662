//! How far a run has come, on stderr, where somebody looks.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use secant::fuzz::{Progress, Settings};

/// The bar of a run; one that is never seen where nobody looks.
pub(crate) fn bar(settings: &Settings, quiet: bool) -> ProgressBar {
    let (part, parts) = settings.shard;
    let length = match (settings.cases, settings.seconds) {
        (Some(cases), _) => cases.saturating_sub(part).div_ceil(parts),
        // milliseconds, so that the bar moves
        (None, seconds) => (seconds.unwrap_or(0.0) * 1e3) as u64,
    };
    let target = match quiet {
        true => ProgressDrawTarget::hidden(),
        false => ProgressDrawTarget::stderr(),
    };
    let style =
        ProgressStyle::with_template("{bar:30} {percent:>3}%  {msg}  {elapsed} (left {eta})");
    let bar = ProgressBar::with_draw_target(Some(length), target);
    bar.with_style(style.expect("the template is right"))
}

/// Moves the bar on, once the run has taken a second.
pub(crate) fn show(bar: &ProgressBar, progress: &Progress) {
    if progress.seconds < 1.0 {
        return;
    }
    bar.set_position(match progress.planned {
        Some(_) => progress.cases,
        None => (progress.seconds * 1e3) as u64,
    });
    bar.set_message(format!(
        "{} cases, {:.0}/s, {} disagree, {} undecided",
        progress.cases,
        progress.cases as f64 / progress.seconds,
        progress.disagreements,
        progress.undecided
    ));
}
