#!/usr/bin/env bash
# Builds Loki on this machine, once: no package of a distribution has it. Its sources come through Go's module proxy;
# `go install` refuses them (replace directives), so a module of our own asks for them. It is put in place by one rename, so
# that a build that fails or is killed leaves nothing that counts.
# Settings: FORCE=1 builds anew; KEEP_GO_CACHE=1 uses your own Go caches, and keeps in them what was downloaded and compiled.
set -euo pipefail

version=3.7.8
needs_go=1.26
cache=${SWITCHYARD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/switchyard}
place=$cache/loki-$version
work=''

say() { echo "setup-observability: $*"; }
fail() { say "$*" >&2; exit 1; }
clean() {
  [ -n "$work" ] || return 0
  # Go writes its module cache read-only.
  chmod -R u+w "$work" 2>/dev/null || true
  rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

for old in "$cache"/.loki-build.*; do
  # Of a build that was killed: its folder is named for its process.
  if [ -d "$old" ] && ! kill -0 "${old##*.}" 2>/dev/null; then chmod -R u+w "$old" && rm -rf "$old"; fi
done

if [ "${FORCE:-}" != 1 ] && [ -x "$place/loki" ] && "$place/loki" -version >/dev/null 2>&1; then
  say "Loki $version is there: $place/loki (FORCE=1 builds it anew)"
  say 'make dev-up starts it with the stack'
  exit 0
fi

how="get it from https://go.dev/dl/ (unpack it, put its bin/ into PATH), or on Debian: apt-get install golang-go, where that is new enough"
command -v go >/dev/null 2>&1 || fail "Go $needs_go or newer is needed to build Loki, and there is none in PATH: $how"
found=$(go env GOVERSION | sed 's/^go//')
oldest=$(printf '%s\n%s\n' "$needs_go" "$found" | sort -V | head -n 1)
[ "$oldest" = "$needs_go" ] || fail "Go $found is too old to build Loki: $needs_go or newer is needed: $how"

mkdir -p "$cache"
work=$cache/.loki-build.$$
mkdir "$work"
free_mb=$(df -Pm "$cache" | awk 'NR == 2 { print $4 }')
[ "$free_mb" -ge 5500 ] || fail "building needs 5.5 GB for a while, and $cache has $free_mb MB free: free some, or set SWITCHYARD_CACHE to another disk"

say "building Loki $version with Go $found: about 6 minutes on 2 cores"
if [ "${KEEP_GO_CACHE:-}" = 1 ]; then
  say "4.4 GB go into your Go caches and stay there (KEEP_GO_CACHE=1); the binary (157 MB) goes to $place"
else
  say "4.4 GB are used in $work and removed at the end; the binary (157 MB) goes to $place"
  export GOMODCACHE=$work/modules GOCACHE=$work/compiled
fi
# A toolchain of another version is not fetched behind your back.
export GOTOOLCHAIN=local GOFLAGS='' CGO_ENABLED=0

began=$SECONDS
mkdir "$work/module"
cd "$work/module"
say 'downloading its sources …'
if ! go mod download -json "github.com/grafana/loki/v3@v$version" >"$work/sources" 2>&1; then
  cat "$work/sources" >&2
  fail "the sources of Loki $version can't be had: does \"go env GOPROXY\" name a proxy that this machine reaches?"
fi
sources=$(sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p' "$work/sources")
# Its go.mod has the exact versions and the replaces, its go.sum the hashes.
install -m 644 "$sources/go.mod" go.mod
install -m 644 "$sources/go.sum" go.sum
# The one replace by a path is not in the module: the published one that go.mod asks for is taken.
go mod edit -module local/loki -dropreplace github.com/grafana/loki/pkg/push -require "github.com/grafana/loki/v3@v$version"

# -v names each package when it is compiled.
nice -n 10 go build -v -mod=mod -trimpath \
  -ldflags "-s -w -X github.com/grafana/loki/v3/pkg/util/build.Version=$version" \
  -o "$work/loki" github.com/grafana/loki/v3/cmd/loki >"$work/log" 2>&1 &
build=$!
trap 'kill $build 2>/dev/null || true; exit 130' INT
trap 'kill $build 2>/dev/null || true; exit 143' TERM HUP
shown=0
while kill -0 "$build" 2>/dev/null; do
  sleep 1
  [ $((SECONDS - began)) -ge $((shown + 15)) ] || continue
  shown=$((SECONDS - began))
  compiled=$(grep -vc '^go: ' "$work/log" || true)
  say "$((shown / 60)) min $((shown % 60)) s: $compiled packages compiled, now $(tail -n 1 "$work/log" | cut -c 1-80)"
done
if ! wait "$build"; then
  tail -n 20 "$work/log" >&2
  fail "the build failed after $((SECONDS - began)) s: its last lines are above; what was there before is still there"
fi
"$work/loki" -version >/dev/null || fail 'what was built does not run; nothing was put in place'

mkdir "$work/place"
mv "$work/loki" "$work/place/loki"
rm -rf "$place.old"
if [ -d "$place" ]; then mv "$place" "$place.old"; fi
mv "$work/place" "$place"
rm -rf "$place.old"
say "Loki $version is there after $(((SECONDS - began) / 60)) min: $place/loki"
say 'make dev-up starts it with the stack, also with one that runs'
