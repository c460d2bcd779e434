"""Finished manifests held against the target's Workspace schema, KAITO's own rules, and each other."""

from collections.abc import Iterator, Sequence
from typing import Final

from kaitogen import schema
from kaitogen.kaito import rules
from kaitogen.kaito.objects import config_maps_of, to_intent_path, without_nulls
from kaitogen.kaito.rules import RuleContext
from kaitogen.model import Diagnostic, Json, Manifest, Rule, Spec, Target, UserObject, path_text
from kaitogen.pipeline import current
from kaitogen.pipeline.classify import ErrorLimit
from kaitogen.schema import KG120

KG220 = Rule("KG220", "One object made twice", kind="invalid")
KG401 = Rule("KG401", "The Workspace does not fit the target version's own schema", kind="refused", since="0.4",
             source="config/crd/bases/kaito.sh_workspaces.yaml:646@v0.12.0")  # fmt: skip
KG402 = Rule(
    "KG402", "A pod template or a volume holds a key that Kubernetes does not know", kind="refused", since="0.4",
    source="pkg/workspace/webhooks/webhooks.go:62@v0.12.0",
)  # fmt: skip


_GROUP: Final = "kaito.sh/"
_SERVED: Final = ("v1beta1", "v1alpha1")
#: What KAITO decodes strictly, because its own schema has nothing to say about it.
_STRICT: Final = frozenset(("template", "volumeSource"))


def check(manifests: Sequence[Manifest], *, notes: bool = False, together: bool = True) -> list[Diagnostic]:
    """What the API server, KAITO's webhook or Kubernetes would say to these objects, at the intent's own fields.

    `together` says that all of them go to one cluster, so that no two may be the same object;
    otherwise that holds within each file only.
    """
    config_maps = config_maps_of(manifest.data for manifest in manifests)
    diagnostics: list[Diagnostic] = []
    seen: dict[tuple[str, ...], Spec] = {}
    for manifest in manifests:
        spec, data = manifest
        current.file, current.workspace = spec.origin.document.file, spec.name
        key = manifest.identity if together else (*manifest.identity, spec.origin.document.file)
        if key in seen:
            diagnostics.append(_twice(data, seen[key]).of(spec.origin))
        seen[key] = spec
        if is_workspace(data):
            byo_nodes = spec.placement.byo_nodes
            problems = _judge(
                RuleContext(data, spec.target, config_maps=config_maps, notes=notes, byo_nodes=byo_nodes)
            )
            diagnostics.extend(
                one._replace(path=to_intent_path(spec, one.path)).of(spec.origin) for one in problems
            )
    return diagnostics


def check_objects(objects: Sequence[UserObject], target: Target, *, notes: bool = False) -> list[Diagnostic]:
    """The same for Workspaces that a user wrote in full, at their own fields."""
    config_maps = config_maps_of(data for _, data in objects)
    diagnostics: list[Diagnostic] = []
    error_limit = ErrorLimit()
    for origin, data in objects:
        if not is_workspace(data) or error_limit.is_reached(origin.document):
            continue
        problems = _judge(RuleContext(without_nulls(data), target, config_maps=config_maps, notes=notes))
        diagnostics.extend(problem.of(origin) for problem in problems)
        if any(problem.severity == "error" for problem in problems):
            diagnostics.extend(error_limit.count_error(origin))
    return diagnostics


def _judge(ctx: RuleContext) -> list[Diagnostic]:
    """The rules only for what the schema lets through: they count on its shapes."""
    return list(refused_by_schema(ctx.workspace, ctx.target)) or rules.judge(ctx)


def is_workspace(data: Json) -> bool:
    """Whether an object is a Workspace of KAITO's, of any version."""
    return bool(data["kind"] == "Workspace" and data["apiVersion"].startswith(_GROUP))


def refused_by_schema(workspace: Json, target: Target) -> Iterator[Diagnostic]:
    """What the target's API server would refuse or drop without a word (R1), or KAITO's strict decoder refuse (R2)."""
    version = workspace["apiVersion"].removeprefix(_GROUP)
    if version not in _SERVED:
        message = f"KAITO {target.kaito} serves no Workspace of apiVersion {workspace['apiVersion'][:60]}"
        yield KG401.at(("apiVersion",), message, fix=f"write {_GROUP}{_SERVED[0]}")
        return
    for problem in schema.problems(f"workspace-{target.kaito}-{version}", workspace):
        if _STRICT.intersection(step for step in problem.path if isinstance(step, str)):
            yield problem._replace(rule=KG402)
        elif problem.rule == KG120:
            yield _unknown_to(target, problem)
        else:
            yield problem._replace(rule=KG401)


def _unknown_to(target: Target, problem: Diagnostic) -> Diagnostic:
    field = path_text(problem.path)
    message = f"a Workspace of KAITO {target.kaito} has no field {field[:80]}; the API server would drop it without a word"
    fix = problem.fix or "remove it, or generate for a KAITO version that has it"
    return KG401.at(problem.path, message, fix=fix)


def _twice(data: Json, first: Spec) -> Diagnostic:
    metadata = data["metadata"]
    name = "/".join(part for part in (metadata.get("namespace"), metadata["name"]) if part)
    document = first.origin.document
    message = f"{data['kind']} {name} is made twice; the first is in {document.file}, document {document.number + 1}"
    return KG220.at(("metadata", "name"), message, fix="rename one, or put it into another namespace")
