#!/bin/sh
# Build the Go programs that the end-to-end tests and the benchmark run, each from the pinned module in
# tests/e2e/NAME/ or bench/peers/NAME/: its own main package where there is one, else the tool its go.mod names.
#
#   scripts/build_tools.sh NAME...          build what is missing; print the path of each
#   scripts/build_tools.sh --path NAME...   print the paths only
#
# A program is kept in the folder that tools_folder.sh names, under its name and a hash of its
# sources and flags, so a changed pin is built anew and nothing else is. cluster, helm and promtool ask for one
# version of each module that they share, which is so compiled once, and so do argocd and kpt; tests/unit/test_tools.py
# holds that.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/scripts/tools_folder.sh"
build=yes
if [ "${1:-}" = --path ]; then build=no; shift; fi
if [ $# -eq 0 ]; then sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2; fi

# An API server says which version it is only where it is linked with one, and operators refuse another.
flags() { # for the linker
    version=$(sed -n 's|^[[:space:]]*k8s\.io/kubernetes \(v[^ ]*\).*|\1|p' "$1/go.mod")
    echo "-s -w${version:+ -X k8s.io/component-base/version.gitVersion=$version}"
}

digest() { # of what decides what is built
    (cd "$1" && flags . && cat go.mod go.sum $(find . -name '*.go' | LC_ALL=C sort)) |
        { sha256sum 2>/dev/null || shasum -a 256; } | cut -c1-12
}

build() { # the program of a module
    stage=$(mktemp -d "$tools/.build-XXXXXX")
    trap 'rm -rf "$stage"' EXIT
    if ls "$1"/*.go >/dev/null 2>&1; then package=.; else package=tool; fi
    echo "build_tools: building $name (some minutes, once)" >&2
    # What debuggers read is a quarter of the work, and the linker leaves it out anyway.
    # The tag is promtool's: without the clients of all clouds, which take longer than all the rest.
    (cd "$1" && GOWORK=off CGO_ENABLED=0 GOFLAGS="-mod=readonly -buildvcs=false -tags=remove_all_sd" \
        nice go build -p "${KAITOGEN_BUILD_JOBS:-2}" -trimpath -gcflags=all=-dwarf=false \
        -ldflags="$(flags .)" -o "$stage/" "$package") >&2 || {
        echo "build_tools: $name could not be built; the Go module proxy may be out of reach" >&2
        exit 3
    }
    mv "$(find "$stage" -type f | head -n 1)" "$2" # renamed at once: two runs may meet here
    rm -rf "$stage"
    trap - EXIT
}

for name in "$@"; do
    module=$root/tests/e2e/$name
    if [ ! -d "$module" ]; then module=$root/bench/peers/$name; fi
    if [ ! -f "$module/go.mod" ]; then echo "build_tools: there is no $module/go.mod" >&2; exit 2; fi
    program=$tools/$name-$(digest "$module")
    if [ "$build" = yes ] && [ ! -x "$program" ]; then
        if ! command -v go >/dev/null 2>&1; then
            echo "build_tools: $name is not built yet, and that needs Go 1.24 or newer (https://go.dev/dl/)" >&2
            exit 3
        fi
        mkdir -p "$tools"
        # One program at a time, on systems that have flock: two at once compile twice what they share.
        exec 9>"$tools/.lock"
        if command -v flock >/dev/null 2>&1; then flock 9; fi
        if [ ! -x "$program" ]; then build "$module" "$program"; fi
        exec 9>&-
    fi
    echo "$program"
done
