"""What is said of an InferenceSet and of the replicas that KAITO makes of it: what stands in it, and where it is found."""

from typing import Any

import pytest

from kaitogen.kaito.rules.inference_set import read_on_replicas, read_on_set
from kaitogen.model import Target
from tests.unit.kaito.rules.kinds import NEWEST, SET, places, said
from tests.unit.kaito.rules.workspaces import GONE

_BYO = Target("0.12", node_provisioner="byo")
_OLD = {"apiVersion": "kaito.sh/v1alpha1"}
_BARE = {"spec.template.resource": GONE}
_UNKNOWN = {"spec.template.inference.preset.name": "phi-5"}
_UNKNOWN_AT = "spec.template.inference.preset.name"
_EXISTS = {"spec.labelSelector": {"matchExpressions": [{"key": "apps", "operator": "Exists"}]}}
_WINDOW = "spec.autoUpgrade.maintenanceWindow"
_OWN = "metadata.annotations"
_BELOW = "spec.template.metadata.annotations"
_RUNTIME = "kaito.sh/runtime"
_BENCHMARK = {"kaito.sh/disable-benchmark": "true"}
_SCALER = {"scaledobject.kaito.sh/max-replicas": "3"}
_AUTO = {"scaledobject.kaito.sh/auto-provision": "true"}
_LOAD_BALANCER = "kaito.sh/enablelb"
_DEFAULT_STRATEGY = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"metadata.name": "a" * 46}, []),
        ({"metadata.name": "a" * 47}, ["KG907 error metadata.name"]),
        ({"metadata.name": "1phi"}, ["KG907 error metadata.name"]),
        ({"metadata.name": "Phi"}, ["KG403 error metadata.name"]),
        ({_WINDOW: {}}, []),
        ({_WINDOW: {"duration": "x"}}, []),
        ({_WINDOW: {"schedule": ""}}, [f"KG901 error {_WINDOW}.schedule"]),
        ({_WINDOW: {"schedule": "daily"}}, [f"KG901 error {_WINDOW}.schedule"]),
        ({_WINDOW: {"schedule": "0 2 * * 6"}}, []),
        ({_WINDOW: {"schedule": "0 2 * * 6", "duration": "1ns"}}, []),
        ({_WINDOW: {"schedule": "0 2 * * 6", "duration": "0"}}, [f"KG902 error {_WINDOW}.duration"]),
        ({_WINDOW: {"schedule": "0 2 * * 6", "duration": "-1h"}}, [f"KG902 error {_WINDOW}.duration"]),
        ({_WINDOW: {"schedule": "0 2 * * 6", "duration": "4 h"}}, [f"KG902 error {_WINDOW}.duration"]),
        ({_OWN: {_RUNTIME: "transformers"}}, [f"KG904 warning {_OWN}.{_RUNTIME}"]),
        ({_OWN: {_RUNTIME: "transformers"}, _BELOW: {_RUNTIME: "transformers"}}, []),
        ({_OWN: {_RUNTIME: "transformers"}, _BELOW: {_RUNTIME: "vllm"}}, [f"KG904 warning {_OWN}.{_RUNTIME}"]),
        ({_OWN: {"team": "search"}}, []),
        ({_OWN: _BENCHMARK}, []),
        ({_OWN: _BENCHMARK, _BELOW: _BENCHMARK}, []),
        ({_BELOW: _BENCHMARK}, [f"KG904 warning {_BELOW}.kaito.sh/disable-benchmark"]),
        ({_OWN: _SCALER}, []),
        ({_OWN: {"scaledobject.kaito.sh/threshold": "3"}}, [f"KG910 warning {_OWN}.scaledobject.kaito.sh/threshold"]),
        ({_OWN: {"scaledobject.kaito.sh/thresholds": "3", **_AUTO}}, [f"KG910 warning {_OWN}.scaledobject.kaito.sh/thresholds"]),
        ({_OWN: {"scaledobject.kaito.sh/threshold": "3", **_AUTO}}, [f"KG910 error {_OWN}.scaledobject.kaito.sh/threshold"]),
        ({_OWN: {"scaledobject.kaito.sh/quantile": "0.9", **_AUTO}}, [f"KG910 error {_OWN}.scaledobject.kaito.sh/quantile"]),
        ({_OWN: {"scaledobject.kaito.sh/threshold": "3", "scaledobject.kaito.sh/metrics": "[]", **_AUTO}},
         [f"KG910 warning {_OWN}.scaledobject.kaito.sh/threshold"]),
        ({"spec.replicas": 2, _OWN: _AUTO}, []),
        ({"spec.replicas": 2, _OWN: {"scaledobject.kaito.sh/metrics": "[]", **_AUTO}}, ["KG330 warning spec.replicas"]),
        ({_BELOW: _SCALER}, [
            f"KG904 warning {_BELOW}.scaledobject.kaito.sh/max-replicas",
            f"KG483 warning {_BELOW}.scaledobject.kaito.sh/max-replicas",
        ]),
        ({_BELOW: {_LOAD_BALANCER: "True"}}, [f"KG906 warning {_BELOW}.{_LOAD_BALANCER}"]),
        ({_BELOW: {_LOAD_BALANCER: "false"}}, []),
        ({"spec.updateStrategy": {}}, []),
        ({"spec.updateStrategy": None}, []),
        ({"spec.updateStrategy": _DEFAULT_STRATEGY}, []),
        ({"spec.updateStrategy": {"type": "OnDelete"}}, ["KG908 warning spec.updateStrategy"]),
        (_EXISTS, ["KG411 error spec.labelSelector.matchExpressions.0"]),
        ({"spec.template.metadata": {"labels": {"team": "search"}}}, []),
    ],
    ids=str,
)  # fmt: skip
def test_fields_of_a_set(changes: dict[str, Any], expected: list[str]) -> None:
    assert places(SET, changes) == expected


