#!/usr/bin/env bash
# Builds Loki on this machine, once: no package of a distribution has it. Its sources come through Go's module proxy;
# `go install` refuses them (replace directives), so a module of our own asks for them.
# Settings: FORCE=1 builds anew; KEEP_GO_CACHE=1 uses your own Go caches, and keeps in them what was downloaded and compiled.
set -euo pipefail

title=setup-observability
program=loki
version=3.7.8
needs_go=1.26
# shellcheck source=scripts/go-build.sh
. "$(dirname "${BASH_SOURCE[0]}")/go-build.sh"

if [ "${FORCE:-}" != 1 ] && [ -x "$place/loki" ] && "$place/loki" -version >/dev/null 2>&1; then
  say "Loki $version is there: $place/loki (FORCE=1 builds it anew)"
  say 'make dev-up starts it with the stack'
  exit 0
fi

how="get it from https://go.dev/dl/ (unpack it, put its bin/ into PATH), or on Debian: apt-get install golang-go, where that is new enough"
require_go "Go $needs_go or newer is needed to build Loki, and there is none in PATH: $how" \
  "Go FOUND is too old to build Loki: $needs_go or newer is needed: $how"

make_room 5500 '5.5 GB'
say "building Loki $version with Go $found: about 6 minutes on 2 cores"
choose_caches '4.4 GB go into your Go caches and stay there' '4.4 GB are used' '157 MB'

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
how_far() {
  local compiled
  compiled=$(grep -vc '^go: ' "$work/log" || true)
  echo "$compiled packages compiled, now $(tail -n 1 "$work/log" | cut -c 1-80)"
}
follow $! || fail "the build failed after $((SECONDS - began)) s: its last lines are above; what was there before is still there"
"$work/loki" -version >/dev/null || fail 'what was built does not run; nothing was put in place'

mkdir "$work/place"
mv "$work/loki" "$work/place/loki"
put_in_place
say "Loki $version is there after $(((SECONDS - began) / 60)) min: $place/loki"
say 'make dev-up starts it with the stack, also with one that runs'
