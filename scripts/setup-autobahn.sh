#!/usr/bin/env bash
# Installs the Autobahn test suite on this machine, once (about 2 minutes, 500 MB). It needs Python 2.7, which no current
# distribution has: so it gets a Debian 11 of its own in a folder, and packages of fixed versions. It is put in place by one
# rename, so that what fails or is killed leaves nothing that counts. Prints where it is as its last line.
# Settings: FORCE=1 installs anew.
set -euo pipefail

wheels="pip==20.3.4 setuptools==44.0.0 wheel==0.37.1 Twisted==19.10.0 zope.interface==4.6.0 incremental==16.10.1
  constantly==15.1.0 Automat==20.2.0 hyperlink==21.0.0 idna==2.10 PyHamcrest==1.9.0 attrs==20.3.0 typing==3.10.0.0 six==1.16.0
  ujson==2.0.3 pyOpenSSL==19.1.0 cryptography==3.3.2 cffi==1.15.1 pycparser==2.21 enum34==1.1.10 ipaddress==1.0.23
  service_identity==18.1.0 pyasn1==0.4.8 pyasn1-modules==0.2.8 klein==17.10.0 Werkzeug==1.0.1 Jinja2==2.11.3 MarkupSafe==1.1.1
  unittest2==1.1.0 argparse==1.4.0 traceback2==1.4.0 linecache2==1.0.0"
sources="txaio==2.1.0 autobahn==0.10.9 wsaccel==0.6.2 autobahntestsuite==25.10.1"
cache=${SWITCHYARD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/switchyard}
key=$(echo "$wheels $sources" | sha256sum | cut -c 1-12)
place=$cache/autobahn-$key
work=''

say() { echo "setup-autobahn: $*" >&2; }
fail() { say "$@"; exit 1; }
clean() { if [ -n "$work" ]; then rm -rf "$work"; fi; }
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

if [ "${FORCE:-}" != 1 ] && [ -e "$place/opt/cases" ]; then
  echo "$place"
  exit 0
fi

[ "$(uname -m)" = x86_64 ] || fail "the packages of the suite are for x86_64, and this is $(uname -m)"
[ "$(id -u)" = 0 ] || fail 'it needs root (debootstrap, chroot): run it as root, or with sudo'
command -v python3 >/dev/null 2>&1 && python3 -m pip --version >/dev/null 2>&1 ||
  fail 'python3 with pip is needed to download it: apt-get install python3-pip'
if ! command -v debootstrap >/dev/null 2>&1; then
  say 'installing debootstrap …'
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends debootstrap; } >&2 ||
    fail 'debootstrap is needed and can not be had: apt-get install debootstrap'
fi

mkdir -p "$cache"
work=$cache/.autobahn.$$
for old in "$cache"/.autobahn.*; do
  # Of an installation that was killed: its folder is named for its process.
  if [ -d "$old" ] && ! kill -0 "${old##*.}" 2>/dev/null; then rm -rf "$old"; fi
done
mkdir "$work" "$work/packages"
log=$cache/autobahn.log
say "installing the Autobahn test suite: about 2 minutes (log: $log)"
: >"$log"
step() {
  local what=$1; shift
  "$@" >>"$log" 2>&1 || { tail -n 20 "$log" >&2; fail "$what failed: the last lines are above"; }
}
download() {
  step "downloading $1" env PIP_CONSTRAINT="$work/constraint" python3 -m pip download -q -d "$work/packages" --no-deps "${@:2}"
}
# Their setup.py is run here once, for the names of what is in it.
echo 'setuptools<81' >"$work/constraint"
# shellcheck disable=SC2086 # names of packages
download 'its packages' --only-binary=:all: --python-version 27 --implementation cp --abi cp27mu --abi none \
  --platform manylinux2014_x86_64 --platform manylinux2010_x86_64 --platform manylinux1_x86_64 $wheels
# shellcheck disable=SC2086
download 'its sources' --no-binary=:all: --ignore-requires-python $sources
step 'installing Debian 11 beside' debootstrap --variant=minbase --include=python2.7,python2.7-dev,gcc,libc6-dev bullseye "$work/root"
printf '127.0.0.1 localhost\n::1 localhost\n' >"$work/root/etc/hosts"
mkdir -p "$work/root/opt/packages"
cp "$work"/packages/* "$work/root/opt/packages/"
inside() { env -i HOME=/root PATH=/usr/local/bin:/usr/bin:/usr/sbin:/bin LC_ALL=C.UTF-8 chroot "$work/root" sh -euc "$1"; }
step 'installing its packages' inside "
  cd /opt/packages
  pip='--no-index --find-links /opt/packages --no-warn-script-location -q'
  python2.7 pip-20.3.4-py2.py3-none-any.whl/pip install \$pip pip==20.3.4 setuptools==44.0.0 wheel==0.37.1
  python2.7 -m pip install \$pip --no-deps --no-build-isolation $(echo $wheels $sources)
  rm -rf /opt/packages /root/.cache /var/cache/apt/archives/*.deb /var/lib/apt/lists/*"
step 'asking it for its cases' inside "
  python2.7 -c 'from autobahntestsuite.case import Cases
for case in Cases: print(case.__name__[4:].replace(\"_\", \".\"))' > /opt/cases
  grep -qx 1.1.1 /opt/cases"

rm -rf "$place"
mv "$work/root" "$place"
say "the suite is there: $place"
echo "$place"
