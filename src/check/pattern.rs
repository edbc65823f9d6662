//! What the wrong elements of a parameter have in common: a name for the mistake that makes such numbers.
//!
//! Patterns see numbers, and never the program. Which of its nodes makes such numbers, [`super::blame`] tells.

use std::fmt;

/// A factor, by its name if it has one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Factor {
    /// -1.
    Opposite,
    /// A whole number: 2, or the length of an axis of the program, or the number of elements of one of its tensors.
    Times(usize),
    /// One over such a number.
    Over(usize),
    /// Any other number.
    Other(f64),
}

impl Factor {
    /// The number.
    pub fn value(self) -> f64 {
        match self {
            Factor::Opposite => -1.0,
            Factor::Times(m) => m as f64,
            Factor::Over(m) => 1.0 / m as f64,
            Factor::Other(x) => x,
        }
    }

    /// The mistake that makes such a factor, if it is known.
    pub fn reading(self) -> Option<String> {
        match self {
            Factor::Opposite => Some("the sign is wrong".into()),
            Factor::Times(2) => Some("it is counted twice, or a factor of 1/2 is forgotten".into()),
            Factor::Over(2) => Some("a factor of 2 is forgotten".into()),
            Factor::Times(m) => Some(format!(
                "{m} is a size in the program: perhaps a sum is made {m} times, or stands in the place of a mean"
            )),
            Factor::Over(m) => Some(format!(
                "{m} is a size in the program: perhaps a mean stands in the place of a sum"
            )),
            Factor::Other(_) => None,
        }
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let x = self.value();
        match (x - 1.0).abs() {
            small if small < 5e-4 => write!(f, "(1 {:+.1e})", x - 1.0),
            _ if (5e-4..1e6).contains(&x.abs()) => write!(f, "{x:.3}"),
            _ => write!(f, "{x:.3e}"),
        }
    }
}

/// What the claim of a parameter is, beside its reference. `fit` elements are as the pattern says, `of` were looked at.
#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    /// Nothing is claimed, where there is something.
    Zero {
        /// Claims that are 0.
        fit: usize,
        /// All.
        of: usize,
    },
    /// A constant times the reference.
    Multiple {
        /// The constant.
        factor: Factor,
        /// As the pattern says.
        fit: usize,
        /// All.
        of: usize,
    },
    /// Some elements are right, the others a constant times the reference: a sign that is wrong on one side of a kink.
    PartMultiple {
        /// The constant.
        factor: Factor,
        /// A constant times the reference, or 0 as the reference is.
        fit: usize,
        /// All.
        of: usize,
    },
    /// The reference with its last two axes exchanged, read in the order of its shape.
    Transposed {
        /// As the pattern says.
        fit: usize,
        /// All.
        of: usize,
    },
    /// The reference with its axes in another order, read in the order of its shape.
    Permuted {
        /// Where each axis comes from.
        axes: Vec<usize>,
        /// As the pattern says.
        fit: usize,
        /// All.
        of: usize,
    },
    /// The reference backwards along an axis.
    Flipped {
        /// The axis.
        axis: usize,
        /// As the pattern says.
        fit: usize,
        /// All.
        of: usize,
    },
    /// The reference moved by one place, round the end.
    Rolled {
        /// The axis; none if it is moved in row-major order.
        axis: Option<usize>,
        /// By how many places.
        by: i64,
        /// As the pattern says.
        fit: usize,
        /// All.
        of: usize,
    },
    /// The reference of another parameter.
    Exchanged {
        /// The other parameter.
        with: String,
        /// As the pattern says.
        fit: usize,
        /// All.
        of: usize,
    },
    /// The reference and a constant times the parameter's own value, as weight decay has it.
    Decay {
        /// The constant.
        factor: f64,
        /// As the pattern says.
        fit: usize,
        /// All.
        of: usize,
    },
    /// The reference and a constant.
    Offset {
        /// The constant.
        offset: f64,
        /// As the pattern says.
        fit: usize,
        /// All.
        of: usize,
    },
    /// A single element is wrong, among others.
    One {
        /// Which.
        index: Vec<usize>,
        /// Claimed over reference.
        ratio: f64,
        /// All.
        of: usize,
    },
    /// Elements are wrong, and have nothing in common.
    Wrong {
        /// How many.
        wrong: usize,
        /// All.
        of: usize,
    },
}

