#!/bin/sh
# run.sh [NAME..]: runs the reproducers whose names begin so, or all of them, and demands that each fails as it should:
# by its own assertion, or by the error of the engine that its comment "fails with: .." names. An engine that is not
# installed, a build that breaks and any other error are no failure of that kind; they are told as "broken".
# Python is $PYTHON (python3), Rust is built in $CARGO_TARGET_DIR (findings/target). Exit status 1: one passed or is broken;
# 2: there is none of the name.
cd "$(dirname "$0")" || exit 2
PYTHON=${PYTHON:-python3}
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
export CARGO_TARGET_DIR TF_CPP_MIN_LOG_LEVEL=3
log=$(mktemp) || exit 2
trap 'rm -f "$log"' EXIT
bad=0
ran=0

# told SOURCE STATUS OWN: one line of the table; OWN is how an assertion of SOURCE itself reads
told() {
    ran=$((ran + 1))
    [ "$2" -le 128 ] || echo "signal $(($2 - 128))" >>"$log"
    wanted=$(sed -n 's/.*fails with: //p' "$1" | head -n 1)
    if [ "$2" -eq 0 ]; then
        word=PASSES
    elif [ -n "$wanted" ] && grep -qF -- "$wanted" "$log"; then
        word=fails
    elif [ -z "$wanted" ] && grep -q "$3" "$log" && ! grep -q '^called `' "$log"; then
        word=fails
    else
        word=broken
    fi
    [ $word = fails ] || bad=1
    text=$(sed -n "\\,${wanted:+^[A-Za-z_.]*Error\\|}$3\\|^error,,\$p" "$log" | grep -v 'panicked at\|RUST_BACKTRACE' | tr -s '\n ' ' ' | cut -c 1-100)
    [ -n "$text" ] || text=$(grep . "$log" | tail -n 1 | cut -c 1-100)
    printf '%-6s  %-48s  %s\n' "$word" "$name" "$text"
}

for name in */; do
    name=${name%/}
    [ $# -eq 0 ] || for prefix in "$@" ''; do
        [ -n "$prefix" ] || continue 2
        case $name in "${prefix%/}"*) break ;; esac
    done
    if [ -f "$name/reproduce.py" ]; then
        $PYTHON "$name/reproduce.py" >"$log" 2>&1
        told "$name/reproduce.py" $? '^AssertionError'
    elif [ -f "$name/Cargo.toml" ]; then
        if cargo build --quiet --manifest-path "$name/Cargo.toml" >"$log" 2>&1; then
            RUST_BACKTRACE=0 "$CARGO_TARGET_DIR/debug/$name" >"$log" 2>&1
            told "$name/src/main.rs" $? 'panicked at .*src/main\.rs'
        else
            told "$name/src/main.rs" 101 '^no assertion of a build$'
        fi
    fi
done
if [ $ran -eq 0 ]; then
    for prefix in "$@"; do
        echo "no reproducer begins with $prefix" >&2
    done
    exit 2
fi
exit $bad
