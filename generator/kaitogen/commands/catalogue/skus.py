"""`kaitogen skus`: instance types that KAITO knows, found by a word, smallest first, with the models that fit, as a table or as JSON."""

from typing import Final, NamedTuple

from kaitogen.commands.catalogue.lookup import FORM, KAITO, answer, minor, unknown_model
from kaitogen.commands.options import OptionGroup, argument, option
from kaitogen.commands.result import Outcome
from kaitogen.diagnostics.wording import json_text, table
from kaitogen.kaito.catalogue.models import Model, all_models, find_model, find_short
from kaitogen.kaito.catalogue.skus import Sku, all_skus
from kaitogen.kaito.sizing.instance_types import Choice, Offer, offers_for, on_one_node
from kaitogen.model import PROVIDERS, Json

_GIB: Final = "GiB"


class Options(OptionGroup):
    """Of `kaitogen skus`."""

    provider = option("--provider", choices=PROVIDERS, help="Instance types of this cloud only.")
    model = option("--model", metavar="MODEL", help="Show where this model fits, and why not elsewhere.")
    kaito = KAITO
    form = FORM
    query = argument("QUERY", help="Part of the name of an instance type or card.")


def run(options: Options) -> Outcome:
    """The instance types with the query in name or card, or with --model where that one fits."""
    query, kaito, model = options.query or "", options.kaito, options.model
    providers = PROVIDERS if options.provider is None else (options.provider,)
    if model is None:
        rows = find(query, providers, kaito)
        some = bool(rows)
        text = as_json(rows, kaito) if options.form == "json" else as_text(rows)
    else:
        known = find_model(model)
        if known is None and find_short(model) is None:
            raise unknown_model(model)
        fitting = find_for(model, query, providers, kaito)
        some = any(part.choice.offers or part.choice.excluded or part.choice.unknown for part in fitting)
        name = model if known is None else known.id
        text = as_json_for(fitting, kaito, name) if options.form == "json" else as_text_for(fitting)
    empty = "" if some else f"no instance type of KAITO {kaito} has {query[:60]} in its name or card"
    return answer(text, empty=empty, form=options.form)


class Row(NamedTuple):
    """One instance type with the models that fit on one node of it; None where that version does not say."""

    provider: str
    sku: Sku
    fits: list[Model] | None


class Fitting(NamedTuple):
    """One provider's instance types for one model."""

    provider: str
    choice: Choice


def find(query: str, providers: tuple[str, ...], kaito: str) -> list[Row]:
    """The instance types of KAITO's version with the query in name or card, smallest first."""
    found = [
        (provider, sku)
        for provider in providers
        for sku in all_skus(provider)
        if sku.known_to(minor(kaito)) and _named(sku, query)
    ]
    found.sort(key=lambda pair: (pair[1].memory, pair[1].gpus, pair[1].name))
    return [Row(provider, sku, on_one_node(sku, provider, kaito)) for provider, sku in found]


def _named(sku: Sku, query: str) -> bool:
    return query.lower() in sku.name.lower() or query.lower() in sku.gpu_model.lower()


def find_for(model: str, query: str, providers: tuple[str, ...], kaito: str) -> list[Fitting]:
    """The same for one model: where it fits, the fewest GPUs first, and why it does not elsewhere."""
    found = []
    for provider in providers:
        choice = offers_for(model, provider, kaito)
        offers = tuple(one for one in choice.offers if _named(one.sku, query))
        out = tuple(one for one in choice.excluded if _named(one.sku, query))
        found.append(Fitting(provider, Choice(offers, out, choice.unknown)))
    return found


def as_text(rows: list[Row]) -> str:
    """The table for people; of a single instance type the models by name as well."""
    headings = ("INSTANCE TYPE", "PROVIDER", "GPUS", "MEMORY", "CARD", "SINCE", "MODELS ON ONE NODE")
    every = sum(1 for _ in all_models())
    lines = [
        (
            one.sku.name, one.provider, str(one.sku.gpus), f"{one.sku.memory} {_GIB}", one.sku.gpu_model,
            f"0.{one.sku.since}", "-" if one.fits is None else f"{len(one.fits)} of {every}",
        )
        for one in rows
    ]  # fmt: skip
    text = table([headings, *lines], right=(2, 3))
    if len(rows) == 1 and rows[0].fits:
        text += "\nFits on one node:\n" + "".join(f"  {model.id}\n" for model in rows[0].fits)
    return text


def as_text_for(found: list[Fitting]) -> str:
    """Where one model fits, and why it does not elsewhere."""
    headings = ("INSTANCE TYPE", "PROVIDER", "NODES", "GPUS", "MEMORY", "CARD", "CONTEXT", "VERDICT")
    lines = [(one.sku.name, part.provider, *_offer(one)) for part in found for one in part.choice.offers]
    text = table([headings, *lines], right=(2, 3, 4, 6)) if lines else ""
    out = [
        f"  {one.sku.name} ({part.provider}): {one.why}\n" for part in found for one in part.choice.excluded
    ]
    out += [f"  {part.provider}: {part.choice.unknown}\n" for part in found if part.choice.unknown]
    return text + ("\n" if text and out else "") + ("Does not fit:\n" + "".join(out) if out else "")


def _offer(one: Offer) -> tuple[str, ...]:
    memory = f"{one.nodes * one.sku.memory} {_GIB}"
    return (
        str(one.nodes),
        str(one.gpus),
        memory,
        one.sku.gpu_model,
        f"{one.memory.context.likely:,}",
        one.memory.verdict,
    )


def as_json(rows: list[Row], kaito: str) -> str:
    """The same for machines; the shape is schemas/skus.schema.json."""
    entries = [
        {
            **_entry(one.provider, one.sku),
            "fits": None if one.fits is None else [model.id for model in one.fits],
        }
        for one in rows
    ]
    return json_text({"version": 1, "kaito": kaito, "model": None, "skus": entries, "out": []})


def as_json_for(found: list[Fitting], kaito: str, model: str) -> str:
    """The same for one model."""
    entries = [
        {**_entry(part.provider, one.sku), "for": _for(one)} for part in found for one in part.choice.offers
    ]
    out = [
        {"name": one.sku.name, "provider": part.provider, "reason": one.why}
        for part in found
        for one in part.choice.excluded
    ]
    return json_text({"version": 1, "kaito": kaito, "model": model, "skus": entries, "out": out})


def _entry(provider: str, sku: Sku) -> dict[str, Json]:
    return {
        "name": sku.name,
        "provider": provider,
        "gpus": sku.gpus,
        "memory": sku.memory,
        "memoryPerGPU": sku.memory // sku.gpus,
        "card": sku.gpu_model,
        "compute": sku.compute or None,
        "nvme": sku.nvme,
        "since": f"0.{sku.since}",
        "removed": f"0.{sku.removed}" if sku.removed else None,
    }


def _for(one: Offer) -> Json:
    layout = one.memory.layout
    return {
        "nodes": one.nodes,
        "gpus": one.gpus,
        "parallelism": {"data": layout.data, "tensor": layout.tensor, "pipeline": layout.pipeline},
        "contextLength": one.memory.context.likely,
        "verdict": one.memory.verdict,
    }
