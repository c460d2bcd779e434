"""`kaitogen models` and `kaitogen skus`: what they find, in tables and in JSON of the published shape."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from kaitogen.cli import registry
from kaitogen.commands.result import Outcome
from kaitogen.errors import UsageError
from kaitogen.files import shipped
from kaitogen.kaito.catalogue.models import all_models
from tests.acceptance.command import kaitogen


def run(*words: str) -> Outcome:
    parsed = registry.parse(words)
    assert parsed is not None, words
    command, options = parsed
    return command.run(options)


def rows(*words: str) -> list[list[str]]:
    """The cells of the table's lines under its headings."""
    lines = run(*words).stdout.decode().split("\n\n")[0].splitlines()[1:]
    return [[cell for cell in line.split("  ") if cell] for line in lines]


def answer(*words: str) -> Any:
    found = json.loads(run(*words, "--format", "json").stdout)
    schema = json.loads(shipped.read_text("schemas", f"{words[0]}.schema.json"))
    Draft202012Validator(schema).validate(found)
    return found


def test_models_are_found_by_id_and_by_preset() -> None:
    assert [row[0] for row in rows("models", "LLAMA")] == [
        "deepseek-ai/DeepSeek-R1-Distill-Llama-8B",
        "meta-llama/Llama-3.1-8B-Instruct",
        "meta-llama/Llama-3.3-70B-Instruct",
    ]
    assert [row[0] for row in rows("models", "mistral-7b-instruct")] == ["mistralai/Mistral-7B-Instruct-v0.3"]
    assert len(rows("models")) == 60 + 5


def test_models_of_an_older_version_are_those_that_it_takes() -> None:
    older = {one["id"] for one in answer("models", "--kaito", "0.6")["models"]}
    assert "deepseek-ai/DeepSeek-R1-0528" in older
    assert "openai/gpt-oss-20b" not in older


def test_models_as_json() -> None:
    found = answer("models", "phi-4")
    first = found["models"][0]
    assert (first["id"], first["presets"], first["contextLength"]) == ("microsoft/phi-4", ["phi-4"], 16384)
    assert found["retired"] == []
    assert [one["preset"] for one in answer("models", "falcon")["retired"]][:1] == ["falcon-40b"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Llama-3.3-70B-Instruct", ("131.42 GiB", "80 layers", "gated           yes")),
        ("openai/gpt-oss-20b", ("quantised (mxfp4)", "presets         gpt-oss-20b")),
        ("qwen/qwen3-8b-awq", ("none: write the id",)),
        ("phi-2", ("retired with KAITO 0.8",)),
    ],
)
def test_one_model_in_full(name: str, words: tuple[str, ...]) -> None:
    said = run("models", "show", name).stdout.decode()
    assert [word for word in words if word not in said] == []


def test_every_model_can_be_shown() -> None:
    for model in all_models():
        assert model.id in run("models", "show", model.id).stdout.decode()


def test_more_words_than_there_is_room_for_are_refused() -> None:
    done = kaitogen("models", "a", "b", "c")
    assert (done.code, done.text) == (2, "")
    assert done.said.startswith("kaitogen: models takes one word to look for, not a b")


@pytest.mark.parametrize(
    ("words", "message", "fix"),
    [
        (("models", "show", "phi-5"), "KAITO's catalogue has no model phi-5", "did you mean phi-4?"),
        (("models", "phi", "4"), "models takes one word to look for, not phi 4", "quote it"),
        (("skus", "--model", "zzz"), "KAITO's catalogue has no model zzz", "kaitogen models lists them"),
    ],
)
def test_what_is_asked_wrongly(words: tuple[str, ...], message: str, fix: str) -> None:
    with pytest.raises(UsageError) as wrong:
        run(*words)
    assert wrong.value.message == message
    assert fix in wrong.value.fix


def test_what_is_not_there_is_said_and_counts_as_a_finding() -> None:
    found = run("models", "potato")
    assert (found.stdout, found.exit_code) == (b"", 1)
    assert found.stderr == "kaitogen: no model of KAITO 0.12 has potato in its name\n"
    assert (
        run("skus", "potato").stderr
        == "kaitogen: no instance type of KAITO 0.12 has potato in its name or card\n"
    )
    assert answer("models", "potato")["models"] == []


def test_instance_types_come_smallest_first() -> None:
    found = answer("skus", "--provider", "azure")["skus"]
    memory = [one["memory"] for one in found]
    assert memory == sorted(memory)
    assert len(found) == 14
    fits = {one["name"]: len(one["fits"]) for one in found}
    assert (
        fits["Standard_NV36ads_A10_v5"] < fits["Standard_NC24ads_A100_v4"] < fits["Standard_ND96isr_H200_v5"]
    )
    assert fits["Standard_NG32ads_V620_v1"] == 0


def test_cards_that_left_are_in_the_tables_of_their_versions() -> None:
    assert rows("skus", "T4", "--provider", "azure") == []
    assert "Standard_NC64as_T4_v3" in {
        row[0] for row in rows("skus", "T4", "--provider", "azure", "--kaito", "0.11")
    }


def test_a_single_instance_type_names_its_models() -> None:
    said = run("skus", "NV36").stdout.decode()
    assert "Fits on one node:\n" in said
    assert "  microsoft/Phi-4-mini-instruct\n" in said
    assert "  microsoft/phi-4\n" not in said


def test_where_one_model_fits() -> None:
    found = answer("skus", "--model", "Phi-4", "--provider", "azure")
    assert found["model"] == "microsoft/phi-4"
    # Azure's confidential types come last.
    order = [("NCC" in one["name"], one["for"]["gpus"]) for one in found["skus"]]
    assert order == sorted(order)
    two = next(one["for"] for one in found["skus"] if one["name"] == "Standard_NV36ads_A10_v5")
    assert (two["nodes"], two["parallelism"]) == (2, {"data": 1, "tensor": 1, "pipeline": 2})
    assert {one["reason"] for one in found["out"]} == {"nothing is known about vLLM on AMD Radeon PRO V620"}
    said = run("skus", "--model", "phi-4", "V620").stdout.decode()
    assert said.startswith("Does not fit:\n  Standard_NG32adms_V620_v1 (azure): ")


def test_versions_without_an_estimate_say_so() -> None:
    said = run("skus", "--model", "phi-4", "--kaito", "0.6", "--provider", "azure", "NC24ads").stdout.decode()
    assert (
        said == "Does not fit:\n  azure: KAITO 0.6 makes no estimate: it takes as many nodes as count says\n"
    )
    assert {one["fits"] for one in answer("skus", "--kaito", "0.6", "H100")["skus"]} == {None}
