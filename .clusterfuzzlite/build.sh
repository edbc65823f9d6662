#!/bin/bash -eu
# Builds every target with its seeds into $OUT, as ClusterFuzzLite and OSS-Fuzz want them.
cd "$SRC/secant/fuzz"
cargo fuzz build -O --debug-assertions
# the flags of the sanitizer are for the targets alone
RUSTFLAGS= cargo run --release --example seeds
for target in fuzz_targets/*.rs; do
  name=$(basename "$target" .rs)
  cp "target/x86_64-unknown-linux-gnu/release/$name" "$OUT/"
  zip -jqr "$OUT/${name}_seed_corpus.zip" "corpus/$name"
done
