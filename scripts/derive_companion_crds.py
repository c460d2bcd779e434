"""Take over the CRDs of what an intent makes beside a Workspace or set, which the tests install, or check the committed ones.

They come from the Go modules of their projects, at the versions below, by `go mod download`, which checks each against
Go's checksum database. Only structure is taken over, of the one version that kaitogen writes: see derive_test_crds.py.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from scripts import generated_files
from scripts.derive_test_crds import bare
from scripts.generated_files import ROOT

FOLDER: Final = ROOT / "tests" / "e2e" / "cluster" / "companions"


class Source(NamedTuple):
    """Where a CRD is from: its name, the version of its kind, the module at a version, and the file in it."""

    crd: str
    serves: str
    module: str
    file: str


#: The one place that says which versions the tests are held against. All are under the Apache License 2.0.
SOURCES: Final = (
    Source(
        crd="httproutes.gateway.networking.k8s.io",
        serves="v1",
        module="sigs.k8s.io/gateway-api@v1.4.0",
        file="config/crd/standard/gateway.networking.k8s.io_httproutes.yaml",
    ),
    Source(
        crd="inferencepools.inference.networking.k8s.io",
        serves="v1",
        module="sigs.k8s.io/gateway-api-inference-extension@v1.3.1",
        file="config/crd/bases/inference.networking.k8s.io_inferencepools.yaml",
    ),
    Source(
        crd="destinationrules.networking.istio.io",
        serves="v1",
        module="istio.io/api@v1.27.0",
        file="kubernetes/customresourcedefinitions.gen.yaml",
    ),
    Source(
        crd="nodepools.karpenter.sh",
        serves="v1",
        module="sigs.k8s.io/karpenter@v1.10.0",
        file="pkg/apis/crds/karpenter.sh_nodepools.yaml",
    ),
    Source(
        crd="scaledobjects.keda.sh",
        serves="v1alpha1",
        module="github.com/kedacore/keda/v2@v2.17.2",
        file="config/crd/bases/keda.sh_scaledobjects.yaml",
    ),
    Source(
        crd="podmonitors.monitoring.coreos.com",
        serves="v1",
        module="github.com/prometheus-operator/prometheus-operator@v0.84.0",
        file="example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml",
    ),
    Source(
        crd="prometheusrules.monitoring.coreos.com",
        serves="v1",
        module="github.com/prometheus-operator/prometheus-operator@v0.84.0",
        file="example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml",
    ),
)


def main() -> int:
    """Write or check the files."""
    arguments = generated_files.arguments(__doc__)
    wanted = {FOLDER / _name(one): _text(one) for one in SOURCES}
    return generated_files.settle(wanted, check=arguments.check, there=FOLDER.glob("*.yaml"))


def _name(source: Source) -> str:
    plural, _, group = source.crd.partition(".")
    return f"{group}_{plural}.yaml"


def _text(source: Source) -> str:
    """The file of one CRD."""
    documents = yaml.safe_load_all((_folder(source.module) / source.file).read_text(encoding="utf-8"))
    (crd,) = (one for one in documents if one and one["metadata"]["name"] == source.crd)
    structure: dict[str, Any] = bare(crd)
    versions = [one for one in structure["spec"]["versions"] if one["name"] == source.serves]
    structure["spec"]["versions"] = [{**versions[0], "served": True, "storage": True}]
    # The API server wants a group of Kubernetes' own to name where it was agreed on.
    agreed = {key: item for key, item in crd["metadata"].get("annotations", {}).items() if "approved" in key}
    structure["metadata"] |= {"annotations": agreed} if agreed else {}
    head = (
        f"# Derived from {source.file} of {source.module} by scripts/derive_companion_crds.py; do not edit.\n"
    )
    return head + yaml.safe_dump(structure, sort_keys=False, width=120)


def _folder(module: str) -> Path:
    """Where a module at a version lies, once it is fetched."""
    command = ["go", "mod", "download", "-json", module]
    done = subprocess.run(
        command, cwd=ROOT / "tests" / "e2e" / "cluster", stdout=subprocess.PIPE, check=True, text=True
    )
    return Path(json.loads(done.stdout)["Dir"])


if __name__ == "__main__":
    sys.exit(main())
