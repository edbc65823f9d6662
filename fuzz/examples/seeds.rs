//! Writes the seed corpora: `cargo run --example seeds` in `fuzz/` fills `corpus/TARGET/` for every target.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (target, _) in secant_fuzz::TARGETS {
        let corpus = here.join("corpus").join(target);
        std::fs::create_dir_all(&corpus)?;
        let seeds = secant_fuzz::seeds(target, &here.join("../regressions"))?;
        for (number, seed) in seeds.iter().enumerate() {
            std::fs::write(corpus.join(format!("seed-{number:03}")), seed)?;
        }
        println!("{}: {} seeds", corpus.display(), seeds.len());
    }
    Ok(())
}
