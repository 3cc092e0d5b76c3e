#!/bin/sh
# Input that means harm against one real worker (SEED= MINUTES= CASE=).
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh
scripts/build.sh
exec node dist/fuzz/main.js
