//! What a check found, in words.

use super::pattern::Pattern;
use crate::tensor::Shape;
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
    ($(#[$meta:meta])* $Enum:ident { $($(#[doc = $doc:literal])+ $Variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $Enum { $($(#[doc = $doc])+ $Variant),+ }

        impl $Enum {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$Variant),+];

            /// The word in reports.
            pub fn name(self) -> &'static str {
                match self { $(Self::$Variant => $word),+ }
            }

            /// What it means, in a sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$Variant => concat!($($doc),+).trim_ascii()),+ }
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
        /// The function gives another value when it is asked again.
        NotRepeatable = "not-repeatable",
    }
}

words! {
    /// What was found of one element of a gradient, or of all: the gravest comes first.
    Judgement {
        /// There is no such element: a name, a length or a shape does not fit.
        Structural = "structural",
        /// The function, or who claims, answers otherwise when asked again.
        NotRepeatable = "not-repeatable",
        /// The claim is NaN or infinite where the derivative is finite.
        NonFinite = "non-finite",
        /// The claim is not the derivative.
        Mismatch = "mismatch",
        /// There is a kink, and the claim is not even between the derivatives from its two sides.
        OutsideBracket = "outside-bracket",
        /// There is a kink, where nothing is right or wrong between the derivatives from its two sides.
        AtKink = "at-kink",
        /// Rounding hides what was asked for.
        TooWeak = "too-weak",
        /// Claim and derivative are 0, and the function does not depend on this element here.
        Unobserved = "unobserved",
        /// The claim is right.
        Agree = "agree",
    }
}

impl Judgement {
    /// The verdict that it stands for. What nothing exercises is right, as far as it goes.
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Agree | Self::Unobserved => Verdict::Agree,
            Self::AtKink | Self::TooWeak | Self::NotRepeatable => Verdict::Undecided,
            Self::Structural | Self::NonFinite | Self::Mismatch | Self::OutsideBracket => {
                Verdict::Disagree
            }
        }
    }
}

impl From<Reason> for Judgement {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Kink => Self::AtKink,
            Reason::Overflow | Reason::IllConditioned | Reason::Noise => Self::TooWeak,
            Reason::NotRepeatable => Self::NotRepeatable,
        }
    }
}

impl From<Class> for Judgement {
    fn from(class: Class) -> Self {
        match class {
            Class::WrongValue | Class::WrongGradient | Class::WrongJvp | Class::WrongHvp => {
                Self::Mismatch
            }
            Class::NonFinite => Self::NonFinite,
            Class::MissingGradient | Class::WrongShape | Class::Crash | Class::Timeout => {
                Self::Structural
            }
            Class::NotRepeatable => Self::NotRepeatable,
            Class::Convention => Self::AtKink,
        }
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

/// What a number belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// The value of an output.
    Value,
    /// The gradient by a parameter.
    Gradient,
    /// The tangent of an output.
    Jvp,
    /// The Hessian-vector product of a parameter.
    Hvp,
}

impl Quantity {
    /// The class of a finite number that is wrong.
    pub fn wrong(self) -> Class {
        match self {
            Self::Value => Class::WrongValue,
            Self::Gradient => Class::WrongGradient,
            Self::Jvp => Class::WrongJvp,
            Self::Hvp => Class::WrongHvp,
        }
    }

