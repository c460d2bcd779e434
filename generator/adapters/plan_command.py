"""`kaitogen plan`: what KAITO will do with the intents, and what vLLM will then probably have."""

from collections.abc import Callable
from functools import partial
from typing import Final

from generator import reporting
from generator.adapters import age, wiring
from generator.adapters.options import Values
from generator.adapters.outcome import Outcome
from generator.adapters.progress import Progress
from generator.adapters.terminal import colours, rewrites
from generator.errors import EXIT_SURROUNDINGS
from generator.model import Finding, Request
from generator.pipeline import generate
from generator.planning.brought import finder
from generator.planning.changes import Comparison, compare
from generator.planning.gather import Beside, gather
from generator.planning.shapes import Fleet
from generator.planning.tables import exceeded, read


def run(values: Values) -> Outcome:
    """Plan what the paths hold: the plan on standard output, the findings on standard error."""
    revision = wiring.word(values["against"])
    strict = bool(values["strict"])
    colour = colours()
    with Progress("reading the intents", watched=rewrites()) as progress:
        request = age.dated(wiring.request(values), values)
        tables = read(
            wiring.words(values["configs"]), wiring.word(values["price"]), wiring.word(values["budget"])
        )
        told = partial(progress.count, "planning Workspace")
        beside = Beside(tables.configs, finder(request), tables.prices, bool(values["choose"]), told)
        fleet = gather(generate(request), beside)
        fleet = fleet.with_more((*tables.findings, *exceeded(tables, fleet.planned)))
        against, readable = None, True
        if revision is not None:
            progress.say(f"reading the intents at {reporting.printable(revision)}")
            before = _at(revision, request, beside._replace(choosing=False))
            past = _about_the_past(revision, before)
            readable = reporting.exit_code(past) != EXIT_SURROUNDINGS
            fleet = fleet.with_more(past)
            against = compare(revision, before, fleet)
        progress.say("writing the plan")
        # A plan that leaves the other side out would be taken for one without changes.
        written = _WRITERS[wiring.word(values["form"]) or "text"](fleet, against) if readable else ""
    code = reporting.exit_code(fleet.findings, strict=strict)
    shown = [one for one in fleet.findings if not values["quiet"] or reporting.stops(one, strict=strict)]
    said = reporting.text(shown, strict=strict, colour=colour, wrote=False)
    return Outcome(written.encode("utf-8", "backslashreplace"), said, code)


def _at(revision: str, request: Request, beside: Beside) -> Fleet:
    """The fleet as it was, by the same facts."""
    from generator.revisions import request_at  # most plans are of today alone

    with request_at(revision, request.paths, request) as past:
        return gather(generate(past), beside)


def _about_the_past(revision: str, before: Fleet) -> list[Finding]:
    """What keeps the past from being read stops the run; what was wrong with the intents then is a warning."""
    errors = [one for one in before.elsewhere if one.severity == "error"]
    unreadable = [one for one in errors if one.code.startswith("KG6")]
    wrong = len(errors) - len(unreadable)
    if not wrong:
        return unreadable
    number = reporting.number_of(wrong, "error")
    message = f"the intents at this revision have {number}: what they could not make counts as new"
    fix = "compare with a revision whose intents are valid"
    return [*unreadable, Finding("KG730", "warning", revision, 0, 0, "", message, fix)]


def _text(fleet: Fleet, against: Comparison | None) -> str:
    from generator.planning import as_text

    return as_text.write(fleet, against)


def _markdown(fleet: Fleet, against: Comparison | None) -> str:
    from generator.planning import as_markdown

    return as_markdown.write(fleet, against)


def _json(fleet: Fleet, against: Comparison | None) -> str:
    from generator.planning import as_json

    return as_json.write(fleet, against)


def _html(fleet: Fleet, against: Comparison | None) -> str:
    from generator.planning import as_html

    return as_html.write(fleet, against)


_WRITERS: Final[dict[str, Callable[[Fleet, Comparison | None], str]]] = {
    "text": _text,
    "markdown": _markdown,
    "json": _json,
    "html": _html,
}
