//! Every case that once showed a fault, of an engine or of the judge, again.

#![cfg(feature = "check")]

use secant::Case;
use secant::check::{Judge, Options, Verdict};
use secant::engine::{Builtin, Engine, Want, Way};
use std::path::Path;

#[test]
fn every_saved_case_is_judged_right() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions");
    let mut judged = 0;
    for entry in std::fs::read_dir(&directory).expect("the project has saved cases") {
        let path = entry.expect("a readable directory").path();
        if path
            .extension()
            .is_none_or(|extension| extension != "graph")
        {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a text file");
        let case = Case::from_text(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut judge = Judge::new(&case, Options::for_dtype(case.dtype)).expect("a legal case");
        let mut want = Want::gradient();
        // along itself: any direction does
        want.direction = Some(case.params.clone());
        want.tangents = Some(case.params.clone());
        for way in Way::ALL {
            let answer = Builtin::new(way)
                .evaluate(&case, &want)
                .expect("a legal case");
            let report = judge.judge(&answer, &want);
            assert_ne!(
                report.verdict,
                Verdict::Disagree,
                "{}, {}: {report}",
                path.display(),
                way.name()
            );
        }
        judged += 1;
    }
    assert!(
        judged > 0,
        "no saved case was found in {}",
        directory.display()
    );
}
