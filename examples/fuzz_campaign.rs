//! A run over our own engines from a program: `cargo run --release --features fuzz --example fuzz_campaign -- CASES ORDER`.

use secant::engine::{Builtin, Way};
use secant::fuzz::{Factory, Settings, run};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let cases = arguments.next().map_or(Ok(2_000), |n| n.parse())?;
    let order = arguments.next().map_or(Ok(1), |n| n.parse())?;
    let names: Vec<String> = arguments.collect();
    let ways = Way::ALL
        .into_iter()
        .filter(|way| names.is_empty() || names.iter().any(|name| name == way.name()));
    let engines: Vec<Factory> = ways
        .map(|way| -> Factory { Box::new(move || Ok(Box::new(Builtin::new(way)))) })
        .collect();
    let settings = Settings {
        cases: Some(cases),
        order,
        ..Settings::default()
    };
    let summary = run(&settings, &engines, &|_| true)?;
    println!(
        "{} cases, {:.0} a second; {} pairs of operations",
        summary.cases, summary.cases_per_second, summary.coverage.pairs
    );
    for tally in &summary.engines {
        println!("{tally:?}");
    }
    println!("{:?}", summary.undecided);
    for finding in &summary.findings {
        println!(
            "case {}: {} {} {:?}: {}",
            finding.case, finding.engine, finding.class, finding.ops, finding.message
        );
    }
    Ok(())
}
