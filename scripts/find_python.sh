#!/bin/sh
# Print the path of a Python of each version that is named: scripts/find_python.sh VERSION...
#
# It looks on PATH, in pyenv's folder and beside the Python that python3 is, and takes what runs:
# pyenv's shims exist for versions that are not selected, and `pyenv root` follows HOME.
set -u
siblings=$(python3 -c 'import os, sys; print(os.path.dirname(sys.base_prefix))' 2>/dev/null)
missing=0
for version in "$@"; do
    found=''
    for candidate in "python$version" \
        $(ls -d "${PYENV_ROOT:-${HOME:-}/.pyenv}/versions/$version".*/bin/python \
            "${siblings:-/nowhere}/$version".*/bin/python 2>/dev/null | sort -V -r); do
        if "$candidate" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$version')" 2>/dev/null; then
            found=$(command -v "$candidate"); break
        fi
    done
    if [ -n "$found" ]; then echo "$found"; else echo "find_python: no Python $version here" >&2; missing=1; fi
done
exit $missing
