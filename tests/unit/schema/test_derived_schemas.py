"""What the schemas derived from KAITO and Kubernetes accept and refuse, and that the scripts still write them."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from kaitogen.model import KAITO_VERSIONS
from kaitogen.yaml.reader import read
from scripts import derive_kaito_schemas as script

pytestmark = pytest.mark.checkout

ROOT: Final = Path(__file__).resolve().parents[3]
SCHEMAS: Final = ROOT / "schemas"
POSITIVE: Final = ROOT / "tests" / "cases" / "positive"
DERIVED: Final = sorted([*SCHEMAS.glob("workspace/*.json"), *SCHEMAS.glob("kubernetes/*.json")])


@pytest.fixture(scope="module")
def registry() -> Registry[Any]:
    contents = [json.loads(path.read_text(encoding="utf-8")) for path in DERIVED]
    return Registry().with_resources((schema["$id"], Resource.from_contents(schema)) for schema in contents)


def complaints(registry: Registry[Any], folder: str, name: str, value: object) -> list[str]:
    """Where the value breaks the schema, as paths joined by slashes."""
    schema = registry.contents(f"https://kaitogen.io/schemas/{folder}/{name}.schema.json")
    errors = Draft202012Validator(schema, registry=registry).iter_errors(value)
    return sorted("/".join(map(str, error.absolute_path)) for error in errors)


def serving() -> dict[str, Any]:
    return {
        "apiVersion": "kaito.sh/v1beta1",
        "kind": "Workspace",
        "metadata": {"name": "phi-4", "namespace": "inference", "labels": {"team": "search"}},
        "resource": {
            "count": 2,
            "instanceType": "Standard_NC24ads_A100_v4",
            "labelSelector": {"matchLabels": {"apps": "phi-4"}},
        },
        "inference": {
            "preset": {
                "name": "phi-4",
                "accessMode": "public",
                "presetOptions": {"modelAccessSecret": "hf-token"},
            },
            "config": "phi-4-inference",
            "adapters": [{"source": {"name": "french", "image": "example.com/french:1"}, "strength": "0.5"}],
        },
    }


def own_pod() -> dict[str, Any]:
    container = {
        "name": "server",
        "image": "example.com/server:1",
        "resources": {"requests": {"nvidia.com/gpu": 1, "cpu": "500m"}},
        "readinessProbe": {"httpGet": {"path": "/health", "port": "http"}},
    }
    template = {"metadata": {"creationTimestamp": None}, "spec": {"containers": [container]}}
    return {**serving(), "inference": {"template": template}}


def tuning() -> dict[str, Any]:
    return {
        "apiVersion": "kaito.sh/v1beta1",
        "kind": "Workspace",
        "metadata": {"name": "tune"},
        "resource": {"labelSelector": {}},
        "tuning": {
            "preset": {"name": "phi-4"},
            "method": "qlora",
            "input": {"volumeSource": {"persistentVolumeClaim": {"claimName": "books"}}},
            "output": {"image": "example.com/adapter:1", "imagePushSecret": "push"},
        },
    }


BASES: Final = {"serving": serving, "own pod": own_pod, "tuning": tuning}
GONE: Final = object()
#: The complaint is about what stands at the path itself.
AT_IT: Final = "."


def with_change(value: dict[str, Any], path: str, new: object) -> dict[str, Any]:
    """A copy of the value with what stands at the path replaced, added, or (GONE) taken away."""
    result = copy.deepcopy(value)
    holder: Any = result
    *steps, last = path.split("/")
    for step in steps:
        holder = holder[int(step) if isinstance(holder, list) else step]
    if new is GONE:
        del holder[last]
    else:
        holder[last] = new
    return result


def test_every_version_of_kaito_has_both_api_versions() -> None:
    names = {path.name for path in SCHEMAS.glob("workspace/*")}
    assert names == {
        f"workspace-{v}-{api}.schema.json" for v in KAITO_VERSIONS for api in ("v1alpha1", "v1beta1")
    }


@pytest.mark.parametrize("path", DERIVED, ids=lambda path: path.name)
def test_a_derived_schema_is_valid_and_leads_nowhere_else(path: Path, registry: Registry[Any]) -> None:
    schema = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    resolver = registry.resolver(schema["$id"])
    for reference in _references(schema):
        assert resolver.lookup(reference).contents["type"] == "object"


def _references(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        for word, value in schema.items():
            if word == "$ref" and isinstance(value, str):
                yield value
            else:
                yield from _references(value)


@pytest.mark.parametrize("version", KAITO_VERSIONS)
@pytest.mark.parametrize("kind", BASES)
def test_every_version_accepts_what_all_of_them_know(
    version: str, kind: str, registry: Registry[Any]
) -> None:
    assert complaints(registry, "workspace", f"workspace-{version}-v1beta1", BASES[kind]()) == []


def _examples() -> list[Path]:
    return sorted(POSITIVE.glob("example-*/expected.yaml"))


def test_there_is_a_case_for_each_of_kaitos_ten_examples() -> None:
    assert len(_examples()) == 10


@pytest.mark.parametrize("path", _examples(), ids=lambda path: path.parent.name)
def test_kaitos_own_examples_are_accepted(path: Path, registry: Registry[Any]) -> None:
    documents = [raw.value for raw in read(path.read_text(encoding="utf-8"))]
    workspaces = [value for value in documents if value["kind"] == "Workspace"]
    assert len(workspaces) == 1
    assert complaints(registry, "workspace", "workspace-0.12-v1beta1", workspaces[0]) == []


@pytest.mark.parametrize(
    ("kind", "path", "new", "where"),
    [
        ("serving", "apiVersion", "kaito.sh/v1alpha1", AT_IT),
        ("serving", "kind", "RAGEngine", AT_IT),
        ("serving", "spec", {}, ""),
        ("serving", "metadata/name", GONE, "metadata"),
        ("serving", "metadata/nmae", "phi-4", "metadata"),
        ("serving", "metadata/labels/team", 7, AT_IT),
        ("serving", "resource/instanceTyp", "Standard_NC24ads_A100_v4", "resource"),
        ("serving", "resource/count", "2", AT_IT),
        ("serving", "resource/labelSelector", GONE, "resource"),
        ("serving", "resource/labelSelector/matchLabels/apps", 4, AT_IT),
        ("serving", "resource/partition", {"profile": "1g.10gb"}, "resource/partition"),
        ("serving", "resource/partition", {"mode": "mps"}, "resource/partition/mode"),
        ("serving", "resource/partition", {"mode": "accelerator", "count": 0}, "resource/partition/count"),
        ("serving", "inference/preset/name", GONE, "inference/preset"),
        ("serving", "inference/preset/accessMode", "secret", AT_IT),
        ("serving", "inference/adapters/0/strength", 0.5, AT_IT),
        ("own pod", "inference/template/spec/contaners", [], "inference/template/spec"),
        ("own pod", "inference/template/spec/containers", GONE, "inference/template/spec"),
        (
            "own pod",
            "inference/template/spec/containers/0/comand",
            ["run"],
            "inference/template/spec/containers/0",
        ),
        ("own pod", "inference/template/spec/containers/0/resources/requests/cpu", "half", AT_IT),
        ("tuning", "tuning/input", GONE, "tuning"),
        ("tuning", "tuning/output", GONE, "tuning"),
        ("tuning", "tuning/input/volumeSource/persistentVolumeClam", {}, "tuning/input/volumeSource"),
        ("tuning", "tuning/input/volumeSource/name", "books", "tuning/input/volumeSource"),
        ("tuning", "tuning/input/volumeSource/persistentVolumeClaim", {}, AT_IT),
    ],
)
def test_what_kaito_would_drop_or_refuse_is_refused_at_its_place(
    kind: str, path: str, new: object, where: str, registry: Registry[Any]
) -> None:
    value = with_change(BASES[kind](), path, new)
    assert complaints(registry, "workspace", "workspace-0.12-v1beta1", value) == [
        path if where == AT_IT else where
    ]


@pytest.mark.parametrize(
    ("path", "new"),
    [
        ("resource", GONE),
        ("resource/partition", {"mode": "mig", "profile": "1g.10gb"}),
        ("metadata/annotations", {"kaito.sh/runtime": "vllm"}),
        ("metadata/creationTimestamp", None),
        ("metadata/managedFields", [{"manager": "kubectl", "operation": "Apply"}]),
        ("metadata/ownerReferences", [{"kind": "InferenceSet", "name": "chat"}]),
        ("metadata/finalizers", ["workspace.finalizer.kaito.sh"]),
        ("status", {"state": "Ready", "whatever": {"comes": "next"}}),
    ],
)
def test_a_manifest_from_a_running_cluster_is_accepted(
    path: str, new: object, registry: Registry[Any]
) -> None:
    value = with_change(serving(), path, new)
    assert complaints(registry, "workspace", "workspace-0.12-v1beta1", value) == []


def test_older_versions_lack_what_came_later(registry: Registry[Any]) -> None:
    value = with_change(serving(), "resource/partition", {"mode": "mig", "profile": "1g.10gb"})
    assert complaints(registry, "workspace", "workspace-0.11-v1beta1", value) == ["resource"]
    value = with_change(serving(), "apiVersion", "kaito.sh/v1alpha1")
    assert complaints(registry, "workspace", "workspace-0.12-v1alpha1", value) == [
        "inference/preset/presetOptions"
    ]
    del value["inference"]["preset"]["presetOptions"]["modelAccessSecret"]
    assert complaints(registry, "workspace", "workspace-0.12-v1alpha1", value) == []


def write_crd(folder: Path, release: str, resource: dict[str, Any]) -> None:
    """A CRD with nothing but a resource, written as JSON, which every YAML reader reads."""
    schema = {"type": "object", "properties": {"resource": resource, "status": {"type": "object"}}}
    version = {"name": "v1beta1", "served": True, "schema": {"openAPIV3Schema": schema}}
    (folder / release).mkdir()
    text = json.dumps(
        {"spec": {"scope": "Namespaced", "versions": [{**version, "subresources": {"status": {}}}]}}
    )
    (folder / release / "kaito.sh_workspaces.yaml").write_text(text, encoding="utf-8")


def test_a_new_release_becomes_a_schema_without_prose(tmp_path: Path) -> None:
    mode = {"description": "Prose.", "type": "string", "allOf": [{"enum": ["mig"]}, {"enum": ["mig"]}]}
    labels = {"type": "object", "additionalProperties": {"type": "string"}, "x-kubernetes-map-type": "atomic"}
    partition = {"type": "object", "description": "More.", "properties": {"mode": mode, "labels": labels}}
    write_crd(tmp_path, "v0.13.1", partition)
    schemas = script.derive(tmp_path, "workspaces", "Workspace")
    assert list(schemas) == ["workspace-0.13-v1beta1.schema.json"]
    assert schemas["workspace-0.13-v1beta1.schema.json"]["properties"]["resource"] == {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "mode": {"type": "string", "enum": ["mig"]},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    }


@pytest.mark.parametrize(
    ("resource", "why"),
    [
        ({"x-kubernetes-int-or-string": True}, "keyword x-kubernetes-int-or-string"),
        ({"x-kubernetes-preserve-unknown-fields": True}, "is open"),
        ({"allOf": [{"type": "string"}, {"type": "integer"}]}, "allOf of different parts"),
    ],
)
def test_what_the_script_does_not_know_stops_it(resource: dict[str, Any], why: str, tmp_path: Path) -> None:
    write_crd(tmp_path, "v0.13.0", resource)
    with pytest.raises(SystemExit, match=why):
        script.derive(tmp_path, "workspaces", "Workspace")


def test_two_patch_releases_of_one_minor_version_are_refused(tmp_path: Path) -> None:
    write_crd(tmp_path, "v0.13.0", {"type": "object"})
    write_crd(tmp_path, "v0.13.1", {"type": "object"})
    with pytest.raises(SystemExit, match=r"two releases of KAITO 0\.13"):
        script.derive(tmp_path, "workspaces", "Workspace")
