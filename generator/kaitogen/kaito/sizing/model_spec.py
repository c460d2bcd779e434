"""What is known about the model that is sized: from KAITO's catalogue, or from a configuration that the user gave."""

from kaitogen.kaito.catalogue.architectures import Shape, find_shape
from kaitogen.kaito.catalogue.models import Model, find_model, is_catalogued
from kaitogen.kaito.rules.context import RuleContext, cut
from kaitogen.model import NEWEST_KAITO
from kaitogen.typed import Final, Mapping, NamedTuple


class Layers(NamedTuple):
    """Which layers hold a cache that grows with every token, and which stop growing at a window.

    The rest keeps a state of fixed size, or nothing.
    """

    growing: int
    windowed: int = 0
    window: int = 0


class ModelSpec(NamedTuple):
    """One model as far as it is known. `layers` is None where nobody said which of them hold a cache.

    `doubt` says why the sizes may not be the ones that the controller counts with; empty where they are.
    `token_limit` is 0 where it is not known. `own_sizes` are weights and bytes of a token that an older KAITO counts with.
    """

    id: str
    weights: int
    bytes_per_token: int
    token_limit: int
    shape: Shape | None
    layers: Layers | None
    experts: bool
    quantized: bool
    source: str
    doubt: str = ""
    own_sizes: tuple[int, int] | None = None

    @property
    def counted(self) -> tuple[int, int]:
        """Weights and bytes of a token that the controller counts with."""
        return (self.weights, self.bytes_per_token) if self.own_sizes is None else self.own_sizes


#: Configurations that the user gave, by Hugging Face id in lower case; "" stands for any model without one of its own.
Configs = Mapping[str, ModelSpec]

#: Architectures whose layers are not all alike: sliding windows, or state space and linear attention between them.
_MIXED: Final = (
    "Gemma2",
    "Gemma3",
    "Gemma4",
    "GptOss",
    "Llama4",
    "NemotronH",
    "Qwen3_5",
    "Qwen3Next",
    "DeepseekV4",
)
_EXPERTS: Final = ("Moe", "DeepseekV", "GptOss", "MistralLarge3", "KimiK2", "MiniMaxM", "Mixtral", "Llama4")


def model_spec(ctx: RuleContext, configs: Configs) -> ModelSpec | str:
    """The model of a preset, or why nothing is known about it. What the user gave counts only where KAITO has nothing."""
    name = ctx.preset or ""
    model = ctx.model
    if model is not None:
        doubt = f"KAITO {ctx.kaito} asks Hugging Face for the size, for which that in the catalogue of {NEWEST_KAITO} stands in"
        return _of_catalogue(model, name, "" if is_catalogued(name, ctx.minor) else doubt)
    given = configs.get(name.lower(), configs.get(""))
    if given is not None:
        return given._replace(id=name)
    return f"nothing is known about {cut(name)} without its config.json"


def _of_catalogue(counted: Model, name: str, doubt: str) -> ModelSpec:
    model = find_model(name) or counted
    shape = find_shape(model.id)
    architecture = "" if shape is None else shape.architecture
    alike = shape is not None and not mixed(architecture)
    return ModelSpec(
        id=model.id,
        weights=model.weights,
        bytes_per_token=model.bytes_per_token,
        token_limit=model.token_limit,
        shape=shape,
        layers=Layers(shape.layers) if alike and shape is not None else None,
        experts=has_experts(architecture, model.id),
        quantized=bool(model.quantization),
        source="KAITO's catalogue",
        doubt=doubt,
        own_sizes=(counted.weights, counted.bytes_per_token),
    )


def mixed(architecture: str) -> bool:
    """Whether the layers of such models are not all alike, so that their number alone says little about the cache."""
    return architecture.startswith(_MIXED)


def has_experts(architecture: str, model_id: str) -> bool:
    """Whether a model is a mixture of experts, by its architecture or a name such as 30B-A3B."""
    if any(word in architecture for word in _EXPERTS):
        return True
    words = model_id.rpartition("/")[2].split("-")
    return any(word[:1] == "A" and word[1:-1].isdigit() and word.endswith("B") for word in words)
