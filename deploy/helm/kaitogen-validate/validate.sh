#!/bin/sh
# Manifests on standard input, the same on standard output: but only where `kaitogen validate` takes them.
# Arguments are its options, such as --kaito 0.12. Helm 3 runs this file itself: --post-renderer PATH.
set -eu
# Helm 4 keeps what a post-renderer says to itself, even where it fails: so it is said where Helm says things.
if [ -n "${HELM_PLUGIN_NAME:-}" ]; then
    for place in "/proc/$PPID/fd/2" /dev/tty; do
        if (: >>"$place") 2>/dev/null; then exec 2>>"$place"; break; fi
    done
fi
command -v kaitogen >/dev/null || { echo "kaitogen-validate: kaitogen is not on PATH" >&2; exit 3; }
manifests=$(mktemp)
trap 'rm -f "$manifests"' EXIT
cat >"$manifests"
kaitogen validate "$@" - <"$manifests" >&2
cat "$manifests"
