#!/bin/sh
# Bring the yaml-language-server that the end-to-end tests talk to: what tests/e2e/editor/package-lock.json
# pins, by hash. Print the path of its program; with --path fetch nothing.
#
# It is kept in the folder that tools_folder.sh names, by the lock's own digest.
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
. "$here/scripts/tools_folder.sh"
lock=$here/tests/e2e/editor/package-lock.json
home=$tools/language-server-$(cksum <"$lock" | tr ' ' -)
program=$home/node_modules/.bin/yaml-language-server
if [ "${1:-}" = --path ] || [ -x "$program" ]; then echo "$program"; exit 0; fi

fail() { echo "fetch_language_server: $1" >&2; exit 3; }
command -v npm >/dev/null 2>&1 || fail 'npm is needed to fetch yaml-language-server'
mkdir -p "$tools"
stage=$(mktemp -d "$tools/.language-server-XXXXXX")
trap 'rm -rf "$stage"' EXIT
cp "$lock" "$here/tests/e2e/editor/package.json" "$stage"
(cd "$stage" && npm ci --silent --ignore-scripts --no-audit --no-fund >/dev/null) || fail 'npm could not fetch it'
chmod 755 "$stage"
mv "$stage" "$home" 2>/dev/null || [ -x "$program" ] # renamed at once: two runs may meet here
echo "$program"
