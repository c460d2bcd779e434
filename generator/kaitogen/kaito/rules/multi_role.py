"""Rules about a MultiRoleInference: prefill and decode as two InferenceSets, with one model."""

from kaitogen.kaito import rules
from kaitogen.kaito.objects import part, parts, text
from kaitogen.kaito.rules import resource
from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.rules.inference_set import context_of, names, of_made_objects, replica
from kaitogen.model import Diagnostic, Json, Path, Rule
from kaitogen.typed import Final, Iterator

#: Its sets are named <name>-prefill and <name>-decode, and their replicas have six characters more.
_LONGEST_NAME: Final = 38
_VALIDATION: Final = "api/v1alpha1/multiroleinference_validation.go"

KG911 = Rule("KG911", "The model has no name", kind="refused", since="0.11", source=f"{_VALIDATION}@v0.12.0")
KG912 = Rule("KG912", "The selector selects by nothing", kind="refused", since="0.11",
             source="api/v1alpha1/multiroleinference_types.go:79@v0.12.0")  # fmt: skip
KG913 = Rule("KG913", "The roles are not one prefill and one decode", kind="refused", since="0.11",
             source=f"{_VALIDATION}@v0.12.0")  # fmt: skip


def judge(ctx: RuleContext) -> Iterator[Diagnostic]:
    """What KAITO's webhook would say to it, and to the sets and Workspaces that its controller makes of it."""
    data = ctx.workspace
    yield from names(data, _LONGEST_NAME)
    spec = part(data, "spec")
    if not text(part(spec, "model"), "name"):
        yield KG911.at(("spec", "model", "name"), "the model has no name", fix="name a preset")
        return
    selector = part(spec, "labelSelector")
    if not selector.get("matchLabels") and not selector.get("matchExpressions"):
        message = "the selector is empty, and KAITO wants at least one label"
        fix = "select by a label of your own under matchLabels"
        yield KG912.at(("spec", "labelSelector"), message, fix=fix)
    roles = parts(spec, "roles")
    types = [text(role, "type") for role in roles]
    if sorted(types) != ["decode", "prefill"]:
        message = f"the roles are {' and '.join(types) or 'none'}"
        fix = "write one role of type prefill and one of type decode"
        yield KG913.at(("spec", "roles"), message, fix=fix)
        return
    for index, role in enumerate(roles):
        yield from _role(data, role, ("spec", "roles", index), ctx)


def _role(data: Json, role: Json, path: Path, ctx: RuleContext) -> Iterator[Diagnostic]:
    """One role as the Workspace that its replicas are in the end."""
    made = context_of(_replica(data, role), ctx)
    problems = list(resource.needs_instance_type(made))
    yield from (problem._replace(path=(*path, "instanceType")) for problem in problems)
    if not problems:
        found = rules.judge(made)
        yield from of_made_objects(found, lambda inner: _path_in_role(inner, path), lambda _: False)


def _replica(data: Json, role: Json) -> Json:
    metadata, spec = part(data, "metadata"), part(data, "spec")
    preset: dict[str, Json] = {"name": text(part(spec, "model"), "name")}
    if secret := text(part(spec, "model"), "modelAccessSecret"):
        preset["presetOptions"] = {"modelAccessSecret": secret}
    inference: dict[str, Json] = {"preset": preset}
    if config := text(role, "runtimeConfig"):
        inference["config"] = config
    handed_on = {key: metadata[key] for key in ("namespace", "annotations") if key in metadata}
    fields = {"instanceType": role["instanceType"]} if role.get("instanceType") else {}
    return replica(handed_on, fields, spec, inference)


def _path_in_role(path: Path, role: Path) -> Path:
    """From a field of a replica to the field that says it."""
    if path[:2] == ("resource", "labelSelector"):
        return ("spec", *path[1:])
    if path[:2] == ("resource", "instanceType"):
        return (*role, "instanceType")
    if path[:2] == ("inference", "config"):
        return (*role, "runtimeConfig")
    if path[:2] == ("inference", "preset"):
        return ("spec", "model", "modelAccessSecret" if "presetOptions" in path else "name")
    return path if path[:1] == ("metadata",) else role
