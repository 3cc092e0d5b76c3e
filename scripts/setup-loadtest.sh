#!/usr/bin/env bash
# Gets k6 for `make load-test`: one that is installed will do, else it is built here, once, where Go is: no package of a
# distribution has it. It is put in place by one rename, so that a build that fails or is killed leaves nothing that counts.
# Settings: FORCE=1 builds anew; KEEP_GO_CACHE=1 uses your own Go caches, and keeps in them what was downloaded and compiled.
set -euo pipefail

version=1.8.1
needs_go=1.25
cache=${SWITCHYARD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/switchyard}
place=$cache/k6-$version
work=''

say() { echo "setup-loadtest: $*"; }
fail() { say "$*" >&2; exit 1; }
there() {
  [ "${quiet:-}" = --quiet ] || say "k6 is there: $1"
  exit 0
}
clean() {
  [ -n "$work" ] || return 0
  # Go writes its module cache read-only.
  chmod -R u+w "$work" 2>/dev/null || true
  rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

quiet=${1:-}
for old in "$cache"/.k6-build.*; do
  # Of a build that was killed: its folder is named for its process.
  if [ -d "$old" ] && ! kill -0 "${old##*.}" 2>/dev/null; then chmod -R u+w "$old" && rm -rf "$old"; fi
done

if [ "${FORCE:-}" != 1 ]; then
  # The scripts are for 1.8, and a newer one of the same major version.
  if installed=$(command -v k6) && k6 version 2>/dev/null | grep -Eq '^k6 v1\.([89]|[1-9][0-9]+)\.'; then there "$installed"; fi
  if "$place/k6" version >/dev/null 2>&1; then there "$place/k6 (FORCE=1 builds it anew)"; fi
fi

how="get k6 1.8 or a newer 1.x from https://grafana.com/docs/k6/latest/set-up/install-k6/ and put it into PATH, or Go from https://go.dev/dl/ and try again"
command -v go >/dev/null 2>&1 || fail "k6 is missing, and there is no Go $needs_go in PATH to build it: $how"
found=$(go env GOVERSION | sed 's/^go//')
oldest=$(printf '%s\n%s\n' "$needs_go" "$found" | sort -V | head -n 1)
[ "$oldest" = "$needs_go" ] || fail "k6 is missing, and Go $found is too old to build it ($needs_go or newer): $how"

mkdir -p "$cache"
work=$cache/.k6-build.$$
mkdir "$work"
free_mb=$(df -Pm "$cache" | awk 'NR == 2 { print $4 }')
[ "$free_mb" -ge 1500 ] || fail "building needs 1.5 GB for a while, and $cache has $free_mb MB free: free some, or set SWITCHYARD_CACHE to another disk"

say "building k6 $version with Go $found: about 2 minutes on 2 cores"
if [ "${KEEP_GO_CACHE:-}" = 1 ]; then
  say "1 GB goes into your Go caches and stays there (KEEP_GO_CACHE=1); the binary (49 MB) goes to $place"
else
  say "1 GB is used in $work and removed at the end; the binary (49 MB) goes to $place"
  export GOMODCACHE=$work/modules GOCACHE=$work/compiled
fi
# A toolchain of another version is not fetched behind your back.
export GOTOOLCHAIN=local GOFLAGS='' CGO_ENABLED=0 GOBIN=$work/place

began=$SECONDS
nice -n 10 go install -v -trimpath -ldflags '-s -w' "go.k6.io/k6@v$version" >"$work/log" 2>&1 &
build=$!
trap 'kill $build 2>/dev/null || true; exit 130' INT
trap 'kill $build 2>/dev/null || true; exit 143' TERM HUP
shown=0
while kill -0 "$build" 2>/dev/null; do
  sleep 1
  [ $((SECONDS - began)) -ge $((shown + 15)) ] || continue
  shown=$((SECONDS - began))
  say "$((shown / 60)) min $((shown % 60)) s: $(tail -n 1 "$work/log" | cut -c 1-80)"
done
if ! wait "$build"; then
  tail -n 20 "$work/log" >&2
  fail "the build failed after $((SECONDS - began)) s: its last lines are above (does \"go env GOPROXY\" name a proxy that this machine reaches?); $how"
fi
"$work/place/k6" version >/dev/null || fail 'what was built does not run; nothing was put in place'

rm -rf "$place.old"
if [ -d "$place" ]; then mv "$place" "$place.old"; fi
mv "$work/place" "$place"
rm -rf "$place.old"
say "k6 $version is there after $((SECONDS - began)) s: $place/k6"
