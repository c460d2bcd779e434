"""The plain kustomization that lists a folder of generated files, for tools that run no plugins."""

from typing import Final

from kaitogen.files import shipped
from kaitogen.model import Files
from kaitogen.yaml.writer import dump

NAME: Final = "kustomization.yaml"
_REFERENCES: Final = "namereference.yaml"


def with_kustomization(files: Files) -> Files:
    """The files, and beside them a kustomization that lists them and knows which names stand inside a Workspace.

    It has a name because kpt refuses objects without one, and the configuration of names
    because an overlay's prefix would otherwise leave a Workspace with the old name of its ConfigMap.
    """
    kustomization = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "metadata": {"name": "workspaces"},
        "resources": list(files),
        "configurations": [_REFERENCES],
    }
    references = shipped.read_text("overlays", _REFERENCES)
    return {**files, NAME: dump(kustomization).encode(), _REFERENCES: references.encode()}
