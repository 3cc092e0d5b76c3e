#!/bin/sh
# Docker for a stack in containers: Debian's daemon, with compose and buildx beside it. Where the distribution has none that
# `docker compose` can use (Debian 12), both come from the packages of Debian 13, for this user, and no list of apt's is touched.
# Starts no daemon: says how, where none answers. Run again, it finds nothing to do.
set -eu
cd "$(dirname "$0")/.."
export DEBIAN_FRONTEND=noninteractive
suite=trixie

say() { echo "setup-docker: $*" >&2; }
fail() { say "$*"; exit 1; }
case ${1:-} in
  '') ;;
  -h | --help) sed -n '2,4s/^# //p' "$0"; exit 0 ;;
  *) say "unknown option $1 (--help)"; exit 2 ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n env DEBIAN_FRONTEND=noninteractive "$@"; fi
}
can_be_root() { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }

missing=''
need() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || missing="$missing $2"; }
need docker docker.io
need dockerd docker.io
need iptables iptables
missing=$(echo "$missing" | tr ' ' '\n' | sort -u | tr '\n' ' ')
if docker version >/dev/null 2>&1; then missing=''; fi
if [ -n "$(echo "$missing" | tr -d ' ')" ]; then
  command -v apt-get >/dev/null 2>&1 || fail "missing here: $missing(https://docs.docker.com/engine/install)"
  can_be_root || fail "run as root: apt-get install -y --no-install-recommends $missing"
  say "installing $missing…"
  # shellcheck disable=SC2086 # names of packages
  { as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends $missing; } >"$work/log" 2>&1 \
    || { tail -n 5 "$work/log" >&2; fail "can't be installed: $missing"; }
fi

# plugin NAME PACKAGE: of the distribution where its package has one, else of the suite above.
plugin() {
  docker "$1" version >/dev/null 2>&1 && return
  command -v apt-get >/dev/null 2>&1 || fail "docker has no $1 (https://docs.docker.com/engine/install)"
  if can_be_root && apt-get -qq -s install --no-install-recommends "$2" 2>/dev/null | grep -q "^Inst $2 .*(\(2\.\|0\.\)"; then
    say "installing $2 …"
    as_root apt-get install -y -qq --no-install-recommends "$2" >"$work/log" 2>&1 && docker "$1" version >/dev/null 2>&1 && return
  fi
  from_suite "$2"
  docker "$1" version >/dev/null 2>&1 || fail "docker $1 does not run: $(docker "$1" version 2>&1 | head -n 1)"
}

from_suite() {
  keys=/usr/share/keyrings/debian-archive-keyring.gpg
  [ -e "$keys" ] || fail "docker has no compose, and without $keys Debian's packages can't be trusted (https://docs.docker.com/engine/install)"
  say "fetching $1 from the packages of Debian ($suite) …"
  mirror=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -n 1)
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
  echo "deb [signed-by=$keys] ${mirror:-http://deb.debian.org/debian} $suite main" >"$work/sources.list"
  (
    cd "$work"
    set -- "$1" -qq -o "Dir::Etc::sourcelist=$work/sources.list" -o "Dir::Etc::sourceparts=-" -o "Dir::State::lists=$work/lists" \
      -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root
    package=$1
    shift
    apt-get "$@" update && apt-get "$@" download "$package" && dpkg-deb -x "$package"_*.deb tree
  ) >"$work/log" 2>&1 || { tail -n 5 "$work/log" >&2; fail "$1 can't be fetched"; }
  plugins=${DOCKER_CONFIG:-$HOME/.docker}/cli-plugins
  mkdir -p "$plugins"
  install -m 755 "$work"/tree/usr/libexec/docker/cli-plugins/docker-* "$plugins/"
}

plugin compose docker-compose
plugin buildx docker-buildx

if ! docker version >/dev/null 2>&1; then
  say 'there is no daemon that answers: "systemctl start docker", or as root "dockerd &"'
fi
