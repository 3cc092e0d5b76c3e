#!/bin/sh
# Installs what this checkout needs and lacks: Debian packages (as root or with sudo; else it prints the command) and
# node_modules. With --watching also what watches a stack (Prometheus and its like), which it does without where that can't
# be had; with --tests that, and what only the tests need. Run again, it finds nothing to do and says nothing.
set -eu
cd "$(dirname "$0")/.."
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
export DEBIAN_FRONTEND=noninteractive

say() { echo "setup: $*" >&2; }

if ! command -v node >/dev/null 2>&1; then
  say "Node.js is missing: version $(cat .nvmrc) or newer is needed (nvm install, or your distribution)"
  exit 1
fi
if [ "$(node -p 'Number(process.versions.node.split(".")[0]) >= 20')" != true ]; then
  say "Node.js $(node --version) is too old: 20 or newer is needed (nvm install)"
  exit 1
fi

missing=''
optional=''
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
# In containers a stack needs none of it here; tests are of both.
in_containers() {
  case "${ENGINE:-}-${TLS_DIR:-}" in
    compose-*) true ;;
    -) scripts/has-docker.sh 2>/dev/null ;;
    *) false ;;
  esac
}
if [ "${1:-}" = --tests ] || ! in_containers; then
  need redis-server redis-server
  need nginx nginx
  need supervisord supervisor
  need ps procps
fi
want() { command -v "$1" >/dev/null 2>&1 || command -v "$2" >/dev/null 2>&1 || optional="$optional $3"; }
want_watching() {
  want prometheus prometheus prometheus
  want prometheus-alertmanager alertmanager prometheus-alertmanager
  want prometheus-redis-exporter redis_exporter prometheus-redis-exporter
  want prometheus-nginx-exporter nginx-prometheus-exporter prometheus-nginx-exporter
}
# Where they could not be had, they are not asked for again within a day; "make setup" tries at once.
tried=node_modules/.watching-not-had
if [ "${1:-}" = --watching ] && ! in_containers && [ -z "$(find "$tried" -mtime -1 2>/dev/null)" ]; then want_watching; fi
if [ "${1:-}" = --tests ]; then
  want_watching
  missing="$missing$optional"
  optional=''
  need chromium chromium
  # Any Python will do that has what the printed client imports; Debian's gets it by a package.
  has_websockets() { "$1" -c 'import websockets' >/dev/null 2>&1; }
  if ! has_websockets /usr/bin/python3 && ! has_websockets python3; then
    missing="$missing python3 python3-websockets"
  fi
fi

# The packages would start services on our ports: a policy forbids that for as long as the install takes.
policy=${POLICY_RC_D:-/usr/sbin/policy-rc.d}
install_packages() {
  become=$1; shift
  $become sh -eu -c '
    policy=$1; shift
    restore() { rm -f "$policy"; if [ -e "$policy.switchyard" ]; then mv "$policy.switchyard" "$policy"; fi; }
    if [ -e "$policy" ]; then mv "$policy" "$policy.switchyard"; fi
    trap restore EXIT
    trap "exit 130" INT TERM HUP
    printf "#!/bin/sh\nexit 101\n" > "$policy"
    chmod +x "$policy"
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "$@"
  ' setup "$policy" "$@" >"$log" 2>&1
}

can_install() {
  command -v apt-get >/dev/null 2>&1 && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
}
command="apt-get install -y --no-install-recommends$missing$optional"
# What is not needed is no reason to stop: the end of "make dev-up" names it.
if ! can_install; then optional=''; fi

if [ -n "$missing" ]; then
  if ! command -v apt-get >/dev/null 2>&1; then
    say "missing here:$missing"
    say "\"make doctor\" names the packages of this system"
    exit 1
  fi
  if ! can_install; then
    say "missing here:$missing. Run this, then try again:"
    say "  sudo $command"
    exit 1
  fi
fi

if [ -n "$missing$optional" ]; then
  if [ "$(id -u)" = 0 ]; then become=env; else become='sudo -E'; fi
  log=$(mktemp)
  say "installing$missing$optional (starts no services) …"
  had=yes
  # shellcheck disable=SC2086 # names of packages
  if ! install_packages "$become" $missing $optional; then
    had=''
    if [ -z "$optional" ] || { [ -n "$missing" ] && ! install_packages "$become" $missing; }; then
      tail -n 20 "$log" >&2
      say "that failed; the whole output is in $log"
      exit 1
    fi
    say "without$optional, which can't be had here: the stack runs without metrics kept or alerts"
  fi
  rm -f "$log"
fi

if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  say "installing node_modules …"
  npm ci --no-audit --no-fund --loglevel=error >&2
  touch node_modules/.package-lock.json
fi
if [ -n "$optional" ] && [ -z "${had:-}" ]; then touch "$tried"; fi
