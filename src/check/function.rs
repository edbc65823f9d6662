//! Checking the gradient of any function: hand-written, foreign, closed.
//!
//! A [`Check`] takes a function and a claimed gradient, and needs no engine. The reference is a ladder of differences
//! ([`Ladder`](crate::oracle::Ladder)) in the function's own arithmetic. Whoever has a program, on the tape or generic
//! over numbers, gets the sharper oracle: [`Check::tape`], [`Check::generic`].

use super::arguments::{Argument, Values, weighted};
use super::blackbox::BlackBox;
use super::report::{Class, Fault, Quantity, Reason, Report};
use super::search::{Claimed, Claims, Oracle, factor, search};
use super::settings::{Settings, setters};
use crate::graph::{Params, default_cotangent};
use crate::number::Dd;
use crate::op::splitmix64;
use crate::oracle::{Estimate, Ladder, Slope};
use crate::tensor::Shape;
use std::borrow::Borrow;

/// How often a function that gives another value when it is asked again is asked in all.
const REPEATS: usize = 8;

/// A function that is not repeatable by more roundoffs than this is not one function.
const UNSTEADY: f64 = 1e4;

/// What a function is asked for.
enum Ask<'w> {
    Results(&'w mut Vec<f64>),
    /// Their sum with weights, for which nothing need be allocated.
    Sum(&'w [f64], &'w mut f64),
}

impl Ask<'_> {
    fn answer(self, y: impl Values) {
        match self {
            Ask::Results(results) => *results = y.into_values(),
            Ask::Sum(weights, sum) => *sum = y.weighted(weights),
        }
    }
}

type Function<'a, X> = Box<dyn Fn(&X, Ask<'_>) + 'a>;
type Entries = Option<Vec<(String, Shape)>>;
type Gradient<'a, X> = Box<dyn Fn(&X) -> (Vec<f64>, Entries) + 'a>;
type Product<'a, X> = Box<dyn Fn(&X, &[f64]) -> Vec<f64> + 'a>;

/// A function and a gradient that somebody claims for it.
///
/// ```
/// use secant::check::{Check, Verdict};
/// let f = |x: &[f64]| x[0].sin() * x[1] + x[1].powi(3);
/// let gradient = |x: &[f64]| vec![x[0].cos() * x[1], x[0].sin() + 3.0 * x[1].powi(2)];
/// Check::new(f).gradient(gradient).at(&[0.5, 1.2]).assert();
///
/// let forgot_the_factor = |x: &[f64]| vec![x[0].cos() * x[1], x[0].sin() + x[1].powi(2)];
/// let report = Check::new(f).gradient(forgot_the_factor).at(&[0.5, 1.2]);
/// assert_eq!(report.verdict, Verdict::Disagree);
/// assert_eq!(report.faults[0].index, [1]);
/// ```
///
/// A function may have several results; then the claim is its Jacobian, row by row, or the gradient of the results
/// times a [`cotangent`](Check::cotangent).
///
/// ```
/// # use secant::check::Check;
/// let polar = |x: &[f64]| vec![x[0] * x[1].cos(), x[0] * x[1].sin()];
/// let jacobian = |x: &[f64]| {
///     vec![[x[1].cos(), -x[0] * x[1].sin()], [x[1].sin(), x[0] * x[1].cos()]]
/// };
/// Check::new(polar).gradient(jacobian).at(&[2.0, 0.3]).assert();
/// ```
pub struct Check<'a, X: ?Sized + Argument = [f64]> {
    f: Function<'a, X>,
    gradient: Option<Gradient<'a, X>>,
    product: Option<Product<'a, X>>,
    wide: Option<Function<'a, [f64]>>,
    settings: Settings<'a>,
}

impl<'a> Check<'a> {
    /// A function of numbers, with one result or several.
    pub fn new<Y: Values>(f: impl Fn(&[f64]) -> Y + 'a) -> Self {
        Self::of(f)
    }

