#!/bin/sh
# Bring the browser that the end-to-end tests open the plan's page in: a headless Chromium that
# the npm package @sparticuz/chromium carries, pinned by version and by hash. Print its path.
#
#   scripts/fetch_browser.sh          fetch it where it is missing
#   scripts/fetch_browser.sh --path   print the path only
#
# It is kept in the folder that tools_folder.sh names. KAITOGEN_BROWSER names another Chromium or
# Chrome to use instead, on a machine that the package is not for.
set -eu

version=153.0.0
# sha512 of the package, as the registry's own lock files write it.
integrity=jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA==

if [ -n "${KAITOGEN_BROWSER:-}" ]; then echo "$KAITOGEN_BROWSER"; exit 0; fi
. "$(dirname "$0")/tools_folder.sh"
home=$tools/chromium-$version
if [ "${1:-}" = --path ] || [ -x "$home/chromium" ]; then echo "$home/chromium"; exit 0; fi

fail() { echo "fetch_browser: $1" >&2; exit 3; }
for needed in node npm; do
    command -v $needed >/dev/null 2>&1 || fail "$needed is needed to fetch Chromium; or set KAITOGEN_BROWSER to one"
done
case $(uname -sm) in
    'Linux x86_64') ;;
    *) fail "the package is for Linux on x86_64; set KAITOGEN_BROWSER to a Chromium or Chrome" ;;
esac

mkdir -p "$tools"
stage=$(mktemp -d "$tools/.browser-XXXXXX")
trap 'rm -rf "$stage"' EXIT
echo "fetch_browser: fetching Chromium $version (70 MB, once)" >&2
(cd "$stage" && npm pack --silent "@sparticuz/chromium@$version" >/dev/null) || fail 'npm could not fetch it'
node - "$stage" "$integrity" <<'END' || fail 'what npm fetched is not what was pinned'
const { createHash } = require("crypto");
const { readFileSync, readdirSync } = require("fs");
const [stage, integrity] = process.argv.slice(2);
const [name] = readdirSync(stage);
const sum = createHash("sha512").update(readFileSync(`${stage}/${name}`)).digest("base64");
process.exit(sum === integrity ? 0 : 1);
END
tar -xzf "$stage"/*.tgz -C "$stage"
unpack() { # one brotli file of the package to standard output
    node -e 'require("fs").createReadStream(process.argv[1]).pipe(require("zlib").createBrotliDecompress()).pipe(process.stdout)' \
        "$stage/package/bin/$1"
}
mkdir "$stage/home"
unpack chromium.br >"$stage/home/chromium"
unpack al2023.tar.br | tar -xf - -C "$stage/home"
unpack fonts.tar.br | tar -xf - -C "$stage/home"
chmod +x "$stage/home/chromium"
mv "$stage/home" "$home" 2>/dev/null || [ -x "$home/chromium" ] # renamed at once: two runs may meet here
echo "$home/chromium"
