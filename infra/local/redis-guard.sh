#!/bin/sh
# redis-guard.sh REDIS-SERVER [CONFIG] [OPTION …], in the folder of its data.
# Becomes Redis. A power failure may cut the append-only file inside a transaction. Redis by itself leaves that one out,
# but keeps its beginning in the file and, at the start after, does it over what was published in between: something acked
# would be gone without a word. So such an end is taken off before. What is more than one transaction, or was there
# before, is left to Redis.
set -eu
redis=$1
shift
file=appendonlydir/appendonly.aof.manifest
# Before Redis 7 it is one file.
[ -e "$file" ] || file=appendonly.aof
most_bytes=1048576

checker() {
  beside=$(dirname "$redis")/redis-check-aof
  if [ -x "$beside" ]; then echo "$beside"; else command -v redis-check-aof || true; fi
}

mend() {
  words=$("$1" "$file" 2>&1) && return
  bad=$(echo "$words" | sed -n 's/^AOF analyzed: .*diff=\([0-9][0-9]*\)$/\1/p' | tail -n 1)
  case $words in *'Unexpected MULTI'*) bad='' ;; esac
  if [ -n "$bad" ] && [ "$bad" -gt 0 ] && [ "$bad" -le "$most_bytes" ]; then
    echo "redis-guard: the append-only file ends inside a transaction: its last $bad bytes are taken off" >&2
    echo y | "$1" --fix "$file" >/dev/null || echo 'redis-guard: that failed' >&2
  else
    echo 'redis-guard: the append-only file is damaged, and not only at its end: redis-check-aof says more' >&2
  fi
}

check=$(checker)
if [ -n "$check" ] && [ -e "$file" ]; then mend "$check"; fi
exec "$redis" "$@"
