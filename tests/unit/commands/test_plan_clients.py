"""The name of the model that clients send stands in a plan of every format, and whose ConfigMap says it."""

import json
from typing import Any

import pytest

from kaitogen.commands.plan import as_html, as_json, as_markdown, as_text
from kaitogen.commands.plan.build import PlanOptions, build_plan
from kaitogen.model import Document, Request, Target
from kaitogen.pipeline.generate import generate
from tests.unit.pipeline.test_replicas import intent, run

WORKSPACE = {
    "apiVersion": "kaito.sh/v1beta1",
    "kind": "Workspace",
    "metadata": {"name": "phi"},
    "resource": {"instanceType": "Standard_NC24ads_A100_v4", "labelSelector": {"matchLabels": {"a": "b"}}},
    "inference": {"preset": {"name": "microsoft/phi-4"}},
}


@pytest.mark.parametrize(
    ("more", "name", "text"),
    [
        ({}, "phi-4", "send model phi-4"),
        ({"replicas": 2}, "phi", "send model phi"),
        ({"inference": {"model": "phi-4", "config": {"vllm": {"served-model-name": "best"}}}}, "best", "send model best"),
        ({"inference": {"model": "phi-4", "config": {"vllm": {"served-model-name": "a b"}}}}, "a b", "send model a b"),
        ({"inference": {"model": "phi-4", "config": {"vllm": {"served-model-name": "  "}}}}, "phi-4", "send model phi-4"),
        ({"replicas": 2, "inference": {"model": "phi-4", "config": {"configMapName": "own"}}}, None,
         "send model phi, unless ConfigMap own says served-model-name"),
    ],
)  # fmt: skip
def test_a_plan_says_the_name_in_every_format(more: dict[str, Any], name: str | None, text: str) -> None:
    plan = build_plan(run(intent(**more)), PlanOptions())
    assert json.loads("".join(as_json.write(plan)))["workspaces"][0]["servedModel"] == name
    for form in (as_text, as_markdown, as_html):
        assert text in " ".join("".join(form.write(plan)).split())


def test_what_serves_no_model_has_no_name() -> None:
    template = {"spec": {"containers": [{"name": "main", "image": "example.com/main:1"}]}}
    plan = build_plan(run(intent(inference={"template": template})), PlanOptions())
    assert json.loads("".join(as_json.write(plan)))["workspaces"][0]["servedModel"] is None
    assert "clients" not in "".join(as_text.write(plan))


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (WORKSPACE, "phi-4"),
        ({"apiVersion": "kaito.sh/v1beta1", "kind": "InferenceSet", "metadata": {"name": "phi"},
          "spec": {"replicas": 2, "labelSelector": {"matchLabels": {"a": "b"}}, "template": {
              "resource": {"instanceType": "Standard_NC24ads_A100_v4"}, "inference": WORKSPACE["inference"]}}}, "phi"),
    ],
)  # fmt: skip
def test_a_finished_one_says_it_as_well(value: dict[str, Any], name: str) -> None:
    result = generate(Request(documents=(Document("a.yaml", value=value),), objects_target=Target()))
    plan = build_plan(result, PlanOptions(objects_target=Target()))
    assert json.loads("".join(as_json.write(plan)))["workspaces"][0]["servedModel"] == name


def config_map(settings: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "own"},
        "data": {"inference_config.yaml": settings},
    }


@pytest.mark.parametrize(
    ("annotations", "objects", "name", "text"),
    [
        ({}, [], None, "send model phi-4, unless ConfigMap own says served-model-name"),
        ({}, [config_map("vllm:\n  served-model-name: best\n")], "best", "send model best"),
        ({}, [config_map('vllm:\n  served-model-name: " "\n')], "phi-4", "send model phi-4"),
        ({}, [config_map("vllm: {}\n")], "phi-4", "send model phi-4"),
        ({"kaito.sh/runtime": "transformers"}, [config_map("vllm:\n  served-model-name: best\n")], "phi-4",
         "send model phi-4"),
        ({"kaito.sh/runtime": "transformers"}, [], "phi-4", "send model phi-4"),
    ],
)  # fmt: skip
def test_a_finished_one_has_the_name_of_a_config_map_in_the_run(
    annotations: dict[str, str], objects: list[dict[str, Any]], name: str | None, text: str
) -> None:
    metadata = {"name": "phi", "annotations": annotations}
    value = {**WORKSPACE, "metadata": metadata, "inference": {"preset": {"name": "phi-4"}, "config": "own"}}
    documents = tuple(Document("a.yaml", value=one) for one in (value, *objects))
    plan = build_plan(
        generate(Request(documents=documents, objects_target=Target())), PlanOptions(objects_target=Target())
    )
    assert json.loads("".join(as_json.write(plan)))["workspaces"][0]["servedModel"] == name
    said = " ".join("".join(as_text.write(plan)).split())
    assert text in said
    assert ("unless" in said) == (name is None)


@pytest.mark.parametrize(("version", "kaito", "number"), [("v1beta1", "0.12", 1), ("v1alpha1", "0.8", 0)])
def test_a_finished_set_without_a_number_has_what_the_api_server_fills_in(
    version: str, kaito: str, number: int
) -> None:
    resource = {"instanceType": "Standard_NC24ads_A100_v4"}
    template = {"resource": resource, "inference": {"preset": {"name": "phi-4"}}}
    value = {
        "apiVersion": f"kaito.sh/{version}",
        "kind": "InferenceSet",
        "metadata": {"name": "chat"},
        "spec": {"labelSelector": {"matchLabels": {"a": "b"}}, "template": template},
    }
    target = Target(kaito)
    result = generate(Request(documents=(Document("a.yaml", value=value),), objects_target=target))
    plan = build_plan(result, PlanOptions(objects_target=target))
    (planned,) = plan.workspaces
    assert planned.identity == ("kaito.sh", "InferenceSet", "", "chat")
    assert (planned.fewest, planned.replicas, plan.nodes) == (number, number, number)
    assert f"{number} of an InferenceSet" in "".join(as_text.write(plan))


def test_the_config_map_of_a_finished_one_is_not_kaitogens() -> None:
    value = {**WORKSPACE, "inference": {"preset": {"name": "phi-4"}, "config": "own"}}
    documents = tuple(Document("a.yaml", value=one) for one in (value, config_map("vllm: {}\n")))
    plan = build_plan(
        generate(Request(documents=documents, objects_target=Target())), PlanOptions(objects_target=Target())
    )
    assert "ConfigMap own (your own, applied before)" in " ".join("".join(as_text.write(plan)).split())
    of_intent = build_plan(run(intent(inference={"model": "phi-4", "config": {"vllm": {}}})), PlanOptions())
    assert "(kaitogen's own, applied before)" in " ".join("".join(as_text.write(of_intent)).split())


@pytest.mark.parametrize("settings", [{}, {"config": {"vllm": {"max-model-len": 8192}}}])
def test_before_its_estimate_kaito_counts_with_no_context(settings: dict[str, Any]) -> None:
    """KAITO 0.6 has no line scanner either that could miss what is there."""
    value = intent(inference={"model": "phi-4", **settings}, target={"kaito": "0.6"})
    said = " ".join("".join(as_text.write(build_plan(run(value), PlanOptions()))).split())
    assert "counts with no tokens: KAITO 0.6 makes no estimate" in said
    assert ("vLLM gets max-model-len 8192" in said) == bool(settings)
    assert "line scanner" not in said
