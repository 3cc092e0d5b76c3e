# For scripts that build a program from its Go sources, once, into the cache. Sourced, with `title` (how the script is called),
# `program`, `version` and `needs_go` set. What is built is put in place by one rename, so that a build that fails or is killed
# leaves nothing that counts.
# shellcheck shell=bash disable=SC2034,SC2154
cache=${SWITCHYARD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/switchyard}
place=$cache/$program-$version
work=''

say() { echo "$title: $*"; }
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

for old in "$cache/.$program-build."*; do
  # Of a build that was killed: its folder is named for its process.
  if [ -d "$old" ] && ! kill -0 "${old##*.}" 2>/dev/null; then chmod -R u+w "$old" && rm -rf "$old"; fi
done

# What is said where there is no Go, and where it is too old (FOUND: its version, which is in $found afterwards).
require_go() {
  command -v go >/dev/null 2>&1 || fail "$1"
  found=$(go env GOVERSION | sed 's/^go//')
  [ "$(printf '%s\n%s\n' "$needs_go" "$found" | sort -V | head -n 1)" = "$needs_go" ] || fail "${2/FOUND/$found}"
}

# Megabytes that a build needs for a while, and the same in words.
make_room() {
  mkdir -p "$cache"
  work=$cache/.$program-build.$$
  mkdir "$work"
  local free_mb
  free_mb=$(df -Pm "$cache" | awk 'NR == 2 { print $4 }')
  [ "$free_mb" -ge "$1" ] || fail "building needs $2 for a while, and $cache has $free_mb MB free: free some, or set SWITCHYARD_CACHE to another disk"
}

# What goes into one's own caches, in words; what is used without them; how large the binary is.
choose_caches() {
  if [ "${KEEP_GO_CACHE:-}" = 1 ]; then
    say "$1 (KEEP_GO_CACHE=1); the binary ($3) goes to $place"
  else
    say "$2 in $work and removed at the end; the binary ($3) goes to $place"
    export GOMODCACHE=$work/modules GOCACHE=$work/compiled
  fi
  # A toolchain of another version is not fetched behind your back.
  export GOTOOLCHAIN=local GOFLAGS='' CGO_ENABLED=0
  began=$SECONDS
}

# Follows the build of this process id to its end. How far it is, is said by `how_far`; its return is the build's.
follow() {
  build=$1
  trap 'kill $build 2>/dev/null || true; exit 130' INT
  trap 'kill $build 2>/dev/null || true; exit 143' TERM HUP
  local shown=0
  while kill -0 "$build" 2>/dev/null; do
    sleep 1
    [ $((SECONDS - began)) -ge $((shown + 15)) ] || continue
    shown=$((SECONDS - began))
    say "$((shown / 60)) min $((shown % 60)) s: $(how_far)"
  done
  wait "$build" && return
  tail -n 20 "$work/log" >&2
  return 1
}

# The folder `place` of the work.
put_in_place() {
  rm -rf "$place.old"
  if [ -d "$place" ]; then mv "$place" "$place.old"; fi
  mv "$work/place" "$place"
  rm -rf "$place.old"
}
