#!/bin/sh
exec "$(dirname "$0")/conductor.sh" test-loki "$@"
