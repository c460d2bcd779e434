"""What KAITO 0.7 to 0.10 count with for their built-in presets, where that is not as in today's catalogue.

Source: presets/workspace/models/*/model.go at v0.7.2, v0.8.1, v0.9.4 and v0.10.0, which agree but for the two DeepSeek models.
"""

from kaitogen.kaito.catalogue.models import Model
from kaitogen.typed import Final

#: By short name: weight files as KAITO wrote them, in bytes, and the bytes of a token.
SIZES: Final[dict[str, tuple[str, int, int]]] = {
    "gemma-3-27b-instruct": ("54.8Gi", 58841051956, 666624),
    "gemma-3-4b-instruct": ("8.6Gi", 9234179687, 348160),
    "gpt-oss-120b": ("60.77Gi", 65251290645, 51840),
    "gpt-oss-20b": ("12.9Gi", 13851269530, 34560),
    "ministral-3-14b-instruct": ("29.29Gi", 31449898025, 163840),
    "ministral-3-3b-instruct": ("8.70Gi", 9341553869, 106496),
    "ministral-3-8b-instruct": ("19.41Gi", 20841328804, 139264),
    "mistral-7b": ("13.49Gi", 14484777206, 131072),
    "mistral-7b-instruct": ("13.49Gi", 14484777206, 131072),
}
DEEPSEEK: Final = ("deepseek-r1-0528", "deepseek-v3-0324")
#: Of both, in the releases that `versions.DEEPSEEK_CACHE_BY_HEADS` names.
DEEPSEEK_PER_TOKEN: Final = 1748992

_SMALL, _LARGE = ("13.44Gi", 14431090115), ("77.9Gi", 83644488090)
#: Models that no catalogue holds any more, by id.
GONE: Final = {
    f"tiiuae/{name}": Model(
        id=f"tiiuae/{name}", aliases=(name,), weights_text=weights[0], weights=weights[1], bytes_per_token=per_token,
        token_limit=2048, attention="MQA", quantization="", license="apache-2.0", disk=0,
        transformers=True, tunable=True, gated=False, since=4, catalogued=4,
    )
    for name, weights, per_token in (
        ("falcon-7b", _SMALL, 8192), ("falcon-7b-instruct", _SMALL, 8192),
        ("falcon-40b", _LARGE, 8192), ("falcon-40b-instruct", _LARGE, 1966080),
    )
}  # fmt: skip
