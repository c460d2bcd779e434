"""Comments of a manifest to the fields of the intent that now say the same."""

from kaitogen.commands.import_.placing import spec_of
from kaitogen.kaito.objects import to_intent_path
from kaitogen.model import Document, Json, Path, Target
from kaitogen.yaml.comments import Comments, comments


def carried(document: Document, root: Path, intent: Json, target: Target) -> dict[Path, Comments]:
    """The comments of one object of a document by the intent's paths; blank lines stay behind.

    `root` leads to the object. What stands at the head of a document goes with its first object.
    """
    found: dict[Path, Comments] = {}
    said = intent["spec"]
    spec = spec_of(
        intent["metadata"]["name"],
        said.get("placement") or {},
        target,
        said.get("inference"),
        said.get("tuning"),
    )
    for path, one in comments(document.text).items():
        inside = path[: len(root)] == root
        if not inside and path != ():
            continue
        if path == () and root not in ((), ("items", 0)):
            continue
        own = path[len(root) :] if inside else ()
        where = () if own in ((), ("kind",), ("apiVersion",)) else to_intent_path(spec, own)
        kept = Comments()
        kept.above, kept.beside, kept.below = _lines(one.above), one.beside, _lines(one.below)
        found.setdefault(where, Comments()).add(kept)
    return found


def _lines(lines: list[str]) -> list[str]:
    return [line for line in lines if line]
