#!/bin/sh
# bench-admin.sh search: what the list of connections costs a worker. bench-admin.sh page: whether the admin page stays usable
# beside a crowd (CLIENTS= RATE= MINUTES= PROFILE=). bench-admin.sh screenshots: the pictures of the README. Each on a stack of its own.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
case "${1:-}" in
  search) "$here/setup.sh" ;;
  page | screenshots) "$here/setup.sh" --tests ;;
  *)
    echo 'bench-admin.sh: search, page or screenshots' >&2
    exit 2
    ;;
esac
"$here/build.sh"
exec node "$here/../dist/bench/admin/$1-main.js"
