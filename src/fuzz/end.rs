//! When a run ends.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What is being looked into when the time is over has this share of it more,
const GRACE: u32 = 10;

/// and at least so long.
const LEAST: Duration = Duration::from_secs(5);

/// A run ends when it is told to, or when its time is over.
pub(super) struct End {
    told: AtomicBool,
    /// When the last case is begun, and when the last finding is left as it is.
    late: Option<(Instant, Instant)>,
}

impl End {
    /// For a run of so many seconds, or without a limit, of which so many are over.
    pub(super) fn new(seconds: Option<f64>, earlier: f64) -> Self {
        let late = seconds.map(|seconds| {
            let last = Instant::now() + Duration::from_secs_f64((seconds - earlier).max(0.0));
            let grace = Duration::from_secs_f64(seconds) / GRACE;
            (last, last + grace.max(LEAST))
        });
        let told = AtomicBool::new(false);
        Self { told, late }
    }

    /// The run ends now.
    pub(super) fn tell(&self) {
        self.told.store(true, Ordering::Relaxed);
    }

    /// Whether no further case is begun.
    pub(super) fn is_near(&self) -> bool {
        let (told, now) = (self.told.load(Ordering::Relaxed), Instant::now());
        told || self.late.is_some_and(|(last, _)| now >= last)
    }

    /// Whether nobody waits for more: what is being looked into is left as it is.
    pub(super) fn is_here(&self) -> bool {
        let (told, now) = (self.told.load(Ordering::Relaxed), Instant::now());
        told || self.late.is_some_and(|(_, over)| now >= over)
    }
}
