"""The values of a comparison: objects, the fields that differ, and what KAITO does with each."""

from typing import Final, Literal, NamedTuple, TypeAlias

from kaitogen.diagnostics.wording import number_of
from kaitogen.model import Json, Origin, Path, Rule, Spec, Target

#: What becomes of a change. `refused` stands first: where one field of an object is refused, no other gets through.
#: recreate: only another object in its place can have it. delete, create: of objects that one side alone has.
#: restart: the pods are replaced. no effect: KAITO takes it, and what runs stays as it was. in place: nothing stops.
Verdict: TypeAlias = Literal["refused", "recreate", "delete", "create", "restart", "no effect", "in place"]

VERDICTS: Final[tuple[Verdict, ...]] = (
    "refused", "recreate", "delete", "create", "restart", "no effect", "in place",
)  # fmt: skip


class Item(NamedTuple):
    """One object of a side: its data as written, the installation it is meant for, and where it was written.

    `spec` is the intent that it was made from; None for what a user wrote in full, or a cluster holds.
    """

    data: Json
    target: Target
    origin: Origin
    spec: Spec | None = None

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """API group, kind, namespace and name: what Kubernetes takes for one and the same object."""
        metadata = self.data["metadata"]
        group = self.data["apiVersion"].rpartition("/")[0]
        return group, self.data["kind"], metadata.get("namespace") or "", metadata["name"]

    @property
    def is_workspace(self) -> bool:
        """Whether it is a Workspace of KAITO's."""
        return self.identity[:2] == ("kaito.sh", "Workspace")

    @property
    def serves(self) -> bool:
        """Whether models run by it: a Workspace, or an InferenceSet of several."""
        return self.is_workspace or self.identity[:2] == ("kaito.sh", "InferenceSet")

    @property
    def is_config_map(self) -> bool:
        """Whether it is a ConfigMap."""
        return self.identity[:2] == ("", "ConfigMap")

    @property
    def is_scaled_object(self) -> bool:
        """Whether it is a ScaledObject of KEDA's."""
        return self.identity[:2] == ("keda.sh", "ScaledObject")

    @property
    def label(self) -> str:
        """The object as people name it: `Workspace inference/phi-4`."""
        _, kind, namespace, name = self.identity
        return f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}"


class Difference(NamedTuple):
    """A field whose value differs. `path` leads to it in the new object, or to where it was; `shown` is that for people.

    A side that does not have it is MISSING.
    """

    path: Path
    shown: str
    before: Json
    after: Json


class Judgement(NamedTuple):
    """What KAITO does with a change, and why, as a sentence without a full stop.

    `rule` is that of the finding it is worth, None where there is none; `number` is that of KAITO's own rule (U2).
    """

    verdict: Verdict
    why: str
    rule: Rule | None = None
    number: str = ""

    @property
    def code(self) -> str:
        """The code of its finding, empty where there is none."""
        return self.rule.code if self.rule else ""


#: Of a field that is nobody's concern but its reader's.
IN_PLACE: Final = Judgement("in place", "")


class Change(NamedTuple):
    """A difference with what comes of it."""

    difference: Difference
    judgement: Judgement


class Cost(NamedTuple):
    """The nodes and GPUs of a Workspace as KAITO will ask for them; None where only the cluster knows."""

    nodes: int | None
    gpus: int | None

    def __str__(self) -> str:
        """`2 nodes with 8 GPUs`, as far as it is known."""
        if self.nodes is None:
            return "nodes whose number only the cluster knows"
        gpus = "GPUs that only the cluster knows" if self.gpus is None else number_of(self.gpus, "GPU")
        return f"{number_of(self.nodes, 'node')} with {gpus}"

    def plus(self, other: "Cost") -> "Cost":
        """What both take while they stand side by side; unknown where either is."""
        return Cost(_sum(self.nodes, other.nodes), _sum(self.gpus, other.gpus))

    def times(self, number: int) -> "Cost":
        """What so many of them take together."""
        return Cost(_product(self.nodes, number), _product(self.gpus, number))


def _product(one: int | None, number: int) -> int | None:
    return None if one is None else one * number


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


class ObjectChange(NamedTuple):
    """What becomes of one object: `before` and `after` are there where that side has it, both for a renamed one."""

    before: Item | None
    after: Item | None
    judgement: Judgement
    changes: tuple[Change, ...] = ()

    @property
    def item(self) -> Item:
        """The object, as it will be where it stays."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def renamed(self) -> bool:
        """Whether it has another name or namespace than before."""
        return (
            self.before is not None and self.after is not None and self.before.identity != self.after.identity
        )


class Comparison(NamedTuple):
    """All objects that differ, in the order of the new side and then of the old, and how many were compared."""

    objects: tuple[ObjectChange, ...]
    compared: int
