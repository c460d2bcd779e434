"""What a user reads: the way out is named, can be pasted, and is the right one."""

import os
import subprocess
import sys
from typing import Any

import pytest

from kaitogen.kaito.rules import RuleContext, judge
from kaitogen.model import Diagnostic, Target
from tests.unit.kaito.rules.rows_inference import named
from tests.unit.kaito.rules.workspaces import (
    A100,
    TEMPLATED,
    adapted,
    adapter,
    annotated,
    byo,
    change,
    serve,
    transformers,
    tune,
)

_PIN = {"matchLabels": {"kaitogen.io/workspace": "phi"}}


def _only(
    workspace: dict[str, Any], code: str, kaito: str = "0.12", provisioner: str = "azure-gpu-provisioner"
) -> Diagnostic:
    problems = judge(RuleContext(workspace, Target(kaito, "azure", provisioner)))
    (problem,) = [problem for problem in problems if problem.code == code]
    return problem


def test_pinning_prints_the_line_that_labels_the_nodes() -> None:
    workspace = byo(
        resource__count=2, resource__preferredNodes=["gpu-1", "gpu-2"], resource__labelSelector=_PIN
    )
    problem = _only(workspace, "KG463", provisioner="byo")
    assert problem.fix == "run: kubectl label nodes gpu-1 gpu-2 kaitogen.io/workspace=phi"
    assert "KAITO 0.12" in problem.message


def test_names_that_nobody_reads_come_with_the_form_that_pins() -> None:
    problem = _only(serve(resource__preferredNodes=["gpu-1", "gpu-2"]), "KG462")
    assert problem.fix.endswith("kubectl label nodes gpu-1 gpu-2 kaitogen.io/workspace=phi")
    assert "byo" in problem.fix
    assert "KAITO 0.12 does not read preferredNodes" in problem.message


def test_a_selector_of_the_users_is_what_is_labelled() -> None:
    selector = {"matchLabels": {"team": "search", "tier": "gpu"}}
    workspace = byo(resource__preferredNodes=["gpu-1"], resource__labelSelector=selector)
    assert _only(workspace, "KG462", provisioner="byo").fix.endswith(
        "kubectl label nodes gpu-1 team=search tier=gpu"
    )


def test_labels_of_kubernetes_are_not_for_people_to_set() -> None:
    selector = {"matchLabels": {"node.kubernetes.io/instance-type": A100}}
    workspace = byo(resource__preferredNodes=["gpu-1"], resource__labelSelector=selector)
    assert _only(workspace, "KG462", provisioner="byo").fix.endswith("gpu-1 kaitogen.io/workspace=phi")


@pytest.mark.parametrize("name", ["gpu-1; reboot", "$(reboot)", "gpu 1", "", "-x", "a\nb"])
def test_a_line_to_paste_holds_nothing_but_names(name: str) -> None:
    problem = _only(serve(resource__preferredNodes=["gpu-1", name]), "KG462")
    assert problem.fix.endswith("kubectl label nodes NODE... kaitogen.io/workspace=phi")
    assert problem.found.isprintable()


def test_count_names_the_estimate_and_its_version() -> None:
    problem = _only(serve(resource__count=4), "KG461")
    assert (
        problem.message == "KAITO 0.12 does not read count 4 for a preset on vllm: its own estimate is 1 node"
    )
    assert "kubectl label nodes NODE... kaitogen.io/workspace=phi" in problem.fix
    assert "KAITO 0.9 does not read count" in _only(serve(resource__count=4), "KG461", "0.9").message


@pytest.mark.parametrize(
    ("name", "kaito", "fix"),
    [
        ("phi4", "0.12", "write phi-4"),
        ("Phi-4", "0.8", "write phi-4"),
        ("microsoft/phi-4", "0.8", "write phi-4"),
        ("qwen3-8b-awq", "0.12", "write Qwen/Qwen3-8B-AWQ"),
        (
            "something",
            "0.12",
            "write one of its presets (kaitogen models lists them), or a Hugging Face id (owner/name)",
        ),
    ],
)
def test_a_wrong_preset_gets_the_likely_one(name: str, kaito: str, fix: str) -> None:
    assert _only(named(name), "KG432", kaito).fix == fix


def test_a_preset_of_another_version_says_which() -> None:
    assert "it went with 0.11" in _only(named("falcon-7b"), "KG432").message
    assert "it came with 0.8" in _only(named("gemma-3-4b-instruct"), "KG432", "0.7").message
    assert "that came with 0.9" in _only(named("acme/phi"), "KG432", "0.8").message


@pytest.mark.parametrize(
    ("workspace", "code", "kaito", "message", "fix"),
    [
        (annotated("kaito.sh/runtime", ""), "KG481", "0.12",
         "KAITO does not know the runtime without a name, so it takes vllm", "write vllm or transformers"),
        (annotated("kaito.sh/runtime", "vlm"), "KG481", "0.12",
         "KAITO does not know the runtime vlm, so it takes vllm", "write vllm"),
        (named(""), "KG432", "0.12", "KAITO 0.12 has no preset without a name",
         "write one of its presets (kaitogen models lists them), or a Hugging Face id (owner/name)"),
        (named("nobody-knows"), "KG432", "0.12", "KAITO 0.12 has no preset nobody-knows",
         "write one of its presets (kaitogen models lists them), or a Hugging Face id (owner/name)"),
        (transformers(named("Qwen/Qwen3-8B-AWQ")), "KG434", "0.12",
         "Qwen/Qwen3-8B-AWQ does not run on the runtime transformers", "use the runtime vllm"),
        (tune(tuning__preset__name="Qwen/Qwen3-8B-AWQ"), "KG478", "0.12",
         "KAITO admits it, but has no tuning parameters for Qwen/Qwen3-8B-AWQ",
         "tune a model of phi-3, phi-3.5-mini, phi-4 or qwen2.5-coder"),
    ],
)  # fmt: skip
def test_a_name_is_said_and_a_missing_one_too(
    workspace: dict[str, Any], code: str, kaito: str, message: str, fix: str
) -> None:
    problem = _only(workspace, code, kaito)
    assert (problem.message, problem.fix) == (message, fix)


