"""The values of a comparison: the objects of a side, the fields that differ, and what KAITO does with each.

Of two values the order of keys means nothing, and lists go by name where their items have one.
"""

from kaitogen.diagnostics.wording import number_of, which
from kaitogen.kaito.objects import MISSING, Identity, identity, part, text
from kaitogen.model import Diagnostic, Json, Origin, Path, Result, Rule, Spec, Target, path_text
from kaitogen.typed import Final, Iterable, Iterator, Literal, Mapping, NamedTuple, Sequence, TypeAlias

KG825 = Rule("KG825", "An object without a name, which cannot be compared", kind="refused")
KG826 = Rule("KG826", "An object that one side of a comparison has twice", kind="refused")

_NAMED = "only an object with apiVersion, kind and metadata.name can be told from others"

#: What becomes of a change. `refused` stands first: where one field of an object is refused, no other gets through.
#: recreate: only another object in its place can have it. delete, create: of objects that one side alone has.
#: restart: the pods are replaced. no effect: KAITO takes it, and what runs stays as it was. in place: nothing stops.
Verdict: TypeAlias = Literal["refused", "recreate", "delete", "create", "restart", "no effect", "in place"]

VERDICTS: Final[tuple[Verdict, ...]] = (
    "refused", "recreate", "delete", "create", "restart", "no effect", "in place",
)  # fmt: skip
#: Below these a value that one side lacks is told key by key, since each means something of its own.
_OPENED: Final = frozenset(("metadata", "labels", "annotations", "resource", "data"))
#: Deeper than any reader of ours goes; what a cluster holds may be deeper, and is then compared as a whole.
_DEEPEST: Final = 100


class Item(NamedTuple):
    """One object of a side: its data as written, the installation it is meant for, and where it was written.

    `spec` is the intent that it was made from; None for what a user wrote in full, or a cluster holds.
    """

    data: Json
    target: Target
    origin: Origin
    spec: Spec | None = None

    @property
    def identity(self) -> Identity:
        """What Kubernetes takes for one and the same object."""
        return identity(self.data)

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


class Takes(NamedTuple):
    """The nodes and GPUs of a Workspace as KAITO will ask for them; None where that is unknown."""

    nodes: int | None
    gpus: int | None

    def __str__(self) -> str:
        """`2 nodes with 8 GPUs`, as far as it is known."""
        if self.nodes is None:
            return "nodes whose number only the cluster knows"
        gpus = "GPUs that only the cluster knows" if self.gpus is None else number_of(self.gpus, "GPU")
        return f"{number_of(self.nodes, 'node')} with {gpus}"

    def plus(self, other: "Takes") -> "Takes":
        """What both take while they stand side by side; unknown where either is."""
        both = zip(self, other, strict=True)
        return Takes(*(None if one is None or more is None else one + more for one, more in both))

    def times(self, number: int) -> "Takes":
        """What so many of them take together."""
        return Takes(*(None if one is None else one * number for one in self))


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
            message = f"{item.label} is here twice; the first is in {which(first.origin.document)}"
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


def settings_name(data: Json) -> str:
    """The name of the ConfigMap that a Workspace or a set reads; empty where it reads none."""
    if data["kind"] == "InferenceSet":
        data = part(part(data, "spec"), "template")
    for workload in ("inference", "tuning"):
        if name := text(part(data, workload), "config"):
            return name
    return ""


def differences(before: Json, after: Json) -> list[Difference]:
    """The fields that differ between two mappings, in the order of the first with what is new behind it."""
    return list(_differ(before, after, (), ""))


def same(one: Json, other: Json) -> bool:
    """Whether two values are the same to YAML and JSON: true is not 1, and 1.0 is."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def _differ(before: Json, after: Json, path: Path, shown: str) -> Iterator[Difference]:
    if path and path[-1] in _OPENED:
        before, after = _opened(before, after), _opened(after, before)
    if isinstance(before, dict) and isinstance(after, dict) and len(path) < _DEEPEST:
        for key in [*before, *(key for key in after if key not in before)]:
            step = path_text((key,)) if isinstance(key, str) else str(key)
            joined = step if not shown or step.startswith("[") else f".{step}"
            yield from _differ(
                before.get(key, MISSING), after.get(key, MISSING), (*path, key), shown + joined
            )
        return
    if isinstance(before, list) and isinstance(after, list) and len(path) < _DEEPEST:
        yield from _lists(before, after, path, shown)
        return
    if before is MISSING and after is MISSING:
        return
    if before is MISSING or after is MISSING or not same(before, after):
        yield Difference(path, shown, before, after)


def _opened(value: Json, other: Json) -> Json:
    """An empty mapping for what is not there, where the other side has one."""
    return {} if value is MISSING and isinstance(other, dict) else value


def _lists(before: list[Json], after: list[Json], path: Path, shown: str) -> Iterator[Difference]:
    old, new = _named(before), _named(after)
    if old is None or new is None:
        for index in range(max(len(before), len(after))):
            left = before[index] if index < len(before) else MISSING
            right = after[index] if index < len(after) else MISSING
            yield from _differ(left, right, (*path, index), f"{shown}[{index}]")
        return
    for name, index in {**old, **new}.items():
        left = before[old[name]] if name in old else MISSING
        right = after[new[name]] if name in new else MISSING
        yield from _differ(left, right, (*path, index), f"{shown}[{name}]")
    stayed = [name for name in old if name in new]
    order = [name for name in new if name in old]
    if stayed != order:
        yield Difference(path, f"order of {shown}", stayed, order)


def _named(items: Sequence[Json]) -> Mapping[str, int] | None:
    """The items by their names; None where one has none, or two have the same."""
    names: dict[str, int] = {}
    for index, item in enumerate(items):
        name = _name(item)
        if name is None or name in names:
            return None
        names[name] = index
    return names


def _name(item: Json) -> str | None:
    """The name of an item of a list: its own, or that of its source, as an adapter's."""
    if not isinstance(item, dict):
        return None
    source = item.get("source")
    name = item.get("name", source.get("name") if isinstance(source, dict) else None)
    return name if isinstance(name, str) and name else None
