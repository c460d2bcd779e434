"""What the API server says to an object, and KAITO's decoder after it: before any rule of KAITO's own is asked."""

from kaitogen import schema
from kaitogen.kaito.objects import KAITO_GROUP, TEMPLATE, schema_name, value_at
from kaitogen.kaito.rules.context import cut
from kaitogen.kaito.versions import KINDS, REPLICA_METADATA
from kaitogen.model import Diagnostic, Json, Path, Rule, Target, path_text
from kaitogen.schema import KG120, KG121
from kaitogen.schema.compiled import FILES
from kaitogen.typed import Final, Iterator

KG401 = Rule("KG401", "The Workspace does not fit the target version's own schema", kind="refused", since="0.4",
             source="config/crd/bases/kaito.sh_workspaces.yaml:646@v0.12.0")  # fmt: skip
KG402 = Rule(
    "KG402", "A pod template or a volume holds a key that Kubernetes does not know", kind="refused", since="0.4",
    source="pkg/workspace/webhooks/webhooks.go:62@v0.12.0",
)  # fmt: skip
KG496 = Rule("KG496", "A pod template or a volume lacks what Kubernetes requires", kind="can't work", since="0.4",
             source="pkg/workspace/inference/template_inference.go@v0.12.0")  # fmt: skip

#: What KAITO decodes strictly, because its own schema has nothing to say about it.
_STRICT: Final = frozenset(("template", "updateStrategy", "volumeSource"))
#: Of an InferenceSet, which calls what its replicas are made of a template as well.


def refused(workspace: Json, target: Target) -> Iterator[Diagnostic]:
    """What the target's API server would refuse or drop without a word (R1), or KAITO's strict decoder refuse (R2)."""
    kind, version = workspace["kind"], workspace["apiVersion"].removeprefix(KAITO_GROUP)
    feature = KINDS.get(kind, {}).get(version)
    if feature is None or not target.has(feature):
        yield _not_served(workspace, target)
        return
    for problem in schema.problems(schema_name(workspace, target), workspace):
        if _is_strict(problem.path, target):
            lacking = problem.rule == KG121 or value_at(workspace, problem.path) is None
            yield problem._replace(rule=KG496 if lacking else KG402)
        elif problem.rule == KG120:
            yield _unknown_to(kind, target, problem)
        else:
            yield problem._replace(rule=KG401)


def unknown_fields(data: Json, target: Target) -> Iterator[Diagnostic]:
    """Of what `refused` says, what the API server only drops: such an object is admitted without these fields."""
    name = schema_name(data, target)
    for problem in schema.problems(name, data) if name in FILES else ():
        if problem.rule == KG120 and not _is_strict(problem.path, target):
            yield _unknown_to(data["kind"], target, problem)


def unread_nulls(data: Json, target: Target) -> Iterator[Diagnostic]:
    """Fields that the schema does not know and that are null: they are no part of what is stored, and yet told or refused."""
    name = schema_name(data, target)
    for path in schema.unknown_nulls(name, data):
        if _is_strict(path, target):
            yield KG402.at(path, f"unknown field {path_text(path[-1:])}", fix="remove it")
        else:
            yield _unknown_to(data["kind"], target, KG120.at(path, ""))


def _is_strict(path: Path, target: Target) -> bool:
    if path[: len(TEMPLATE)] == TEMPLATE:
        path = path[len(TEMPLATE) :]
        if path[:1] == ("metadata",) and target.has(REPLICA_METADATA):
            return True
    return not _STRICT.isdisjoint(step for step in path if isinstance(step, str))


def _not_served(data: Json, target: Target) -> Diagnostic:
    served = [each for each, feature in KINDS.get(data["kind"], {}).items() if target.has(feature)]
    kind, version = cut(data["kind"]), cut(data["apiVersion"])
    if served:
        message = f"KAITO {target.kaito} serves no {kind} of apiVersion {version}"
        return KG401.at(("apiVersion",), message, fix=f"write {KAITO_GROUP}{served[-1]}")
    message = f"KAITO {target.kaito} has no kind {kind}"
    if kind in KINDS:
        came = f"0.{min(feature.since for feature in KINDS[kind].values())}"
        return KG401.at(
            ("kind",), f"{message}; it came with {came}", fix=f"generate for KAITO {came} or newer"
        )
    from kaitogen.diagnostics.suggest import nearest  # only a wrong kind needs it

    near = nearest(kind, KINDS)
    fix = f"write {near}" if near else f"KAITO's kinds are {', '.join(KINDS)}"
    return KG401.at(("kind",), message, fix=fix, found=kind)


def _unknown_to(kind: str, target: Target, problem: Diagnostic) -> Diagnostic:
    field = path_text(problem.path)
    article = "an" if kind[0] in "AEIOU" else "a"
    message = f"{article} {kind} of KAITO {target.kaito} has no field {field[:80]}; the API server would drop it without a word"
    fix = problem.fix or "remove it, or generate for a KAITO version that has it"
    return KG401.at(problem.path, message, fix=fix)
