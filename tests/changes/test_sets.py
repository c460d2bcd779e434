"""What becomes of intents with replicas when they change, and of a Workspace that becomes a set."""

from typing import Any

from kaitogen.commands.diff.report import commands
from kaitogen.kaito.updates.compare import compare
from kaitogen.kaito.updates.findings import problems
from kaitogen.kaito.updates.model import Comparison, Item, items_of
from kaitogen.model import Document, Request, Target
from kaitogen.pipeline.generate import generate


def items(metadata: dict[str, Any] | None = None, **spec: Any) -> list[Item]:
    value = {
        "apiVersion": "kaitogen.io/v1alpha1",
        "kind": "WorkspaceIntent",
        "metadata": {"name": "phi", **(metadata or {})},
        "spec": {
            "placement": {"instanceType": "Standard_NC24ads_A100_v4"},
            "inference": {"model": "phi-4"},
            **spec,
        },
    }
    result = generate(Request(documents=(Document("phi", value=value, inline=True),)))
    assert result.ok, result.findings
    return items_of(result, Target())[0]


def said(comparison: Comparison) -> dict[str, tuple[str, str]]:
    """Each field that differs with its verdict and why."""
    return {
        change.difference.shown: (change.judgement.verdict, change.judgement.why)
        for one in comparison.objects
        for change in one.changes
    }


def test_the_template_reaches_new_replicas_only_but_for_labels() -> None:
    configured = {"model": "phi-4", "config": {"vllm": {"max-model-len": 4096}}}
    before = items({"labels": {"team": "a"}}, replicas=2, inference=configured)
    longer = {"model": "phi-4", "config": {"vllm": {"max-model-len": 8192}}}
    after = items(
        {"labels": {"team": "b"}, "annotations": {"kaito.sh/performance-mode": "throughput"}},
        replicas=2,
        inference=longer,
    )
    comparison = compare(before, after)
    verdicts = {field: verdict for field, (verdict, _) in said(comparison).items()}
    assert verdicts.pop("spec.template.metadata.labels.team") == "in place"
    assert verdicts.pop("metadata.labels.team") == "in place"
    assert set(verdicts.values()) == {"no effect"}
    (settings,) = (one for one in comparison.objects if one.item.is_config_map)
    assert "has to stay" in settings.changes[-1].judgement.why
    assert {one.code for one in problems(comparison)} == {"KG834"}


def test_a_partition_cannot_change() -> None:
    target = {"nodeProvisioner": "byo", "featureGates": {"enableMIG": True}}
    before, after = (
        items(
            replicas=1,
            target=target,
            placement={
                "labelSelector": {"matchLabels": {"a": "b"}},
                "partition": {"mode": "mig", "profile": profile},
            },
        )
        for profile in ("3g.40gb", "7g.80gb")
    )
    (found,) = problems(compare(before, after))
    assert (found.code, found.field) == ("KG831", "spec.placement.partition.profile")


def test_a_number_of_replicas_says_what_goes_and_what_comes() -> None:
    fewer = said(compare(items(replicas=3), items(replicas=1)))
    assert fewer == {"spec.replicas": ("in place", "those that are not ready go first, whatever their age")}
    more = said(compare(items(replicas=1), items(replicas=3)))
    assert more == {"spec.replicas": ("in place", "the new ones are made from the template as it is now")}


def test_a_workspace_that_becomes_a_set_can_keep_serving() -> None:
    created, deleted = compare(items(), items(replicas=3)).objects
    assert (created.judgement.verdict, deleted.judgement.verdict) == ("create", "delete")
    assert "it takes 3 nodes with 3 GPUs" in created.judgement.why
    assert created.judgement.why.endswith("both together take 4 nodes with 4 GPUs")


def test_what_is_scaled_costs_as_much_as_it_may() -> None:
    scaling = {"by": "keda-kaito-scaler", "max": 4, "metrics": [{"name": "waiting", "up": 9, "down": 1}]}
    (created,) = compare([], items(scaling=scaling)).objects
    assert created.judgement.why == "it takes 4 nodes with 4 GPUs"


def test_a_configmap_is_deleted_only_after_the_set_and_replicas_that_need_it() -> None:
    configured = {"model": "phi-4", "config": {"vllm": {"max-model-len": 4096}}}
    before = items({"namespace": "models"}, replicas=2, inference=configured)
    gone = compare(before, items({"name": "other", "namespace": "models"}, replicas=2))
    stays = compare(before, items({"namespace": "models"}, replicas=2))
    reasons = [
        one.judgement.why
        for comparison in (gone, stays)
        for one in comparison.objects
        if one.item.is_config_map
    ]
    assert reasons == [
        (
            "only when its set is gone, which otherwise stays and keeps its GPUs: first run "
            "kubectl delete inferenceset phi -n models --wait"
        ),
        "only when all replicas are gone that were made with it, for they mount it",
    ]
    alone = compare(items(inference=configured), items({"name": "other"}))
    assert [one.judgement.why for one in alone.objects if one.item.is_config_map] == [""]


