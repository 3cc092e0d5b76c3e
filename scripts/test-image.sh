#!/bin/sh
# The image as a careful cluster runs it: as another user, with nothing to write to and no capabilities. Prints its size, and how
# long it takes from `docker run` until it is ready and from SIGTERM until it is gone. IMAGE=: one that is there, instead of a new one.
set -eu
cd "$(dirname "$0")/.."
scripts/has-docker.sh || exit 0

most_megabytes=250
image=${IMAGE:-switchyard:test}
if [ -z "${IMAGE:-}" ]; then
  scripts/stand-ins.sh
  DOCKER_BUILDKIT=1 docker build --quiet --file infra/Dockerfile --tag "$image" --build-arg RELEASE=test . >/dev/null
fi

fail() {
  echo "test-image: $*" >&2
  exit 1
}
now() { date +%s%3N; }

bytes=$(docker image inspect --format '{{.Size}}' "$image")
megabytes=$((bytes / 1000000))
[ "$megabytes" -lt "$most_megabytes" ] || fail "it has $megabytes MB: $most_megabytes are too many"
user=$(docker image inspect --format '{{.Config.User}}' "$image")
case $user in '' | root* | 0*) fail "it runs as ${user:-root}" ;; esac

for tool in npm npx yarn gcc make python3 git curl; do
  if docker run --rm --entrypoint sh "$image" -c "command -v $tool" >/dev/null; then fail "$tool is left in it"; fi
done

began=$(now)
container=$(docker run --detach --user 12345:12345 --read-only --cap-drop ALL --security-opt no-new-privileges \
  --publish 127.0.0.1::8001 "$image")
trap 'docker rm --force "$container" >/dev/null' EXIT
address=$(docker port "$container" 8001 | head -n 1)
until curl --silent --fail --output /dev/null "http://$address/readyz/"; do
  [ "$(docker inspect --format '{{.State.Running}}' "$container")" = true ] || { docker logs "$container" >&2; fail 'it ended'; }
  [ $(($(now) - began)) -lt 30000 ] || { docker logs "$container" >&2; fail 'it was not ready within 30 s'; }
  sleep 0.02
done
ready=$(($(now) - began))

curl --silent --fail "http://$address/version" | grep -q '"release":"test"' || [ -n "${IMAGE:-}" ] || fail '/version names another release'
docker exec "$container" node infra/image/healthy.mjs || fail 'its health check fails'

began=$(now)
docker stop --time 20 "$container" >/dev/null
stopped=$(($(now) - began))
code=$(docker inspect --format '{{.State.ExitCode}}' "$container")
[ "$code" = 0 ] || fail "SIGTERM ended it with $code: it did not reach Node, or Node did not go"

echo "$image: $megabytes MB; as user 12345, read-only, without capabilities: ready ${ready} ms after docker run, gone ${stopped} ms after SIGTERM"
