"""Rules about a ModelMirror: weights fetched once into a volume, or a volume that holds them already."""

import re

from kaitogen.kaito.objects import part, text
from kaitogen.kaito.rules.context import RuleContext, cut
from kaitogen.model import Diagnostic, Rule
from kaitogen.typed import Final, Iterator

_VALIDATION: Final = "api/v1alpha1/modelmirror_validation.go@v0.12.0"
_QUANTITY: Final = re.compile(
    r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+|[KMGTPE]i|[numkMGTPE])?"
)

KG921 = Rule("KG921", "A mirror that KAITO manages does not say what to fetch, or where to", kind="refused", since="0.11",
             source=_VALIDATION)  # fmt: skip
KG922 = Rule("KG922", "A static mirror has a source or a storage", kind="refused", since="0.12",
             source=_VALIDATION)  # fmt: skip
KG923 = Rule("KG923", "The size of the storage is no quantity", kind="refused", since="0.11",
             source=_VALIDATION)  # fmt: skip
#: What a managed mirror has to say, below `spec`.
_NEEDED: Final = (("source", "modelID"), ("storage", "size"), ("storage", "storageClassName"))


def judge(ctx: RuleContext) -> Iterator[Diagnostic]:
    """What KAITO's webhook would say to the mirror."""
    spec = part(ctx.workspace, "spec")
    if spec.get("mode") == "Static":
        for field in ("source", "storage"):
            if field in spec:
                message = f"a static mirror takes what is there, and {field} says what to fetch"
                yield KG922.at(("spec", field), message, fix=f"remove {field}, or write mode: Managed")
        return
    for field, key in _NEEDED:
        if not text(part(spec, field), key):
            message = f"{field}.{key} is missing or empty"
            yield KG921.at(("spec", field, key), message, fix=f"add it under spec.{field}")
    size = text(part(spec, "storage"), "size")
    if size and not _QUANTITY.fullmatch(size):
        message, fix = f"{cut(size)} is no quantity", "write a size such as 100Gi"
        yield KG923.at(("spec", "storage", "size"), message, fix=fix, found=cut(size))
