#!/bin/sh
exec "$(dirname "$0")/conductor.sh" task "$@"
