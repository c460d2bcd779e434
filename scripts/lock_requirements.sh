#!/bin/sh
# Pins everything that kaitogen, its tests and its tools need: lock_requirements.sh PYTHON FILE
# Run it with the oldest supported Python, whose list holds what newer ones don't need.
set -eu
python=$1
file=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -m venv "$work/venv"
"$work/venv/bin/python" -m pip --quiet --disable-pip-version-check install '.[dev]'
{
    echo "# Exact versions for development and CI, made by \`make lock\`. Used as constraints:"
    echo "# what of it gets installed is said in pyproject.toml."
    "$work/venv/bin/python" -m pip --disable-pip-version-check freeze --exclude kaitogen
} >"$work/lock"
mkdir -p "$(dirname "$file")"
cp "$work/lock" "$file"