def test_an_instance_type_gets_the_likely_one() -> None:
    assert _only(serve(resource__instanceType=A100.upper()), "KG472").fix == f"write {A100}"
    assert _only(serve(resource__instanceType="Standard_NC24ad_A100_v4"), "KG473").fix == f"write {A100}"
    left = _only(serve(resource__instanceType="Standard_NC24rs_v3"), "KG473")
    assert "left KAITO 0.12's table for azure in 0.9" in left.message
    assert "Standard_NC24rs_v3" not in left.fix


def test_a_value_that_is_too_long_is_cut() -> None:
    problem = _only(serve(resource__instanceType="x" * 5000), "KG427")
    assert len(problem.message) < 150
    assert len(problem.found) <= 80


def test_a_reason_is_the_right_one() -> None:
    urls = _only(adapted(adapter(urls=["https://a.example.com/b"])), "KG492")
    assert "comes from urls" in urls.message
    volume = {"source": {"name": "style", "volumeSource": {"emptyDir": {"medium": "Memory"}}}}
    assert "works since 0.10" in _only(adapted(volume), "KG492", "0.9").message
    early = _only(annotated("kaito.sh/run-benchmark", "true"), "KG483", "0.9")
    late = _only(annotated("kaito.sh/run-benchmark", "true"), "KG483", "0.11")
    assert "came with 0.10" in early.message
    assert "went with 0.11" in late.message


def test_a_missed_context_names_what_is_counted_instead() -> None:
    maps = {("", "settings"): {"inference_config.yaml": "vllm: {max-model-len: 8192}"}}
    (problem,) = judge(RuleContext(serve(inference__config="settings"), Target(), config_maps=maps))
    assert (problem.found, problem.expected) == ("8192", "2048")
    assert "max-model-len: 8192" in problem.fix


def test_a_wrong_preset_says_which_names_the_version_takes() -> None:
    assert _only(named("nothing"), "KG432", "0.8").expected == "a short name"
    assert _only(named("nothing"), "KG432", "0.9").expected == "a name or owner/name"


def test_byo_counts_what_is_labelled() -> None:
    problem = _only(byo(resource__count=2), "KG461", provisioner="byo")
    assert problem.fix.endswith("kubectl label nodes NODE... apps=phi")


def test_a_template_that_is_pinned_has_no_estimate() -> None:
    pinned = {"count": 1, "preferredNodes": ["gpu-1"], "labelSelector": _PIN}
    preset = _only(change(byo(), {"resource": pinned}), "KG463", provisioner="byo")
    template = _only(change(TEMPLATED, {"resource": pinned}), "KG463", provisioner="byo")
    assert "estimate" in preset.message
    assert "estimate" not in template.message


def test_a_config_map_that_is_not_in_the_output_is_said_so() -> None:
    workspace = serve(inference__config="settings")
    for maps, told in (({}, True), (None, False)):
        problems = judge(RuleContext(workspace, Target(), config_maps=maps, notes=True))
        (problem,) = [problem for problem in problems if problem.code == "KG441"]
        assert ("not in this output" in problem.message) is told


def test_settings_that_are_no_yaml_are_said_so_with_the_line() -> None:
    maps = {("", "settings"): {"inference_config.yaml": "a: 1\nvllm: {\n"}}
    (problem,) = judge(RuleContext(serve(inference__config="settings"), Target(), config_maps=maps))
    assert problem.message == "KAITO cannot read inference_config.yaml: it is not YAML in line 3"


def _loaded(workspace: dict[str, Any]) -> set[str]:
    code = (
        "import sys\nfrom kaitogen.model import Target\nfrom kaitogen.kaito.rules import RuleContext, judge\n"
        f"judge(RuleContext({workspace!r}, Target(), config_maps={{}}))\n"
        "print(*(name for name in sys.modules))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment
    )
    return set(done.stdout.split())


def test_an_ordinary_workspace_loads_no_rules_that_are_not_its_own() -> None:
    loaded = _loaded(serve(resource__count=1))
    rare = (
        "annotations",
        "partition",
        "adapters",
        "images",
        "config",
        "tuning",
        "tuning_config",
        "unread",
        "layout",
        "code",
        "codes",
    )
    assert loaded & {f"kaitogen.kaito.rules.{name}" for name in rare} == set()
    assert (
        loaded & {"json", "ipaddress", "urllib.parse", "difflib", "dataclasses", "jsonschema", "yaml"}
        == set()
    )


def test_a_tuning_loads_its_own() -> None:
    loaded = _loaded(tune())
    assert "kaitogen.kaito.rules.tuning" in loaded
    assert "kaitogen.kaito.rules.adapters" not in loaded
