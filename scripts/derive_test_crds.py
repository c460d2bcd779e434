"""Take over the CRDs of KAITO's releases, which the tests install and the schemas are derived from.

Only structure is taken over: what an API server needs to admit an object or to refuse
it. Descriptions and printer columns are left out.

CRDS_FOLDER holds one folder for each release, named by its tag (v0.12.0), and in
it the files kaito.sh_*.yaml from config/crd/bases/ of KAITO's repository.
"""

import re
import sys
from pathlib import Path
from typing import Any, Final

import yaml

from scripts import generated_files
from scripts.generated_files import ROOT

FOLDER: Final = ROOT / "tests" / "e2e" / "cluster" / "crds"
CRD_FILES: Final = "kaito.sh_*.yaml"


def main() -> int:
    """Write or check the files."""
    arguments = generated_files.arguments(__doc__, "folder of the CRDs, one folder a release")
    wanted = {FOLDER / name: text for name, text in derive(arguments.folder).items()}
    return generated_files.settle(wanted, check=arguments.check, there=FOLDER.rglob("*.yaml"))


def derive(folder: Path) -> dict[str, str]:
    """File names and texts, one for each kind of each release."""
    texts = {}
    for path in sorted(folder.glob(f"v*/{CRD_FILES}")):
        if not re.fullmatch(r"v\d+\.\d+\.\d+", path.parent.name):
            raise SystemExit(f"{path.parent.name} is no release of KAITO")
        head = f"# Derived from KAITO's CRD {path.parent.name} by scripts/derive_test_crds.py; do not edit.\n"
        structure = bare(yaml.safe_load(path.read_text(encoding="utf-8")))
        texts[f"{path.parent.name}/{path.name}"] = head + yaml.safe_dump(structure, sort_keys=False)
    if not texts:
        raise SystemExit(f"no CRD here: {folder}/v*/{CRD_FILES}")
    return texts


def bare(crd: dict[str, Any]) -> dict[str, Any]:
    """A CRD with what an API server needs of it, and no words for people."""
    spec = crd["spec"]
    return {
        "apiVersion": crd["apiVersion"],
        "kind": crd["kind"],
        "metadata": {"name": crd["metadata"]["name"]},
        "spec": {
            "group": spec["group"],
            "names": spec["names"],
            "scope": spec["scope"],
            "versions": [_version(one) for one in spec["versions"]],
        },
    }


def _version(version: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {
        key: version[key] for key in ("name", "served", "storage", "subresources") if key in version
    }
    return {**kept, "schema": {"openAPIV3Schema": _structure(version["schema"]["openAPIV3Schema"])}}


def _structure(schema: Any) -> Any:
    """A schema without words for people; a property may be named like such a word."""
    if isinstance(schema, list):
        return [_structure(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _structure(below) for name, below in value.items()}
        if key == "properties"
        else _structure(value)
        for key, value in schema.items()
        if key != "description"
    }


if __name__ == "__main__":
    sys.exit(main())
