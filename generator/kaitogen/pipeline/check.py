"""Finished manifests held against the target's Workspace schema, KAITO's own rules, and each other."""

from kaitogen import schema
from kaitogen.diagnostics.wording import which
from kaitogen.kaito import rules
from kaitogen.kaito.objects import (
    as_stored,
    config_maps_of,
    full_name,
    has_null,
    is_of_kaito,
    schema_name,
    serves,
    to_intent_path,
    value_at,
)
from kaitogen.kaito.rules import RuleContext
from kaitogen.model import (
    ByoNodes,
    Diagnostic,
    Json,
    Manifest,
    Origin,
    Rule,
    Spec,
    Target,
    UserObject,
    path_text,
)
from kaitogen.pipeline import current
from kaitogen.pipeline.classify import SCALED_OBJECT, ErrorLimit
from kaitogen.pipeline.context import CONFIG_KEYS
from kaitogen.schema.compiled import FILES
from kaitogen.typed import Mapping, Sequence

KG220 = Rule("KG220", "One object made twice", kind="invalid")


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
        seen.setdefault(key, spec)
        if serves(data):
            ctx = RuleContext(
                data, spec.target, config_maps=config_maps, notes=notes, byo_nodes=spec.placement.byo_nodes
            )
            ctx.named = () if spec.fleet is None else spec.placement.nodes or ()
            problems = _judge(ctx)
            if spec.fleet is not None:
                from kaitogen.pipeline import replicas  # most intents have none

                problems = replicas.of_intent(problems)
                if not any(one.severity == "error" for one in problems):
                    diagnostics.extend(one.of(spec.origin) for one in replicas.room(spec, data, config_maps))
            diagnostics.extend(
                one._replace(path=to_intent_path(spec, one.path), origin=spec.origin) for one in problems
            )
        elif spec.companions is not None and is_of_kaito(data):
            from kaitogen.pipeline.companions import intent_path  # most intents ask for none

            problems = _judge(RuleContext(data, spec.target, config_maps=config_maps, notes=notes))
            diagnostics.extend(
                one._replace(path=intent_path(data, one.path), origin=spec.origin) for one in problems
            )
    return diagnostics


def check_objects(
    objects: Sequence[UserObject],
    target: Target,
    *,
    notes: bool = False,
    byo_nodes: Mapping[int, ByoNodes] | None = None,
) -> list[Diagnostic]:
    """The same for Workspaces that a user wrote in full, at their own fields. `byo_nodes` is by the identity of their data."""
    config_maps = config_maps_of(data for _, data in objects)
    diagnostics: list[Diagnostic] = []
    error_limit = ErrorLimit()
    scaled = [one for one in objects if one.data.get("kind") == SCALED_OBJECT]
    for origin, data in objects:
        if not is_of_kaito(data) or error_limit.is_reached(origin.document):
            continue
        problems: list[Diagnostic] = []
        stored = data
        if has_null(data):
            from kaitogen.kaito.rules import api_server  # few objects have any

            problems, stored = list(api_server.unread_nulls(data, target)), as_stored(data)
        nodes = None if byo_nodes is None else byo_nodes.get(id(data))
        ctx = RuleContext(stored, target, config_maps=config_maps, notes=notes, byo_nodes=nodes)
        problems += _judge(ctx)
        diagnostics.extend(_at_its_document(problem, origin, ctx, objects) for problem in problems)
        if any(problem.severity == "error" for problem in problems):
            diagnostics.extend(error_limit.count_error(origin))
        elif data["kind"] == "InferenceSet":
            from kaitogen.pipeline import finished_sets  # most objects are Workspaces

            diagnostics.extend(finished_sets.judge(origin, stored, nodes, scaled, target, config_maps))
    return diagnostics


def _at_its_document(
    problem: Diagnostic, origin: Origin, ctx: RuleContext, objects: Sequence[UserObject]
) -> Diagnostic:
    """A finding about what a ConfigMap says stands there, not at the name by which the object refers to it."""
    path = problem.path
    length = path.index("config") + 1 if "config" in path else len(path)
    key = CONFIG_KEYS.get(str(path[length - 2])) if length > 1 else None
    if key is None or length == len(path):
        return problem.of(origin)
    named = ctx.config_map(str(value_at(ctx.workspace, path[:length])))
    for place, data in objects:
        if named is not None and data["kind"] == "ConfigMap" and data.get("data") is named:
            return problem._replace(path=("data", key, *path[length:])).of(place)
    return problem.of(origin)


def _judge(ctx: RuleContext) -> list[Diagnostic]:
    """The rules only for what the schema lets through: they count on its shapes."""
    if conforms(ctx.workspace, ctx.target):
        return rules.judge_object(ctx)
    from kaitogen.kaito.rules import api_server  # most objects conform

    return list(api_server.refused(ctx.workspace, ctx.target))


def conforms(data: Json, target: Target) -> bool:
    """Whether an object is as the target's schema of its kind and version says; not where the target serves none."""
    name = schema_name(data, target)
    return name in FILES and schema.conforms(name, data)


def _twice(data: Json, first: Spec) -> Diagnostic:
    document, (root, *_) = first.origin
    where = which(document)
    if root:
        where += f" at {path_text(root)}"
    elif not document.inline:
        where += f" from line {document.line + 1}"
    message = f"{data['kind']} {full_name(data)} is made twice; the first is in {where}"
    if data["kind"] == "ModelMirror":
        fix = "remove modelMirror from one of the two: there is one mirror of a model, for all that run it"
        return KG220.at(("spec", "modelMirror"), message, fix=fix)
    return KG220.at(("metadata", "name"), message, fix="rename one, or put it into another namespace")
