# Every verb a person types. Settings go in front or behind: HTTP_PORT=9000 make dev-up, make logs LEVEL=error
.DEFAULT_GOAL := help
.PHONY: help setup dev-up dev-down status test test-unit test-integration test-e2e lint audit format smoke-test promote \
	promote-blue promote-green rollback dev-certs reload-certs monitor monitor-30 publish task load-test load-test-5k load-test-10k load-crowd setup-loadtest prove chaos logs metrics doctor \
	setup-observability setup-docker check-dashboards test-loki test-loki-outage bench bench-compare bench-growth bench-flames bench-k6 bench-admin bench-admin-page bench-limits bench-logs bench-presence bench-scrape \
	bench-slow-reader conformance fuzz screenshots test-compose test-image
MAKEFLAGS += --no-print-directory

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { if (length($$2) > 55) sub(/ \(/, sprintf("\n%25s(", ""), $$2); \
		printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what is missing here (Debian packages, node_modules)
	@scripts/setup.sh --tests
dev-up: ## start the stack; again: what has ended of it
	@scripts/dev-up.sh
dev-down: ## stop everything of the stack
	@scripts/dev-down.sh
status: ## what serves, and what does not (then it fails)
	@scripts/status.sh
promote: ## deploy onto the idle color and move everybody over
	@scripts/promote.sh
promote-blue: ## deploy onto blue (FORCE=1 when blue is active: through green and back)
	@scripts/promote.sh blue
promote-green: ## deploy onto green (FORCE=1 when green is active: through blue and back)
	@scripts/promote.sh green
rollback: ## deploy the previous release onto the other color
	@scripts/rollback.sh
dev-certs: ## a certificate for TLS on this machine (TLS_DIR= NAMES=)
	@scripts/dev-certs.sh
reload-certs: ## nginx shows the certificate that is in TLS_DIR now
	@scripts/reload-certs.sh
smoke-test: ## try the running stack as a client does
	@scripts/smoke.sh
monitor: ## watch the stack for 60 seconds (SECONDS= JSON=1)
	@scripts/monitor.sh $(if $(SECONDS),'$(SECONDS)') $(if $(JSON),--json)
monitor-30: ## watch the stack for 30 seconds
	@scripts/monitor.sh 30
publish: ## a message to a channel (CHANNEL= DATA= KEY= JSON=1)
	@scripts/publish.sh $(if $(JSON),--json)
task: ## a task, told of until its end (NAME= DATA= KEY= WAIT=0)
	@scripts/task.sh
load-test: ## 100 users of k6 for 60 seconds (SOCKETS= RATE= DURATION= HOST= PROMOTE=1)
	@scripts/load-test.sh
load-test-5k: ## the same with 5,000 users
	@scripts/load-test.sh --preset 5k
load-test-10k: ## the same with 10,000 users
	@scripts/load-test.sh --preset 10k
load-crowd: ## plain clients without k6, counted (HOST= CLIENTS= CHANNELS= RATE= DURATION=)
	@node loadtest/crowd.mjs
setup-loadtest: ## k6 for load-test: found, or built once (FORCE=1 KEEP_GO_CACHE=1)
	@scripts/setup-loadtest.sh
prove: ## clients through a promote and a rollback (CLIENTS= PLAIN= CHANNELS= RATE= STEADY= STRICT=1)
	@scripts/prove.sh
chaos: ## faults against a private stack under load, for minutes (SEED= MINUTES= BUG= KEEP=1)
	@scripts/chaos.sh
conformance: ## the Autobahn suite, directly and through nginx (CASES= MINUTES=)
	@scripts/conformance.sh
fuzz: ## input that means harm against a worker (SEED= MINUTES= CASE=)
	@scripts/fuzz.sh
bench: ## each cost beside bare uWebSockets.js (ONLY= SECONDS= QUICK=1 PROFILE=folder)
	@scripts/bench.sh $(if $(SECONDS),'$(SECONDS)')
bench-compare: ## the last bench's ratios beside the reference (AGAINST=file)
	@scripts/bench.sh compare
bench-k6: ## users of k6 on ours and on bare uWebSockets.js (SOCKETS= ROUNDS=)
	@scripts/bench-k6.sh
bench-flames: ## where a worker's CPU goes: a flame graph of each (ONLY= SECONDS= FLAMES=)
	@scripts/bench-flames.sh $(if $(SECONDS),'$(SECONDS)')
bench-growth: ## how cost grows: workers, connections, channels, sizes (ONLY= SECONDS= QUICK=1 PLOTS=folder FROM=file)
	@scripts/bench-growth.sh $(if $(SECONDS),'$(SECONDS)')
bench-limits: ## whether rate limits are exact, and what they cost
	@scripts/bench-limits.sh
bench-slow-reader: ## a reader of 1 KB/s on a channel of 1 MB/s
	@scripts/bench-slow-reader.sh
logs: ## log lines; FROM=files, FOLLOW=1 or on a terminal (LEVEL= EVENT= COLOR= SESSION= SINCE= LINES= QUERY=)
	@scripts/logs.sh
# In a query, or in data, a `$` is no variable of make: it reaches the verb as it was typed.
logs: override export QUERY := $(value QUERY)
publish task: override export DATA := $(value DATA)
setup-observability: ## build Loki on this machine, once (FORCE=1 KEEP_GO_CACHE=1)
	@scripts/setup-observability.sh
setup-docker: ## docker.io, and the compose and buildx that it lacks
	@scripts/setup-docker.sh
check-dashboards: ## every query of every dashboard, on the running stack
	@scripts/check-dashboards.sh
test-loki: ## a message through the gateway, and its log line in Loki
	@scripts/test_loki.sh
test-loki-outage: ## Loki stopped under load, on a private stack (MINUTES=2)
	@scripts/test-loki-outage.sh
bench-logs: ## what a log line costs, with and without Loki
	@scripts/bench-logs.sh
bench-presence: ## who is in a channel, with 20,000 members
	@scripts/bench-presence.sh
bench-admin: ## what the list of the admin page costs a worker
	@scripts/bench-admin.sh search
bench-admin-page: ## whether the admin page stays usable beside a crowd (CLIENTS= RATE= MINUTES= PROFILE=file)
	@scripts/bench-admin.sh page
screenshots: ## the pictures of the README, anew
	@scripts/bench-admin.sh screenshots
metrics: ## the metrics of the whole cluster
	@scripts/metrics.sh
bench-scrape: ## what metrics cost a worker: a scrape, a message (CONNECTIONS=)
	@scripts/bench-scrape.sh
doctor: ## what is missing on this machine, and what installs it
	@scripts/doctor.sh
test: ## all tests; installs what they miss
	@scripts/test.sh
test-unit: ## unit tests only
	@scripts/test.sh unit
test-integration: ## tests with real Redis and real sockets
	@scripts/test.sh integration
test-e2e: ## tests of whole stacks: deploys, failures, a browser
	@scripts/test.sh e2e
test-compose: ## compose.yml with real containers, under load
	@scripts/test-compose.sh
test-image: ## the image read-only, as another user, powerless (IMAGE=)
	@scripts/test-image.sh
lint: ## types, lint rules, format, integrity of the lockfile
	@scripts/setup.sh && npm run --silent lint
audit: ## known weaknesses of packages, where the registry tells
	@node scripts/audit.mjs
format: ## format every file
	@scripts/setup.sh && npm run --silent format
