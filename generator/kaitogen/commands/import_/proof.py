"""Intents rendered again, and held against the objects they were made from, field by field."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from kaitogen.model import Diagnostic, Document, Json, Path, Request
from kaitogen.pipeline.generate import generate
from kaitogen.yaml.writer import flow

#: API group, kind, namespace and name.
Identity: TypeAlias = tuple[str, str, str, str]
#: Rules of KAITO's are no difference: what they say of the object, they said of it before.
_OF_KAITO: Final = "KG4"


class Difference(NamedTuple):
    """A field that came out otherwise: in which object, where, what it was and what it is now."""

    identity: Identity
    path: Path
    before: str
    after: str


class Proof(NamedTuple):
    """What rendering again showed: differences, and why an intent made nothing at all."""

    differences: tuple[Difference, ...]
    refused: tuple[Diagnostic, ...]


def identity_of(data: Json) -> Identity:
    """What Kubernetes takes for one and the same object."""
    metadata = data["metadata"]
    group = data["apiVersion"].rpartition("/")[0]
    return group, data["kind"], metadata.get("namespace", ""), metadata["name"]


def prove(documents: Sequence[Document], wanted: Mapping[Identity, Json]) -> Proof:
    """Render the documents and compare with the objects they should make, and with no others."""
    result = generate(Request(documents=tuple(documents)))
    refused = tuple(
        one for one in result.findings if one.severity == "error" and not one.code.startswith(_OF_KAITO)
    )
    made = {manifest.identity: manifest.data for manifest in result.manifests}
    differences = [
        Difference(identity, *each)
        for identity in {**wanted, **made}
        for each in _differences(wanted.get(identity), made.get(identity), ())
    ]
    return Proof(tuple(differences), refused)


def _differences(before: Json, after: Json, path: Path) -> Iterator[tuple[Path, str, str]]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {**before, **after}:
            yield from _differences(before.get(key), after.get(key), (*path, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _differences(one, other, (*path, index))
    elif flow(before) != flow(after):
        yield path, _shown(before), _shown(after)


def _shown(value: Json) -> str:
    return "nothing" if value is None else flow(value)[:60]
