#!/bin/sh
# What the cluster costs beside bare uWebSockets.js, on this machine (ONLY= QUICK=1), each measurement for so many seconds: bench.sh [SECONDS].
# bench.sh compare: the last result beside the reference (AGAINST=).
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh
scripts/build.sh
[ "${1:-}" != compare ] || exec node dist/bench/macro/compare-main.js
exec env ${1:+SECONDS="$1"} node dist/bench/macro/main.js
