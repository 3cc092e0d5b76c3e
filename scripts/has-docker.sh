#!/bin/sh
# Whether containers can be tried here; says in a line why not.
set -eu
why=''
if ! command -v docker >/dev/null 2>&1; then why='there is no docker ("make setup-docker")'
elif ! docker version >/dev/null 2>&1; then why='no Docker daemon answers'
elif ! docker buildx version >/dev/null 2>&1; then why='docker has no buildx ("make setup-docker")'
elif ! docker compose version >/dev/null 2>&1; then why='docker has no compose ("make setup-docker")'
fi
[ -z "$why" ] && exit 0
echo "skipped: $why" >&2
exit 1
