"""What is advised about vLLM's settings, and what its command line makes of a word."""

from typing import Any

import pytest

from kaitogen.kaito.rules import RuleContext, judge
from kaitogen.kaito.vllm.command_line import CommandLine, command_line, lifetime, number, word_of
from kaitogen.model import Diagnostic, Target
from tests.unit.kaito.rules.workspaces import adapted, adapter, serve, transformers

REPEATED = "a flag that is its own value"


def line(version: str = "0.25.1") -> CommandLine:
    found = command_line(version)
    assert found is not None
    return found


def problems(settings: str, kaito: str = "0.12", workspace: dict[str, Any] | None = None) -> list[Diagnostic]:
    maps = {("", "settings"): {"inference_config.yaml": settings}}
    workspace = workspace or serve(inference__config="settings")
    return judge(RuleContext(workspace, Target(kaito), config_maps=maps))


@pytest.mark.parametrize(
    ("settings", "kaito", "fixes"),
    [
        ("swap-space: 4", "0.12", ["remove it: 0.17.1 was the last vLLM with it"]),
        ("watermark: 0.1", "0.11", ["remove it: it came with vLLM 0.25.1"]),
        ("max_num_sqs: 4", "0.12", ["did you mean max-num-seqs?"]),
        ("unheard-of: 4", "0.12", ["remove it"]),
        ("dtype: bfloat17", "0.12", ["did you mean bfloat16?"]),
        ("scheduling-policy: fair", "0.12", ["write one of fcfs, priority"]),
        ("gpu-memory-utilization: 2", "0.12", ["write a number more than 0 and at most 1"]),
        ("port: true", "0.12", ["write a whole number", "remove it"]),
        ("enable-prefix-caching: false", "0.12", [f"write no-enable-prefix-caching: --no-enable-prefix-caching, {REPEATED}"]),
        ("no-enable-prefix-caching: false", "0.12", [f"write enable-prefix-caching: --enable-prefix-caching, {REPEATED}"]),
        ("enable-prefix-caching: false", "0.6", [f"write no-enable-prefix-caching: --no-enable-prefix-caching, {REPEATED}"]),
        ("no-enable-prefix-caching: true", "0.6", [f"write no-enable-prefix-caching: --no-enable-prefix-caching, {REPEATED}"]),
        ("enable-auto-tool-choice: true", "0.6", [f"write enable-auto-tool-choice: --enable-auto-tool-choice, {REPEATED}"]),
        ("enable-auto-tool-choice: false", "0.6", ["remove it"]),
        ("aggregate-engine-logging: false", "0.12", ["remove it"]),
        ("disable-log-stats: false", "0.12", ["remove it", "remove it"]),
        ("hf-overrides: '{a}'", "0.12", ["write the value as JSON text in single quotes, with double quotes inside"]),
    ],
)  # fmt: skip
def test_the_advice(settings: str, kaito: str, fixes: list[str]) -> None:
    assert [problem.fix for problem in problems(f"vllm:\n  {settings}\n", kaito)] == fixes


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("seed: ''", "seed of vLLM 0.25.1 does not take an empty text: its server ends"),
        ("seed: x", "seed of vLLM 0.25.1 does not take x: its server ends"),
        (
            "enforce-eager: true\n  enable-lora: ''",
            "KAITO hands vLLM an empty word behind the flag enable-lora, which takes none: its server ends",
        ),
        (
            "enforce-eager: true\n  enable-lora: true",
            "KAITO hands vLLM True behind the flag enable-lora, which takes none: its server ends",
        ),
    ],
)
def test_the_message_names_the_word(settings: str, message: str) -> None:
    assert [problem.message for problem in problems(f"vllm:\n  {settings}\n")] == [message]


CONFIGURED = serve(inference__config="settings")
ADAPTED = adapted(adapter(), workspace=CONFIGURED)


@pytest.mark.parametrize(
    ("about", "settings", "workspace"),
    [
        ("another runtime", "max-num-sqs: 8", transformers(CONFIGURED)),
        ("modules without adapters", "lora-modules: a=/b", CONFIGURED),
        ("adapters without modules", "max-num-seqs: 8", ADAPTED),
    ],
)
def test_nothing_is_said(about: str, settings: str, workspace: dict[str, Any]) -> None:
    codes = {problem.code for problem in problems(f"vllm:\n  {settings}\n", workspace=workspace)}
    assert not {code for code in codes if code.startswith("KG74")}


