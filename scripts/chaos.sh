#!/bin/sh
# Faults against a private stack under load; `--help` says more. It touches no other stack.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
"$here/setup.sh"
"$here/build.sh"
exec node "$here/../dist/chaos/main.js" "$@"
