#!/bin/sh
# Asks every query of every dashboard, and looks at every rule, of the Prometheus and the Loki that run. Settings:
# PROMETHEUS_URL, LOKI_URL (empty: leave Loki's out), or PROMETHEUS_PORT, LOKI_PORT, SCRAPE_INTERVAL of the stack.
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh
exec node scripts/run-ts.mjs infra/grafana/src/check/main.ts
