#!/bin/sh
# Where the CPU of a worker goes in each bench: flame graphs, and the dearest functions (ONLY= FLAMES=folder): bench-flames.sh [SECONDS].
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh
scripts/build.sh
exec env ${1:+SECONDS="$1"} node dist/bench/flames/main.js