impl fmt::Display for Pattern {
    /// What is to be said of a parameter: `= 2.000 x reference in 15/15`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pattern::Zero { fit, of } => write!(f, "is 0 in {fit}/{of}"),
            Pattern::Multiple { factor, fit, of } | Pattern::PartMultiple { factor, fit, of } => {
                write!(f, "= {factor} x reference in {fit}/{of}")
            }
            Pattern::Transposed { fit, of } => {
                write!(f, "is the reference transposed in {fit}/{of}")
            }
            Pattern::Permuted { axes, fit, of } => {
                write!(
                    f,
                    "is the reference with axes in the order {axes:?} in {fit}/{of}"
                )
            }
            Pattern::Flipped { axis, fit, of } => {
                write!(
                    f,
                    "is the reference backwards along axis {axis} in {fit}/{of}"
                )
            }
            Pattern::Rolled { axis, by, fit, of } => {
                write!(f, "is the reference moved by {by}")?;
                if let Some(axis) = axis {
                    write!(f, " along axis {axis}")?;
                }
                write!(f, " in {fit}/{of}")
            }
            Pattern::Exchanged { with, fit, of } => {
                write!(f, "is the reference of {with} in {fit}/{of}")
            }
            Pattern::Decay { factor, fit, of } => {
                let (sign, size) = signed(*factor);
                write!(
                    f,
                    "= reference {sign} {size:.3e} x the parameter in {fit}/{of}"
                )
            }
            Pattern::Offset { offset, fit, of } => {
                let (sign, size) = signed(*offset);
                write!(f, "= reference {sign} {size:.3e} in {fit}/{of}")
            }
            Pattern::One { index, ratio, of } if ratio.is_finite() => {
                let factor = Factor::Other(*ratio);
                write!(f, "is wrong in 1/{of}: {index:?} = {factor} x reference")
            }
            Pattern::One { index, of, .. } => write!(f, "is wrong in 1/{of}: {index:?}"),
            Pattern::Wrong { wrong, of } => write!(f, "is wrong in {wrong}/{of}"),
        }
    }
}

fn signed(x: f64) -> (char, f64) {
    (if x < 0.0 { '-' } else { '+' }, x.abs())
}

impl Pattern {
    /// The mistake that makes such numbers, where one is known.
    pub fn reading(&self) -> Option<String> {
        match self {
            Pattern::Multiple { factor, .. } => factor.reading(),
            Pattern::PartMultiple { factor, .. } => {
                let reading = factor.reading()?;
                Some(format!("{reading}, but not everywhere"))
            }
            Pattern::Zero { fit, of } if fit == of => {
                Some("no gradient arrives: it is cut off, or never handed on".into())
            }
            Pattern::Decay { factor, .. } if *factor > 0.0 => {
                Some("the term of an L2 penalty that the program does not have".into())
            }
            Pattern::Decay { .. } => Some("the term of an L2 penalty is missing".into()),
            _ => None,
        }
    }

    /// Whether it names a mistake, and does not only count.
    pub(super) fn is_named(&self) -> bool {
        !matches!(
            self,
            Pattern::One { .. } | Pattern::Wrong { .. } | Pattern::PartMultiple { .. }
        )
    }

    /// Whether it names a mistake that is in no node: another parameter's numbers, a term that is added.
    pub(super) fn is_elsewhere(&self) -> bool {
        matches!(
            self,
            Pattern::Exchanged { .. } | Pattern::Decay { .. } | Pattern::Offset { .. }
        )
    }
}
