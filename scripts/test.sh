#!/bin/sh
# All tests, or those of one layer: unit, integration, e2e. They bring their own Redis, nginx and stacks on free ports.
# With VITEST_RESULTS=DIR each layer also leaves its results there as JSON.
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh --tests
scripts/build.sh
if [ $# -eq 0 ]; then set -- unit integration e2e; fi
failed=''
for layer in "$@"; do
  # All but the unit tests wait more than they compute: three files at once on two cores.
  at_once=3
  if [ "$layer" = unit ]; then at_once=2; fi
  # e2e is two projects: what goes side by side, then what runs alone.
  node_modules/.bin/vitest run --project "$layer*" --maxWorkers "$at_once" --reporter=default \
    ${VITEST_RESULTS:+--reporter=json --outputFile.json="$VITEST_RESULTS/$layer.json"} || failed="$failed $layer"
done
if [ -n "$failed" ]; then
  echo "failed:$failed" >&2
  exit 1
fi
