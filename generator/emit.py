"""Manifests to text and to a folder: the same bytes for the same manifests, all of them or none."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

from generator.model import Manifest
from generator.yamlio.write import dump

Format: TypeAlias = Literal["yaml", "json"]

#: File name to content.
Files: TypeAlias = Mapping[str, bytes]

FORMATS: Final[tuple[Format, ...]] = ("yaml", "json")


def stream(manifests: Sequence[Manifest], form: Format) -> str:
    """All manifests as one text: YAML documents, or one JSON List."""
    if form == "yaml":
        return "---\n".join(dump(manifest.data) for manifest in manifests)
    return _json({"apiVersion": "v1", "kind": "List", "items": [manifest.data for manifest in manifests]})


def files(manifests: Sequence[Manifest], form: Format) -> Files:
    """One file for each manifest, named after its namespace, kind and name."""
    named: dict[str, bytes] = {}
    for manifest in manifests:
        name = _file_name(manifest, form)
        if name in named:  # the same kind of two API groups
            name = f"{manifest.identity[0]}_{name}"
        named[name] = (dump(manifest.data) if form == "yaml" else _json(manifest.data)).encode()
    return named


def _file_name(manifest: Manifest, form: Format) -> str:
    _, kind, namespace, name = manifest.identity
    words = [namespace, kind.lower(), name] if namespace else [kind.lower(), name]
    # An object from a user's own template may be called anything; a file may not.
    safe = ["".join(char if char.isalnum() or char in "-." else "-" for char in word) for word in words]
    return "_".join(safe) + "." + form


def _json(value: Any) -> str:
    import json  # one run in a hundred asks for it

    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
