"""`kaitogen models`: models that KAITO knows, found by a word, as a table, as JSON, or one of them in full.

`skus` has the same options, and gives its answer, or that there is none, in the same way.
"""

from kaitogen.commands.options import OptionGroup, arguments, option
from kaitogen.commands.result import FORM, Outcome
from kaitogen.diagnostics import suggest
from kaitogen.diagnostics.wording import json_text, table
from kaitogen.errors import EXIT_FINDINGS, UsageError
from kaitogen.kaito import versions
from kaitogen.kaito.catalogue.architectures import find_shape
from kaitogen.kaito.catalogue.models import (
    Model,
    ShortName,
    all_models,
    all_short_names,
    find_model,
    find_short,
    is_preset,
    short_names,
)
from kaitogen.model import GIB, KAITO_VERSIONS, NEWEST_KAITO, Json, Target
from kaitogen.typed import Any, Callable, Final

KAITO: Final = option(
    "--kaito", choices=KAITO_VERSIONS, default=NEWEST_KAITO, help="KAITO version to look in."
)
_SOURCE: Final = f"KAITO {versions.RELEASES[NEWEST_KAITO].tag}"
#: What models may be sorted by; the list is in the order of their ids before.
_ORDERS: Final[dict[str, Callable[[Model], Any]]] = {
    "name": lambda one: one.id.lower(),
    "weights": lambda one: one.weights,
    "context": lambda one: -one.token_limit,
    "since": lambda one: one.since,
}


class Options(OptionGroup):
    """Of `kaitogen models`."""

    kaito = KAITO
    form = FORM
    sort_by = option("--sort-by", choices=tuple(_ORDERS), default="name", help="What to sort by.")
    query = arguments(
        "[show] MODEL",
        most=2,
        help="Part of a name; after show the whole name of a model to describe in full.",
    )


def run(options: Options) -> Outcome:
    """The models with the query in a name, or after `show` all about one of them."""
    query, kaito = options.query, options.kaito
    if len(query) == 2 and query[0] == "show":
        return answer(_in_full(query[1], kaito, options.form))
    if len(query) > 1:
        raise UsageError(
            f"models takes one word to look for, not {query[0][:40]} {query[1][:40]}",
            fix="quote it, or write models show NAME",
        )
    text = query[0] if query else ""
    models, retired = find(text, Target(kaito).minor)
    models.sort(key=_ORDERS[options.sort_by])
    empty = "" if models or retired else f"no model of KAITO {kaito} has {text[:60]} in its name"
    listing = as_json(models, retired, kaito) if options.form == "json" else as_text(models, retired)
    return answer(listing, empty=empty, form=options.form)


def answer(text: str, *, empty: str = "", form: str = "text") -> Outcome:
    """The list; where nothing is in it, `empty` says so: a table of headings alone would say it less plainly."""
    if not empty:
        return Outcome(text.encode())
    return Outcome(text.encode() if form == "json" else b"", f"kaitogen: {empty}\n", EXIT_FINDINGS)


def known(name: str) -> Model | ShortName:
    """The model or retired preset of that name; UsageError where the catalogue has none."""
    found = find_model(name) or find_short(name)
    if found is None:
        names = [*(one.id for one in all_models()), *short_names(Target(NEWEST_KAITO).minor)]
        otherwise = "kaitogen models lists them; KAITO takes other Hugging Face ids too"
        fix = suggest.did_you_mean(name, names, otherwise)
        raise UsageError(f"KAITO's catalogue has no model {name[:60]}", fix=fix)
    return found


def find(query: str, minor: int) -> tuple[list[Model], dict[str, ShortName]]:
    """The models that KAITO 0.`minor` takes, and the retired presets, with the query in a name; all for an empty one."""
    word = query.lower()
    # Where any Hugging Face id is taken, every model of the catalogue is.
    every = versions.HUGGING_FACE_IDS.holds(minor)
    models = [
        one
        for one in all_models()
        if any(word in name for name in (one.id.lower(), *one.aliases))
        and (every or any(is_preset(name, minor) for name in one.aliases))
    ]
    found = [(name, short) for name, short in all_short_names() if short.removed]
    return models, {name: short for name, short in found if word in name or word in short.id}


