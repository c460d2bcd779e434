"""Explanations of KG160 to KG166: the tables that lie beside the intents."""

from typing import Final

from kaitogen.commands.explain.texts.shapes import HEAD, INTENT_FILE, RIGHT, Example, Explanation

_CONFIG: Final = "llm-7b/config.json"
_INDEX: Final = "llm-7b/model.safetensors.index.json"
_WEIGHTS: Final = '{"metadata": {"total_size": 14483464192}, "weight_map": {}}\n'
_FIELDS: Final = (
    '{"architectures": ["LlamaForCausalLM"], "num_hidden_layers": 32, "hidden_size": 4096,\n'
    ' "num_attention_heads": 32, "num_key_value_heads": 8, "max_position_embeddings": 32768}\n'
)
_INTENT: Final = (
    HEAD + "  placement: {instanceType: Standard_NC24ads_A100_v4}\n" + "  inference: {model: acme/llm-7b}\n"
)
_PLAN: Final = f"kaitogen plan --model-config acme/llm-7b=llm-7b {INTENT_FILE}"
_PRICES: Final = (
    "apiVersion: kaitogen.io/v1alpha1\nkind: PriceList\ncurrency: EUR\nprices:\n  {}: {{hour: 3.67}}\n"
)
_BUDGET: Final = "apiVersion: kaitogen.io/v1alpha1\nkind: Budget\ngpus:\n  {}: 8\n"


def _model(config: str, index: str = _WEIGHTS) -> Example:
    files = {INTENT_FILE: _INTENT, _CONFIG: config}
    return Example({**files, _INDEX: index} if index else files, _PLAN)


def _without(field: str) -> Example:
    """The configuration that lacks a field; nothing is then known about the model."""
    return _model(_FIELDS.replace(field, "x"))._replace(beside=("KG711",))


def _priced(text: str) -> Example:
    return Example(
        {INTENT_FILE: RIGHT, "prices.yaml": text}, f"kaitogen plan --price prices.yaml {INTENT_FILE}"
    )


def _limited(pattern: str) -> Example:
    files = {INTENT_FILE: RIGHT, "budget.yaml": _BUDGET.format(pattern)}
    return Example(files, f"kaitogen plan --budget budget.yaml {INTENT_FILE}")


TABLES: Final = (
    Explanation(
        "KG160",
        "invalid",
        "A model's configuration lacks a field",
        "Layers, attention heads and hidden size say how large the cache of a model is. KAITO reads them from the "
        "model's config.json, under any of the names that the families of models use, and so does kaitogen. None of "
        "those names is there.",
        "Download the config.json anew, or name the right file.",
        _without("num_hidden_layers"),
        _model(_FIELDS),
    ),
    Explanation(
        "KG161",
        "invalid",
        "A model's configuration is absurd",
        "The field is no whole number, or one that no model has, such as no layers at all or heads that do not go "
        "together. A size that is made from it would mislead.",
        "Download the config.json anew, or correct it.",
        _model(_FIELDS.replace(": 32,", ": -32,", 1))._replace(beside=("KG711",)),
        _model(_FIELDS),
    ),
    Explanation(
        "KG162",
        "invalid",
        "Nobody says how large the weights are",
        "A model's config.json does not say how many bytes its weights have. KAITO sums up the weight files of the "
        "repository; kaitogen takes them, or the total of their index, from the folder of the config.json.",
        "Put model.safetensors.index.json of the same repository beside the config.json.",
        _model(_FIELDS, "")._replace(beside=("KG711",)),
        _model(_FIELDS),
    ),
    Explanation(
        "KG163",
        "warning",
        "A price for an instance type that KAITO does not know",
        "No cloud's table has an instance type of this name, in any version of KAITO, so the price is never used. "
        "Letter case counts.",
        "Correct the name; `kaitogen skus` lists them.",
        _priced(_PRICES.format("Standard_NC24ads_A100")),
        _priced(_PRICES.format("Standard_NC24ads_A100_v4")),
    ),
    Explanation(
        "KG164",
        "invalid",
        "A table is one document",
        "A price list or a budget is a file with one document. This one has none, or several, of which kaitogen could "
        "only guess which is meant.",
        "Keep one document in the file.",
        _priced("# no prices yet\n"),
        _priced(_PRICES.format("Standard_NC24ads_A100_v4")),
    ),
    Explanation(
        "KG165",
        "warning",
        "A budget for an instance type that KAITO does not know",
        "No cloud's table has an instance type of this name, or one that the pattern matches, so the limit never holds. "
        "In a pattern a `*` stands for any letters, and letter case counts.",
        "Correct the name; `kaitogen skus` lists them.",
        _limited("Standard_NC*ads_A100"),
        _limited("Standard_NC*ads_A100_v4"),
    ),
    Explanation(
        "KG166",
        "invalid",
        "A model's configuration is no JSON",
        "The config.json of a model, and the index of its weights, are mappings in JSON. This file is neither; often it "
        "is a page that says why a download failed, or a pointer to the file.",
        "Download the file anew.",
        _model("<html>Access denied</html>\n")._replace(beside=("KG711",)),
        _model(_FIELDS),
    ),
)
