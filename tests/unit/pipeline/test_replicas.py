"""Intents with replicas: what is said of a Workspace is said of the template of an InferenceSet, each thing where KAITO reads it."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kaitogen.kaito.objects import canonical
from kaitogen.kaito.rules.inference_set import replica_of
from kaitogen.kaito.sizing.size import size
from kaitogen.model import Document, Request, Result, Target
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.scaling import as_written, scaling_of
from tests.unit.nodes.samples import document, entry

A100 = "Standard_NC24ads_A100_v4"
#: The annotation, and whether it stands on the set, and on its replicas.
PLACES = {
    "kaito.sh/runtime": (True, True),
    "kaito.sh/performance-mode": (False, True),
    "kaito.sh/bypass-resource-checks": (False, True),
    "inference.kaito.sh/static-model-mirror": (False, True),
    "kaito.sh/disable-benchmark": (True, False),
    "scaledobject.kaito.sh/auto-provision": (True, False),
    "argocd.argoproj.io/sync-wave": (True, False),
    "example.com/owner": (True, False),
}


def intent(metadata: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    written = {"placement": {"instanceType": A100}, "inference": {"model": "phi-4"}, **spec}
    return {
        "apiVersion": "kaitogen.io/v1alpha1",
        "kind": "WorkspaceIntent",
        "metadata": {"name": "phi", **(metadata or {})},
        "spec": written,
    }


def run(*values: dict[str, Any], inventory: tuple[Document, ...] = ()) -> Result:
    documents = tuple(Document(f"{number}", value=one, inline=True) for number, one in enumerate(values))
    return generate(Request(documents=documents, inventory=inventory))


def made(value: dict[str, Any]) -> dict[str, Any]:
    result = run(value)
    assert result.ok, result.findings
    return dict(result.manifests[-1].data)


def test_every_annotation_stands_where_kaito_reads_it() -> None:
    written = dict.fromkeys(PLACES, "true") | {"kaito.sh/runtime": "vllm"}
    value = intent({"annotations": written}, replicas=2)
    result = run(value)
    data = result.manifests[-1].data
    for key, (on_set, on_replicas) in PLACES.items():
        assert (key in data["metadata"]["annotations"]) == on_set, key
        assert (key in data["spec"]["template"]["metadata"]["annotations"]) == on_replicas, key
    assert not [one for one in result.findings if one.code == "KG904"]


WORKLOADS = st.sampled_from([
    {"model": "phi-4"},
    {"model": "phi-4", "runtime": "transformers"},
    {"model": "phi-4", "accessSecret": "hf", "config": {"vllm": {"max-model-len": 4096}}},
    {"model": "phi-4", "adapters": [{"source": {"name": "style", "image": "example.com/style:1"}}]},
    {"template": {"spec": {"containers": [{"name": "main", "image": "example.com/main:1", "args": []}], "volumes": [{"name": "v", "emptyDir": {}}]}}},
])  # fmt: skip
PLACEMENTS = st.sampled_from([
    {"instanceType": A100},
    {"instanceType": A100, "count": 3},
    {"instanceType": A100, "nodes": ["gpu-1", "gpu-2"]},
    {"instanceType": A100, "labelSelector": {"matchLabels": {"pool": "a"}}},
    {"instanceType": A100, "labelSelector": {}},
])  # fmt: skip


@given(WORKLOADS, PLACEMENTS, st.integers(0, 9), st.sampled_from(["0.11", "0.12"]))
def test_a_replica_is_the_workspace_without_replicas(
    workload: dict[str, Any], placement: dict[str, Any], replicas: int, kaito: str
) -> None:
    spec = {"inference": workload, "placement": placement, "target": {"kaito": kaito}}
    metadata = {"labels": {"team": "search"}, "annotations": {"kaito.sh/performance-mode": "interactivity"}}
    set_ = made(intent(metadata, replicas=replicas, **spec))
    assert (set_["kind"], set_["spec"]["replicas"]) == ("InferenceSet", replicas)
    workspace = made(intent(metadata, **spec))
    # These two have no place in a set.
    workspace["resource"] = {
        key: item for key, item in workspace["resource"].items() if key not in ("count", "preferredNodes")
    }
    assert canonical(replica_of(set_)) == workspace


@given(PLACEMENTS, st.integers(1, 6))
def test_replicas_that_fit_are_not_warned_of(placement: dict[str, Any], replicas: int) -> None:
    there = placement.get("count", len(placement.get("nodes", ())))
    assume(there)
    found = [
        one for one in run(intent(replicas=replicas, placement=placement)).findings if one.code == "KG318"
    ]
    assert bool(found) == (replicas > there)  # one node each


def test_the_old_api_version_is_written_where_it_is_asked_for_or_the_only_one() -> None:
    versions = {
        kaito: made(intent(replicas=1, target={"kaito": kaito}))["apiVersion"]
        for kaito in ("0.8", "0.10", "0.11", "0.12")
    }
    assert versions == {
        "0.8": "kaito.sh/v1alpha1",
        "0.10": "kaito.sh/v1alpha1",
        "0.11": "kaito.sh/v1beta1",
        "0.12": "kaito.sh/v1beta1",
    }
    asked = made(intent(replicas=1, target={"apiVersion": "kaito.sh/v1alpha1"}))
    assert asked["apiVersion"] == "kaito.sh/v1alpha1"


@given(
    st.sampled_from([A100, "Standard_NV36ads_A10_v5"]),
    st.integers(1, 40),
    st.sampled_from(["phi-4", "llama-3.3-70b-instruct"]),
)
def test_automatic_replicas_fit_and_more_nodes_never_make_fewer(
    instance_type: str, count: int, model: str
) -> None:
    def replicas(nodes: int) -> tuple[int, int]:
        """The number of replicas and of the nodes of each, 0 where none fits."""
        placement = {"instanceType": instance_type, "count": nodes}
        result = run(
            intent(replicas="auto", placement=placement, inference={"model": model, "accessSecret": "hf"})
        )
        if not result.ok:
            assert [one.code for one in result.findings if one.severity == "error"] == ["KG224"]
            return 0, 0
        ((spec, data),) = result.manifests
        return data["spec"]["replicas"], size(replica_of(data), spec.target).estimate.nodes or 0

    number, each = replicas(count)
    assert number * each <= count < (number + 1) * (each or count + 1)
    assert replicas(count + 1)[0] >= number


SCHEDULE = {"start": "0 8 * * 1-5", "end": "0 18 * * 1-5", "timezone": "Europe/Berlin", "replicas": 3}


@given(st.integers(0, 3), st.integers(3, 9), st.booleans(), st.sampled_from(["0.8", "0.10", "0.11", "0.12"]))
def test_what_is_scaled_has_no_number_of_replicas(least: int, most: int, own: bool, kaito: str) -> None:
    scaling: dict[str, Any] = {"by": "keda", "schedule": [SCHEDULE], "cooldown": {"down": 60}}
    if own:
        scaling = {"by": "keda-kaito-scaler", "metrics": [{"name": "waiting", "up": 9, "down": 1}]}
    result = run(intent(scaling={**scaling, "min": least, "max": most}, target={"kaito": kaito}))
    newest = kaito in ("0.11", "0.12")
    assert result.ok == ((newest and (least > 0 or not own)) or (least > 0 and not own))
    if not result.ok:
        return
    data, *others = (manifest.data for manifest in result.manifests)
    assert "replicas" not in data["spec"]
    said = {
        key: text for key, text in data["metadata"].get("annotations", {}).items() if "scaledobject" in key
    }
    if own:
        assert (said["scaledobject.kaito.sh/min-replicas"], said["scaledobject.kaito.sh/max-replicas"]) == (
            str(least),
            str(most),
        )
        assert (others, scaling_of(said)) == (
            [],
            {
                **scaling,
                "min": least,
                "max": most,
                "metrics": [{"name": "waiting", "type": "gauge", "up": 9, "down": 1}],
            },
        )
        return
    (scaled,) = others
    assert (said, scaled["kind"], scaled["spec"]["minReplicaCount"], scaled["spec"]["maxReplicaCount"]) == (
        {},
        "ScaledObject",
        least,
        most,
    )
    assert scaled["spec"]["scaleTargetRef"] == {
        "apiVersion": data["apiVersion"],
        "kind": "InferenceSet",
        "name": "phi",
    }
    assert scaled["spec"]["triggers"][0]["metadata"] == {
        "timezone": "Europe/Berlin",
        "start": "0 8 * * 1-5",
        "end": "0 18 * * 1-5",
        "desiredReplicas": "3",
    }


@pytest.mark.parametrize(
    ("written", "options"),
    [
        ("", "Prune=false,Delete=false"),
        ("Prune=confirm,ServerSideApply=true", "ServerSideApply=true,Prune=false,Delete=false"),
    ],
)
def test_nobody_prunes_the_configuration_of_a_set(written: str, options: str) -> None:
    key = "argocd.argoproj.io/sync-options"
    inference = {"model": "phi-4", "config": {"vllm": {"max-model-len": 4096}}}
    metadata = {"annotations": {key: written}} if written else None
    result = run(intent(metadata, replicas=2, inference=inference))
    config_map, data = (manifest.data for manifest in result.manifests)
    assert config_map["metadata"]["annotations"] == {
        key: options,
        "argocd.argoproj.io/compare-options": "IgnoreExtraneous",
        "kustomize.toolkit.fluxcd.io/prune": "disabled",
    }
    assert data["metadata"].get("annotations", {}).get(key, "") == written
    alone = run(intent(metadata, inference=inference)).manifests[0].data
    assert alone["metadata"].get("annotations", {}).get(key, "") == written


@pytest.mark.parametrize(
    ("kaito", "gates", "told"),
    [
        ("0.10", {}, True),
        ("0.10", {"enableInferenceSetController": True}, False),
        ("0.11", {}, False),
        ("0.12", {"enableInferenceSetController": False}, True),
    ],
)
def test_a_gate_that_is_off_is_told(kaito: str, gates: dict[str, bool], told: bool) -> None:
    result = run(intent(replicas=2, target={"kaito": kaito, "featureGates": gates}))
    assert [one.field for one in result.findings if one.code == "KG328"] == (
        ["spec.replicas"] if told else []
    )


def own_nodes(*pools: str) -> tuple[Document, ...]:
    """Nodes that a user brings, of one small GPU each, in these pools; phi-4 takes two of them."""
    gpu = {"nvidia.com/gpu.product": "A10", "nvidia.com/gpu.count": "1", "nvidia.com/gpu.memory": "24576"}
    return (document(*(entry(f"gpu-{number}", {**gpu, pool: "yes", "all": "yes"}, allocatable={"nvidia.com/gpu": 1}) for number, pool in enumerate(pools))),)  # fmt: skip


def selecting(name: str, label: str, **spec: Any) -> dict[str, Any]:
    placement = {"labelSelector": {"matchLabels": {label: "yes"}}}
    return intent({"name": name}, placement=placement, target={"nodeProvisioner": "byo"}, **spec)


def test_replicas_are_held_against_what_their_selector_finds() -> None:
    def said(there: int, replicas: int, **spec: Any) -> list[str]:
        value = selecting("phi", "a", replicas=replicas, **spec)
        result = run(value, inventory=own_nodes(*["a"] * there, "b", "b", "b"))
        return [f"{one.code} {one.severity} {one.message}" for one in result.findings]

    each = "3 replicas of 2 nodes each take 6, and {} match the selector"
    assert said(6, 3) == []
    assert said(4, 3) == [f"KG318 warning {each.format(4)}"]
    assert said(3, 3) == [f"KG325 error {each.format(3)}: each can hold some and wait for the rest for ever"]
    template = {"spec": {"containers": [{"name": "main", "image": "example.com/main:1"}]}}
    assert said(2, 3, inference={"template": template}) == [
        "KG318 warning 3 replicas of 1 node each take 3, and 2 match the selector"
    ]


def test_what_is_written_instead_is_no_finding() -> None:
    (few,) = run(selecting("phi", "a", replicas=3), inventory=own_nodes("a", "a", "a")).findings
    assert few.fix == "write replicas: 1, or label 6 nodes"
    assert not run(selecting("phi", "a", replicas=1), inventory=own_nodes("a", "a", "a")).findings
    scaling = {"by": "keda", "min": 2, "max": 3, "schedule": [SCHEDULE]}
    found = run(selecting("phi", "a", scaling=scaling), inventory=own_nodes("a", "a", "a")).findings
    assert [one.fix for one in found if one.code == "KG325"] == ["label 6 nodes"]


def test_automatic_replicas_count_what_their_selector_finds() -> None:
    value = selecting("phi", "a", replicas="auto")
    (manifest,) = run(value, inventory=own_nodes("a", "a", "b", "a", "a", "a")).manifests
    assert manifest.data["spec"]["replicas"] == 2
    assert [one.code for one in run(value).findings] == ["KG224"]


@pytest.mark.parametrize(
    ("first", "second", "what"),
    [
        (selecting("a", "a", replicas=1), selecting("b", "b", replicas=1), ""),
        (selecting("a", "a", replicas=1), selecting("b", "all", replicas=1), "gpu-0, gpu-1 as well"),
        (selecting("a", "all"), selecting("b", "b", replicas=1), "gpu-2, gpu-3 as well"),
        (selecting("a", "all", replicas=1), selecting("b", "b"), "gpu-2, gpu-3 as well"),
        (selecting("a", "all"), selecting("b", "b"), ""),
        (selecting("a", "a", replicas=1), selecting("b", "a"), "the same nodes"),
    ],
)
def test_a_pool_that_two_find(first: dict[str, Any], second: dict[str, Any], what: str) -> None:
    found = run(first, second, inventory=own_nodes("a", "a", "b", "b")).findings
    assert [(one.code, one.file, one.message) for one in found] == (
        [("KG326", "1", f"a selects {what}, and KAITO reserves none for either")] if what else []
    )


def test_a_node_that_two_sets_name() -> None:
    def naming(name: str, *nodes: str) -> dict[str, Any]:
        return intent(
            {"name": name}, replicas=1, placement={"nodes": list(nodes)}, target={"nodeProvisioner": "byo"}
        )

    found = run(naming("a", "gpu-1", "gpu-2"), naming("b", "gpu-2", "gpu-3"), naming("c", "gpu-4")).findings
    assert [(one.code, one.field, one.message) for one in found if one.code == "KG326"] == [
        ("KG326", "spec.placement.nodes", "a selects gpu-2 as well, and KAITO reserves none for either")
    ]


@given(
    st.sampled_from([A100, "Standard_NV36ads_A10_v5"]),
    st.integers(2, 9),
    st.sampled_from(["0.11", "0.12"]),
)
def test_the_limit_of_nodes_is_what_the_most_replicas_take(instance_type: str, most: int, kaito: str) -> None:
    scaling = {"by": "keda-kaito-scaler", "max": most, "metrics": [{"name": "waiting", "up": 9, "down": 1}]}
    given_ = {"placement": {"instanceType": instance_type}, "target": {"kaito": kaito}}
    data = made(intent(scaling=scaling, **given_))
    each = size(replica_of(data), run(intent(**given_)).manifests[0].spec.target).estimate.nodes
    assert each == (1 if instance_type == A100 else 2)
    assert data["spec"]["nodeCountLimit"] == most * each
    assert data["spec"]["nodeCountLimit"] // each == most  # as the scaler works it out
    assert list(data["spec"]) == ["labelSelector", "nodeCountLimit", "template"]
    assert "nodeCountLimit" not in made(intent(scaling=scaling, nodeCountLimit=0, **given_))["spec"]
    assert made(intent(scaling=scaling, nodeCountLimit=7, **given_))["spec"]["nodeCountLimit"] == 7


def test_no_limit_of_nodes_is_guessed_or_written_for_nobody() -> None:
    own = {"by": "keda-kaito-scaler", "max": 3, "metrics": [{"name": "waiting", "up": 9, "down": 1}]}
    keda = {"by": "keda", "max": 3, "schedule": [SCHEDULE]}
    unknown = {"model": "someone/else", "accessSecret": "hf"}
    byo = {"placement": {}, "target": {"nodeProvisioner": "byo"}}
    for spec in (
        {"scaling": own, "inference": unknown},
        {"scaling": own, **byo},
        {"scaling": keda},
        {"replicas": 3},
    ):
        assert "nodeCountLimit" not in made(intent(**spec))["spec"], spec


def test_dead_annotations_of_a_scaler_keep_no_intent_from_its_replicas() -> None:
    annotations = {"scaledobject.kaito.sh/auto-provision": "true", "scaledobject.kaito.sh/threshold": "10"}
    result = run(intent({"annotations": annotations}, replicas=2))
    assert [(one.code, one.severity) for one in result.findings] == [("KG910", "warning")]
    request = Request(
        documents=(Document("set", value=dict(result.manifests[0].data)),), objects_target=Target()
    )
    assert [(one.code, one.severity) for one in generate(request).findings] == [("KG910", "error")]


@pytest.mark.parametrize(
    ("limit", "least", "most", "told"),
    [
        (10, 1, 5, ""),
        (11, 1, 5, ""),
        (0, 1, 5, ""),
        (5, 1, 5, "warning keda-kaito-scaler divides nodeCountLimit 5 by the 2 nodes of a replica: at most 2 replicas, whatever the maximum 5 says"),
        (40, 1, 5, "warning keda-kaito-scaler divides nodeCountLimit 40 by the 2 nodes of a replica: at most 20 replicas, whatever the maximum 5 says"),
        (1, 1, 5, "warning keda-kaito-scaler divides nodeCountLimit 1 by the 2 nodes of a replica: at most 1 replica, whatever the maximum 5 says"),
        (5, 3, 5, "error keda-kaito-scaler divides nodeCountLimit 5 by the 2 nodes of a replica: at most 2 replicas, fewer than the least, 3, so it scales nothing"),
    ],
)  # fmt: skip
def test_a_limit_of_nodes_that_means_other_replicas(limit: int, least: int, most: int, told: str) -> None:
    scaling = {"by": "keda-kaito-scaler", "min": least, "max": most, "metrics": [{"name": "waiting", "up": 9, "down": 1}]}  # fmt: skip
    placement = {"instanceType": "Standard_NV36ads_A10_v5"}
    result = run(intent(scaling=scaling, nodeCountLimit=limit, placement=placement))
    request = Request(
        documents=(Document("set", value=dict(result.manifests[0].data)),), objects_target=Target()
    )
    for found in (result.findings, generate(request).findings):
        said = [one for one in found if one.code == "KG329"]
        assert [f"{one.severity} {one.message}" for one in said] == ([told] if told else [])
        assert all((one.field, one.fix) == ("spec.nodeCountLimit", "write nodeCountLimit: 10, or remove it") for one in said)  # fmt: skip
        # What is written instead is no finding.
    assert not [one for one in run(intent(scaling=scaling, nodeCountLimit=2 * most, placement=placement)).findings if one.code == "KG329"]  # fmt: skip


WINDOW = {"enabled": True, "window": {"schedule": "0 2 * * 6"}}


@pytest.mark.parametrize(
    ("kaito", "spec", "told"),
    [
        ("0.7", {"replicas": 2}, ("spec.replicas", "KAITO 0.7 has no InferenceSet, which makes replicas")),
        ("0.7", {"scaling": {"by": "keda", "max": 2, "schedule": [SCHEDULE | {"replicas": 2}]}}, ("spec.scaling", "KAITO 0.7 has no InferenceSet, which makes replicas")),
        ("0.10", {"replicas": 2, "upgrade": WINDOW}, ("spec.upgrade", "KAITO 0.10 does not upgrade replicas by itself")),
        ("0.11", {"replicas": 2, "upgrade": WINDOW}, None),
        ("0.11", {"replicas": 2, "upgrade": {**WINDOW, "strategy": "Surge"}}, ("spec.upgrade.strategy", "KAITO 0.11 has one strategy for upgrades, InPlace")),
        ("0.12", {"replicas": 2, "upgrade": {**WINDOW, "strategy": "Surge"}}, None),
    ],
)  # fmt: skip
def test_what_a_version_has_no_word_for_is_told_at_the_word_of_the_intent(
    kaito: str, spec: dict[str, Any], told: tuple[str, str] | None
) -> None:
    result = run(intent(**spec, target={"kaito": kaito}))
    errors = [(one.code, one.field, one.message) for one in result.findings if one.severity == "error"]
    assert errors == ([("KG222", *told)] if told else [])


def test_an_evaluation_window_is_said_to_the_scaler_that_has_one() -> None:
    own = {"by": "keda-kaito-scaler", "max": 3, "metrics": [{"name": "waiting", "up": 9, "down": 1}]}
    data = made(intent(scaling={**own, "evaluationWindow": 30}))
    assert data["metadata"]["annotations"]["scaledobject.kaito.sh/evaluationwindow"] == "30"
    keda = {"by": "keda", "max": 3, "schedule": [SCHEDULE], "evaluationWindow": 30}
    (found,) = run(intent(scaling=keda)).findings
    assert (found.code, found.field) == ("KG225", "spec.scaling.evaluationWindow")


ASKED = {"auto-provision": "true", "max-replicas": "3"}
METRICS = "- {name: waiting, type: gauge, upthreshold: 9, downthreshold: 1, source: modelpod}"
READ = {"by": "keda-kaito-scaler", "min": 1, "max": 3, "metrics": [{"name": "waiting", "type": "gauge", "up": 9, "down": 1}]}  # fmt: skip


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (ASKED | {"metrics": METRICS}, READ),
        (ASKED | {"metrics": '[{"name": "waiting", "type": "gauge", "upthreshold": 9, "downthreshold": 1}]', "combinepolicy": "and", "min-replicas": "0"}, READ),
        (ASKED | {"metrics": METRICS, "evaluationwindow": "30", "scaledowncooldown": "60"}, READ | {"evaluationWindow": 30, "cooldown": {"down": 60}}),
        (ASKED | {"metrics": METRICS, "auto-provision": "false"}, None),
        (ASKED | {"metrics": METRICS.replace("modelpod", "other")}, None),
        (ASKED | {"metrics": METRICS, "threshold": "9"}, None),
        (ASKED | {"metrics": METRICS, "max-replicas": "1"}, None),
        (ASKED | {"metrics": METRICS, "scaledowncooldown": "soon"}, None),
        (ASKED | {"metrics": "["}, None),
        (ASKED, None),
    ],
)  # fmt: skip
def test_annotations_of_the_scaler_are_read_as_it_reads_them(written: dict[str, str], read: Any) -> None:
    own = {f"scaledobject.kaito.sh/{key}": text for key, text in written.items()}
    scaling = scaling_of({"team": "search", **own})
    assert scaling == read
    if scaling is not None:
        assert scaling_of(as_written({"team": "search", **own}, scaling)) == read


def test_a_number_of_replicas_that_an_autoscaler_sets_as_well() -> None:
    annotations = {f"scaledobject.kaito.sh/{key}": text for key, text in (ASKED | {"metrics": METRICS}).items()}  # fmt: skip
    found = run(intent({"annotations": annotations}, replicas=2)).findings
    assert [(one.code, one.field) for one in found] == [("KG330", "spec.replicas")]
    finished = made(intent(replicas=2))
    scaled = run(intent(scaling={"by": "keda", "max": 3, "schedule": [SCHEDULE]})).manifests[1].data

    def said(*objects: dict[str, Any]) -> list[str]:
        documents = tuple(Document(str(number), value=one) for number, one in enumerate(objects))
        return [one.message for one in generate(Request(documents=documents, objects_target=Target())).findings]  # fmt: skip

    assert said(finished, dict(scaled)) == ["replicas is 2, and KEDA sets that number: whoever applies this fights it"]  # fmt: skip
    stored = {**finished, "metadata": {**finished["metadata"], "uid": "1"}}
    another = {**scaled, "spec": {**scaled["spec"], "scaleTargetRef": {"kind": "InferenceSet", "name": "b"}}}
    assert said(stored, dict(scaled)) == said(finished, another) == said(finished) == []


@pytest.mark.parametrize(
    ("kaito", "gates", "told"),
    [("0.10", {}, True), ("0.10", {"enableInferenceSetController": True}, False), ("0.12", {}, False)],
)
def test_a_gate_that_is_off_is_told_of_finished_sets(kaito: str, gates: dict[str, bool], told: bool) -> None:
    data = made(intent(replicas=2, target={"kaito": kaito}))
    request = Request(documents=(Document("set", value=data),), objects_target=Target(kaito, feature_gates=gates))  # fmt: skip
    fixes = [(one.code, one.field, "--feature-gate" in one.fix) for one in generate(request).findings]
    assert fixes == ([("KG328", "spec.replicas", True)] if told else [])


def test_one_replica_takes_and_several_each_take() -> None:
    placement = {"instanceType": "Standard_NV36ads_A10_v5"}
    for count, message in (
        (3, "1 replica of 2 nodes takes 2 of 3 nodes"),
        (5, "2 replicas of 2 nodes each take 4 of 5 nodes"),
    ):
        result = run(intent(replicas="auto", placement={**placement, "count": count}))
        assert [one.message for one in result.findings] == [message]
    few = run(intent(replicas=1, placement={**placement, "count": 1})).findings
    assert [one.message for one in few] == ["1 replica of 2 nodes takes 2, and 1 is counted"]
