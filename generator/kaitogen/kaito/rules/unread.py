"""The fields that KAITO has and no part of it reads, kind by kind: one table, which a test holds against every schema.

What is read depending on more than versions (count, preferredNodes) has rules of its own beside this module.
"""

from kaitogen.kaito.objects import text, value_at
from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.server_fields import DEFAULT_UPDATE_STRATEGY
from kaitogen.kaito.versions import since, until
from kaitogen.model import Diagnostic, Feature, Json, Path, Rule
from kaitogen.typed import Any, Final, Iterator, NamedTuple, Sequence

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


def _of(kind: str, fields: str, why: str, **more: Any) -> Iterator[Unread]:
    """The same for several fields, whose paths are written with dots and apart by blanks."""
    for field in fields.split():
        yield Unread(kind=kind, path=tuple(field.split(".")), why=why, **more)


_TEMPLATE: Final[Path] = ("inference", "template")
_LOCAL: Final = "write embedding.local with modelID instead"
_ENGINE: Final = "RAGEngine"
#: Of a reference to an object, what is not its name or namespace.
_OF_REFERENCE: Final = ("apiVersion", "kind", "fieldPath", "resourceVersion", "uid")
#: pkg/workspace/inference/preset_inferences.go:138, pkg/workspace/tuning/preset_tuning.go:87, pkg/ragengine/manifests/manifests.go:176,
#: pkg/ragengine/controllers/preset_rag.go:253, pkg/modelmirror/download/job.go:74 (v0.12.0), and the same files of each older tag.
UNREAD: Final[tuple[Unread, ...]] = (
    *_of("Workspace", "inference.preset.accessMode tuning.preset.accessMode",
         "models are public or need a secret", default="public"),
    *_of("Workspace", "inference.preset.presetOptions.image tuning.preset.presetOptions.image",
         "KAITO takes the image of a preset from its own release"),
    *_of("Workspace", "inference.preset.presetOptions.imagePullSecrets tuning.preset.presetOptions.imagePullSecrets",
         "the image of a preset is KAITO's own"),
    *_of("Workspace", "tuning.preset.presetOptions.modelAccessSecret", "a tuning has its model in its image"),
    *_of("Workspace", "inference.adapters", "beside a pod template nothing loads them", beside=_TEMPLATE),
    *_of("Workspace", "inference.config", "a pod template of your own is not given the ConfigMap", beside=_TEMPLATE),
    *_of("InferenceSet", "spec.updateStrategy", "replicas keep their template until they are made again",
         default=DEFAULT_UPDATE_STRATEGY),
    *_of("InferenceSet", "spec.template.metadata.name", "replicas are named after the set", feature=since(11)),
    *_of("ModelMirror", "spec.source.accessSecret.namespace", "the Secret is looked up beside the download",
         feature=since(11)),
    *_of("ModelMirror", " ".join(f"spec.source.accessSecret.{key}" for key in _OF_REFERENCE),
         "a Secret is found by its name", feature=since(11)),
    *_of(_ENGINE, "spec.embedding.local.image", "it starts its own image, which fetches modelID", fix=_LOCAL),
    *_of(_ENGINE, "spec.embedding.local.imagePullSecret", "it starts its own image"),
    *_of(_ENGINE, "spec.embedding.remote.url", "a remote embedding is not implemented", fix=_LOCAL),
    *_of(_ENGINE, "spec.embedding.remote.accessSecret", "a remote embedding is not implemented"),
    *_of(_ENGINE, "spec.compute.count", "a RAGEngine is one pod on one node", feature=since(9), default=1),
    *_of(_ENGINE, "spec.compute.preferredNodes", "labelSelector says which nodes it takes", feature=since(9)),
    *_of(_ENGINE, "spec.compute.partition", "a RAGEngine takes whole GPUs", feature=since(12)),
    *_of(_ENGINE, "spec.indexServiceName spec.queryServiceName", "the Service is named after the RAGEngine"),
    *_of(_ENGINE, "spec.storage", "the index is in memory", feature=until(7)),
    *_of(_ENGINE, "spec.storage.persistentVolumeClaim spec.storage.mountPath",
         "v1beta1 is stored, and has it under persistentVolume", feature=since(9), api_version="kaito.sh/v1alpha1"),
)  # fmt: skip
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
