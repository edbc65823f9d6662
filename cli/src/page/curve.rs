//! The error of central differences by their step: how near they come to the claim, and to the wide oracle.

use secant::Dtype;
use secant::check::{Curve, Point, classic};
use std::fmt::Write;

/// The picture, and its frame within.
const SIZE: (f64, f64) = (720.0, 380.0);
const FRAME: [f64; 4] = [58.0, 16.0, 700.0, 332.0]; // left, top, right, bottom
/// Decades of the step.
const STEPS: (f64, f64) = (-15.0, -1.0);
/// The lowest decade of the error; what is smaller stands there.
const LOWEST: f64 = -17.0;
/// A claim that is no farther from the reference than this is the reference, rounded.
const SAME: f64 = 1e-15;

/// Where numbers stand.
struct Axes {
    highest: f64,
}

impl Axes {
    fn x(&self, step: f64) -> f64 {
        let [left, _, right, _] = FRAME;
        left + (step.log10() - STEPS.0) / (STEPS.1 - STEPS.0) * (right - left)
    }

    fn y(&self, error: f64) -> f64 {
        let [_, top, _, bottom] = FRAME;
        let decade = error.log10().clamp(LOWEST, self.highest);
        bottom - (decade - LOWEST) / (self.highest - LOWEST) * (bottom - top)
    }
}

/// Points of a curve that can be drawn.
fn drawn(curve: &Curve, error: impl Fn(Point) -> Option<f64>) -> Vec<(Point, f64)> {
    let found = curve.points.iter().filter_map(|&p| Some((p, error(p)?)));
    found.filter(|(_, error)| error.is_finite()).collect()
}

/// The picture with a sentence, or why there is none.
pub(super) fn figure(curve: &Curve, dtype: Dtype) -> String {
    let to_claim = drawn(curve, |point| Some(curve.from_claim(point)));
    let own = drawn(curve, |point| curve.from_reference(point));
    if to_claim.is_empty() && own.is_empty() {
        let why = match curve.claim.is_finite() {
            true => "No difference along the direction is finite.",
            false => {
                "The claim along the direction is not finite, and no derivative along it is known: there is a kink."
            }
        };
        return format!("<p class=\"note\">{why}</p>\n");
    }
    let all = to_claim.iter().chain(&own).map(|(_, error)| error.log10());
    let axes = Axes {
        highest: all.fold(0.0, f64::max).ceil().min(6.0),
    };
    let level = curve.level().filter(|level| level.is_finite());
    let mut out = format!(
        "<figure class=\"chart\">\n<svg class=\"axes\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" role=\"img\" \
         aria-label=\"Relative error of central differences by their step\">\n",
        SIZE.0, SIZE.1
    );
    out.push_str(&frame(&axes));
    out.push_str(&step_of_the_course(&axes));
    // where the claim is right the two curves are one
    if level.is_none_or(|level| level > SAME) {
        out.push_str(&line(&axes, &own, "own"));
    }
    if let Some(level) = level {
        out.push_str(&self::level(&axes, level));
    }
    out.push_str(&line(&axes, &to_claim, "claim"));
    for &(point, error) in &to_claim {
        let _ = writeln!(
            out,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3.5\"><title>h = {:.1e}: {:e}, off the claim by {error:.1e}</title></circle>",
            axes.x(point.step),
            axes.y(error),
            point.step,
            point.difference
        );
    }
    let _ = write!(
        out,
        "</svg>\n<figcaption class=\"note\">{}</figcaption>\n</figure>\n",
        caption(curve, level, dtype)
    );
    out
}

/// Ticks, names of the axes, and what happens at either end.
fn frame(axes: &Axes) -> String {
    let [left, top, right, bottom] = FRAME;
    let mut out = String::new();
    let decades = |from: f64, to: f64| {
        let count = ((to - from) / 2.0).floor() as i32;
        (0..=count).map(move |k| from as i32 + 2 * k)
    };
    let word = |decade: i32| match decade {
        0 => "1".to_string(),
        decade => format!("1e{decade}"),
    };
    for decade in decades(STEPS.0, STEPS.1) {
        let x = axes.x(10f64.powi(decade));
        let _ = writeln!(
            out,
            "<path class=\"grid\" d=\"M{x:.1} {top}V{bottom}\"/><text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            bottom + 16.0,
            word(decade)
        );
    }
    for decade in decades(LOWEST + 1.0, axes.highest) {
        let y = axes.y(10f64.powi(decade));
        let _ = writeln!(
            out,
            "<path class=\"grid\" d=\"M{left} {y:.1}H{right}\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            left - 6.0,
            y + 4.0,
            word(decade)
        );
    }
    let _ = write!(
        out,
        "<rect class=\"frame\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\"/>\n\
         <text class=\"strong\" x=\"{x:.1}\" y=\"{below}\" text-anchor=\"middle\">step h</text>\n\
         <text class=\"strong\" transform=\"translate(13 {y:.1}) rotate(-90)\" text-anchor=\"middle\">relative error</text>\n\
         <text x=\"{left}\" y=\"{below}\">\u{2190} rounding grows as 1/h</text>\n\
         <text x=\"{right}\" y=\"{below}\" text-anchor=\"end\">truncation grows as h\u{b2} \u{2192}</text>\n",
        width = right - left,
        height = bottom - top,
        x = (left + right) / 2.0,
        y = (top + bottom) / 2.0,
        below = bottom + 36.0,
    );
    out
}