@pytest.mark.parametrize(
    ("changes", "target", "expected"),
    [
        (_BARE, NEWEST, ["KG405 error spec.template.resource"]),
        (_BARE, Target("0.11"), ["KG903 error spec.template.resource"]),
        (_BARE, _BYO, []),
        ({}, _BYO, ["KG405 error spec.template.resource.instanceType"]),
        ({}, Target("0.11", node_provisioner="byo"), ["KG903 error spec.template.resource.instanceType"]),
        (_UNKNOWN, NEWEST, [f"KG432 error {_UNKNOWN_AT}"]),
        (_UNKNOWN, Target("0.11"), [f"KG903 error {_UNKNOWN_AT}"]),
        (_UNKNOWN | _OLD, NEWEST, ["KG905 warning apiVersion", f"KG903 error {_UNKNOWN_AT}"]),
        (_BARE | _OLD, NEWEST, ["KG905 warning apiVersion", "KG405 error spec.template.resource"]),
        (_OLD, NEWEST, ["KG905 warning apiVersion"]),
        (_OLD, Target("0.11"), ["KG905 warning apiVersion"]),
        (_OLD, Target("0.10"), []),
        ({"spec.labelSelector": {}} | _BARE, _BYO, ["KG477 warning spec.labelSelector"]),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_version_asks(changes: dict[str, Any], target: Target, expected: list[str]) -> None:
    assert places(SET, changes, target) == expected


@pytest.mark.parametrize(
    ("namespace", "expected"), [("", []), ("models", ["KG442 error spec.template.inference.config"])]
)
def test_replicas_look_for_their_config_map_in_the_namespace_of_the_set(
    namespace: str, expected: list[str]
) -> None:
    changes = {"metadata.namespace": "models", "spec.template.inference.config": "settings"}
    assert places(SET, changes, config_maps={(namespace, "settings"): {}}) == expected


def test_what_comes_later_says_what_it_was_about() -> None:
    assert said(SET, _UNKNOWN, Target("0.11")) == [
        (
            f"KG903 error {_UNKNOWN_AT}: KAITO admits this, and then refuses what it makes of it:"
            " KAITO 0.11 has no preset phi-5 (KG432) (write phi-4)"
        )
    ]


@pytest.mark.parametrize(
    ("annotation", "on_set", "on_replicas"),
    [
        ("kaito.sh/enablelb", False, True),
        ("inference.kaito.sh/static-model-mirror", False, True),
        (_RUNTIME, True, True),
        ("kaito.sh/disable-benchmark", True, False),
        ("scaledobject.kaito.sh/max-replicas", True, False),
        ("team.example.com/owner", True, False),
        ("notkaito.sh/enablelb", True, False),
        ("owner", True, False),
    ],
)
def test_where_an_annotation_is_read(annotation: str, on_set: bool, on_replicas: bool) -> None:
    assert (read_on_set(annotation), read_on_replicas(annotation)) == (on_set, on_replicas)


@pytest.mark.parametrize(
    "key",
    ["threshold", "metricName", "metricstype", "metricsource", "quantile", "upthreshold", "downthreshold"],
)
def test_what_replaced_an_annotation_of_an_older_scaler(key: str) -> None:
    for release, severity in (("0.10", "warning"), ("0.11", "error"), ("0.12", "error")):
        annotations = {f"scaledobject.kaito.sh/{key}": "1", **_AUTO}
        changes = {_OWN: annotations, **({} if release != "0.10" else _OLD)}
        found = [one for one in said(SET, changes, Target(release)) if one.startswith("KG910")]
        assert [one.split(": ")[0] for one in found] == [
            f"KG910 {severity} {_OWN}.scaledobject.kaito.sh/{key}"
        ]
        assert "(write scaledobject.kaito.sh/metrics instead, a list: this is " in found[0]


@pytest.mark.parametrize(
    ("release", "enabled", "gates", "told"),
    [
        ("0.11", True, {}, True),
        ("0.12", True, {}, True),
        ("0.12", True, {"enableBaseImageAutoUpgrade": False}, True),
        ("0.12", True, {"enableBaseImageAutoUpgrade": True}, False),
        ("0.12", False, {}, False),
    ],
)
def test_upgrades_that_nobody_makes(release: str, enabled: bool, gates: dict[str, bool], told: bool) -> None:
    target = Target(release, feature_gates=gates)
    expected = ["KG914 warning spec.autoUpgrade.enabled"] if told else []
    assert places(SET, {"spec.autoUpgrade": {"enabled": enabled}}, target) == expected