    /// A function in single precision. Where it can be computed in double precision too, [`widened`](Check::widened) makes
    /// the check sharper.
    ///
    /// ```
    /// # use secant::check::Check;
    /// let f = |x: &[f32]| x[0].exp() * x[1];
    /// let gradient = |x: &[f32]| vec![x[0].exp() * x[1], x[0].exp()];
    /// Check::single(f).gradient(gradient).at(&[0.5, 2.0]).assert();
    /// ```
    pub fn single<Y: Values>(f: impl Fn(&[f32]) -> Y + 'a) -> Check<'a, [f32]> {
        Check::of(f)
    }

    /// A function of named tensors.
    ///
    /// ```
    /// # use secant::{Params, Tensor, check::Check};
    /// let params = Params::from_iter([("w", Tensor::from([1.0, 2.0])), ("b", Tensor::from(0.5))]);
    /// let cost = |p: &Params<f64>| p["w"].iter().map(|w| w * w).sum::<f64>() + p["b"].item();
    /// let gradient = |p: &Params<f64>| {
    ///     Params::from_iter([("w", p["w"].map(|w| 2.0 * w)), ("b", Tensor::from(1.0))])
    /// };
    /// Check::params(cost).gradient(gradient).at(&params).assert();
    /// ```
    pub fn params<Y: Values>(f: impl Fn(&Params<f64>) -> Y + 'a) -> Check<'a, Params<f64>> {
        Check::of(f)
    }
}

impl<'a> Check<'a, [f32]> {
    /// The same function in double precision: it is asked instead, at the same arguments.
    pub fn widened<Y: Values>(mut self, f: impl Fn(&[f64]) -> Y + 'a) -> Self {
        self.wide = Some(Box::new(move |x, ask| ask.answer(f(x))));
        self
    }
}

impl<'a, X: ?Sized + Argument> Check<'a, X> {
    fn of<Y: Values>(f: impl Fn(&X) -> Y + 'a) -> Self {
        Self {
            f: Box::new(move |x, ask| ask.answer(f(x))),
            gradient: None,
            product: None,
            wide: None,
            settings: Settings::default(),
        }
    }

    /// The gradient that is claimed: a function of the same argument.
    pub fn gradient<G: Values>(mut self, g: impl Fn(&X) -> G + 'a) -> Self {
        self.gradient = Some(Box::new(move |x| {
            let claim = g(x);
            let entries = claim.entries();
            in_order(&x.layout(), claim.into_values(), entries)
        }));
        self
    }

    /// The gradient that is claimed: numbers.
    pub fn claim(mut self, gradient: impl Values) -> Self {
        let entries = gradient.entries();
        let values = gradient.into_values();
        self.gradient = Some(Box::new(move |x: &X| {
            in_order(&x.layout(), values.clone(), entries.clone())
        }));
        self
    }

    /// The Hessian times a direction, as it is claimed; [`order`](Check::order) 2 asks for it. It is held against
    /// differences of the gradient.
    ///
    /// ```
    /// # use secant::check::Check;
    /// Check::new(|x: &[f64]| x[0].powi(3) * x[1])
    ///     .gradient(|x: &[f64]| [3.0 * x[0].powi(2) * x[1], x[0].powi(3)])
    ///     .hvp(|x: &[f64], v: &[f64]| {
    ///         let (a, b) = (6.0 * x[0] * x[1], 3.0 * x[0].powi(2));
    ///         [a * v[0] + b * v[1], b * v[0]]
    ///     })
    ///     .at(&[0.7, -1.3])
    ///     .assert();
    /// ```
    pub fn hvp<H: Values>(mut self, h: impl Fn(&X, &[f64]) -> H + 'a) -> Self {
        self.product = Some(Box::new(move |x, v| h(x, v).into_values()));
        self.settings.order = 2;
        self
    }

    /// The borders of the domain, for every element: the function is asked nowhere else. Where it is NaN or infinite beyond
    /// some border, steps become smaller by themselves.
    pub fn domain(mut self, low: f64, high: f64) -> Self {
        self.settings.domain = [low, high];
        self
    }

    setters!();

    fn ask(&self, x: &X, flat: &[f64], ask: Ask<'_>) {
        match &self.wide {
            Some(wide) => wide(flat, ask),
            None => (self.f)(x.with(flat).borrow(), ask),
        }
    }

    /// The function at flat arguments.
    fn values(&self, x: &X, flat: &[f64]) -> Vec<f64> {
        let mut results = Vec::new();
        self.ask(x, flat, Ask::Results(&mut results));
        results
    }

    /// The sum of its results with weights.
    fn weighted(&self, x: &X, flat: &[f64], weights: &[f64]) -> f64 {
        let mut sum = 0.0;
        self.ask(x, flat, Ask::Sum(weights, &mut sum));
        sum
    }

    /// The gradient by differences, each element with its error: what a claim is held against. Unknown at a kink.
    pub fn numerical(&self, x: &X) -> Vec<Estimate> {
        let flat = x.flat();
        let cotangent = self.weights(self.values(x, &flat).len());
        let objective = |flat: &[f64]| self.weighted(x, flat, &cotangent);
        let base = objective(&flat);
        let mut oracle =
            BlackBox::new(&objective, &flat, base, self.unit()).within(self.settings.domain);
        let scales = BlackBox::scales(&flat);
        let element =
            |(i, &scale): (usize, &f64)| match oracle.slope_along(&[(i as u32, scale)], 0.0) {
                Slope::Smooth(found) | Slope::Tied(found) | Slope::Still(found) => Estimate {
                    value: found.value / scale,
                    error: found.error / scale,
                },
                Slope::Kink(..) => Estimate::UNKNOWN,
            };
        scales.iter().enumerate().map(element).collect()
    }

    /// The roundoff of what is asked for values.
    fn unit(&self) -> f64 {
        match self.wide {
            Some(_) => f64::EPSILON / 2.0,
            None => X::UNIT,
        }
    }

    fn weights(&self, results: usize) -> Vec<f64> {
        match &self.settings.cotangent {
            Some(given) => given.clone(),
            None if results == 1 => vec![1.0],
            None => default_cotangent(&[results].into()).to_vec(),
        }
    }

    /// The verdict at a point.
    pub fn at(&self, x: &X) -> Report {
        let mut report = Report::new(self.settings.method.name());
        let flat = x.flat();
        let layout = x.layout();
        for (name, shape) in &layout {
            report.params.entry(name.clone()).or_default().shape = shape.clone();
        }
        let results = self.values(x, &flat);
        let cotangent = self.weights(results.len());
        if cotangent.len() != results.len() {
            let (found, expected) = (cotangent.len(), results.len());
            let message = format!("has {found} elements, the function {expected} results");
            report.fault(Fault::structural(Class::WrongShape, "cotangent", message));
            return report;
        }
        let Some(gradient) = &self.gradient else {
            let message = "no gradient is claimed: say .gradient(..) or .claim(..)".to_string();
            report.fault(Fault::structural(
                Class::MissingGradient,
                "gradient",
                message,
            ));
            return report;
        };
        let objective = |flat: &[f64]| self.weighted(x, flat, &cotangent);
        let base = weighted(&cotangent, &results);
        report.evaluations = 2;
        let noise = match repeatability(&objective, &flat, base, self.unit()) {
            Ok(noise) => noise,
            Err((first, other)) => {
                report.evaluations = REPEATS;
                report.note = Some(format!(
                    "the function gives another value when it is asked again ({first:e}, then {other:e}): freeze its seed"
                ));
                report.doubt(Reason::NotRepeatable);
                return report;
            }
        };
        let (claim, entries) = gradient(x);
        if let Some(entries) = entries {
            compare_layouts(&layout, &entries, &mut report);
        }
        if let Some(&place) = self
            .settings
            .coordinates
            .iter()
            .flatten()
            .find(|&&i| i >= flat.len())
        {
            let message = format!("{place} is none of {} elements", flat.len());
            report.fault(Fault::structural(Class::WrongShape, "coordinates", message));
        }
        let rows = results.len();
        // a Jacobian is pulled back; its rows are looked at if that does not agree
        let jacobian = rows > 1 && claim.len() == rows * flat.len();
        if !jacobian && claim.len() != flat.len() {
            let mut message = format!("has {} elements, the argument {}", claim.len(), flat.len());
            if rows > 1 {
                message += &format!(", the Jacobian {}", rows * flat.len());
            }
            report.fault(Fault::structural(Class::WrongShape, "gradient", message));
        }
        if !report.faults.is_empty() {
            return report;
        }
        if !base.is_finite() {
            report.note = Some(format!("the function's value is {base} here"));
            report.doubt(Reason::Overflow);
            return report;
        }
        if !same(&gradient(x).0, &claim) {
            let message = "another gradient when it is asked again".to_string();
            report.fault(Fault::structural(Class::NotRepeatable, "gradient", message));
            return report;
        }
        let judge = |weights: &[f64], pick: &dyn Fn(&[f64]) -> Vec<f64>, into: &mut Report| {
            let objective = |flat: &[f64]| self.weighted(x, flat, weights);
            let claims = self.claims(x, &flat, &layout, pick, gradient, pick(&claim));
            let base = weighted(weights, &results);
            self.search(&objective, &flat, base, noise, &claims, into);
        };
        if jacobian {
            let columns = flat.len();
            let pulled = |weights: &[f64], jacobian: &[f64]| -> Vec<f64> {
                let column = |i: usize| {
                    let terms = weights.iter().enumerate();
                    terms.map(|(r, w)| w * jacobian[r * columns + i]).sum()
                };
                (0..columns).map(column).collect()
            };
            judge(&cotangent, &|j| pulled(&cotangent, j), &mut report);
            if !report.faults.is_empty() {
                report.note = Some(self.wrong_rows(rows, &mut |r| {
                    let unit: Vec<f64> = (0..rows).map(|k| f64::from(u8::from(k == r))).collect();
                    let mut row = Report::new(report.method);
                    row.params = report.params.clone();
                    judge(&unit, &|j| pulled(&unit, j), &mut row);
                    report.evaluations += row.evaluations;
                    row.faults.len()
                }));
            }
        } else {
            judge(&cotangent, &<[f64]>::to_vec, &mut report);
        }
        if self.settings.order >= 2 {
            self.second(x, &flat, &layout, &mut report);
        }
        report
    }

    /// Which rows of a Jacobian are wrong, in words.
    fn wrong_rows(&self, rows: usize, faults: &mut dyn FnMut(usize) -> usize) -> String {
        const MOST: usize = 64;
        let wrong: Vec<String> = (0..rows.min(MOST))
            .filter(|&row| faults(row) > 0)
            .map(|row| row.to_string())
            .collect();
        format!("wrong rows of the Jacobian: {}", wrong.join(", "))
    }

    /// The elements of a claim, with bounds of their rounding: a few roundoffs of their own and of the largest, and what
    /// the gradient changes when its argument moves by a roundoff.
    fn claims(
        &self,
        x: &X,
        flat: &[f64],
        layout: &[(String, Shape)],
        pick: &dyn Fn(&[f64]) -> Vec<f64>,
        gradient: &Gradient<'a, X>,
        claim: Vec<f64>,
    ) -> Claims {
        let scales = BlackBox::scales(flat);
        let mut spread = vec![0.0; claim.len()];
        for sign in [1.0, -1.0] {
            let alternate = |(k, x): (usize, &f64)| match k % 2 {
                0 => x * (1.0 + 2.0 * sign * X::UNIT),
                _ => x * (1.0 - 2.0 * sign * X::UNIT),
            };
            let near: Vec<f64> = flat.iter().enumerate().map(alternate).collect();
            let [low, high] = self.settings.domain;
            if near.iter().all(|x| (low..=high).contains(x)) {
                let moved = pick(&gradient(x.with(&near).borrow()).0);
                for (spread, (a, b)) in spread.iter_mut().zip(claim.iter().zip(&moved)) {
                    let change = (a - b).abs();
                    if change.is_finite() {
                        *spread = f64::max(*spread, change);
                    }
                }
            }
        }
        let contributions = claim.iter().zip(&scales).map(|(g, s)| (g * s).abs());
        let largest = contributions.filter(|g| g.is_finite()).fold(0.0, f64::max);
        let element = |((&value, &scale), spread): ((&f64, &f64), &f64)| Claimed {
            value,
            expected: value,
            delta: if value.is_finite() {
                X::UNIT * (4.0 * value.abs() + largest / scale) + spread
            } else {
                0.0
            },
            scale,
        };
        let elements: Vec<Claimed> = claim
            .iter()
            .zip(&scales)
            .zip(&spread)
            .map(element)
            .collect();
        Claims {
            names: layout.to_vec(),
            chosen: match &self.settings.coordinates {
                Some(chosen) => {
                    let known = chosen.iter().filter(|&&i| i < elements.len());
                    known.map(|&i| i as u32).collect()
                }
                None => (0..elements.len() as u32).collect(),
            },
            elements,
            quantity: Quantity::Gradient,
        }
    }

    fn search(
        &self,
        objective: &dyn Fn(&[f64]) -> f64,
        flat: &[f64],
        base: f64,
        noise: f64,
        claims: &Claims,
        report: &mut Report,
    ) {
        let finite = claims
            .elements
            .iter()
            .filter(|element| element.value.is_finite());
        let size = finite
            .clone()
            .map(|element| (element.value * element.scale).abs())
            .sum();
        // steps in single precision are not exact
        let steps = match self.wide.is_none() && X::UNIT > 1e-10 {
            true => {
                let terms = finite.map(|element| (element.value * element.scale).powi(2));
                2.0 * X::UNIT * terms.sum::<f64>().sqrt()
            }
            false => 0.0,
        };
        let mut oracle = BlackBox::new(objective, flat, base, self.unit())
            .within(self.settings.domain)
            .measured(noise + steps, size);
        let resolution = if X::UNIT > 1e-10 { 2e-2 } else { 1e-6 };
        search(
            &mut oracle,
            claims,
            &self.settings.search(resolution),
            report,
        );
        report.evaluations += oracle.evaluations.get();
    }

    /// The claimed Hessian times a random direction, against differences of the claimed gradient.
    fn second(&self, x: &X, flat: &[f64], layout: &[(String, Shape)], report: &mut Report) {
        let (Some(product), Some(gradient)) = (&self.product, &self.gradient) else {
            let message = "no product is claimed: say .hvp(..)".to_string();
            report.fault(Fault::structural(Class::MissingGradient, "hvp", message));
            return;
        };
        let scales = BlackBox::scales(flat);
        let seed = splitmix64(self.settings.seed);
        let v: Vec<f64> = scales
            .iter()
            .zip(0..)
            .map(|(scale, i)| scale * factor(seed.wrapping_add(i)))
            .collect();
        let claim = product(x, &v);
        if claim.len() != flat.len() {
            let message = format!("has {} elements, the argument {}", claim.len(), flat.len());
            report.fault(Fault::structural(Class::WrongShape, "hvp", message));
            return;
        }
        let largest = claim.iter().zip(&scales).map(|(h, s)| (h * s).abs());
        let largest = largest.filter(|h| h.is_finite()).fold(0.0, f64::max);
        let elements = claim.iter().zip(&scales).map(|(&value, &scale)| Claimed {
            value,
            expected: value,
            delta: match value.is_finite() {
                true => X::UNIT * (4.0 * value.abs() + largest / scale),
                false => 0.0,
            },
            scale,
        });
        let claims = Claims {
            names: layout.to_vec(),
            elements: elements.collect(),
            chosen: (0..claim.len() as u32).collect(),
            quantity: Quantity::Hvp,
        };
        let mut oracle = SlopesOfGradient {
            gradient: &|flat| gradient(x.with(flat).borrow()).0,
            x: flat,
            v: &v,
            unit: X::UNIT,
            size: claims
                .elements
                .iter()
                .map(|element| (element.value * element.scale).abs())
                .filter(|size| size.is_finite())
                .sum(),
        };
        let resolution = if X::UNIT > 1e-10 { 2e-2 } else { 1e-6 };
        search(
            &mut oracle,
            &claims,
            &self.settings.search(resolution),
            report,
        );
    }
}

/// The second derivative along two directions, by differences of a gradient along one.
struct SlopesOfGradient<'f> {
    gradient: &'f dyn Fn(&[f64]) -> Vec<f64>,
    x: &'f [f64],
    v: &'f [f64],
    unit: f64,
    size: f64,
}

impl Oracle for SlopesOfGradient<'_> {
    fn slope(&mut self, direction: &[(u32, f64)], enough: f64) -> Slope<Dd> {
        let line = |t: f64| -> f64 {
            let moved: Vec<f64> = self.x.iter().zip(self.v).map(|(x, v)| x + t * v).collect();
            let gradient = (self.gradient)(&moved);
            let terms = direction
                .iter()
                .map(|&(i, weight)| weight * gradient[i as usize]);
            terms.sum()
        };
        let mut ladder = Ladder::new(line, line(0.0), self.unit);
        let slope = match enough {
            0.0 => ladder.thorough(),
            _ => ladder.slope(enough),
        };
        slope.map(Estimate::widened)
    }

