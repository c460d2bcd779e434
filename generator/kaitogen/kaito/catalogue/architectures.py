"""How a model is built: layers, heads and what its cache holds. Needed for sizing alone, so no render loads it."""

from kaitogen.kaito.catalogue.architectures_data import SHAPES
from kaitogen.typed import NamedTuple


class Shape(NamedTuple):
    """The numbers of one model's configuration; 0 or empty where there is none.

    `heads` are the query heads and `kv_heads` those of the cache; `kv_rank` and `rope_dim` are the latent of
    multi-head latent attention (MLA), which has no heads of its own. `cache` is the type of the KV cache that KAITO
    passes to vLLM ("fp8").
    """

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    kv_rank: int
    rope_dim: int
    architecture: str
    cache: str

    @property
    def latent(self) -> bool:
        """Whether the cache holds a latent (MLA), which every tensor-parallel GPU keeps whole."""
        return self.kv_rank > 0


def find_shape(model_id: str) -> Shape | None:
    """The shape of a model by its Hugging Face id in any letter case; None where KAITO's catalogue has none."""
    row = SHAPES.get(model_id.lower())
    return None if row is None else Shape._make(row)
