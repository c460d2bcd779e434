"""Objects with the verdict of KAITO's own code, and how ours stands to each."""

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from kaitogen.kaito.updates.compare import compare
from kaitogen.kaito.updates.findings import problems
from kaitogen.kaito.updates.model import Comparison, Item, items_of
from kaitogen.model import KAITO_VERSIONS, Diagnostic, Document, Origin, Request, Result, Target, UserObject
from kaitogen.pipeline.generate import generate
from tests.draws import WHOLE

FOLDER: Final = Path(__file__).parent / "verdicts"
Vector: TypeAlias = dict[str, Any]
#: The first two are faults of ours, as is the third; `stricter` is what KAITO admits and can never run.
Verdict: TypeAlias = Literal[
    "MISSED",
    "FALSE REFUSAL",
    "PRUNED, NOT TOLD",
    "both admit",
    "both refuse",
    "pruned, told",
    "stricter",
    "state",
]
FAULTS: Final = ("MISSED", "FALSE REFUSAL", "PRUNED, NOT TOLD")
#: Refusals that depend on what is in a cluster or how KAITO was installed: no file says that.
STATE: Final = re.compile(
    "not found in namespace|No nodes found|no ready nodes|missing required nvidia|nvidia.com labels|total of .* requires"
    "|node-class-name|get StorageClass|different GPU|insufficient|StorageClass"
)


def read(name: str, step: int = 1, first: int = 0) -> Iterator[Vector]:
    """The vectors of one file, in order, or one of each `step`."""
    with gzip.open(FOLDER / name, "rt", encoding="utf-8") as lines:
        for line in islice(lines, first, None, step):
            yield json.loads(line)


def part(name: str) -> Iterator[Vector]:
    """What the gate looks at: of the newest API of the newest version one of six, of each other file one of 24.

    Most changes are made to the objects of every version, and it is another part of them in each file.
    """
    newest = name.endswith((f"-{KAITO_VERSIONS[-1]}-v1beta1.jsonl.gz", f"-{KAITO_VERSIONS[-1]}.jsonl.gz"))
    step = 1 if WHOLE else 6 if newest else 24
    return read(name, step, sum(name.encode()) % step)


class Error(NamedTuple):
    """What a verdict needs of a finding."""

    kind: str
    code: str


def errors(vector: Vector) -> list[Error]:
    """What kaitogen finds in the object, and in what stands beside it in the cluster, that is an error."""
    documents = tuple(
        Document(file="object.json", number=number, value=value, inline=True)
        for number, value in enumerate([*beside(vector), vector["object"]])
    )
    result = generate(Request(documents=documents, objects_target=target_of(vector)))
    return [Error(one.rule.kind, one.code) for one in result.findings if one.severity == "error"]


def beside(vector: Vector) -> list[dict[str, Any]]:
    """What is in the cluster besides, but for nodes."""
    return [other for other in vector.get("beside", ()) if other["kind"] != "Node"]


def refused_update(vector: Vector) -> bool:
    """Whether `diff` says that the change is refused: by the word, or since it cannot tell what the object's name is."""
    comparison, nameless = _compared(vector)
    return bool(nameless) or any(one.judgement.verdict == "refused" for one in comparison.objects)


def validated_change(vector: Vector) -> bool:
    """Whether `validate --against` has an error for the object, or for the change."""
    comparison, _ = _compared(vector)
    return bool(errors(vector)) or any(one.severity == "error" for one in problems(comparison))


def _compared(vector: Vector) -> tuple[Comparison, list[Diagnostic]]:
    target = target_of(vector)
    document = Document("object.json", 0, vector["object"], inline=True)
    objects = (UserObject(Origin(document), document.value),)
    after, nameless = items_of(Result(manifests=(), findings=(), objects=objects), target)
    return compare([Item(vector["old"], target, Origin(document))], after), nameless


def target_of(vector: Vector) -> Target:
    """The installation that a vector was judged for."""
    return Target(
        kaito=vector["kaito"], provider=vector["provider"], node_provisioner=vector["provisioner"],
        feature_gates=vector["gates"],
    )  # fmt: skip


def verdict(vector: Vector, found: Sequence[Error]) -> Verdict:
    """How our verdict stands to KAITO's."""
    if vector["admitted"]:
        if vector.get("pruned"):
            return "pruned, told" if found else "PRUNED, NOT TOLD"
        refused = [one for one in found if one.kind == "refused" and one.code != "KG401"]
        return "FALSE REFUSAL" if refused else "stricter" if found else "both admit"
    if found:
        return "both refuse"
    return "state" if STATE.search(vector["says"]) else "MISSED"
