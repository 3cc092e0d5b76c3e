#!/bin/sh
# What a log line costs, with and without Loki. It touches no stack.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
"$here/setup.sh"
"$here/build.sh"
exec node "$here/../dist/bench/logs/main.js"
