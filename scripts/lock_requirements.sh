#!/bin/sh
# Pin the newest versions of all that kaitogen needs, with the hashes of their files: lock_requirements.sh PYTHON FOLDER
# FOLDER/dev.txt holds what works on kaitogen; the other lists take its versions where they name the same package.
# Each list serves every supported Python on every system: what only some need has a marker.
set -eu
python=$1
folder=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -m venv "$work/uv"
"$work/uv/bin/python" -m pip --quiet --disable-pip-version-check install uv
mkdir -p "$folder"
hashed() { # NAME ABOUT WHAT...: WHAT is as `uv pip compile` takes it, `-` for standard input
    name=$1
    about=$2
    shift 2
    {
        echo "# $about"
        echo "# Exact versions with the hashes of their files, made by \`make lock\`; installed with --require-hashes."
        "$work/uv/bin/uv" pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 --generate-hashes \
            --no-header --no-annotate "$@"
    } >"$work/hashed"
    cp "$work/hashed" "$folder/$name.txt"
}
hashed dev "What works on kaitogen: its tests, checks and generated files." pyproject.toml --extra dev
hashed test "What runs the tests." pyproject.toml --extra test --constraint "$folder/dev.txt"
hashed run "What kaitogen needs to run." pyproject.toml --constraint "$folder/dev.txt"
echo hatchling | hashed build "What builds kaitogen's archives." - --constraint "$folder/dev.txt"
printf 'build\nhatchling\ncyclonedx-bom\n' |
    hashed release "What makes a release: the archives and their bill of materials." - --constraint "$folder/dev.txt"
printf 'furo\nmyst-parser\nsphinx\n' |
    hashed docs "What makes the site of docs/ (make docs)." - --constraint "$folder/dev.txt"
# Newer ones have nothing for Python 3.11, or have to be compiled there.
echo 'atheris<3.1' | hashed fuzz "What grows inputs by coverage (make fuzz), beside what runs the tests." - --constraint "$folder/dev.txt"
