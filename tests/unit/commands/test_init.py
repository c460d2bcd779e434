"""`init` picks what fits, and whatever it writes is what `validate` takes."""

from pathlib import Path

import pytest
import yaml

from kaitogen.commands import init, validate
from kaitogen.errors import EnvironmentFailure, UsageError
from kaitogen.kaito.catalogue.models import all_models, find_model, short_names
from kaitogen.kaito.catalogue.skus import find_sku
from kaitogen.kaito.sizing.instance_types import offers_for
from kaitogen.model import KAITO_VERSIONS, NEWEST_KAITO, PROVIDERS, Json, Target

NEWEST = Target(NEWEST_KAITO).minor
MODELS = sorted({*short_names(NEWEST), *(one.id for one in all_models())})


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of its own, so that no project file above it counts."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(**options: Json) -> str:
    """The text that `init` prints, which `validate` has been seen to take without an error or a warning."""
    text = init.run(init.Options(**options)).stdout.decode()
    Path("a.intent.yaml").write_text(text, encoding="utf-8")
    judged = validate.run(validate.Options(paths=("a.intent.yaml",), strict=True))
    assert (judged.exit_code, "warning" in judged.stderr) == (0, False), judged.stderr
    return text


@pytest.mark.parametrize("model", MODELS)
def test_every_preset_of_the_catalogue_is_written_as_validate_takes_it(model: str) -> None:
    text = written(model=model)
    known = find_model(model)
    assert known is not None
    inference = yaml.safe_load(text)["spec"]["inference"]
    assert inference == {"model": model, **({"accessSecret": "hf-token"} if known.gated else {})}
    assert ("kubectl create secret generic hf-token " in text) == known.gated


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("kaito", KAITO_VERSIONS)
def test_every_version_and_cloud_has_an_instance_type_of_its_own(kaito: str, provider: str) -> None:
    presets = list(short_names(Target(kaito).minor))
    # The nodes of Arc are small.
    small = [one for one in presets if one.startswith(("phi-3-mini", "phi-4-mini"))]
    for preset in small if provider == "arc" else presets[:3]:
        text = written(model=preset, kaito=kaito, provider=provider)
        spec = yaml.safe_load(text)["spec"]
        assert spec["target"] == {"kaito": kaito, "provider": provider}
        assert find_sku(provider, spec["placement"]["instanceType"]) is not None


@pytest.mark.parametrize(
    ("model", "provider", "expected", "comment"),
    [
        ("phi-4", "azure", "Standard_NC24ads_A100_v4", "1 node with 1 GPU;"),
        ("llama-3.3-70b-instruct", "azure", "Standard_NC80adis_H100_v5", "1 node with 2 GPUs;"),
        ("deepseek-v3-0324", "azure", "Standard_ND96isr_H200_v5", "1 node with 8 GPUs;"),
        ("phi-4-mini-instruct", "aws", "g5.xlarge", "1 node with 1 GPU;"),
    ],
)
def test_the_instance_type_is_the_first_that_fits(
    model: str, provider: str, expected: str, comment: str
) -> None:
    text = written(model=model, provider=provider)
    assert f"    instanceType: {expected}   # {comment}" in text
    fits = [one for one in offers_for(model, provider, NEWEST_KAITO).offers if one.memory.verdict == "fits"]
    assert fits[0].sku.name == expected


def test_what_is_named_is_taken() -> None:
    text = written(
        model="llama-3.1-8b-instruct", name="chat", namespace="inference", instance_type="Standard_NC96ads_A100_v4",
        kaito="0.11", feature_gates=("enableMIG=true",),
    )  # fmt: skip
    intent = yaml.safe_load(text)
    assert intent["metadata"] == {"name": "chat", "namespace": "inference"}
    assert intent["spec"]["placement"]["instanceType"] == "Standard_NC96ads_A100_v4"
    assert intent["spec"]["target"] == {"kaito": "0.11", "featureGates": {"enableMIG": True}}
    assert 'generic hf-token --namespace inference --from-literal=HF_TOKEN="${HF_TOKEN:?}"' in text


