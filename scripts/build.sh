#!/bin/sh
# Builds dist/ when a source is newer than it.
set -eu
cd "$(dirname "$0")/.."
if [ -e dist/.built ] && [ -z "$(find services chaos fuzz conformance bench loadtest/runner scripts/build.mjs scripts/bundle.mjs scripts/bundle-programs.mjs scripts/place.mjs package-lock.json tsconfig.json tsconfig.build.json -path bench/results -prune -o -newer dist/.built -print -quit)" ]; then
  exit 0
fi
echo 'build: compiling …' >&2
node scripts/build.mjs >&2
