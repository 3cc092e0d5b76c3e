#!/bin/sh
# The same users of k6 on ours and on bare uWebSockets.js, behind the same nginx (SOCKETS= RATE= DURATION= ROUNDS=).
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh
scripts/build.sh
scripts/setup-loadtest.sh --quiet
# As many open files as are allowed: each user has one, and nginx two.
ulimit -n "$(ulimit -Hn)" 2>/dev/null || true
exec node dist/bench/k6/main.js
