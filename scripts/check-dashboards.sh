#!/bin/sh
# Asks every query of every dashboard, and looks at every rule, of the Prometheus and the Loki of a stack. Settings: RUN_DIR,
# or PROMETHEUS_URL, LOKI_URL (empty: leave Loki's out).
set -eu
case "${RUN_DIR:-/}" in /*) ;; *) export RUN_DIR="$PWD/$RUN_DIR" ;; esac
cd "$(dirname "$0")/.."
scripts/setup.sh
exec node scripts/run-ts.mjs infra/grafana/src/check/main.ts
