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
    /// When the last case is begun.
    near: Option<Instant>,
    /// When the last finding is left as it is.
    here: Option<Instant>,
}

impl End {
    /// For a run of so many seconds, or without a limit, of which so many are over.
    pub(super) fn new(seconds: Option<f64>, earlier: f64) -> Self {
        let left = seconds.map(|seconds| Duration::from_secs_f64((seconds - earlier).max(0.0)));
        let near = left.map(|left| Instant::now() + left);
        let grace = seconds.map(|seconds| LEAST.max(Duration::from_secs_f64(seconds) / GRACE));
        Self {
            told: AtomicBool::new(false),
            near,
            here: near.zip(grace).map(|(near, grace)| near + grace),
        }
    }

    /// The run ends now.
    pub(super) fn tell(&self) {
        self.told.store(true, Ordering::Relaxed);
    }

    /// Whether no further case is begun.
    pub(super) fn is_near(&self) -> bool {
        self.is_past(self.near)
    }

    /// Whether nobody waits for more: what is being looked into is left as it is.
    pub(super) fn is_here(&self) -> bool {
        self.is_past(self.here)
    }

    fn is_past(&self, moment: Option<Instant>) -> bool {
        let is_late = moment.is_some_and(|moment| Instant::now() >= moment);
        is_late || self.told.load(Ordering::Relaxed)
    }
}
