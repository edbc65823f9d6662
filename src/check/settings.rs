//! What a check can be told, whatever it checks.

use super::search::{Criterion, Method, Search};

/// The settings of a check.
pub(super) struct Settings<'a> {
    pub(super) coordinates: Option<Vec<usize>>,
    pub(super) projections: u32,
    pub(super) faults: usize,
    pub(super) method: Method,
    pub(super) order: u8,
    pub(super) resolution: Option<f64>,
    pub(super) domain: [f64; 2],
    pub(super) seed: u64,
    pub(super) criterion: Option<Box<dyn Criterion + 'a>>,
    pub(super) cotangent: Option<Vec<f64>>,
}

impl Default for Settings<'_> {
    fn default() -> Self {
        Self {
            coordinates: None,
            projections: 2,
            faults: usize::MAX,
            method: Method::Projection,
            order: 1,
            resolution: None,
            domain: [f64::NEG_INFINITY, f64::INFINITY],
            seed: 1,
            criterion: None,
            cotangent: None,
        }
    }
}

impl Settings<'_> {
    pub(super) fn search(&self, resolution: f64) -> Search<'_> {
        Search {
            method: self.method,
            resolution: self.resolution.unwrap_or(resolution),
            seed: self.seed,
            projections: self.projections.max(1),
            faults: self.faults,
            criterion: self.criterion.as_deref(),
        }
    }
}

/// The methods that set them.
macro_rules! setters {
    () => {
        /// Looks at these elements only, by their places in the flat vector of all.
        pub fn coordinates(mut self, places: impl IntoIterator<Item = usize>) -> Self {
            self.settings.coordinates = Some(places.into_iter().collect());
            self
        }

        /// How many random directions look at each block of elements; two if nothing is said.
        pub fn projections(mut self, count: u32) -> Self {
            self.settings.projections = count;
            self
        }

        /// Ends after so many wrong elements, where it is enough to know that there are some.
        pub fn faults(mut self, most: usize) -> Self {
            self.settings.faults = most.max(1);
            self
        }

        /// Looks at each element by itself.
        pub fn full(mut self) -> Self {
            self.settings.method = $crate::check::Method::Full;
            self
        }

        /// 1 for the gradient; 2 for Hessian-vector products too, along a random direction.
        pub fn order(mut self, order: u8) -> Self {
            self.settings.order = order;
            self
        }

        /// The relative error that must be visible: if rounding hides it, the verdict is undecided.
        pub fn resolution(mut self, resolution: f64) -> Self {
            self.settings.resolution = Some(resolution);
            self
        }

        /// For the random directions.
        pub fn seed(mut self, seed: u64) -> Self {
            self.settings.seed = seed;
            self
        }

        /// Judges by this instead of by rounding bounds, each element by itself: a criterion of `approx`, or a function of
        /// claim and reference.
        pub fn criterion(mut self, criterion: impl $crate::check::Criterion + 'a) -> Self {
            self.settings.criterion = Some(Box::new(criterion));
            self
        }

        /// For a function of several results: the numbers that they are multiplied by and added up with. If nothing is
        /// said, numbers that are nowhere alike.
        pub fn cotangent(mut self, cotangent: impl $crate::check::Values) -> Self {
            self.settings.cotangent = Some(cotangent.into_values());
            self
        }
    };
}
pub(super) use setters;
