#!/bin/sh
# What a reader who takes 1 KB/s of a channel that gets 1 MB/s costs the worker and the others.
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh
scripts/build.sh
exec node dist/bench/slow-reader/main.js
