"""What an import makes of a Workspace or set: the intent, the objects that it has to make again, and the comments of these at the fields that now say the same."""

from kaitogen.kaito.objects import MISSING, to_intent_path, value_at
from kaitogen.model import Document, Json, Path, Spec, UserObject
from kaitogen.typed import Final, Iterable, Mapping, NamedTuple, Sequence, TypeAlias
from kaitogen.yaml.comments import Comments, comments

#: API group, kind, namespace and name.
Identity: TypeAlias = tuple[str, str, str, str]
#: What says of a whole object what it is.
_OF_OBJECT: Final = ((), ("kind",), ("apiVersion",))


class Intent(NamedTuple):
    """One intent by the name of its file, with its comments, and the objects that it has to make."""

    name: str
    value: Json
    spec: Spec
    comments: Mapping[Path, Comments]
    source: UserObject
    objects: Mapping[Identity, UserObject]


def by_object(document: Document) -> dict[Path, list[tuple[Path, Comments]]]:
    """The comments of a document by the root of their object, each with its path below that.

    What stands at the head of a List goes with its first object.
    """
    found: dict[Path, list[tuple[Path, Comments]]] = {}
    for path, comment in comments(document.text).items():
        found.setdefault((), []).append((path, comment))
        in_list = path[:1] == ("items",) and len(path) > 1
        if in_list or not path:
            found.setdefault(path[:2] if in_list else ("items", 0), []).append((path[2:], comment))
    return found


def in_intent(of_object: Iterable[tuple[Path, Comments]], spec: Spec) -> dict[Path, Comments]:
    """The comments of one object by the paths of its intent; blank lines stay behind."""
    found: dict[Path, Comments] = {}
    for path, comment in of_object:
        bare = Comments()
        bare.above, bare.below = [*filter(None, comment.above)], [*filter(None, comment.below)]
        bare.beside = comment.beside
        where = () if path in _OF_OBJECT else to_intent_path(spec, path)
        found.setdefault(where, Comments()).add(bare)
    return found


def in_set(of_intents: Sequence[Mapping[Path, Comments]], intent_set: Json) -> dict[Path, Comments]:
    """The comments of intents in the set of them: at the entry, or at the default where the field went there."""
    found: dict[Path, Comments] = {}
    for index, of_intent in enumerate(of_intents):
        for path, comment in of_intent.items():
            where: Path = ("spec", "workspaces", index, *path)
            if not _has(intent_set, where):
                shared = path if path[:1] == ("metadata",) else ("spec", "defaults", *path)
                if _has(intent_set, shared) and vars(found.get(shared, comment)) == vars(comment):
                    where = shared
            found[where] = comment
    return at_fields(found, intent_set)


def at_fields(found: Mapping[Path, Comments], value: Json) -> dict[Path, Comments]:
    """The comments at fields that the value has: what its field is gone from goes above the nearest one."""
    kept: dict[Path, Comments] = {}
    for path, comment in found.items():
        length = next(length for length in range(len(path), -1, -1) if _has(value, path[:length]))
        kept.setdefault(path[:length], Comments()).add(comment, beside=0 < length == len(path))
    return kept


def _has(value: Json, path: Path) -> bool:
    return value_at(value, path, MISSING) is not MISSING