def as_text(models: list[Model], retired: dict[str, ShortName]) -> str:
    """The table for people."""
    headings = ("MODEL", "PRESET", "WEIGHTS", "CONTEXT", "ATTENTION", "RUNTIMES", "GATED", "SINCE", "RETIRED")
    rows = [
        (
            one.id, ", ".join(one.aliases) or "-", f"{one.weights / GIB:.2f} GiB", f"{one.token_limit:,}", one.attention,
            ", ".join(runtimes(one)), "yes" if one.gated else "no", f"0.{one.since}", "-",
        )
        for one in models
    ]  # fmt: skip
    rows += [
        (one.id, name, "-", "-", "-", "-", "-", f"0.{one.since}", f"0.{one.removed}")
        for name, one in retired.items()
    ]
    return table([headings, *rows], right=(2, 3))


def runtimes(model: Model) -> tuple[str, ...]:
    """What KAITO's newest version serves the model with."""
    return ("vllm", "transformers") if model.transformers else ("vllm",)


def as_json(models: list[Model], retired: dict[str, ShortName], kaito: str) -> str:
    """The same for machines; the shape is schemas/models.schema.json."""
    return json_text({
        "version": 1,
        "kaito": kaito,
        "source": _SOURCE,
        "models": [_entry(one) for one in models],
        "retired": [
            {"preset": name, "id": one.id, "since": f"0.{one.since}", "removed": f"0.{one.removed}"}
            for name, one in retired.items()
        ],
    })  # fmt: skip


def _entry(model: Model) -> Json:
    return {
        "id": model.id,
        "presets": list(model.aliases),
        "weights": model.weights,
        "contextLength": model.token_limit,
        "bytesPerToken": model.bytes_per_token,
        "attention": model.attention,
        "quantization": model.quantization or None,
        "license": model.license or None,
        "gated": model.gated,
        "runtimes": list(runtimes(model)),
        "tunable": model.tunable,
        "disk": model.disk,
        "since": f"0.{model.since}",
        "catalogued": f"0.{model.catalogued}",
    }


def _in_full(name: str, kaito: str, form: str) -> str:
    """Everything about one model or retired preset; UsageError where the catalogue has none of that name."""
    one, name = known(name), name.lower()
    if form == "json":
        return as_json([one], {}, kaito) if isinstance(one, Model) else as_json([], {name: one}, kaito)
    if isinstance(one, Model):
        lines = _lines(one)
    else:
        gone = f"retired with KAITO 0.{one.removed}" if one.removed else "taken by the newest KAITO"
        lines = [(name, one.id), ("since", f"KAITO 0.{one.since}, {gone}; its sizes are not published")]
    return "".join(f"{label:<16}{value}\n" for label, value in lines)


def _lines(model: Model) -> list[tuple[str, str]]:
    shape = find_shape(model.id)
    quantised = f", quantised ({model.quantization})" if model.quantization else ""
    lines = [
        ("model", model.id),
        ("address", f"https://huggingface.co/{model.id}"),
        ("presets", ", ".join(model.aliases) or "none: write the id"),
        ("weights", f"{model.weights / GIB:.2f} GiB{quantised}"),
        ("context", f"{model.token_limit:,} tokens"),
        ("KV cache", f"{model.bytes_per_token:,} bytes for each token, as KAITO counts them"),
        ("attention", model.attention),
    ]
    if shape is not None:
        heads = f"{shape.heads} heads, {shape.kv_heads} of them in the cache"
        lines.append(("shape", f"{shape.layers} layers, {heads}; {shape.architecture}"))
    return [
        *lines,
        ("runtimes", ", ".join(runtimes(model))),
        ("tuning", "yes" if model.tunable else "no"),
        ("licence", model.license or "not said"),
        ("gated", "yes: a Hugging Face token is needed" if model.gated else "no"),
        ("disk", f"{model.disk} GiB on each node"),
        ("since", f"KAITO 0.{model.since}; by its Hugging Face id without asking the network since 0.{model.catalogued}"),
        ("source", _SOURCE),
    ]  # fmt: skip
