"""Companions under a name that is taken, and that nothing else is taken for such."""

from typing import Any

import pytest

from kaitogen.model import Document, Request, Target
from kaitogen.pipeline.generate import generate
from tests.unit.pipeline.test_replicas import intent

SET = intent(
    {"namespace": "ml"},
    replicas=2,
    endpoint={"service": True, "gateway": {"name": "g"}},
    disruption={"maxUnavailable": 1},
    monitoring={"podMonitor": True},
)
PLACED = {
    "resource": {"instanceType": "Standard_NC24ads_A100_v4", "labelSelector": {"matchLabels": {"a": "b"}}}
}


def thing(kind: str, api_version: str, name: str = "phi", **more: Any) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "ml", **more.pop("metadata", {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **more}


def workspace(name: str, **more: Any) -> dict[str, Any]:
    return thing(
        "Workspace", "kaito.sh/v1beta1", name, inference={"preset": {"name": "phi-4"}}, **PLACED, **more
    )


def codes(*values: dict[str, Any], kaito: str = "0.12") -> list[str]:
    documents = tuple(Document(f"{number}.yaml", value=one, inline=True) for number, one in enumerate(values))
    result = generate(Request(documents=documents, objects_target=Target(kaito=kaito)))
    return [f"{one.code} {one.field}" for one in result.findings if one.code in ("KG220", "KG240", "KG241")]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (thing("Service", "v1"), ["KG240 spec.endpoint"]),
        (thing("HTTPRoute", "gateway.networking.k8s.io/v1beta1"), ["KG240 spec.endpoint.gateway"]),
        (thing("PodDisruptionBudget", "policy/v1"), ["KG240 spec.disruption"]),
        (thing("PodMonitor", "monitoring.coreos.com/v1"), ["KG240 spec.monitoring"]),
        ({"apiVersion": "v1", "kind": "List", "items": [thing("Service", "v1"), None]}, ["KG240 spec.endpoint"]),
        (thing("Service", "v1", "other"), []),
        (thing("Service", "v1", metadata={"namespace": "web"}), []),
        (thing("Service", "serving.knative.dev/v1"), []),
        (thing("Service", "v1", metadata={"labels": {"app.kubernetes.io/managed-by": "kaitogen"}}), []),
        (workspace("phi"), ["KG241 spec.endpoint"]),
        (workspace("phi", metadata={"namespace": "web"}), []),
        (workspace("ph"), []),
        (thing("RAGEngine", "kaito.sh/v1beta1", spec={"embedding": {"local": {"modelID": "a"}}, **PLACED}), ["KG241 spec.endpoint"]),
        (intent({"namespace": "ml"}, placement={"instanceType": "Standard_NC24ads_A100_v4"}), ["KG241 spec.endpoint"]),
        (intent({"namespace": "ml"}, disruption={"minAvailable": 1}), ["KG240 spec.disruption", "KG241 spec.endpoint"]),
    ],
)  # fmt: skip
def test_a_name_that_is_taken(other: dict[str, Any], expected: list[str]) -> None:
    assert sorted(codes(SET, other)) == expected
    there = sorted(codes(other, SET))
    assert there == expected


def test_what_goes_to_another_cluster_is_no_clash() -> None:
    documents = (Document("prod/set.yaml", value=SET), Document("dev/workspace.yaml", value=workspace("phi")))
    request = Request(documents=documents, objects_target=Target())
    assert not {"KG240", "KG241"} & {one.code for one in generate(request).findings}
    assert {"KG241"} <= {one.code for one in generate(request._replace(within="/app")).findings}
    beside = (documents[0], Document("prod/workspace.yaml", value=workspace("phi")))
    assert {"KG241"} <= {one.code for one in generate(request._replace(documents=beside)).findings}


def test_the_pods_of_a_workspace_have_a_service_since_0_8() -> None:
    value = {**SET, "metadata": {"name": "phi-headless", "namespace": "ml"}}
    assert codes(value, workspace("phi")) == ["KG241 spec.endpoint"]
    assert codes(value, workspace("phi"), kaito="0.7") == []


def test_who_asks_for_nothing_has_nothing_to_clash() -> None:
    assert codes(intent({"namespace": "ml"}, replicas=2), thing("Service", "v1"), workspace("phi")) == []


SCALED = {
    "apiVersion": "keda.sh/v1alpha1",
    "kind": "ScaledObject",
    "metadata": {"name": "by-hand", "namespace": "ml"},
    "spec": {"scaleTargetRef": {"apiVersion": "kaito.sh/v1beta1", "kind": "InferenceSet", "name": "phi"}, "triggers": []},
}  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"replicas": 2}, ["KG330 spec.replicas"]),
        ({"replicas": {"base": 1, "burst": {"max": 2, "capacity": "on-demand"}}}, ["KG330 spec.replicas.base"]),
        ({"scaling": {"by": "keda", "max": 2, "triggers": [{"type": "cpu", "metadata": {}}]}}, []),
        ({}, []),
    ],
)  # fmt: skip
def test_an_intent_with_a_number_of_replicas_that_somebody_has_scaled(
    spec: dict[str, Any], expected: list[str]
) -> None:
    values = (intent({"namespace": "ml"}, **spec), SCALED)
    documents = tuple(Document(f"{number}.yaml", value=one, inline=True) for number, one in enumerate(values))
    found = generate(Request(documents=documents, objects_target=Target())).findings
    assert [f"{one.code} {one.field}" for one in found if one.code == "KG330"] == expected


def test_a_pool_that_is_taken_is_told_where_the_intent_asks_for_it() -> None:
    gateway = {"name": "g", "pool": {"picker": "epp"}}
    value = intent({"namespace": "ml"}, replicas=2, endpoint={"gateway": gateway})
    pool = thing("InferencePool", "inference.networking.k8s.io/v1")
    assert codes(value, pool) == ["KG240 spec.endpoint.gateway.pool"]
