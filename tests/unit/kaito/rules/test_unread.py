"""No dead field in silence: every field of every schema of KAITO's is known to be read, or is warned of."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from kaitogen.kaito.rules import RuleContext, judge_object
from kaitogen.kaito.rules.unread import UNREAD, Unread
from kaitogen.kaito.versions import KINDS, RELEASES
from kaitogen.model import Json, Path, Target
from kaitogen.schema import document, resolved
from kaitogen.schema.compiled import FILES
from tests.samples import BASES
from tests.unit.kaito.rules.kinds import ENGINE, MIRROR, MULTI_ROLE, SET
from tests.unit.kaito.rules.workspaces import change

#: Below these Kubernetes reads on, or KAITO alone writes.
_CLOSED: Final = frozenset(
    ("metadata", "status", "labelSelector", "template", "volumeSource", "updateStrategy")
)
#: The fields that KAITO reads, each seen in its code; what `inference` of a set holds, its replicas read as Workspaces.
#: A field of a new release belongs here or into UNREAD: `git grep` in KAITO's code says which.
READ: Final = {
    "Workspace": """
        apiVersion kind metadata status
        resource.count resource.instanceType resource.labelSelector resource.preferredNodes
        resource.partition.mode resource.partition.profile resource.partition.count
        inference.preset.name inference.preset.presetOptions.modelAccessSecret inference.template inference.config
        inference.adapters.*.source.name inference.adapters.*.source.image inference.adapters.*.source.imagePullSecrets
        inference.adapters.*.source.volumeSource inference.adapters.*.source.urls inference.adapters.*.strength
        tuning.preset.name tuning.method tuning.config
        tuning.input.name tuning.input.urls tuning.input.image tuning.input.imagePullSecrets tuning.input.volumeSource
        tuning.output.image tuning.output.imagePushSecret tuning.output.volumeSource
    """,
    "InferenceSet": """
        apiVersion kind metadata status
        spec.replicas spec.labelSelector spec.template.metadata spec.template.resource.instanceType
        spec.template.resource.partition.mode spec.template.resource.partition.profile
        spec.template.resource.partition.count
        spec.autoUpgrade.enabled spec.autoUpgrade.strategy spec.autoUpgrade.maintenanceWindow.schedule
        spec.autoUpgrade.maintenanceWindow.duration
    """,
    "MultiRoleInference": """
        apiVersion kind metadata status
        spec.labelSelector spec.model.name spec.model.modelAccessSecret spec.eppPluginsConfig
        spec.roles.*.type spec.roles.*.replicas spec.roles.*.instanceType spec.roles.*.runtimeConfig
    """,
    "ModelMirror": """
        apiVersion kind metadata status
        spec.mode spec.source.registry spec.source.modelID spec.source.accessSecret.name
        spec.storage.size spec.storage.storageClassName spec.jobNamespace spec.serviceAccountName
    """,
    "RAGEngine": """
        apiVersion kind metadata status
        spec.compute.instanceType spec.compute.labelSelector spec.compute.count spec.compute.preferredNodes
        spec.embedding.local.modelID spec.embedding.local.modelAccessSecret
        spec.inferenceService.url spec.inferenceService.accessSecret spec.inferenceService.contextWindowSize
        spec.storage.persistentVolumeClaim spec.storage.mountPath spec.storage.persistentVolume.persistentVolumeClaim
        spec.storage.persistentVolume.mountPath spec.storage.vectorDB.engine spec.storage.vectorDB.url
        spec.storage.vectorDB.accessSecret spec.guardrails.enabled spec.guardrails.configMapRef.name
    """,
}  # fmt: skip
#: Fields with a warning of their own, which looks at more than versions.
ELSEWHERE: Final = {"InferenceSet": "spec.nodeCountLimit"}
OBJECTS: Final = {
    "Workspace": BASES["serving"], "InferenceSet": SET, "MultiRoleInference": MULTI_ROLE, "ModelMirror": MIRROR,
    "RAGEngine": ENGINE,
}  # fmt: skip
SERVED: Final = [
    (kind, release, version)
    for kind, versions in KINDS.items()
    for version, feature in versions.items()
    for release in RELEASES
    if Target(release).has(feature)
]


def leaves(node: Json, file: str, path: Path = ()) -> Iterator[Path]:
    """The paths of all fields of a schema that hold no others; `*` is any item of a list."""
    node, file = resolved(node, file)
    fields = node.get("properties")
    if path and path[-1] in _CLOSED and path != ("spec", "template"):
        yield path
    elif fields:
        for key, field in fields.items():
            yield from leaves(field, file, (*path, key))
    elif "properties" in resolved(node.get("items", {}), file)[0]:
        yield from leaves(node["items"], file, (*path, "*"))
    else:
        yield path


@pytest.mark.parametrize(("kind", "release", "version"), SERVED)
def test_every_field_is_read_or_warned_of(kind: str, release: str, version: str) -> None:
    file = FILES[f"{kind.lower()}-{release}-{version}"]
    target = Target(release)
    unread = {
        ".".join(map(str, one.path))
        for one in UNREAD
        if one.kind in (kind, "Workspace") and target.has(one.feature) and not one.beside
        and one.api_version in ("", f"kaito.sh/{version}")
    }  # fmt: skip
    known = set(READ[kind].split()) | {ELSEWHERE.get(kind)} | unread
    forgotten = []
    for path in leaves(document(file), file):
        field = ".".join(map(str, path))
        of_replica = field.removeprefix("spec.template.") if kind == "InferenceSet" else ""
        parents = {".".join(map(str, path[:number])) for number in range(1, len(path))}
        if (
            field not in known
            and not parents & unread
            and of_replica not in {*READ["Workspace"].split(), *unread}
        ):
            forgotten.append(field)
    assert forgotten == []


@pytest.mark.parametrize("field", UNREAD, ids=lambda field: f"{field.kind}-{'.'.join(map(str, field.path))}")
def test_a_field_that_is_not_read_is_warned_of(field: Unread) -> None:
    values = {"updateStrategy": {"type": "OnDelete"}, "config": "settings"}
    value: Any = values.get(str(field.path[-1]), "http://registry.example.com/any:1")
    base = BASES["tuning"] if field.path[0] == "tuning" else OBJECTS[field.kind]
    changes: dict[str, Any] = {".".join(map(str, field.path)): value}
    if "embedding" in field.path:
        model = (
            {"modelID": "BAAI/bge-small-en-v1.5"}
            if field.path[3] == "imagePullSecret"
            else {"url": "http://phi-4/v1"}
        )
        changes = {"spec.embedding": {field.path[2]: {**model, field.path[3]: value}}}
    if field.beside:
        base = BASES["pod"]
    if field.api_version:
        changes["apiVersion"] = field.api_version
    for release in RELEASES:
        target = Target(release)
        found = [
            (one.path, one.severity)
            for one in judge_object(RuleContext(change(base, changes), target))
            if one.code == "KG908" and one.path == field.path
        ]
        assert found == ([(field.path, "warning")] if target.has(field.feature) else []), release


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("Workspace", {"inference.preset.accessMode": "public"}),
        ("Workspace", {"inference.preset.presetOptions": {}}),
        ("Workspace", {"inference.config": "settings"}),
        ("RAGEngine", {"spec.compute.count": 1}),
        ("RAGEngine", {"apiVersion": "kaito.sh/v1beta1", "spec.storage.persistentVolume.mountPath": "/mnt"}),
        ("InferenceSet", {"spec.nodeCountLimit": 3, "metadata.annotations": {"scaledobject.kaito.sh/auto-provision": "true"}}),
    ],
)  # fmt: skip
def test_what_says_nothing_new_or_is_read_is_not(kind: str, changes: dict[str, Any]) -> None:
    found = judge_object(RuleContext(change(OBJECTS[kind], changes), Target("0.12")))
    assert "KG908" not in {one.code for one in found}


def test_a_limit_that_only_a_scaler_reads() -> None:
    found = judge_object(RuleContext(change(SET, {"spec.nodeCountLimit": 3}), Target("0.12")))
    assert [(one.code, one.path) for one in found] == [("KG908", ("spec", "nodeCountLimit"))]
