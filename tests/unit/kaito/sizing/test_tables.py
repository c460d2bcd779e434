"""Files beside the intents: what is in them is used, and what is missing, absurd or hostile is a finding at its line."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kaitogen.commands.plan.model_config import read_config, read_configs
from kaitogen.commands.plan.tables import read_budget, read_prices
from kaitogen.kaito.sizing.model_spec import Layers, ModelSpec
from kaitogen.kaito.sizing.size import size
from kaitogen.model import Diagnostic, Target
from tests.unit.kaito.sizing.workspaces import workspace

GIB = 2**30
FIELDS: dict[str, Any] = {
    "architectures": ["LlamaForCausalLM"],
    "num_hidden_layers": 32,
    "hidden_size": 4096,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "max_position_embeddings": 32768,
    "rms_norm_eps": 1e-05,
}


def model(folder: Path, total: object = 15 * GIB, **fields: Any) -> Path:
    given = {key: value for key, value in {**FIELDS, **fields}.items() if value is not ...}
    (folder / "config.json").write_text(json.dumps(given), encoding="utf-8")
    index = json.dumps({"metadata": {"total_size": total}, "weight_map": {}})
    (folder / "model.safetensors.index.json").write_text(index, encoding="utf-8")
    return folder


def known(folder: Path) -> ModelSpec:
    found, findings = read_config(str(folder))
    assert findings == []
    assert found is not None
    return found


def only(findings: list[Diagnostic]) -> Diagnostic:
    (finding,) = findings
    return finding


def test_a_model_is_read_as_kaito_reads_it(tmp_path: Path) -> None:
    found = known(model(tmp_path))
    assert (found.weights, found.bytes_per_token, found.token_limit) == (15 * GIB, 131_072, 32_768)
    assert found.shape is not None
    assert (found.shape.head_dim, found.layers) == (128, Layers(32))


def test_sizes_are_rounded_to_two_decimals_as_kaito_keeps_them(tmp_path: Path) -> None:
    assert known(model(tmp_path, 16_060_522_496)).weights == 16_063_177_688  # 14.96Gi


@pytest.mark.parametrize(
    ("fields", "per_token", "layers"),
    [
        ({"head_dim": 64}, 65_536, Layers(32)),
        ({"num_key_value_heads": ...}, 524_288, Layers(32)),
        ({"num_key_value_heads": ..., "multi_query": True}, 16_384, Layers(32)),
        ({"kv_lora_rank": 512, "qk_rope_head_dim": 64}, 36_864, Layers(32)),
        ({"num_hidden_layers": ..., "n_layer": 32}, 131_072, Layers(32)),
        ({"text_config": {"num_hidden_layers": 16}, "num_hidden_layers": ...}, 65_536, Layers(16)),
        ({"sliding_window": 1024, "layer_types": ["sliding_attention"] * 24 + ["full_attention"] * 8}, 131_072, Layers(8, 24, 1024)),
        ({"sliding_window": 1024}, 131_072, None),
        ({"sliding_window": 1024, "use_sliding_window": False}, 131_072, Layers(32)),
        ({"architectures": ["NemotronHForCausalLM"], "hybrid_override_pattern": "M*M-" * 8}, 131_072, Layers(8)),
        ({"architectures": ["NemotronHForCausalLM"]}, 131_072, None),
    ],
)  # fmt: skip
def test_what_a_configuration_says_of_the_cache(
    fields: dict[str, Any], per_token: int, layers: Layers | None, tmp_path: Path
) -> None:
    found = known(model(tmp_path, **fields))
    assert (found.bytes_per_token, found.layers) == (per_token, layers)


def test_weight_files_count_where_they_are_there(tmp_path: Path) -> None:
    folder = model(tmp_path, 1)
    for name, size_of in (("model-1.safetensors", 3), ("model-2.safetensors", 2), ("pytorch_model.bin", 9)):
        with (folder / name).open("wb") as file:
            file.truncate(size_of * GIB)
    assert known(folder).weights == 5 * GIB
    with (folder / "consolidated.safetensors").open("wb") as file:
        file.truncate(4 * GIB)
    assert known(folder).weights == 4 * GIB


def test_a_model_outside_the_catalogue_is_sized_by_its_files(tmp_path: Path) -> None:
    made, maps = workspace("Acme/LLM", "Standard_NV36ads_A10_v5")
    for word in (f"acme/llm={model(tmp_path)}", str(tmp_path), str(tmp_path / "config.json")):
        configs, findings = read_configs((word,))
        assert findings == []
        found = size(made, Target(), maps, configs)
        assert (found.model, found.estimate.nodes) == ("Acme/LLM", 1)
        assert found.memory is not None
    assert size(made, Target(), maps, {"other/llm": known(tmp_path)}).estimate.nodes is None


@pytest.mark.parametrize(
    ("fields", "code", "words"),
    [
        ({"num_hidden_layers": ...}, "KG160", "num_hidden_layers is missing"),
        ({"hidden_size": None}, "KG160", "hidden_size is missing"),
        ({"num_attention_heads": 0}, "KG161", "num_attention_heads is 0"),
        ({"num_hidden_layers": "32"}, "KG161", "num_hidden_layers is 32"),
        ({"num_hidden_layers": 1e300}, "KG161", "num_hidden_layers is 1e+300"),
        ({"num_hidden_layers": 10**400}, "KG161", "num_hidden_layers is 1000"),
        ({"num_hidden_layers": [32]}, "KG161", "num_hidden_layers is this"),
        ({"max_position_embeddings": -1}, "KG161", "max_position_embeddings is -1"),
        ({"num_key_value_heads": 7}, "KG161", "does not divide the 32 attention heads"),
        ({"num_key_value_heads": 64}, "KG161", "does not divide the 32 attention heads"),
    ],
)
def test_missing_and_absurd_fields(fields: dict[str, Any], code: str, words: str, tmp_path: Path) -> None:
    found, findings = read_config(str(model(tmp_path, **fields)))
    finding = only(findings)
    assert found is None
    assert (finding.code, finding.severity) == (code, "error")
    assert words in finding.message
    assert finding.line == 1


@pytest.mark.parametrize("total", [0, -5, "much", None, 2**70, 1.5, True])
def test_an_index_without_a_size(total: object, tmp_path: Path) -> None:
    finding = only(read_config(str(model(tmp_path, total)))[1])
    assert finding.code == "KG162"
    assert finding.file.endswith("model.safetensors.index.json")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "KG166"),
        (b"[1, 2]", "KG166"),
        (b"<html>", "KG166"),
        (b"[" * 100_000, "KG166"),
        (b'{"a": ' + b"9" * 5000 + b"}", "KG166"),
        (b"\xff\xfe", "KG166"),
        (b"{}", "KG160"),
        (b" " * (17 * 2**20), "KG109"),
    ],
)
def test_hostile_configurations(text: bytes, code: str, tmp_path: Path) -> None:
    model(tmp_path)
    (tmp_path / "config.json").write_bytes(text)
    found, findings = read_config(str(tmp_path))
    assert found is None
    assert {finding.code for finding in findings} == {code}


def test_files_that_are_not_there(tmp_path: Path) -> None:
    assert only(read_config(str(tmp_path))[1]).code == "KG601"
    (tmp_path / "config.json").write_text(json.dumps(FIELDS), encoding="utf-8")
    assert only(read_config(str(tmp_path))[1]).code == "KG162"
    assert only(read_prices(str(tmp_path))[1]).code == "KG111"
    assert only(read_budget(str(tmp_path / "budget.yaml"))[2]).code == "KG601"


HEAD = "apiVersion: kaitogen.io/v1alpha1\nkind: PriceList\ncurrency: EUR\nprices:\n"


def prices(tmp_path: Path, text: str) -> str:
    path = tmp_path / "prices.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_prices_are_exact(tmp_path: Path) -> None:
    text = HEAD + "  Standard_NC24ads_A100_v4: {hour: 0.1, spot: 0.07}\n  p5.48xlarge: {hour: 98}\n"
    found, findings = read_prices(prices(tmp_path, text))
    assert findings == []
    assert found is not None
    assert found.by_type["Standard_NC24ads_A100_v4"] == (Decimal("0.1"), Decimal("0.07"))
    assert found.by_type["p5.48xlarge"] == (Decimal(98), None)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (HEAD + "  Standard_NC24ads_A100_v4: {hour: three}\n", "KG122", 5),
        (HEAD + "  Standard_NC24ads_A100_v4: {hour: -1}\n", "KG124", 5),
        (HEAD + "  Standard_NC24ads_A100_v4: {spot: 1}\n", "KG121", 5),
        (HEAD + "  Standard_NC24ads_A100_v4: {hours: 1}\n", "KG120", 5),
        (HEAD.replace("EUR", "euro") + "  p5.48xlarge: {hour: 1}\n", "KG124", 3),
        (HEAD + "  p5.48xlarge: {hour: .inf}\n", "KG107", 5),
        (HEAD + "  p5.48xlarge: {hour: 1}\n---\n" + HEAD + "  p5.48xlarge: {hour: 1}\n", "KG164", 0),
        ("", "KG164", 0),
        ("a: [\n", "KG102", 2),
    ],
)
def test_prices_with_something_else(text: str, code: str, line: int, tmp_path: Path) -> None:
    found, findings = read_prices(prices(tmp_path, text))
    assert found is None
    assert (only(findings).code, only(findings).line) == (code, line)


def test_a_price_for_what_nobody_knows_is_a_warning_with_the_likely_name(tmp_path: Path) -> None:
    found, findings = read_prices(prices(tmp_path, HEAD + "  standard_nc24ads_a100_v4: {hour: 1}\n"))
    assert found is not None
    assert (only(findings).severity, only(findings).fix) == ("warning", "write Standard_NC24ads_A100_v4")


def test_a_budget_names_instance_types_and_families(tmp_path: Path) -> None:
    path = tmp_path / "budget.yaml"
    path.write_text(
        "apiVersion: kaitogen.io/v1alpha1\nkind: Budget\nnodes: 4\n"
        'gpus: {"*": 8, p5.48xlarge: 8, "Standard_NC*_H100_v5": 2, "Standard_XX*": 1, p9.48xlarge: 1}\n'
        "cost: {currency: EUR, hour: 12.5}\n",
        encoding="utf-8",
    )
    found, document, findings = read_budget(str(path))
    assert found is not None
    assert document is not None
    assert (found.nodes, found.currency, found.hour, found.month) == (4, "EUR", Decimal("12.5"), None)
    assert [(one.code, one.line, one.found) for one in findings] == [
        ("KG165", 4, "Standard_XX*"),
        ("KG165", 4, "p9.48xlarge"),
    ]
