"""What a run made and looked at, as one side of a comparison."""

from collections.abc import Iterable, Sequence

from kaitogen.kaito.updates.model import Item
from kaitogen.model import Diagnostic, Json, Result, Rule, Target

KG825 = Rule("KG825", "An object without a name, which cannot be compared", kind="refused")
KG826 = Rule("KG826", "An object that one side of a comparison has twice", kind="refused")


_NAMED = "only an object with apiVersion, kind and metadata.name can be told from others"


def items_of(result: Result, target: Target) -> tuple[list[Item], list[Diagnostic]]:
    """The objects of a run, and what is wrong with those that cannot be compared. `target` is that of finished ones."""
    items = [Item(data, spec.target, spec.origin, spec) for spec, data in result.manifests]
    located: list[Diagnostic] = []
    for origin, data in result.objects:
        if _has_identity(data):
            items.append(Item(data, target, origin))
        else:
            message = (
                f"this {str(data['kind'])[:60]} has no metadata.name, so that nothing can be compared with it"
            )
            located.append(KG825.at(("metadata",), message, fix=f"add it: {_NAMED}").of(origin))
    return items, located


def twice(items: Iterable[Item]) -> list[Diagnostic]:
    """Objects that a side has a second time."""
    seen: dict[tuple[str, str, str, str], Item] = {}
    located: list[Diagnostic] = []
    for item in items:
        first = seen.setdefault(item.identity, item)
        if first is not item:
            document = first.origin.document
            message = (
                f"{item.label} is here twice; the first is in {document.file}, document {document.number + 1}"
            )
            fix = "name the files of one environment only"
            located.append(KG826.at(("metadata", "name"), message, fix=fix).of(item.origin))
    return located


def in_groups(
    before: Sequence[Item], after: Sequence[Item], prefix: str
) -> list[tuple[list[Item], list[Item]]]:
    """Both sides in groups that have every object once: all in one, or file by file where files repeat each other.

    `prefix` is what the files of the old side have before the names that they have on the new one.
    """
    if not twice(before) and not twice(after):
        return [(list(before), list(after))]
    files = dict.fromkeys(item.origin.document.file for item in after)
    return [
        (
            _once(item for item in before if item.origin.document.file == prefix + file),
            _once(item for item in after if item.origin.document.file == file),
        )
        for file in files
    ]


def _once(items: Iterable[Item]) -> list[Item]:
    return list({item.identity: item for item in items}.values())


def _has_identity(data: Json) -> bool:
    metadata = data.get("metadata")
    if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str) or not metadata["name"]:
        return False
    return isinstance(metadata.get("namespace", ""), str | None)
