#!/usr/bin/env bash
# Runs two parts of a campaign under Open MPI, if it is here: what they merge to must be the run that nobody divided.
#   tests/mpirun.sh [PATH OF secant]
set -euo pipefail
cd "$(dirname "$0")/.."
secant=$(realpath "${1:-target/release/secant}")

if ! mpirun=$(command -v mpirun); then
  echo "mpirun test skipped: there is no mpirun here"
  exit 0
fi

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
run=("$secant" fuzz --cases 600 --seed 3 --engine "'$secant' serve --sabotage mul:sign" --jobs 1 --quiet)
ranks=(timeout 300 "$mpirun" -np 2 --oversubscribe)
[ "$(id -u)" != 0 ] || ranks+=(--allow-run-as-root)

ends() { # status, command
  local expected=$1 status=0
  shift
  "$@" > out 2> log || status=$?
  [ "$status" = "$expected" ] || { echo "$*: status $status" >&2; cat out log >&2; exit 1; }
}

ends 1 "${run[@]}" --json whole.json
ends 0 "${ranks[@]}" "${run[@]}" --json part.%.json
ends 1 "$secant" merge part.*.json -o merged.json
# one name for all
ends 0 "${ranks[@]}" "${run[@]}" --json one.json
ends 1 "$secant" merge one.*.json -o one-merged.json

timeless() { sed -E 's/"(seconds|cases_per_second)":[^,]*,//g' "$1"; }
for merged in merged one-merged; do
  diff <(timeless whole.json) <(timeless $merged.json) > /dev/null \
    || { echo "$merged.json is not whole.json" >&2; exit 1; }
done
echo "mpirun: two parts are the whole run"
