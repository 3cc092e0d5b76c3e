#!/bin/sh
# Installs what this checkout needs and lacks: Debian packages (as root or with sudo; else it prints the command) and
# node_modules. With --tests also what only the tests need. Run again, it finds nothing to do and says nothing.
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
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need redis-server redis-server
need nginx nginx
need supervisord supervisor
need ps procps
if [ "${1:-}" = --tests ]; then
  need chromium chromium
  # Any Python will do that has what the printed client imports; Debian's gets it by a package.
  has_websockets() { "$1" -c 'import websockets' >/dev/null 2>&1; }
  if ! has_websockets /usr/bin/python3 && ! has_websockets python3; then
    missing="$missing python3 python3-websockets"
  fi
fi

# The packages would start services on our ports: a policy forbids that for as long as the install takes.
policy=/usr/sbin/policy-rc.d
install_packages() {
  $1 sh -eu -c '
    policy=$1; shift
    restore() { rm -f "$policy"; if [ -e "$policy.switchyard" ]; then mv "$policy.switchyard" "$policy"; fi; }
    if [ -e "$policy" ]; then mv "$policy" "$policy.switchyard"; fi
    trap restore EXIT
    trap "exit 130" INT TERM HUP
    printf "#!/bin/sh\nexit 101\n" > "$policy"
    chmod +x "$policy"
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "$@"
  ' setup "$policy" $missing >"$log" 2>&1
}

if [ -n "$missing" ]; then
  command="apt-get install -y --no-install-recommends$missing"
  if ! command -v apt-get >/dev/null 2>&1; then
    say "missing here:$missing"
    say "\"make doctor\" names the packages of this system"
    exit 1
  fi
  if [ "$(id -u)" = 0 ]; then become=env; elif sudo -n true 2>/dev/null; then become='sudo -E'; else
    say "missing here:$missing. Run this, then try again:"
    say "  sudo $command"
    exit 1
  fi
  log=$(mktemp)
  say "installing$missing (starts no services) …"
  if ! install_packages "$become"; then
    tail -n 20 "$log" >&2
    say "that failed; the whole output is in $log"
    exit 1
  fi
  rm -f "$log"
fi

if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  say "installing node_modules …"
  npm ci --no-audit --no-fund --loglevel=error >&2
  touch node_modules/.package-lock.json
fi
