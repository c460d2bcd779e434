"""Manifests to text and to a folder: the same bytes for the same manifests, all of them or none."""

from kaitogen.diagnostics.wording import json_parts, json_text
from kaitogen.files import shipped
from kaitogen.model import Files, Manifest
from kaitogen.typed import Final, Iterable, Iterator, Literal, Sequence, TypeAlias
from kaitogen.yaml.writer import dump

Format: TypeAlias = Literal["yaml", "json"]

FORMATS: Final[tuple[Format, ...]] = ("yaml", "json")
#: In bytes; what every file system takes.
_LONGEST_NAME: Final = 255
#: What Windows takes for a device, whatever follows behind a dot.
_DEVICES: Final = frozenset((
    "con", "prn", "aux", "nul", *(port + digit for port in ("com", "lpt") for digit in "0123456789¹²³"),
))  # fmt: skip
_REFERENCES: Final = "namereference.yaml"


def stream(manifests: Sequence[Manifest], form: Format) -> str:
    """All manifests as one text: YAML documents, or one JSON List."""
    return "".join(parts(manifests, form))


def parts(manifests: Iterable[Manifest], form: Format) -> Iterator[str]:
    """The same stream, one object after the other."""
    if form == "json":
        items = (manifest.data for manifest in manifests)
        yield from json_parts({"apiVersion": "v1", "kind": "List", "items": items})
        return
    before = ""
    for manifest in manifests:
        yield before + dump(manifest.data)
        before = "---\n"


def files(manifests: Sequence[Manifest], form: Format) -> Files:
    """One file for each manifest, named after its namespace, kind and name; no two names differ in case or in how Unicode writes them alone."""
    named: dict[str, bytes] = {}
    taken: set[str] = set()  # as disks of macOS and Windows see them
    for manifest in manifests:
        name = next(name for name in _file_names(manifest, form) if _as_taken(name) not in taken)
        taken.add(_as_taken(name))
        named[name] = (dump(manifest.data) if form == "yaml" else json_text(manifest.data)).encode()
    return named


def _as_taken(name: str) -> str:
    """What two names have in common that are one file to some disk."""
    if name.isascii():
        return name.lower()
    from unicodedata import normalize  # few names have more than ASCII

    return normalize("NFD", normalize("NFD", name).casefold())


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
    return {**files, "kustomization.yaml": dump(kustomization).encode(), _REFERENCES: references.encode()}


def _file_names(manifest: Manifest, form: Format) -> Iterator[str]:
    """The names that an object's file may have, the one to take where no object before it has it first."""
    group, kind, namespace, name = manifest.identity
    words = [namespace, kind.lower(), name] if namespace else [kind.lower(), name]
    for candidate in (words, [group, *words]):  # the same kind of two API groups
        stem = _stem(candidate)
        if len(stem.encode()) + len(form) < _LONGEST_NAME:
            yield f"{stem}.{form}"
    from hashlib import sha256  # names that are long, or differ only in what a file's name cannot hold

    ending = f"_{sha256(chr(0).join(manifest.identity).encode()).hexdigest()[:10]}.{form}"
    yield _stem(words).encode()[: _LONGEST_NAME - len(ending)].decode(errors="ignore") + ending


def file_words(words: Iterable[str]) -> str:
    """The words in one of a file's name: an object from a user's own template may be called anything; a file may not."""
    return "_".join(
        "".join(char if char.isalnum() or char in "-." else "-" for char in word) for word in words
    )


def _stem(words: Sequence[str]) -> str:
    """The words as part of a file's name that neither leads elsewhere nor hides, and is no option to any program, and no device."""
    safe = file_words(words)
    if safe.partition(".")[0].lower() in _DEVICES:
        return f"_{safe}"
    return "_" + safe[1:] if safe.startswith((".", "-")) else safe
