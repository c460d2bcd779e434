"""The fields that KAITO has and no part of it reads, kind by kind: one table, which a test holds against every schema.

What is read depending on more than versions (count, preferredNodes) has rules of its own beside this module.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from kaitogen.kaito.objects import text, value_at
from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.server_fields import DEFAULT_UPDATE_STRATEGY
from kaitogen.kaito.versions import since, until
from kaitogen.model import Diagnostic, Feature, Json, Path, Rule

KG908 = Rule("KG908", "KAITO reads this field nowhere", kind="warning", since="0.4",
             source="api/v1beta1/workspace_types.go:106@v0.12.0")  # fmt: skip


class Unread(NamedTuple):
    """A field that is accepted and not read, in the versions of `feature`, and what holds instead.

    `default` is a value that says nothing, since the CRD or KAITO itself writes it. `api_version` is the one that has
    it unread, empty for each; `beside` is a field next to which it is not read, empty where it never is.
    """

    kind: str
    path: Path
    why: str
    feature: Feature = since(4)
    default: Json = None
    api_version: str = ""
    beside: Path = ()
    fix: str = "remove it"


_IMAGE: Final = "KAITO takes the image of a preset from its own release"
_PULL: Final = "the image of a preset is KAITO's own"
_LOCAL: Final = "write embedding.local with modelID instead"
_SPEC: Final = "spec"
#: pkg/workspace/inference/preset_inferences.go:138, pkg/workspace/tuning/preset_tuning.go:87, pkg/ragengine/manifests/manifests.go:176,
#: pkg/ragengine/controllers/preset_rag.go:253, pkg/modelmirror/download/job.go:74 (v0.12.0), and the same files of each older tag.
UNREAD: Final[tuple[Unread, ...]] = (
    *(
        field
        for workload in ("inference", "tuning")
        for preset in ((workload, "preset"),)
        for field in (
            Unread(
                kind="Workspace",
                path=(*preset, "accessMode"),
                why="models are public or need a secret",
                default="public",
            ),
            Unread(kind="Workspace", path=(*preset, "presetOptions", "image"), why=_IMAGE),
            Unread(kind="Workspace", path=(*preset, "presetOptions", "imagePullSecrets"), why=_PULL),
        )
    ),
    Unread(
        kind="Workspace",
        path=("tuning", "preset", "presetOptions", "modelAccessSecret"),
        why="a tuning has its model in its image",
    ),
    Unread(
        kind="Workspace",
        path=("inference", "adapters"),
        why="beside a pod template nothing loads them",
        beside=("inference", "template"),
    ),
    Unread(
        kind="Workspace",
        path=("inference", "config"),
        why="a pod template of your own is not given the ConfigMap",
        beside=("inference", "template"),
    ),
    Unread(
        kind="InferenceSet",
        path=(_SPEC, "updateStrategy"),
        why="replicas keep their template until they are made again",
        default=DEFAULT_UPDATE_STRATEGY,
    ),
    Unread(
        kind="InferenceSet",
        path=(_SPEC, "template", "metadata", "name"),
        why="replicas are named after the set",
        feature=since(11),
    ),
    Unread(
        kind="ModelMirror",
        path=(_SPEC, "source", "accessSecret", "namespace"),
        why="the Secret is looked up beside the download",
        feature=since(11),
    ),
    *(
        Unread(
            kind="ModelMirror",
            path=(_SPEC, "source", "accessSecret", key),
            why="a Secret is found by its name",
            feature=since(11),
        )
        for key in ("apiVersion", "kind", "fieldPath", "resourceVersion", "uid")
    ),
    Unread(
        kind="RAGEngine",
        path=(_SPEC, "embedding", "local", "image"),
        why="it starts its own image, which fetches modelID",
        fix=_LOCAL,
    ),
    Unread(
        kind="RAGEngine", path=(_SPEC, "embedding", "local", "imagePullSecret"), why="it starts its own image"
    ),
    Unread(
        kind="RAGEngine",
        path=(_SPEC, "embedding", "remote", "url"),
        why="a remote embedding is not implemented",
        fix=_LOCAL,
    ),
    Unread(
        kind="RAGEngine",
        path=(_SPEC, "embedding", "remote", "accessSecret"),
        why="a remote embedding is not implemented",
    ),
    Unread(
        kind="RAGEngine",
        path=(_SPEC, "compute", "count"),
        why="a RAGEngine is one pod on one node",
        feature=since(9),
        default=1,
    ),
    Unread(
        kind="RAGEngine",
        path=(_SPEC, "compute", "preferredNodes"),
        why="labelSelector says which nodes it takes",
        feature=since(9),
    ),
    Unread(
        kind="RAGEngine",
        path=(_SPEC, "compute", "partition"),
        why="a RAGEngine takes whole GPUs",
        feature=since(12),
    ),
    Unread(
        kind="RAGEngine", path=(_SPEC, "indexServiceName"), why="the Service is named after the RAGEngine"
    ),
    Unread(
        kind="RAGEngine", path=(_SPEC, "queryServiceName"), why="the Service is named after the RAGEngine"
    ),
    Unread(kind="RAGEngine", path=(_SPEC, "storage"), why="the index is in memory", feature=until(7)),
    *(
        Unread(
            kind="RAGEngine",
            path=(_SPEC, "storage", key),
            why="v1beta1 is stored, and has it under persistentVolume",
            feature=since(9),
            api_version="kaito.sh/v1alpha1",
        )
        for key in ("persistentVolumeClaim", "mountPath")
    ),
)
_BY_KIND: Final[dict[str, list[Unread]]] = {}
for _field in UNREAD:
    _BY_KIND.setdefault(_field.kind, []).append(_field)


def judge(ctx: RuleContext, found: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """A warning for each field that is written and that no part of the target's KAITO reads.

    Not where an error is `found` at or above the field already: what to do about that comes first.
    """
    errors = [one.path for one in found if one.severity == "error" and one.path]
    for field in _BY_KIND.get(text(ctx.workspace, "kind") or "Workspace", ()):
        if _is_written(ctx, field) and not any(field.path[: len(path)] == path for path in errors):
            where = "no part of KAITO" if field.feature == since(4) else f"no part of KAITO {ctx.kaito}"
            yield KG908.at(field.path, f"{where} reads {field.path[-1]}; {field.why}", fix=field.fix)


def _is_written(ctx: RuleContext, field: Unread) -> bool:
    """Whether the object says something by the field, and the target does not read it there."""
    data = ctx.workspace
    value = value_at(data, field.path)
    return (
        value not in (None, {}, [], field.default)
        and ctx.has(field.feature)
        and field.api_version in ("", data.get("apiVersion"))
        and (not field.beside or value_at(data, field.beside) is not None)
    )
