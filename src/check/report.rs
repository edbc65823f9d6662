//! What a check found, in words.

use indexmap::IndexMap;
use std::fmt;

/// The three answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// Everything that was checked is right to within rounding.
    Agree,
    /// Something could not be told; nothing is known to be wrong.
    Undecided,
    /// Something is wrong.
    Disagree,
}

impl Verdict {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Agree => "agree",
            Verdict::Undecided => "undecided",
            Verdict::Disagree => "disagree",
        }
    }
}

macro_rules! words {
    ($(#[$meta:meta])* $Enum:ident { $($(#[$vmeta:meta])* $Variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $Enum { $($(#[$vmeta])* $Variant),+ }

        impl $Enum {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$Variant),+];

            /// The word in reports.
            pub fn name(self) -> &'static str {
                match self { $(Self::$Variant => $word),+ }
            }

            /// What the word means.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|item| item.name() == name)
            }
        }

        impl fmt::Display for $Enum {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

words! {
    /// Why something could not be told.
    Reason {
        /// The function has a kink here, and the claim lies between the one-sided derivatives.
        Kink = "kink",
        /// The value or the derivative is not finite, or the engine's arithmetic cannot hold it.
        Overflow = "overflow",
        /// The engine's rounding may be larger than the resolution asked for.
        IllConditioned = "ill-conditioned",
        /// The finite difference itself is not known well enough.
        Noise = "noise",
    }
}

words! {
    /// What is wrong.
    Class {
        /// A value differs from the reference.
        WrongValue = "wrong-value",
        /// An element of the gradient differs from the reference.
        WrongGradient = "wrong-gradient",
        /// A tangent differs from the reference.
        WrongJvp = "wrong-jvp",
        /// An element of a Hessian-vector product differs from the reference.
        WrongHvp = "wrong-hvp",
        /// NaN or infinite where the reference is finite.
        NonFinite = "non-finite",
        /// No gradient was given for a parameter, or no value for an output.
        MissingGradient = "missing-gradient",
        /// A result of another shape or length.
        WrongShape = "wrong-shape",
        /// Another answer to the same question.
        NotRepeatable = "not-repeatable",
        /// The engine raised an error, died, or answered garbage.
        Crash = "crash",
        /// The engine did not answer in time.
        Timeout = "timeout",
        /// A legal choice at a kink that differs from ours.
        Convention = "convention",
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Its kind.
    pub class: Class,
    /// The parameter or output.
    pub param: String,
    /// The element.
    pub index: Vec<usize>,
    /// What was claimed.
    pub claimed: f64,
    /// What it should be.
    pub reference: f64,
    /// How far the claim may be off at most: rounding of the engine, and error of the reference.
    pub error: f64,
    /// More, in words; empty if the numbers say it all.
    pub message: String,
}

impl Fault {
    /// Claimed over reference.
    pub fn ratio(&self) -> f64 {
        self.claimed / self.reference
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.class, self.param)?;
        if !self.message.is_empty() {
            return write!(f, ": {}", self.message);
        }
        write!(
            f,
            "{:?} is {:e}, should be {:e} +- {:.1e}",
            self.index, self.claimed, self.reference, self.error
        )
    }
}

/// What was found for one parameter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParamReport {
    /// Elements that were looked at.
    pub checked: usize,
    /// Those that are right.
    pub agree: usize,
    /// Those that are wrong.
    pub disagree: usize,
    /// Those that cannot be told.
    pub undecided: usize,
    /// Those that are right and 0, which any factor leaves so.
    pub zeros: usize,
    /// The largest relative difference among those that were looked at one by one, or, for a projection, of the projection.
    pub worst_relative: f64,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The verdict in all.
    pub verdict: Verdict,
    /// How it was found: `projection` or `full`.
    pub method: &'static str,
    /// How often the program was evaluated for the reference.
    pub evaluations: usize,
    /// By parameter.
    pub params: IndexMap<String, ParamReport>,
    /// What is wrong, the gravest first.
    pub faults: Vec<Fault>,
    /// What could not be told, and how many elements for each reason.
    pub undecided: IndexMap<Reason, usize>,
}

impl Report {
    pub(super) fn new(method: &'static str) -> Self {
        Self {
            verdict: Verdict::Agree,
            method,
            evaluations: 0,
            params: IndexMap::new(),
            faults: Vec::new(),
            undecided: IndexMap::new(),
        }
    }

    /// The class of the gravest fault.
    pub fn class(&self) -> Option<Class> {
        self.faults.first().map(|fault| fault.class)
    }

    /// The reason that most of what is undecided has.
    pub fn reason(&self) -> Option<Reason> {
        self.undecided
            .iter()
            .max_by_key(|(_, count)| **count)
            .map(|(reason, _)| *reason)
    }

    pub(super) fn fault(&mut self, fault: Fault) {
        self.verdict = Verdict::Disagree;
        self.faults.push(fault);
    }

    pub(super) fn doubt(&mut self, reason: Reason) {
        self.verdict = self.verdict.max(Verdict::Undecided);
        *self.undecided.entry(reason).or_insert(0) += 1;
    }

    /// What the faults have in common, parameter by parameter: `W2 = 2.000 x reference in 15/15`.
    pub fn pattern(&self) -> Option<String> {
        let mut lines = Vec::new();
        for (name, param) in &self.params {
            let own: Vec<&Fault> = self
                .faults
                .iter()
                .filter(|fault| fault.param == *name)
                .collect();
            let Some(first) = own.first() else { continue };
            let ratio = first.ratio();
            let same = own
                .iter()
                .filter(|fault| (fault.ratio() - ratio).abs() <= 1e-4 * ratio.abs())
                .count();
            let zero = own.iter().filter(|fault| fault.claimed == 0.0).count();
            lines.push(match (zero == own.len(), same == own.len()) {
                (true, _) => format!("{name} is 0 in {zero}/{}", param.checked),
                (_, true) if ratio.is_finite() => {
                    let fit = same + param.zeros;
                    let factor = match ratio - 1.0 {
                        small if small.abs() < 5e-4 => format!("(1 {small:+.1e})"),
                        _ => format!("{ratio:.3}"),
                    };
                    format!("{name} = {factor} x reference in {fit}/{}", param.checked)
                }
                _ => format!("{name} is wrong in {}/{}", own.len(), param.checked),
            });
        }
        (!lines.is_empty()).then(|| lines.join("; "))
    }
}

impl fmt::Display for Report {
    /// A few lines for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 8;
        writeln!(
            f,
            "{} ({}, {} evaluations)",
            self.verdict.name(),
            self.method,
            self.evaluations
        )?;
        for (name, p) in &self.params {
            write!(f, "  {name}: {} of {} right", p.agree, p.checked)?;
            if p.disagree > 0 {
                write!(f, ", {} wrong", p.disagree)?;
            }
            if p.undecided > 0 {
                write!(f, ", {} undecided", p.undecided)?;
            }
            writeln!(f, ", worst relative difference {:.1e}", p.worst_relative)?;
        }
        for (reason, count) in &self.undecided {
            writeln!(f, "  undecided: {count} because of {reason}")?;
        }
        for fault in self.faults.iter().take(SHOWN) {
            writeln!(f, "  {fault}")?;
        }
        if self.faults.len() > SHOWN {
            writeln!(f, "  and {} more", self.faults.len() - SHOWN)?;
        }
        if let Some(pattern) = self.pattern() {
            writeln!(f, "  pattern: {pattern}")?;
        }
        Ok(())
    }
}
