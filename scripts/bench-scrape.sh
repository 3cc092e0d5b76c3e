#!/bin/sh
# What metrics cost a worker, on this machine (CONNECTIONS=).
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh
scripts/build.sh
exec node bench/scrape.mjs
