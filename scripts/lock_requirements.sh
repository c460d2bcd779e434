#!/bin/sh
# Pins everything that kaitogen, its tests and its tools need: lock_requirements.sh PYTHON FILE
# Run it with the oldest supported Python, whose list holds what newer ones don't need.
# Beside FILE it writes the lists of what runs and what builds kaitogen, with the hashes of their files.
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

"$python" -m venv "$work/uv"
"$work/uv/bin/python" -m pip --quiet --disable-pip-version-check install uv
hashed() { # NAME ABOUT, and on standard input what is asked for
    {
        echo "# $2"
        echo "# Exact versions with the hashes of their files, made by \`make lock\`; installed with --require-hashes."
        "$work/uv/bin/uv" pip compile - --quiet --universal --fork-strategy fewest --python-version 3.11 --generate-hashes \
            --constraint "$file" --no-header --no-annotate
    } >"$work/hashed"
    cp "$work/hashed" "$(dirname "$file")/$1.txt"
}
"$python" -c 'import tomllib; print("\n".join(tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"]))' |
    hashed run "What kaitogen needs to run."
echo hatchling | hashed build "What builds kaitogen's archives."
printf 'build\nhatchling\ncyclonedx-bom\n' |
    hashed release "What makes a release: the archives and their bill of materials."
printf 'furo\nmyst-parser\nsphinx\n' |
    hashed docs "What makes the site of docs/ (make docs)."
