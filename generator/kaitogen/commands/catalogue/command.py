"""`kaitogen models` and `kaitogen skus`: KAITO's catalogues, searchable."""

from collections.abc import Callable
from typing import Final

from kaitogen.commands.catalogue import models, skus
from kaitogen.commands.inputs import word, words
from kaitogen.commands.option_types import Values
from kaitogen.commands.result import Outcome
from kaitogen.diagnostics import suggest
from kaitogen.errors import EXIT_FINDINGS, UsageError
from kaitogen.kaito.catalogue.models import all_models, find_model, find_short, preset_names
from kaitogen.model import NEWEST_KAITO, PROVIDERS

_SHOW: Final = "show"


def _models(values: Values) -> Outcome:
    said = words(values["words"])
    if said[:1] == (_SHOW,) and len(said) == 2:
        return _shown(said[1])
    if len(said) > 1:
        raise UsageError(
            f"models takes one word to look for, not {said[0][:40]} {said[1][:40]}",
            fix="quote it, or write models show NAME",
        )
    query, kaito = said[0] if said else "", word(values["kaito"]) or NEWEST_KAITO
    found, retired = models.find(query, _minor(kaito))
    json = values["form"] == "json"
    output = models.as_json(found, retired, kaito) if json else models.as_text(found, retired)
    return _found(
        output, json, bool(found or retired), f"no model of KAITO {kaito} has {query[:60]} in its name"
    )


def _shown(name: str) -> Outcome:
    text = models.shown(name)
    if text is None:
        raise _unknown(name)
    return Outcome(text.encode())


def _unknown(name: str) -> UsageError:
    names = [*(one.id for one in all_models()), *preset_names(_minor(NEWEST_KAITO))]
    near = suggest.nearest(name, names)
    fix = (
        f"did you mean {near}?"
        if near
        else "kaitogen models lists them; KAITO takes other Hugging Face ids too"
    )
    return UsageError(f"KAITO's catalogue has no model {name[:60]}", fix=fix)


def _skus(values: Values) -> Outcome:
    query, kaito = (words(values["words"]) or ("",))[0], word(values["kaito"]) or NEWEST_KAITO
    provider, model = word(values["provider"]), word(values["model"])
    providers = PROVIDERS if provider is None else (provider,)
    json = values["form"] == "json"
    nothing = f"no instance type of KAITO {kaito} has {query[:60]} in its name or card"
    if model is None:
        rows = skus.find(query, providers, kaito)
        return _found(skus.as_json(rows, kaito) if json else skus.as_text(rows), json, bool(rows), nothing)
    known = find_model(model)
    if known is None and find_short(model) is None:
        raise _unknown(model)
    found = skus.find_for(model, query, providers, kaito)
    name = model if known is None else known.id
    some = any(part.choice.offers or part.choice.out or part.choice.unknown for part in found)
    return _found(
        skus.as_json_for(found, kaito, name) if json else skus.as_text_for(found), json, some, nothing
    )


def _found(output: str, json: bool, some: bool, nothing: str) -> Outcome:
    """What was found; where nothing was, a table of headings alone would say so less plainly."""
    if some:
        return Outcome(output.encode())
    return Outcome(output.encode() if json else b"", f"kaitogen: {nothing}\n", EXIT_FINDINGS)


def _minor(kaito: str) -> int:
    return int(kaito.partition(".")[2])


COMMANDS: Final[dict[str, Callable[[Values], Outcome]]] = {"models": _models, "skus": _skus}
