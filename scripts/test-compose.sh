#!/bin/sh
# compose.yml with real containers, as projects of their own: `docker compose up`, stops and kills under load, deploys by hand and
# by the conductor.
# Images that can't be pulled are built from packages of Debian, under the same tags (scripts/stand-ins.sh, as root).
set -eu
cd "$(dirname "$0")/.."
scripts/has-docker.sh || exit 0
scripts/setup.sh
scripts/build.sh
# shellcheck disable=SC2046 # names of images
scripts/stand-ins.sh \
  $(docker compose --env-file /dev/null --profile observability config --images | grep -v '^switchyard:' | sort -u)
exec node_modules/.bin/vitest run --project compose
