#!/bin/sh
# Says what is missing here; so it must not insist on everything being there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
"$here/setup.sh" || true
[ -d "$here/../node_modules/typescript" ] && "$here/build.sh"
exec node "$here/../dist/services/conductor/main.js" doctor
