#!/usr/bin/env bash
# Builds secant-engines with the engines of its default features, and tests every one of them. Not part of .ci/run: the engines of
# other people take longer to build than all of secant.
set -euo pipefail
cd "$(dirname "$0")"

rustfmt --edition 2024 --check build.rs src/*.rs tests/*.rs # adapters are modules of what build.rs writes
cargo clippy --release --all-targets -- -D warnings
cargo test --release "$@"
