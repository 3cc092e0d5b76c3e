#!/bin/sh
# The one way to the conductor: setup and build first, where they are not current. A stack can be looked at and
# stopped with the build that is there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
case "${1:-}-${OBSERVABILITY:-on}" in
  up-on) "$here/setup.sh" --watching ;;
  *) "$here/setup.sh" ;;
esac
case "${1:-}" in
  up | promote | prove) "$here/build.sh" ;;
  *) [ -e "$here/../dist/services/conductor/main.js" ] || "$here/build.sh" ;;
esac
exec node "$here/../dist/services/conductor/main.js" "$@"
