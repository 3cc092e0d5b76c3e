#!/bin/sh
# Becomes nginx. A master that was killed leaves workers that hold the port and its open connections. They are told
# to give up the port (QUIT) and live on until those connections end; then nginx can come back beside them.
# Workers are known by their directory: nginx writes its titles over its environment.
set -eu
nginx=$1
conf=$2
here=$(pwd -P)
# A reload that comes while this waits is for nginx, which reads its configuration when it starts anyway.
trap : HUP

orphans() {
  for entry in /proc/[0-9]*; do
    [ "$(readlink "$entry/cwd" 2>/dev/null || true)" = "$here" ] || continue
    if grep -aq '^nginx: worker process' "$entry/cmdline" 2>/dev/null &&
      ! grep -aq 'shutting down' "$entry/cmdline" 2>/dev/null; then
      echo "${entry#/proc/}"
    fi
  done
}

left=50
while [ -n "$(orphans)" ] && [ "$left" -gt 0 ]; do
  for pid in $(orphans); do
    echo "nginx-guard: orphaned worker $pid gives up the port" >&2
    kill -QUIT "$pid" 2>/dev/null || true
  done
  sleep 0.05
  left=$((left - 1))
done
exec "$nginx" -e stderr -c "$conf"