    /// The class of a number that is not what it should be.
    pub(super) fn class(self, claimed: f64) -> Class {
        match claimed.is_finite() {
            true => self.wrong(),
            false => Class::NonFinite,
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Its kind.
    pub class: Class,
    /// What the number belongs to; none if it is about no number.
    pub quantity: Option<Quantity>,
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
    /// The finer word for its kind.
    pub judgement: Judgement,
    /// More, in words; empty if the numbers say it all.
    pub message: String,
}

impl Fault {
    /// Something that does not fit, so that there are no numbers to compare.
    pub(super) fn structural(class: Class, param: &str, message: String) -> Self {
        let nothing = f64::NAN;
        Self {
            class,
            quantity: None,
            judgement: class.into(),
            param: param.into(),
            index: Vec::new(),
            claimed: nothing,
            reference: nothing,
            error: nothing,
            message,
        }
    }

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
    /// Those of the right ones that nothing exercises.
    pub unobserved: usize,
    /// The largest relative difference among those that were looked at one by one, or, for a projection, of the projection.
    pub worst_relative: f64,
    /// Its shape.
    pub shape: Shape,
    /// How many elements there were to look at: of the gradient, and of a Hessian-vector product where one was asked for.
    pub all: usize,
    /// Each element in row-major order, where they were looked at.
    pub elements: Vec<Element>,
}

/// What was found of one element.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Element {
    /// In a word.
    pub judgement: Judgement,
    /// What was claimed.
    pub claimed: f64,
    /// What it is held against: the oracle's where it looked at this element alone, else what the program's own
    /// arithmetic gives, or, without a program, the claim.
    pub reference: f64,
}

impl Element {
    /// |claimed - reference| / |reference|; 0 for 0 against 0.
    pub fn relative(&self) -> f64 {
        match (self.claimed - self.reference).abs() {
            0.0 => 0.0,
            difference => difference / self.reference.abs(),
        }
    }
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
    /// The relative error of a single element that would have been seen in the least visible of those that agree and are
    /// not negligible beside the others; infinite if there is none.
    pub resolution: f64,
    /// More, in words.
    pub note: Option<String>,
    /// What the faults of each parameter have in common.
    pub(super) patterns: Vec<(String, Pattern)>,
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
            resolution: f64::INFINITY,
            note: None,
            patterns: Vec::new(),
        }
    }

    /// Panics with all that was found, unless everything agrees: what cannot be told is not right, or a test could stop
    /// testing.
    ///
    /// # Panics
    /// If the verdict is not [`Verdict::Agree`].
    #[track_caller]
    pub fn assert(&self) {
        if self.verdict != Verdict::Agree {
            panic!("the gradient is not known to be right: {self}");
        }
    }

    /// Panics with all that was found if something is wrong; what cannot be told, at a kink for example, passes.
    ///
    /// # Panics
    /// If the verdict is [`Verdict::Disagree`].
    #[track_caller]
    pub fn assert_not_wrong(&self) {
        if self.verdict == Verdict::Disagree {
            panic!("the gradient is wrong: {self}");
        }
    }

    /// All in one word: the gravest of what was found.
    pub fn judgement(&self) -> Judgement {
        let faults = self.faults.iter().map(|fault| fault.judgement);
        let doubts = self.undecided.keys().map(|&reason| reason.into());
        let gravest = faults.chain(doubts).min();
        gravest.unwrap_or_else(|| match self.coverage() {
            (checked, _) if checked > 0 && checked == self.unobserved() => Judgement::Unobserved,
            _ => Judgement::Agree,
        })
    }

    /// How many elements are right, but would be if nothing were computed for them: the function does not depend on them.
    pub fn unobserved(&self) -> usize {
        self.params.values().map(|p| p.unobserved).sum()
    }

    /// How many elements were looked at, of how many there are.
    pub fn coverage(&self) -> (usize, usize) {
        let params = self.params.values();
        params.fold((0, 0), |(checked, all), p| {
            (checked + p.checked, all + p.all)
        })
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

    /// What the faults of each parameter have in common.
    pub fn patterns(&self) -> Vec<(String, Pattern)> {
        self.patterns.clone()
    }

    /// What the faults have in common, parameter by parameter: `W2 = 2.000 x reference in 15/15`.
    pub fn pattern(&self) -> Option<String> {
        let lines = self.patterns.iter();
        let lines: Vec<String> = lines
            .map(|(name, pattern)| format!("{name} {pattern}"))
            .collect();
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
        let (checked, all) = self.coverage();
        write!(
            f,
            "  {}: {checked} of {all} elements looked at",
            self.judgement()
        )?;
        match self.unobserved() {
            0 => {}
            count => write!(f, ", {count} unobserved (0, and nothing depends on them)")?,
        }
        match self.resolution.is_finite() {
            true => writeln!(
                f,
                "; one wrong by {:.0e} of itself would show",
                self.resolution
            )?,
            false => writeln!(f)?,
        }
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
        for (name, pattern) in &self.patterns {
            if let Some(reading) = pattern.reading() {
                writeln!(f, "  {name}: {reading}")?;
            }
        }
        if let Some(note) = &self.note {
            writeln!(f, "  {note}")?;
        }
        Ok(())
    }
}