@pytest.mark.parametrize(
    ("settings", "fix"),
    [
        ("max-num-seqs: 8", "move it below vllm:"),
        ("unheard-of: 8", "use vllm, max_probe_steps, kv_cache_cpu_memory_utilization"),
    ],
)
def test_what_stands_beside_is_sent_to_its_place(settings: str, fix: str) -> None:
    assert [problem.fix for problem in problems(f"{settings}\n")] == [fix]


def test_a_configuration_has_at_most_fifty_findings() -> None:
    many = "".join(f"  unheard-{number}: 1\n" for number in range(60))
    assert len(problems(f"vllm:\n{many}")) == 50


@pytest.mark.parametrize(
    ("name", "word", "taken"),
    [
        ("max-num-seqs", "1", True),
        ("max-num-seqs", " 1_000 ", True),
        ("max-cpu-loras", "None", True),
        ("max-cpu-loras", "", True),
        ("seed", "", False),
        ("seed", "-1", True),
        ("seed", "-x", False),
        ("revision", "-", True),
        ("revision", "- x", True),
        ("revision", "-x", False),
        ("seed", "9" * 4300, True),
        ("seed", "9" * 4301, False),
        ("gpu-memory-utilization", "1", True),
        ("gpu-memory-utilization", "1.0001", False),
        ("gpu-memory-utilization", "nan", False),
        ("video-pruning-rate", "0.99", True),
        ("video-pruning-rate", "1", False),
        ("video-pruning-rate", "0", True),
        ("cpu-offload-gb", "0", True),
        ("cpu-offload-gb", "-.1", False),
        ("max-model-len", "-1", True),
        ("max-model-len", "-2", False),
        ("max-model-len", "AUTO", True),
        ("max-model-len", "8k", True),
        ("max-model-len", "1.5k", True),
        ("max-model-len", "1.5K", False),
        ("max-lora-rank", "16", True),
        ("max-lora-rank", "17", False),
        ("kv-transfer-config", "{}", True),
        ("kv-transfer-config", "[]", True),
        ("kv-transfer-config", "1", False),
        ("kv-transfer-config", '"8k"', False),
        ("kv-transfer-config", '{"a": 8k, "b\\"8k": "8k"}', True),
        ("compilation-config", "3", True),
        ("compilation-config", "x", False),
        ("kv-events-config", "3", False),
        ("hf-overrides", "anything", True),
        ("hf-overrides", "{anything", True),
        ("hf-overrides", "anything}", True),
        ("hf-overrides", "{anything}", False),
    ],
)
def test_what_an_argument_takes(name: str, word: str, taken: bool) -> None:
    found = line().find(name)
    assert found is not None
    assert (found[0].expected(word) == "") is taken


@pytest.mark.parametrize(
    ("version", "key", "name"),
    [
        ("0.25.1", "max_num_seqs", "max-num-seqs"),
        ("0.25.1", "max-num-seq", "max-num-seqs"),
        ("0.25.1", "max-num", None),
        ("0.25.1", "no-enable-lora", "enable-lora"),
        ("0.25.1", "no-headless", None),
        ("0.25.1", "compilation-config.pass_config.x", "compilation-config"),
        ("0.25.1", "max-num-seqs.x", None),
        ("0.25.1", "nothing.x", None),
        ("0.8.5", "compilation-config.level", None),
        ("0.8.5", "swap-space", "swap-space"),
        ("0.25.1", "swap-space", None),
    ],
)
def test_what_a_key_means(version: str, key: str, name: str | None) -> None:
    found = line(version).find(key)
    assert (found and found[0].name) == name


def test_sizes_are_counted_as_vllm_does() -> None:
    assert [number("size", word) for word in ("8k", "8K", "1.5m", "2G", "x")] == [
        8000,
        8192,
        1_500_000,
        2**31,
        None,
    ]
    assert (number("int", "8k"), number("float", "1e999")) == (None, float("inf"))


def test_how_long_an_argument_lived() -> None:
    assert lifetime("swap_space") == ("0.8.5", "0.17.1")
    assert lifetime("watermark") == ("0.25.1", "")
    assert lifetime("unheard-of") is None


def test_a_word_is_what_python_writes() -> None:
    assert [word_of(value) for value in (True, None, 0.5, "a")] == ["True", "None", "0.5", "a"]
    assert len(word_of(10**5000)) == 4301


def test_the_number_of_probes_is_read_by_every_version() -> None:
    assert problems("max_probe_steps: few\n", "0.6") == []
