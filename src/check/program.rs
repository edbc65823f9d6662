//! Checking a program: a function of variables of the tape, or one that is generic over numbers.
//!
//! It is recorded once, and the recorded program is judged as any case is: differences of its values in 31 digits,
//! bounds of the rounding of its own arithmetic, nearness of every operation to its kinks.

use super::Check;
use super::arguments::{Points, UNNAMED, Values};
use super::judge::{Judge, Options};
use super::report::{Class, Fault, Report};
use super::search::factor;
use super::settings::{Settings, setters};
use crate::engine::{Builtin, Engine, Evaluation, Named, Want, Way};
use crate::graph::{Case, Dtype, Params, default_cotangent};
use crate::modes::{Tape, Var};
use crate::number::Number;
use crate::op::splitmix64;
use crate::tensor::Tensor;

/// A function that is generic over numbers.
pub trait Function {
    /// The value at `x`, on any number.
    fn call<N: Number>(&self, x: &[N]) -> N;
}

impl<F: Function> Function for &F {
    fn call<N: Number>(&self, x: &[N]) -> N {
        (*self).call(x)
    }
}

type Recorder<'a> = Box<dyn Fn(&[Tensor<f64>]) -> Result<(crate::Graph, Params<f64>), String> + 'a>;
type Claimed<'a> = Box<dyn Fn(&[Tensor<f64>]) -> Vec<f64> + 'a>;

/// A program, and a gradient that somebody claims for it: the tape's, if nothing is said.
///
/// See [`Check::tape`] and [`Check::generic`].
pub struct ProgramCheck<'a> {
    record: Recorder<'a>,
    gradient: Option<Claimed<'a>>,
    dtype: Dtype,
    settings: Settings<'a>,
}

impl Check<'_> {
    /// A function of variables of the tape. If no other gradient is claimed, the tape's is checked.
    ///
    /// ```
    /// use secant::{Tensor, check::Check};
    /// let w = Tensor::from([[0.5, -1.0], [2.0, 0.1]]);
    /// let x = Tensor::from([1.0, 3.0]);
    /// Check::tape(|v| (1.0 - v[0].matmul(v[1]).tanh()).square().sum(None, false))
    ///     .at([w, x])
    ///     .assert();
    /// ```
    pub fn tape<'a, F>(f: F) -> ProgramCheck<'a>
    where
        F: for<'t> Fn(&[Var<'t>]) -> Var<'t> + 'a,
    {
        ProgramCheck::recorded_by(move |at| {
            let tape = Tape::new();
            let name = |k: usize| format!("{UNNAMED}{k}");
            let args: Vec<Var<'_>> = at
                .iter()
                .enumerate()
                .map(|(k, x)| tape.named(&name(k), x.clone()))
                .collect();
            let y = f(&args);
            let graph = tape.graph(&[y]).map_err(|e| e.to_string())?;
            let params = at.iter().enumerate().map(|(k, x)| (name(k), x.clone()));
            Ok((graph, params.collect()))
        })
    }

    /// A function that is generic over numbers. If no other gradient is claimed, that of reverse mode is checked.
    ///
    /// ```
    /// use secant::{Number, check::{Check, Function}};
    /// struct Rosenbrock;
    /// impl Function for Rosenbrock {
    ///     fn call<N: Number>(&self, x: &[N]) -> N {
    ///         let bend = x[1] - x[0] * x[0];
    ///         N::of(100.0) * bend * bend + (N::of(1.0) - x[0]).powi(2)
    ///     }
    /// }
    /// Check::generic(Rosenbrock).at(&[-1.2, 1.0]).assert();
    ///
    /// let by_hand = |x: &[f64]| {
    ///     let bend = x[1] - x[0] * x[0];
    ///     [-400.0 * x[0] * bend - 2.0 * (1.0 - x[0]), 200.0 * bend]
    /// };
    /// Check::generic(Rosenbrock).gradient(|x| by_hand(&x[0].to_vec())).at(&[-1.2, 1.0]).assert();
    /// ```
    pub fn generic<'a, F: Function + 'a>(f: F) -> ProgramCheck<'a> {
        ProgramCheck::recorded_by(move |at| {
            // numbers that were given one by one are one vector
            let numbers: Vec<f64> = at.iter().flat_map(|x| x.to_vec()).collect();
            let x = Tensor::from(numbers);
            let tape = Tape::new();
            let whole = tape.named(UNNAMED, x.clone());
            let elements: Vec<Var<'_>> = (0..x.len())
                .map(|i| {
                    let end = i as i64 + 1;
                    let one = whole.slice(Some(vec![Some(i as i64)]), Some(vec![Some(end)]), None);
                    one.reshape(vec![])
                })
                .collect();
            let y = f.call(&elements);
            let graph = tape.graph(&[y]).map_err(|e| e.to_string())?;
            Ok((graph, Params::from_iter([(UNNAMED, x)])))
        })
    }
}

impl<'a> ProgramCheck<'a> {
    fn recorded_by(
        record: impl Fn(&[Tensor<f64>]) -> Result<(crate::Graph, Params<f64>), String> + 'a,
    ) -> Self {
        Self {
            record: Box::new(record),
            gradient: None,
            dtype: Dtype::F64,
            settings: Settings::default(),
        }
    }

