#!/usr/bin/env bash
# Opens the pages of `secant check --report` in a browser, if there is one: the verdict must stand in what the browser made
# of the page, and the page must give it nothing to complain of.
#   tests/browser.sh [PATH OF secant]
set -euo pipefail
cd "$(dirname "$0")/.."
secant=${1:-target/release/secant}

browser=
for name in chromium chromium-browser google-chrome; do
  if browser=$(command -v "$name"); then break; fi
done
if [ -z "$browser" ]; then
  echo "browser test skipped: there is no chromium here"
  exit 0
fi

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

dump() { # page, profile: the page as the browser has it
  timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
    --disable-background-networking --disable-component-update --disable-sync --user-data-dir="$place/profile-$2" \
    --enable-logging=stderr --v=0 --dump-dom "file://$1" 2> "$place/log"
}

looks() { # claim, verdict, exit status
  local status=0
  "$secant" check examples/course_network.graph --claim "examples/course_network.$1.json" --report "$place/$1.html" \
    > "$place/out" || status=$?
  [ "$status" = "$3" ] || { echo "$1: secant ended with $status, expected $3" >&2; exit 1; }
  dump "$place/$1.html" "$1" > "$place/dom" || { cat "$place/log" >&2; exit 1; }
  if grep CONSOLE "$place/log"; then
    echo "$1: the browser complains of the page" >&2
    exit 1
  fi
  for words in "class=\"verdict $2\"" "</strong>" 'class="heat' 'class="axes"' 'class="graph"' '</html>'; do
    grep -qF -- "$words" "$place/dom" || { echo "$1: no $words in the browser's page" >&2; exit 1; }
  done
}

looks correct agree 0
looks buggy disagree 1
# something that the browser must complain of is seen in its log
echo '<!doctype html><script>nonsense()</script>' > "$place/broken.html"
dump "$place/broken.html" broken > /dev/null
grep -q CONSOLE "$place/log" || { echo "the browser's log does not tell of errors" >&2; exit 1; }
echo "browser test: both pages are fine in $("$browser" --version 2> /dev/null || echo "$browser")"
