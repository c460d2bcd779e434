"""Manifests to text and to a folder: the same bytes for the same manifests, all of them or none."""

from collections.abc import Iterator, Sequence
from typing import Final, Literal, TypeAlias

from kaitogen.diagnostics.wording import json_text
from kaitogen.files import shipped
from kaitogen.model import Files, Manifest
from kaitogen.yaml.writer import dump

Format: TypeAlias = Literal["yaml", "json"]

FORMATS: Final[tuple[Format, ...]] = ("yaml", "json")
_HASH_DIGITS: Final = 10
KUSTOMIZATION: Final = "kustomization.yaml"
_REFERENCES: Final = "namereference.yaml"


def stream(manifests: Sequence[Manifest], form: Format) -> str:
    """All manifests as one text: YAML documents, or one JSON List."""
    if form == "yaml":
        return "---\n".join(dump(manifest.data) for manifest in manifests)
    return json_text({"apiVersion": "v1", "kind": "List", "items": [manifest.data for manifest in manifests]})


def files(manifests: Sequence[Manifest], form: Format) -> Files:
    """One file for each manifest, named after its namespace, kind and name."""
    named: dict[str, bytes] = {}
    for manifest in manifests:
        name = next(name for name in _file_names(manifest, form) if name not in named)
        named[name] = (dump(manifest.data) if form == "yaml" else json_text(manifest.data)).encode()
    return named


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
    return {**files, KUSTOMIZATION: dump(kustomization).encode(), _REFERENCES: references.encode()}


def _file_names(manifest: Manifest, form: Format) -> Iterator[str]:
    """The names that an object's file may have, the one to take where no object before it has it first."""
    group, kind, namespace, name = manifest.identity
    words = [namespace, kind.lower(), name] if namespace else [kind.lower(), name]
    yield _file_name(words, form)
    yield _file_name([group, *words], form)  # the same kind of two API groups
    from hashlib import sha256  # names that differ only in what a file's name cannot hold

    yield _file_name([*words, sha256("\0".join(manifest.identity).encode()).hexdigest()[:_HASH_DIGITS]], form)


def _file_name(words: Sequence[str], form: Format) -> str:
    # An object from a user's own template may be called anything; a file may not.
    safe = ["".join(char if char.isalnum() or char in "-." else "-" for char in word) for word in words]
    return "_".join(safe).replace(".", "-", safe[0].startswith(".")) + "." + form
