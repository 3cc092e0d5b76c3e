#!/bin/sh
exec "$(dirname "$0")/conductor.sh" reload-certs "$@"