    /// The gradient that is claimed, all arguments' one after the other. A generic function has one argument, the vector of
    /// its numbers.
    pub fn gradient<G: Values>(mut self, g: impl Fn(&[Tensor<f64>]) -> G + 'a) -> Self {
        self.gradient = Some(Box::new(move |x| g(x).into_values()));
        self
    }

    /// The gradient that is claimed: numbers.
    pub fn claim(mut self, gradient: impl Values) -> Self {
        let values = gradient.into_values();
        self.gradient = Some(Box::new(move |_| values.clone()));
        self
    }

    /// The arithmetic that the gradient is computed in: it decides how far it may be off, and what the arguments are
    /// rounded to.
    pub fn dtype(mut self, dtype: Dtype) -> Self {
        self.dtype = dtype;
        self
    }

    setters!();

    /// The program that is checked, as a case that can be saved and shown.
    ///
    /// # Errors
    /// If one of its operations cannot be, or nothing depends on the arguments' shapes given.
    pub fn case(&self, at: impl Points) -> Result<Case, String> {
        let (graph, params) = (self.record)(&at.into_tensors())?;
        let shape = &graph.node(graph.outputs()[0]).shape;
        let cotangent = match &self.settings.cotangent {
            Some(given) => Tensor::new(shape, &given[..]).map_err(|e| format!("cotangent: {e}"))?,
            None => default_cotangent(shape),
        };
        Case::with(graph, params, vec![cotangent], self.dtype).map_err(|e| e.to_string())
    }

    /// The verdict at a point: tensors, one an argument, or numbers.
    pub fn at(&self, at: impl Points) -> Report {
        let refused = |what: &str, message: String| {
            let mut report = Report::new(self.settings.method.name());
            report.fault(Fault::structural(Class::WrongShape, what, message));
            report
        };
        let case = match self.case(at) {
            Ok(case) => case,
            Err(message) => return refused("program", message),
        };
        let mut want = Want {
            gradient: true,
            ..Want::default()
        };
        if self.settings.order >= 2 {
            let mut k = splitmix64(self.settings.seed);
            want.direction = Some(case.params.map(|x| {
                k = k.wrapping_add(1);
                self.dtype.round(x.abs().max(1e-3) * factor(k))
            }));
        }
        let answer = Builtin::new(Way::Tape).evaluate(&case, &want);
        let mut answer = match answer {
            Ok(answer) => answer,
            Err(e) => return refused("program", e.to_string()),
        };
        if let Some(gradient) = &self.gradient {
            let at = case.params.to_tensors();
            match named(&case, gradient(&at)) {
                Ok(claim) => answer.gradient = Some(claim),
                Err(message) => return refused("gradient", message),
            }
        }
        let usual = Options::for_dtype(self.dtype);
        let options = Options {
            method: self.settings.method,
            resolution: self.settings.resolution.unwrap_or(usual.resolution),
            seed: self.settings.seed,
            projections: self.settings.projections,
            faults: self.settings.faults,
        };
        match Judge::new(&case, options) {
            Ok(judge) => {
                let Evaluation { gradient, hvp, .. } = answer;
                judge.told(&self.settings).judge(
                    &Evaluation {
                        gradient,
                        hvp,
                        ..Evaluation::default()
                    },
                    &want,
                )
            }
            Err(e) => refused("program", e.to_string()),
        }
    }
}

/// Numbers, parameter by parameter.
fn named(case: &Case, values: Vec<f64>) -> Result<Named, String> {
    let count = case.params.count();
    if values.len() != count {
        let found = values.len();
        return Err(format!("has {found} elements, the arguments {count}"));
    }
    let claim = case
        .params
        .with_vector(&values)
        .map_err(|e| e.to_string())?;
    let entries = claim.iter().map(|(name, x)| (name.to_string(), x.to_vec()));
    Ok(entries.collect())
}

/// Asserts that the tape's gradient of a function is right at a point: a function over variables, or one that is generic
/// over numbers, by its name or as a closure over variables. With a third argument between them, that the gradient which
/// this one computes is right: then the function is one of `&[f64]`, and no program is needed.
///
/// ```
/// use secant::{Number, Tensor, assert_gradient};
/// fn f<N: Number>(x: &[N]) -> N {
///     x[0].sin() * x[1] + x[1].exp()
/// }
/// assert_gradient!(f, [0.5, 2.0]);
/// assert_gradient!(|v| (v[0] * v[0]).sum(None, false), [Tensor::from([1.0, -2.0])]);
/// assert_gradient!(|x: &[f64]| x[0] * x[0], |x: &[f64]| [2.0 * x[0]], &[3.0]);
/// ```
#[macro_export]
macro_rules! assert_gradient {
    ($f:path, $at:expr $(,)?) => {
        $crate::check::Check::tape(|v: &[$crate::Var<'_>]| $f(v))
            .at($at)
            .assert()
    };
    ($f:expr, $at:expr $(,)?) => {
        $crate::check::Check::tape($f).at($at).assert()
    };
    ($f:expr, $gradient:expr, $at:expr $(,)?) => {
        $crate::check::Check::new($f)
            .gradient($gradient)
            .at($at)
            .assert()
    };
}
