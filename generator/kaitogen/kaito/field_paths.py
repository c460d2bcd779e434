"""From a field of a finished object back to the field of the intent that said it."""

from typing import Final

from kaitogen.model import RUNTIME_ANNOTATION, Path, Spec

#: Where a field of a finished object was said in the intent. The longest prefix counts.
_SAID_AT: Final[dict[Path, Path]] = {
    ("metadata",): ("metadata",),
    ("resource",): ("spec", "placement"),
    ("inference", "preset"): ("spec", "inference"),
    ("inference", "preset", "name"): ("spec", "inference", "model"),
    ("inference", "preset", "accessMode"): ("spec", "inference", "accessMode"),
    ("inference", "preset", "presetOptions"): ("spec", "inference"),
    ("inference", "preset", "presetOptions", "modelAccessSecret"): ("spec", "inference", "accessSecret"),
    ("inference",): ("spec", "inference"),
    ("tuning", "preset"): ("spec", "tuning"),
    ("tuning", "preset", "name"): ("spec", "tuning", "model"),
    ("tuning", "preset", "presetOptions"): ("spec", "tuning"),
    ("tuning", "preset", "presetOptions", "modelAccessSecret"): ("spec", "tuning", "accessSecret"),
    ("tuning",): ("spec", "tuning"),
    ("apiVersion",): ("spec", "target", "apiVersion"),
    (): ("spec",),
}


def to_intent_path(spec: Spec, path: Path) -> Path:
    """The path in the intent of what stands at `path` in the object made from it."""
    if spec.placement.nodes is not None and path[:1] == ("resource",):
        # With named nodes the count and the list both come from the names.
        if path[1:2] == ("preferredNodes",):
            return ("spec", "placement", "nodes", *path[2:])
        if path[1:2] == ("count",) and spec.placement.node_count is None:
            return ("spec", "placement", "nodes")
    if path[:3] == ("metadata", "annotations", RUNTIME_ANNOTATION) and "runtime" in (spec.inference or {}):
        return ("spec", "inference", "runtime")
    length = len(path)
    while path[:length] not in _SAID_AT:
        length -= 1
    return (*_SAID_AT[path[:length]], *path[length:])
