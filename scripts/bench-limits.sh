#!/bin/sh
# Whether rate limits are exact over two workers of both colors, and what they cost a message.
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh
scripts/build.sh
node dist/bench/limits/main.js
exec node bench/limits/cost.mjs
