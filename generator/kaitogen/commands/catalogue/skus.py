"""`kaitogen skus`: instance types that KAITO knows, found by a word, smallest first, with the models that fit, as a table or as JSON."""

from kaitogen.commands.catalogue.models import KAITO, answer, known
from kaitogen.commands.options import OptionGroup, argument, option
from kaitogen.commands.result import FORM, Outcome
from kaitogen.diagnostics.wording import json_text, table
from kaitogen.kaito.catalogue.models import Model, all_models
from kaitogen.kaito.catalogue.skus import Sku, all_skus
from kaitogen.kaito.sizing.instance_types import Excluded, Offer, offers_for, on_one_node
from kaitogen.model import PROVIDERS, Json, Target
from kaitogen.typed import Any, Callable, Final, Iterable, NamedTuple

_HEADS: Final = ("INSTANCE TYPE", "PROVIDER", "GPUS", "MEMORY", "CARD", "SINCE", "MODELS ON ONE NODE")
_HEADS_FOR_MODEL: Final = (*_HEADS[:2], "NODES", "GPUS", "MEMORY", "CARD", "CONTEXT", "VERDICT")


class Row(NamedTuple):
    """One instance type; `fits` are the models that fit on one node of it, `offer` is how the one asked for runs on it.

    `fits` is None where that version of KAITO does not say.
    """

    provider: str
    sku: Sku
    fits: list[Model] | None = None
    offer: Offer | None = None


#: What instance types may be sorted by, in place of smallest first, or for a model fewest GPUs first.
_ORDERS: Final[dict[str, Callable[[Row], Any]]] = {
    "name": lambda row: row.sku.name.lower(),
    "provider": lambda row: row.provider,
    "gpus": lambda row: row.sku.gpus if row.offer is None else row.offer.gpus,
    "memory": lambda row: row.sku.memory if row.offer is None else row.sku.memory * row.offer.nodes,
    "since": lambda row: row.sku.since,
}


class Options(OptionGroup):
    """Of `kaitogen skus`."""

    provider = option("--provider", choices=PROVIDERS, help="Instance types of this cloud only.")
    model = option("--model", metavar="MODEL", help="Show where this model fits, and why not elsewhere.")
    kaito = KAITO
    form = FORM
    sort_by = option("--sort-by", choices=tuple(_ORDERS), help="What to sort by.")
    query = argument("TYPE", help="Part of the name of an instance type or card.")


def run(options: Options) -> Outcome:
    """The instance types with the query in name or card, or with --model where that one fits."""
    query, kaito = options.query or "", options.kaito
    providers = PROVIDERS if options.provider is None else (options.provider,)
    if options.model is None:
        listing = all_of(query, providers, kaito)
    else:
        listing = for_model(options.model, query, providers, kaito)
    if options.sort_by is not None:
        listing.rows.sort(key=_ORDERS[options.sort_by])
    nothing = f"no instance type of KAITO {kaito} has {query[:60]} in its name or card"
    text = as_json(listing, kaito) if options.form == "json" else as_text(listing)
    empty = "" if listing.rows or listing.excluded or listing.unknown else nothing
    return answer(text, empty=empty, form=options.form)


class Listing(NamedTuple):
    """Instance types, for one model where it is named: `excluded` are those on which it does not run, with their provider.

    `unknown` says of a provider why there is nothing to choose from.
    """

    rows: list[Row]
    model: str | None
    excluded: list[tuple[str, Excluded]]
    unknown: list[tuple[str, str]]


def all_of(query: str, providers: Iterable[str], kaito: str) -> Listing:
    """The instance types of KAITO's version with the query in name or card, smallest first."""
    rows = [
        Row(provider, sku, fits=on_one_node(sku, provider, kaito))
        for provider in providers
        for sku in all_skus(provider)
        if sku.known_to(Target(kaito).minor) and _named(sku, query)
    ]
    rows.sort(key=lambda row: (row.sku.memory, row.sku.gpus, row.sku.name))
    return Listing(rows, None, [], [])


def for_model(model: str, query: str, providers: Iterable[str], kaito: str) -> Listing:
    """The same for one model: where it fits, the fewest GPUs first, and why it does not elsewhere."""
    found = known(model)
    listing = Listing([], found.id if isinstance(found, Model) else model, [], [])
    for provider in providers:
        choice = offers_for(model, provider, kaito)
        listing.rows.extend(
            Row(provider, one.sku, offer=one) for one in choice.offers if _named(one.sku, query)
        )
        listing.excluded.extend((provider, one) for one in choice.excluded if _named(one.sku, query))
        listing.unknown.extend([(provider, choice.unknown)] if choice.unknown else [])
    return listing


def _named(sku: Sku, query: str) -> bool:
    return query.lower() in sku.name.lower() or query.lower() in sku.gpu_model.lower()


def as_text(listing: Listing) -> str:
    """The table for people; of a single instance type the models by name as well, for one model why it does not fit."""
    if listing.model is None:
        return _table_of_all(listing.rows)
    rows = [
        (
            sku.name, provider, str(offer.nodes), str(offer.gpus), f"{offer.nodes * sku.memory} GiB", sku.gpu_model,
            f"{offer.memory.context.likely:,}", offer.memory.verdict,
        )
        for provider, sku, _, offer in listing.rows if offer is not None
    ]  # fmt: skip
    text = table([_HEADS_FOR_MODEL, *rows], right=(2, 3, 4, 6)) if rows else ""
    out = [f"  {other.sku.name} ({provider}): {other.why}\n" for provider, other in listing.excluded]
    out += [f"  {provider}: {why}\n" for provider, why in listing.unknown]
    return text + ("\n" if text and out else "") + ("Does not fit:\n" + "".join(out) if out else "")


def _table_of_all(rows: list[Row]) -> str:
    every = sum(1 for _ in all_models())
    cells = [
        (
            one.sku.name, one.provider, str(one.sku.gpus), f"{one.sku.memory} GiB", one.sku.gpu_model,
            f"0.{one.sku.since}", "-" if one.fits is None else f"{len(one.fits)} of {every}",
        )
        for one in rows
    ]  # fmt: skip
    text = table([_HEADS, *cells], right=(2, 3))
    if len(rows) == 1 and rows[0].fits:
        text += "\nFits on one node:\n" + "".join(f"  {model.id}\n" for model in rows[0].fits)
    return text


def as_json(listing: Listing, kaito: str) -> str:
    """The same for machines; the shape is schemas/skus.schema.json."""
    out = [
        {"name": other.sku.name, "provider": provider, "reason": other.why}
        for provider, other in listing.excluded
    ]
    skus = [_entry(row) for row in listing.rows]
    return json_text({"version": 1, "kaito": kaito, "model": listing.model, "skus": skus, "out": out})


def _entry(row: Row) -> dict[str, Json]:
    sku = row.sku
    entry: dict[str, Json] = {
        "name": sku.name,
        "provider": row.provider,
        "gpus": sku.gpus,
        "memory": sku.memory,
        "memoryPerGPU": sku.memory // sku.gpus,
        "card": sku.gpu_model,
        "compute": sku.compute or None,
        "nvme": sku.nvme,
        "since": f"0.{sku.since}",
        "removed": f"0.{sku.removed}" if sku.removed else None,
    }
    if row.offer is None:
        return {**entry, "fits": None if row.fits is None else [model.id for model in row.fits]}
    memory = row.offer.memory
    entry["for"] = {
        "nodes": row.offer.nodes,
        "gpus": row.offer.gpus,
        "parallelism": memory.layout._asdict(),
        "contextLength": memory.context.likely,
        "verdict": memory.verdict,
    }
    return entry
