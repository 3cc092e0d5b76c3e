#!/bin/sh
# One worker alone. npm sets COLOR to 0 or 1 for every script (may it print colors?), over the caller's own value, which
# still stands in the environment that npm itself was started with.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
case "${COLOR:-}" in
  0 | 1)
    unset COLOR
    pid=$PPID
    for _ in 1 2 3; do
      given=$(tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null | sed -n 's/^COLOR=//p' || true)
      case "$given" in 0 | 1 | '') ;; *) export COLOR="$given" && break ;; esac
      pid=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$pid/status" 2>/dev/null || true)
      [ -n "$pid" ] || break
    done
    ;;
esac
cd "$here/.."
[ -d node_modules ] || npm ci --no-audit --no-fund --loglevel=error >&2
scripts/build.sh
for setting in HANDLERS TASKS; do
  given=$(printenv "$setting" || true)
  [ -n "$given" ] || continue
  folder=".cache/modules/${PORT:-8001}/$setting"
  rm -rf "$folder"
  node scripts/build-modules.mjs "$setting" "$folder" "$given"
  export "$setting=$folder"
done
exec node dist/services/gateway/main.js