def test_named_nodes_are_labelled_as_the_namespace_asks() -> None:
    text = written(strategy="explicit", name="chat", namespace="inference", kaito="0.12")
    assert "kubectl label nodes gpu-node-1 gpu-node-2 kaitogen.io/workspace=inference.chat\n" in text
    assert yaml.safe_load(text)["spec"]["target"] == {"kaito": "0.12", "nodeProvisioner": "byo"}


def test_there_is_no_instance_type_where_the_nodes_are_there() -> None:
    text = written(node_provisioner="byo")
    assert "instanceType" not in text


def test_a_name_cannot_pass_for_a_line_of_the_scaffold() -> None:
    text = written(name="my-model", namespace="phi-4-mini-instruct", model="microsoft/phi-4")
    assert yaml.safe_load(text)["metadata"] == {"name": "my-model", "namespace": "phi-4-mini-instruct"}


@pytest.mark.parametrize(
    ("options", "words", "fix"),
    [
        ({"name": "Foo_Bar"}, "KG124", "foo-bar"),
        ({"model": "phi4"}, "KG432", "write phi-4"),
        ({"namespace": "Bad Namespace"}, "KG124", ""),
        ({"instance_type": "p4d.24xlarge"}, "KG427", "it is a type of aws"),
        ({"instance_type": "Standard_NV36ads_A10_v5", "node_provisioner": "byo"}, "KG405", ""),
        ({"instance_type": "Standard_NV36ads_A10_v5", "strategy": "explicit"}, "KG405", ""),
        ({"strategy": "explicit", "node_provisioner": "karpenter"}, "byo alone", "--strategy"),
        (
            {"model": "deepseek-v3-0324", "provider": "arc", "kaito": "0.11"},
            "no instance type of arc",
            "skus --model",
        ),
    ],
)
def test_what_validate_would_refuse_is_not_written(options: dict[str, Json], words: str, fix: str) -> None:
    with pytest.raises(UsageError) as stop:
        init.run(init.Options(**options, file="a.intent.yaml"))
    assert words in stop.value.message
    assert fix in stop.value.fix
    assert not Path("a.intent.yaml").exists()


def test_the_project_file_says_what_the_intent_is_for(folder: Path) -> None:
    project = init.run(init.Options(project=True, provider="aws", kaito="0.11"))
    assert "wrote .kaitogen.yaml" in project.stderr
    stands = yaml.safe_load((folder / ".kaitogen.yaml").read_bytes())
    assert stands["spec"]["target"] == {"kaito": "0.11", "provider": "aws"}
    below = folder / "models"
    below.mkdir()
    init.run(init.Options(file="models/a.intent.yaml"))
    placement = yaml.safe_load((below / "a.intent.yaml").read_bytes())["spec"]["placement"]
    assert placement["instanceType"] == "g5.xlarge"


def test_what_is_said_of_a_file_can_be_done(folder: Path) -> None:
    """The command that renders it holds for a name with a blank, and a folder is never to be written over."""
    said = init.run(init.Options(file="my model.intent.yaml")).stderr
    assert said.endswith(
        "wrote my model.intent.yaml; render it with: kaitogen render 'my model.intent.yaml'\n"
    )
    (folder / "models").mkdir()
    for force in (False, True):
        with pytest.raises(UsageError) as stop:
            init.run(init.Options(file="models", force=force))
        assert (stop.value.message, stop.value.fix) == (
            "models is a folder",
            "name a file in it, such as models/my-model.intent.yaml",
        )
    with pytest.raises(EnvironmentFailure) as failure:
        init.run(init.Options(file="none/a.intent.yaml"))
    assert failure.value.fix == "nothing was changed; make its folder first"
