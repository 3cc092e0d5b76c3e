#!/bin/sh
# All tests, or those of one layer: unit, integration, e2e. They bring their own Redis, nginx and stacks on free ports.
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh --tests
scripts/build.sh
if [ $# -eq 0 ]; then set -- unit integration e2e; fi
for layer in "$@"; do
  node_modules/.bin/vitest run --project "$layer"
done
