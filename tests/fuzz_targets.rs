//! The targets of `fuzz/` over their seeds, whole and damaged: what libFuzzer runs for hours is sound.
#![cfg(all(feature = "fuzz", feature = "serde"))]

#[path = "../fuzz/src/lib.rs"]
#[allow(unreachable_pub)] // it is a library there
mod targets;

use std::path::Path;

#[test]
fn every_target_takes_its_seeds_and_what_is_left_of_them() {
    let regressions = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions");
    let mut state = 1u64;
    let mut below = |n: usize| {
        state = next(state);
        (state >> 16) as usize % n
    };
    for (name, run) in targets::TARGETS {
        let seeds = targets::seeds(name, &regressions).unwrap();
        assert!(seeds.len() > 5, "{name} has {} seeds", seeds.len());
        for seed in seeds.iter().take(40) {
            run(seed);
            for turn in 0..6 {
                let mut bytes = seed.clone();
                let at = below(bytes.len());
                match turn % 3 {
                    0 => bytes.truncate(at),
                    1 => bytes[at] ^= 1 << below(8),
                    _ => drop(bytes.remove(at)),
                }
                run(&bytes);
            }
        }
    }
}

/// A step of a linear congruential generator.
fn next(state: u64) -> u64 {
    state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407)
}
