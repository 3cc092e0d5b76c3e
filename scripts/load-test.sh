#!/bin/sh
# Users for k6 on a running stack (--preset, SOCKETS= RATE= DURATION= HOST=); `--help` says more.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
"$here/setup.sh"
"$here/build.sh"
case " $* " in
  *' --help '* | *' -h '*) ;;
  *) "$here/setup-loadtest.sh" --quiet ;;
esac
# As many open files as are allowed: each user has one.
ulimit -n "$(ulimit -Hn)" 2>/dev/null || true
exec node "$here/../dist/loadtest/runner/main.js" "$@"
