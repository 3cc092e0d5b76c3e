#!/bin/sh
# What presence costs with 20,000 members, on this machine.
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh
scripts/build.sh
exec node bench/presence.mjs
