//! Makes the list of engines from the manifest: a module for each release of an engine whose feature is on.
//!
//! A dependency whose package has an adapter is an engine. Under the package's own name it is called as the adapter is;
//! under another one it is an older release, and called `ADAPTER@VERSION`. What an adapter has only from some release on
//! stands in `ADAPTER_since_VERSION.rs`.

use std::fmt::Write;
use std::{env, fs};
use toml::Value;

/// Package, adapter, and the version from which on the adapter has a second file.
const ADAPTERS: &[(&str, &str, Option<&str>)] = &[("candle-core", "candle", Some("0.11"))];

fn main() {
    println!("cargo::rerun-if-changed=Cargo.toml");
    let manifest = fs::read_to_string("Cargo.toml").expect("the manifest");
    let manifest: Value = manifest.parse::<toml::Table>().expect("a manifest").into();
    let dependencies = manifest["dependencies"].as_table().expect("dependencies");
    let (mut modules, mut list) = (String::new(), String::new());
    let root = env::var("CARGO_MANIFEST_DIR").expect("set by cargo");
    let mut add = |key: &str, name: &str, file: &str, version: &str, since: Option<&str>| {
        let module = key.replace('-', "_");
        let newer = match since {
            Some(since) if numbers(version) >= numbers(since) => {
                format!("#[path = \"{file}_since_{}.rs\"] mod newer;", since.replace('.', "_"))
            }
            Some(_) => {
                "mod newer { pub(super) const ROWS: &[crate::adapter::Row<super::adapter::Candle>] = &[]; }".into()
            }
            None => String::new(),
        };
        let _ = writeln!(
            modules,
            "#[path = {:?}] mod engine_{module} {{
                use ::{module} as library;
                const VERSION: &str = {version:?};
                #[path = \"{file}.rs\"] mod adapter;
                {newer}
                pub(crate) fn open() -> Box<dyn secant::engine::Engine> {{ adapter::open({name:?}) }}
            }}",
            format!("{root}/src")
        );
        let _ = writeln!(
            list,
            "secant_cli::Foreign {{ name: {name:?}, open: engine_{module}::open }},"
        );
    };
    for (key, entry) in dependencies {
        let package = entry.get("package").and_then(Value::as_str).unwrap_or(key);
        let adapter = ADAPTERS.iter().find(|(of, ..)| *of == package);
        let Some((_, file, since)) = adapter else {
            continue;
        };
        let feature = if key == package { file } else { &key.as_str() };
        if !is_on(feature) {
            continue;
        }
        let version = version(entry);
        let name = match key == package {
            true => file.to_string(),
            false => format!("{file}@{version}"),
        };
        add(key, &name, file, version, *since);
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
