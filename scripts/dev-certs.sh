#!/bin/sh
# A certificate for development, in TLS_DIR (.certs in the checkout): for localhost, this host's name and NAMES, signed by a
# small authority of its own, whose key is thrown away: nothing else can ever be signed in its name. Good for a year; again:
# a new one.
set -eu
cd "$(dirname "$0")/.."
folder=${TLS_DIR:-.certs}
command -v openssl >/dev/null 2>&1 || { echo 'dev-certs: openssl is missing: apt-get install openssl' >&2; exit 1; }
mkdir -p "$folder"
folder=$(cd "$folder" && pwd -P)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 077

names="DNS:localhost,DNS:$(hostname),IP:127.0.0.1,IP:::1"
for name in ${NAMES:-}; do
  case $name in
    *[!0-9.]*) names="$names,DNS:$name" ;;
    *) names="$names,IP:$name" ;;
  esac
done

key() { openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }
key "$work/ca.key"
openssl req -x509 -new -key "$work/ca.key" -days 365 -subj "/CN=Switchyard development on $(hostname)" \
  -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign' -out "$work/ca.pem"
key "$work/privkey.pem"
openssl req -new -key "$work/privkey.pem" -subj /CN=localhost -out "$work/request.pem"
cat >"$work/extensions" <<EXTENSIONS
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
subjectAltName=$names
EXTENSIONS
openssl x509 -req -in "$work/request.pem" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 365 \
  -extfile "$work/extensions" -out "$work/server.pem" 2>/dev/null
cat "$work/server.pem" "$work/ca.pem" >"$work/fullchain.pem"
chmod 644 "$work/ca.pem" "$work/fullchain.pem"
mv "$work/ca.pem" "$work/fullchain.pem" "$work/privkey.pem" "$folder/"

cat <<WORDS
A certificate for a year is in $folder ($names).
  use it       TLS_DIR=$folder make dev-up; while the stack is up: make reload-certs
  trust it     browsers: import $folder/ca.pem as an authority, or
               sudo cp $folder/ca.pem /usr/local/share/ca-certificates/switchyard.crt && sudo update-ca-certificates
               curl --cacert $folder/ca.pem · NODE_EXTRA_CA_CERTS=$folder/ca.pem npx wscat -c wss://localhost/ws/chat/
WORDS
