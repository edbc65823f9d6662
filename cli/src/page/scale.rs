//! Colours for relative errors: one a decade, from 1e-16, blue, over 1e-8, half the digits, pale, to 1 and more, red.

use super::cell::{cross, slash, twice};
use std::fmt::Write;

/// Of the colours of a scale of eleven that also the colour-blind can tell apart (ColorBrewer's RdYlBu, from its end).
const ANCHORS: [[u8; 3]; 11] = [
    [49, 54, 149],
    [69, 117, 180],
    [116, 173, 209],
    [171, 217, 233],
    [224, 243, 248],
    [255, 255, 191],
    [254, 224, 144],
    [253, 174, 97],
    [244, 109, 67],
    [215, 48, 39],
    [165, 0, 38],
];

/// 1e-16 and below, each decade, 1 and above.
const STEPS: usize = 17;

/// A relative error's place on the scale.
pub(super) fn step(relative: f64) -> usize {
    if relative == 0.0 {
        return 0;
    }
    // NaN and infinity are as wrong as can be
    let decade = relative.log10().floor().min(0.0);
    (decade + 16.0).clamp(0.0, 16.0) as usize
}

fn colour(step: usize) -> [u8; 3] {
    let place = step as f64 / (STEPS - 1) as f64 * (ANCHORS.len() - 1) as f64;
    let (low, high) = (place.floor() as usize, place.ceil() as usize);
    let part = place.fract();
    std::array::from_fn(|k| {
        let (from, to) = (f64::from(ANCHORS[low][k]), f64::from(ANCHORS[high][k]));
        (from + part * (to - from)).round() as u8
    })
}

/// A rule for each step: `.c0 { fill: .. }`.
pub(super) fn css() -> String {
    let rules = (0..STEPS).map(|step| {
        let [r, g, b] = colour(step);
        format!(".c{step} {{ fill: #{r:02x}{g:02x}{b:02x} }}\n")
    });
    rules.collect()
}

/// What colours and marks mean.
pub(super) fn legend() -> String {
    const SIDE: usize = 22;
    let mut strip = format!(
        "<svg class=\"scale\" width=\"{}\" height=\"32\" role=\"img\" aria-label=\"Colours by relative error\">",
        STEPS * SIDE + 24
    );
    for step in 0..STEPS {
        let _ = write!(
            strip,
            "<rect class=\"c{step}\" x=\"{}\" y=\"0\" width=\"{SIDE}\" height=\"14\"/>",
            8 + step * SIDE
        );
        if step % 4 == 0 {
            let word = match step {
                0 => "\u{2264}1e-16".to_string(),
                16 => "\u{2265}1".into(),
                step => format!("1e-{}", 16 - step),
            };
            let (x, anchor) = match step {
                0 => (8, "start"),
                step => (8 + step * SIDE + SIDE / 2, "middle"),
            };
            let _ = write!(
                strip,
                "<text x=\"{x}\" y=\"28\" text-anchor=\"{anchor}\">{word}</text>"
            );
        }
    }
    strip.push_str("</svg>");
    let sample = |class: &str, mark: &str, word: &str| {
        format!(
            "<span><svg class=\"heat\" width=\"20\" height=\"20\" aria-hidden=\"true\">\
             <rect class=\"{class}\" x=\"2\" y=\"2\" width=\"16\" height=\"16\"/>{mark}</svg>{word}</span>"
        )
    };
    let crossed = twice(&cross(2, 2, 16));
    let struck = twice(&slash(2, 2, 16));
    let dot = "<circle class=\"dot\" cx=\"10\" cy=\"10\" r=\"2.5\"/>";
    format!(
        "<div class=\"legend\"><span>{strip}</span>{}{}{}{}</div>\n",
        sample("c15 w", &crossed, "wrong"),
        sample("cn w", &crossed, "not finite"),
        sample("c4 u", &struck, "undecided"),
        sample("c0", dot, "unobserved"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_step_a_decade() {
        let table = [
            (0.0, 0),
            (1e-300, 0),
            (1.5e-16, 0),
            (2e-15, 1),
            (3e-8, 8),
            (0.5, 15),
            (1.0, 16),
            (1e9, 16),
            (f64::INFINITY, 16),
            (f64::NAN, 16),
        ];
        for (relative, expected) in table {
            assert_eq!(step(relative), expected, "{relative}");
        }
        assert_eq!((colour(0), colour(16)), (ANCHORS[0], ANCHORS[10]));
        assert_eq!((colour(8), css().lines().count()), (ANCHORS[5], 17));
    }
}