fn step_of_the_course(axes: &Axes) -> String {
    let [_, top, _, bottom] = FRAME;
    let x = axes.x(classic::EPSILON);
    format!(
        "<path class=\"eps\" d=\"M{x:.1} {top}V{bottom}\"/><text class=\"strong\" x=\"{:.1}\" y=\"{:.1}\">\u{3b5} = {:.0e}, the classical step</text>\n",
        x + 5.0,
        bottom - 7.0,
        classic::EPSILON
    )
}

/// The claim against the wide oracle.
fn level(axes: &Axes, level: f64) -> String {
    let [left, _, right, bottom] = FRAME;
    let y = axes.y(level);
    let word = match level {
        0.0 => "0".to_string(),
        level => format!("{level:.1e}"),
    };
    // above the line, if there is room
    let text = match y < 40.0 {
        true => y + 15.0,
        false => (y - 6.0).min(bottom - 24.0),
    };
    format!(
        "<path class=\"level\" d=\"M{left} {y:.1}H{right}\"/><text class=\"tone\" x=\"{:.1}\" y=\"{text:.1}\" text-anchor=\"end\">claim against wide oracle: {word}</text>\n",
        right - 8.0
    )
}

fn line(axes: &Axes, points: &[(Point, f64)], class: &str) -> String {
    if points.is_empty() {
        return String::new();
    }
    let places: Vec<String> = points
        .iter()
        .map(|(point, error)| format!("{:.1} {:.1}", axes.x(point.step), axes.y(*error)))
        .collect();
    format!("<path class=\"{class}\" d=\"M{}\"/>\n", places.join("L"))
}

/// What there is to see, in words.
fn caption(curve: &Curve, level: Option<f64>, dtype: Dtype) -> String {
    let mut out = String::from(
        "All parameters move by h and by \u{2212}h along one random direction, each by about h times its own size. ",
    );
    // the best step is the one nearest to the oracle: beside it a difference may hit a wrong claim by chance
    let own = |point: &Point| {
        curve
            .from_reference(*point)
            .unwrap_or(curve.from_claim(*point))
    };
    let finite = curve.points.iter().filter(|point| own(point).is_finite());
    let best = finite.min_by(|a, b| own(a).total_cmp(&own(b)));
    if let Some(best) = best {
        let _ = write!(
            out,
            "Central differences in binary64 are best at h = {:.0e}: ",
            best.step
        );
        if curve.reference.is_some() {
            let _ = write!(
                out,
                "{:.1e} from the wide oracle, which takes differences in twice the digits, and ",
                own(best)
            );
        }
        match curve.from_claim(*best) {
            error if error.is_finite() => {
                let _ = write!(out, "{error:.1e} from the claim. ");
            }
            _ => out.push_str("the claim is not finite. "),
        }
    }
    match level {
        Some(level) if level > SAME => {
            let _ = write!(
                out,
                "The claim itself is off by {level:.1e} (dashed), and a curve of a right claim would go down into the valley (dotted). "
            );
        }
        Some(_) => out.push_str("Oracle and claim agree to all digits (dashed). "),
        None if curve.reference.is_none() => {
            out.push_str("The wide oracle knows no derivative along it: there is a kink. ")
        }
        None => {}
    }
    if dtype == Dtype::F32 {
        out.push_str("The claim is for binary32, which holds 7 digits. ");
    }
    out.trim_end().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use secant::oracle::Estimate;

    fn curve(claim: f64, reference: Option<f64>) -> Curve {
        let steps = (1..=15).map(|k| 1.0 / 10f64.powi(k));
        Curve {
            claim,
            reference: reference.map(|value| Estimate { value, error: 0.0 }),
            points: steps
                .map(|step| Point {
                    step,
                    difference: 1.0 + step * step + 1e-17 / step,
                })
                .collect(),
        }
    }

    #[test]
    fn points_are_within_the_frame() {
        for (claim, reference) in [
            (1.0, Some(1.0)),
            (1.5, Some(1.0)),
            (1e300, Some(1.0)),
            (1.0, None),
            (0.0, Some(0.0)),
            (f64::NAN, Some(1.0)),
        ] {
            let figure = figure(&curve(claim, reference), Dtype::F64);
            assert!(
                !figure.contains("NaN") && !figure.contains("=\"inf"),
                "{figure}"
            );
            let ys = figure.match_indices("cy=\"").map(|(at, found)| {
                let rest = &figure[at + found.len()..];
                rest[..rest.find('"').unwrap()].parse::<f64>().unwrap()
            });
            for y in ys {
                assert!((FRAME[1]..=FRAME[3]).contains(&y), "{y}");
            }
            let circles = if claim.is_nan() { 0 } else { 15 };
            assert_eq!(figure.matches("<circle").count(), circles);
            assert_eq!(
                figure.matches("class=\"level\"").count(),
                usize::from(reference.is_some() && !claim.is_nan())
            );
        }
        let none = curve(f64::NAN, None);
        assert!(figure(&none, Dtype::F64).contains("is not finite, and"));
    }
}
