//! The checker of this crate: of a black box in `f64`, of a generic function, and of a black box in `f32`.

use super::problem::Rule;
use secant::Real;

/// A function that is generic over numbers.
pub(crate) trait Function {
    /// The function at `x`.
    fn call<N: Real>(&self, x: &[N]) -> N;
}

/// The name of the rule that sees functions on slices.
pub(crate) const BLACK_BOX: &str = "secant";
/// The name of the rule that may look into a generic function.
pub(crate) const GENERIC: &str = "secant, generic";

/// All of them, in the order of the table.
pub(crate) fn rules() -> Vec<Box<dyn Rule>> {
    Vec::new()
}
