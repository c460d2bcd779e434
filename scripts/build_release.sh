#!/bin/sh
# Build what a release consists of: build_release.sh TAG. The Python that runs it has requirements/release.txt.
#
#   dist/    the wheel and the sdist, for PyPI
#   assets/  the bill of materials, kubectl's plugin with its manifest for krew, and the hashes of all
set -eu
cd "$(dirname "$0")/.."
version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' generator/kaitogen/__init__.py)
if [ "$1" != "v$version" ]; then echo "build_release: the tag is $1, and kaitogen is $version" >&2; exit 1; fi

rm -rf dist assets && mkdir assets
python3 -m build --no-isolation --outdir dist .
python3 -m cyclonedx_py requirements requirements/run.txt --pyproject pyproject.toml --output-reproducible \
    --output-format JSON --output-file assets/kaitogen.cdx.json
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -cf - \
    LICENSE -C deploy/krew kubectl-kaitogen | gzip -n >assets/kubectl-kaitogen.tar.gz
sum=$(sha256sum assets/kubectl-kaitogen.tar.gz | cut -d' ' -f1)
sed "s/@VERSION@/$version/; s/@SHA256@/$sum/; /^# A template/d" deploy/krew/kaitogen.yaml >assets/kaitogen.yaml
sha256sum dist/* assets/* | sed 's|  [a-z]*/|  |' >SHA256SUMS
mv SHA256SUMS assets/