def test_other_nodes_under_byo_are_told_with_the_lines_that_move_the_label() -> None:
    def naming(*names: str, **more: Any) -> list[Item]:
        placement = {"nodes": list(names), **more}
        return items(replicas=1, placement=placement, target={"nodeProvisioner": "byo"})

    own, chosen = "kaitogen.io/workspace=phi", {"labelSelector": {"matchLabels": {"pool": "a"}}}
    for before, after, lines in (
        (
            naming("gpu-1", "gpu-2"),
            naming("gpu-2", "gpu-3"),
            [f"kubectl label nodes gpu-3 {own}", "kubectl label nodes gpu-1 kaitogen.io/workspace-"],
        ),
        (naming("gpu-1"), naming("gpu-2", **chosen), ["kubectl label nodes gpu-2 pool=a"]),
        (items(replicas=1, target={"nodeProvisioner": "byo"}, placement={}), naming("gpu-1"), [f"kubectl label nodes gpu-1 {own}"]),
    ):  # fmt: skip
        comparison = compare(before, after)
        (changed,) = comparison.objects
        assert commands(changed) == lines
        verdict, why = said(comparison)["spec.placement.nodes"]
        assert (verdict, why.partition(",")[0]) == (
            "no effect",
            "replicas find their nodes by the labels of these",
        )
    assert not compare(naming("gpu-1"), naming("gpu-1")).objects


def test_a_number_that_is_left_to_an_autoscaler_lets_replicas_go_first() -> None:
    scaling = {"by": "keda", "max": 4, "triggers": [{"type": "prometheus", "metadata": {"query": "a"}}]}
    for kaito, before, told in (
        ("0.12", 3, "the API server fills in 1: all replicas but one go"),
        ("0.12", 1, ""),
        ("0.8", 1, "there is none: all replicas go"),
    ):
        target = {"kaito": kaito}
        comparison = compare(items(replicas=before, target=target), items(scaling=scaling, target=target))
        verdict, why = said(comparison)["spec.replicas"]
        assert verdict == "in place"
        assert told in why
        found = [(one.code, one.path) for one in problems(comparison)]
        assert found == ([("KG835", ("spec", "scaling"))] if told else [])
    # The other way round the number is there at once.
    assert not list(problems(compare(items(scaling=scaling), items(replicas=3))))


def test_the_configmap_of_a_workspace_that_becomes_a_set_stays_where_the_set_names_it() -> None:
    def why(config: dict[str, Any], later: dict[str, Any]) -> str:
        before = items(inference={"model": "phi-4", **config})
        after = items(inference={"model": "phi-4", **later}, replicas=2)
        (created,) = (
            one for one in compare(before, after).objects if one.item.data["kind"] == "InferenceSet"
        )
        return created.judgement.why.partition("then delete ")[2].partition(";")[0]

    short, long = ({"config": {"vllm": {"max-model-len": length}}} for length in (4096, 8192))
    assert why({}, {}) == "the Workspace"
    assert why(short, long) == "the Workspace and its ConfigMap"
    assert why(short, short) == "the Workspace, whose ConfigMap has to stay, since the replicas mount it"


def test_replicas_that_kubectl_lists_beside_their_set_are_left_to_it() -> None:
    """`kubectl get workspaces,inferencesets -o yaml` has both, and an intent makes the set alone."""
    ours = items({"namespace": "models"}, replicas=2)
    listed = [item._replace(spec=None) for item in items({"namespace": "models"}, replicas=2)]
    replica = {
        "apiVersion": "kaito.sh/v1beta1",
        "kind": "Workspace",
        "metadata": {
            "name": "phi-abcde",
            "namespace": "models",
            "labels": {"inferenceset.kaito.sh/created-by": "phi"},
        },
        "resource": {"instanceType": "Standard_NC24ads_A100_v4"},
        "inference": {"preset": {"name": "phi-4"}},
    }
    listed.append(Item(replica, Target(), listed[0].origin))
    assert compare(listed, ours) == Comparison((), 1)
    (moved,) = compare(listed, items({"namespace": "models", "name": "other"})).objects[1:]
    assert (moved.item.label, moved.judgement.verdict) == ("InferenceSet models/phi", "delete")
