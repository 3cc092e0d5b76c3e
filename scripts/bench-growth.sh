#!/bin/sh
# How cost grows with workers, connections, channels and sizes, on this machine (ONLY= QUICK=1 PLOTS= FROM=): bench-growth.sh [SECONDS].
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh
scripts/build.sh
exec env ${1:+SECONDS="$1"} node dist/bench/growth/main.js
