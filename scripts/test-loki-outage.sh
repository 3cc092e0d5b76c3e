#!/bin/sh
# Loki stopped for MINUTES under load, on a private stack. It touches no other.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
"$here/setup.sh"
"$here/build.sh"
exec node "$here/../dist/bench/loki-outage/main.js"
