"""The catalogue says what KAITO's own tables say, per version, and is loaded fast."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kaitogen.kaito.catalogue.models import (
    all_models,
    built_in,
    find_model,
    has_transformers,
    is_catalogued,
    is_preset,
    is_tunable,
    short_names,
)
from kaitogen.kaito.catalogue.skus import all_skus, find_sku, near_sku
from kaitogen.model import PROVIDERS

ROOT = Path(__file__).resolve().parents[3]
#: A folder with the facts that the catalogue was made from, where there is one; they are no part of the checkout.
FACTS = os.environ.get("KAITO_REFERENCE")


def test_a_model_is_found_by_every_name_of_its_own() -> None:
    phi = find_model("phi-4-mini-instruct")
    assert phi is not None
    assert phi.id == "microsoft/Phi-4-mini-instruct"
    assert find_model("PHI-4-Mini-Instruct") == phi
    assert find_model("Microsoft/phi-4-MINI-instruct") == phi
    assert (phi.weights_text, phi.weights, phi.bytes_per_token, phi.token_limit) == (
        "7.15Gi",
        7677254042,
        131072,
        131072,
    )
    assert not phi.transformers
    assert phi.tunable
    assert not phi.gated
    assert find_model("phi") is None
    assert find_model("acme/phi-4") is None
    assert find_model("falcon-7b") is None


def test_all_models_are_there_and_consistent() -> None:
    models = list(all_models())
    assert len(models) == 60
    assert sum(model.transformers for model in models) == 20
    for model in models:
        assert find_model(model.id) == model
        assert all(find_model(alias) == model for alias in model.aliases)
        assert abs(float(model.weights_text.removesuffix("Gi")) * 2**30 - model.weights) < 1
        assert 4 <= model.since <= model.catalogued <= 12


@pytest.mark.parametrize(
    ("name", "gated"),
    [
        ("llama-3.1-8b-instruct", True),
        ("llama-3.3-70b-instruct", True),
        ("gemma-3-4b-instruct", True),
        ("gpt-oss-120b", False),
        ("google/gemma-4-12B-it", False),
    ],
)
def test_gated_models_are_known(name: str, gated: bool) -> None:
    model = find_model(name)
    assert model is not None
    assert model.gated is gated


@pytest.mark.parametrize(
    ("name", "versions"),
    [
        ("phi-4", range(4, 13)),
        ("Phi-4", range(11, 13)),
        ("PHI-3-mini-4k-instruct", range(11, 13)),
        ("llama-3.3-70b-instruct", range(5, 13)),
        ("deepseek-r1-0528", range(6, 13)),
        ("gpt-oss-20b", range(7, 13)),
        ("ministral-3-8b-instruct", range(8, 13)),
        ("falcon-7b", range(4, 11)),
        ("phi-2", range(4, 8)),
        ("acme/anything", range(9, 13)),
        ("a/b/c", range(9, 13)),
        ("acme/", range(0)),
        ("/phi-4", range(0)),
        ("qwen3-8b", range(0)),
        ("", range(0)),
    ],
)
def test_short_names_per_version(name: str, versions: range) -> None:
    assert [minor for minor in range(4, 13) if is_preset(name, minor)] == list(versions)


def test_the_number_of_short_names_per_version() -> None:
    assert [len(short_names(minor)) for minor in range(4, 13)] == [19, 20, 22, 24, 29, 29, 29, 25, 25]


def test_what_a_version_sizes_without_asking() -> None:
    assert [minor for minor in range(9, 13) if is_catalogued("microsoft/phi-4", minor)] == [9, 10, 11, 12]
    assert [minor for minor in range(9, 13) if is_catalogued("meta-llama/Llama-3.1-8B-Instruct", minor)] == [
        9,
        10,
        11,
        12,
    ]
    assert [minor for minor in range(9, 13) if is_catalogued("zai-org/GLM-5.2-FP8", minor)] == [12]
    assert [minor for minor in range(9, 13) if is_catalogued("acme/phi", minor)] == []
    assert built_in("MICROSOFT/phi-4", 9) == built_in("phi-4", 10)
    assert built_in("microsoft/phi-4", 10) == built_in("phi-4", 10)
    assert built_in("phi-4", 11) is None


def test_runtimes_and_tuning_go_by_the_last_part_of_a_name() -> None:
    assert has_transformers("acme/Phi-4")
    assert not has_transformers("acme/phi")
    assert is_tunable("acme/phi-4")
    assert not is_tunable("mistral-7b")
    assert not is_tunable("acme/phi")


def test_an_instance_type_is_found_in_its_own_letters() -> None:
    h100 = find_sku("azure", "Standard_NC80adis_H100_v5")
    assert h100 is not None
    assert (h100.gpus, h100.memory, h100.gpu_model) == (2, 188, "NVIDIA H100")
    assert find_sku("azure", "standard_nc80adis_h100_v5") is None
    assert find_sku("aws", "Standard_NC80adis_H100_v5") is None
    assert find_sku("gcp", "a3-highgpu-8g") is None
    assert near_sku("azure", "STANDARD_nc80adis_h100_v5") == h100
    assert near_sku("azure", "Standard_NC80adis_H100") == h100
    assert near_sku("azure", "potato") is None


@pytest.mark.parametrize(
    ("provider", "name", "versions"),
    [
        ("azure", "Standard_NC24ads_A100_v4", range(4, 13)),
        ("azure", "Standard_NV36ads_A10_v5", range(6, 13)),
        ("azure", "Standard_NC6s_v3", range(4, 9)),
        ("azure", "Standard_NC4as_T4_v3", range(4, 12)),
        ("aws", "g4dn.xlarge", range(4, 12)),
        ("aws", "p5.48xlarge", range(4, 13)),
        ("arc", "Standard_NC4_A2", range(4, 13)),
    ],
)
def test_instance_types_per_version(provider: str, name: str, versions: range) -> None:
    sku = find_sku(provider, name)
    assert sku is not None
    assert [minor for minor in range(4, 13) if sku.known_to(minor)] == list(versions)


def test_all_instance_types_are_there() -> None:
    assert PROVIDERS == ("azure", "aws", "arc")
    assert [sum(sku.known_to(12) for sku in all_skus(provider)) for provider in PROVIDERS] == [14, 35, 8]


if FACTS:

    @pytest.mark.checkout
    def test_the_data_are_what_the_facts_say() -> None:
        command = [sys.executable, "-m", "scripts.derive_catalogue", str(FACTS), "--check"]
        done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
