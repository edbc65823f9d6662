//! Makes the list of engines from the manifest: a module for each release of an engine whose feature is on.
//!
//! A dependency whose package has an adapter is an engine. Under the package's own name it is called as the adapter is;
//! under another one it is an older release, and called `ADAPTER@VERSION`. What an adapter has only from some release on
//! stands in `ADAPTER_since_VERSION.rs`.

use std::fmt::Write;
use std::{env, fs};
use toml::Value;

/// An adapter, and what it is for.
struct Known {
    /// The package.
    package: &'static str,
    /// The adapter's file.
    file: &'static str,
    /// The engines that it makes, each a feature of its own.
    engines: &'static [&'static str],
    /// The version from which on the adapter has a second file.
    since: Option<&'static str>,
}

const fn known(
    package: &'static str,
    file: &'static str,
    engines: &'static [&'static str],
) -> Known {
    Known {
        package,
        file,
        engines,
        since: None,
    }
}

const ADAPTERS: &[Known] = &[
    Known {
        since: Some("0.11"),
        ..known("candle-core", "candle", &["candle"])
    },
    known("burn-tensor", "burn", &["burn-flex", "burn-ndarray"]),
    known("dfdx", "dfdx", &["dfdx"]),
    known("autograd", "autograd", &["rust-autograd"]),
    known("reverse", "reverse", &["reverse"]),
    known("num-dual", "num_dual", &["num-dual"]),
    known("autodiff", "autodiff", &["autodiff"]),
    known("easy-ml", "easy_ml", &["easy-ml"]),
    known("echidna", "echidna", &["echidna"]),
    known("ferrotorch-core", "ferrotorch", &["ferrotorch"]),
    known("scirs2-autograd", "scirs2", &["scirs2"]),
];

fn main() {
    println!("cargo::rerun-if-changed=Cargo.toml");
    let manifest = fs::read_to_string("Cargo.toml").expect("the manifest");
    let manifest: Value = manifest.parse::<toml::Table>().expect("a manifest").into();
    let dependencies = manifest["dependencies"].as_table().expect("dependencies");
    let (mut modules, mut list) = (String::new(), String::new());
    let root = env::var("CARGO_MANIFEST_DIR").expect("set by cargo");
    for (key, entry) in dependencies {
        let package = entry.get("package").and_then(Value::as_str).unwrap_or(key);
        let Some(adapter) = ADAPTERS.iter().find(|adapter| adapter.package == package) else {
            continue;
        };
        let version = version(entry);
        let engines = adapter
            .engines
            .iter()
            .filter_map(|engine| match key == package {
                true => is_on(engine).then(|| engine.to_string()),
                false => is_on(key).then(|| format!("{engine}@{version}")),
            });
        let engines: Vec<String> = engines.collect();
        if engines.is_empty() {
            continue;
        }
        let (module, file) = (key.replace('-', "_"), adapter.file);
        let newer = match adapter.since {
            Some(since) if numbers(version) >= numbers(since) => {
                let since = since.replace('.', "_");
                format!("#[path = \"{file}_since_{since}.rs\"] mod newer;")
            }
            Some(_) => "mod newer { pub(super) const ROWS: &[super::adapter::Row] = &[]; }".into(),
            None => String::new(),
        };
        let _ = writeln!(
            modules,
            // one file for several releases of an engine
            "#[allow(clippy::duplicate_mod)] #[path = {:?}] mod engine_{module} {{
                use ::{module} as library;
                const VERSION: &str = {version:?};
                #[path = \"{file}.rs\"] pub(crate) mod adapter;
                {newer}
            }}",
            format!("{root}/src")
        );
        for name in engines {
            let _ = writeln!(
                list,
                "secant_cli::Foreign {{ name: {name:?}, open: || engine_{module}::adapter::open({name:?}) }},"
            );
        }
    }
    let text = format!("{modules}\nconst ENGINES: &[secant_cli::Foreign] = &[{list}];\n");
    let out = env::var("OUT_DIR").expect("set by cargo");
    fs::write(format!("{out}/engines.rs"), text).expect("the list of engines");
}

/// Whether a feature is on.
fn is_on(feature: &str) -> bool {
    let name = feature.replace('-', "_").to_uppercase();
    env::var_os(format!("CARGO_FEATURE_{name}")).is_some()
}

/// The version of a dependency, which is exact.
fn version(entry: &Value) -> &str {
    let version = entry.get("version").unwrap_or(entry).as_str();
    version
        .and_then(|version| version.strip_prefix('='))
        .expect("an engine has an exact version")
}

fn numbers(version: &str) -> Vec<u32> {
    version
        .split('.')
        .map_while(|part| part.parse().ok())
        .collect()
}