    fn natural(&self, size: f64) -> f64 {
        size.max(self.size)
    }
}

fn same(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|(a, b)| a == b || (a.is_nan() && b.is_nan()))
}

/// What the value varies by when it is asked again; or, if it is another one each time, two of them.
fn repeatability(
    f: &dyn Fn(&[f64]) -> f64,
    x: &[f64],
    base: f64,
    unit: f64,
) -> Result<f64, (f64, f64)> {
    let again = f(x);
    if again == base || (again.is_nan() && base.is_nan()) {
        return Ok(0.0);
    }
    let values: Vec<f64> = (2..REPEATS).map(|_| f(x)).chain([again]).collect();
    let spread = values.iter().map(|y| (y - base).abs()).fold(0.0, f64::max);
    match spread <= UNSTEADY * unit * base.abs() {
        true => Ok(spread),
        false => Err((base, again)),
    }
}

/// Names and shapes of a claim against those of the argument.
fn compare_layouts(expected: &[(String, Shape)], found: &[(String, Shape)], report: &mut Report) {
    for (name, shape) in expected {
        match found.iter().find(|(other, _)| other == name) {
            None => {
                let message = "is missing in the claim".to_string();
                report.fault(Fault::structural(Class::MissingGradient, name, message));
            }
            Some((_, other)) if other != shape => {
                let message = format!("has shape {other}, should have {shape}");
                report.fault(Fault::structural(Class::WrongShape, name, message));
            }
            Some(_) => {}
        }
    }
    for (name, _) in found {
        if expected.iter().all(|(other, _)| other != name) {
            let message = "is no parameter of the function".to_string();
            report.fault(Fault::structural(Class::WrongShape, name, message));
        }
    }
}

/// The numbers in the order of the argument's names, whatever their own is; as they are if their names are others.
fn in_order(layout: &[(String, Shape)], values: Vec<f64>, entries: Entries) -> (Vec<f64>, Entries) {
    let Some(found) = &entries else {
        return (values, entries);
    };
    let mut first = 0;
    let mut places = std::collections::HashMap::new();
    for (name, shape) in found {
        places.insert(name, first..first + shape.count());
        first += shape.count();
    }
    let parts = layout.iter().map(|(name, _)| places.get(name).cloned());
    let ordered = match parts.collect::<Option<Vec<_>>>() {
        Some(parts) => parts
            .into_iter()
            .flat_map(|part| values[part].to_vec())
            .collect(),
        None => values,
    };
    (ordered, entries)
}
