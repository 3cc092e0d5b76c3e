#!/usr/bin/env bash
# Gets k6 for `make load-test`: one that is installed will do, else it is built here, once, where Go is: no package of a
# distribution has it.
# Settings: FORCE=1 builds anew; KEEP_GO_CACHE=1 uses your own Go caches, and keeps in them what was downloaded and compiled.
set -euo pipefail

title=setup-loadtest
program=k6
version=1.8.1
needs_go=1.25
# shellcheck source=scripts/go-build.sh
. "$(dirname "${BASH_SOURCE[0]}")/go-build.sh"

quiet=${1:-}
there() {
  [ "$quiet" = --quiet ] || say "k6 is there: $1"
  exit 0
}

if [ "${FORCE:-}" != 1 ]; then
  # The scripts are for 1.8, and a newer one of the same major version.
  if installed=$(command -v k6) && k6 version 2>/dev/null | grep -Eq '^k6 v1\.([89]|[1-9][0-9]+)\.'; then there "$installed"; fi
  if "$place/k6" version >/dev/null 2>&1; then there "$place/k6 (FORCE=1 builds it anew)"; fi
fi

how="get k6 1.8 or a newer 1.x from https://grafana.com/docs/k6/latest/set-up/install-k6/ and put it into PATH, or Go from https://go.dev/dl/ and try again"
require_go "k6 is missing, and there is no Go $needs_go in PATH to build it: $how" \
  "k6 is missing, and Go FOUND is too old to build it ($needs_go or newer): $how"

make_room 1500 '1.5 GB'
say "building k6 $version with Go $found: about 2 minutes on 2 cores"
choose_caches '1 GB goes into your Go caches and stays there' '1 GB is used' '49 MB'
export GOBIN=$work/place

nice -n 10 go install -v -trimpath -ldflags '-s -w' "go.k6.io/k6@v$version" >"$work/log" 2>&1 &
how_far() { tail -n 1 "$work/log" | cut -c 1-80; }
follow $! || fail "the build failed after $((SECONDS - began)) s: its last lines are above (does \"go env GOPROXY\" name a proxy that this machine reaches?); $how"
"$work/place/k6" version >/dev/null || fail 'what was built does not run; nothing was put in place'

put_in_place
say "k6 $version is there after $((SECONDS - began)) s: $place/k6"
