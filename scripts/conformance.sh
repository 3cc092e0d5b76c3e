#!/bin/sh
# The Autobahn test suite against a private stack, directly and through nginx (CASES= MINUTES=).
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh
scripts/build.sh
suite=$(scripts/setup-autobahn.sh | tail -n 1)
exec node dist/conformance/main.js "$suite"
