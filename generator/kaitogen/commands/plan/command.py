"""`kaitogen plan`: what KAITO will do with the intents, and what vLLM will then probably have."""

from collections.abc import Callable
from functools import partial
from typing import Final

from kaitogen.commands import inputs, max_age
from kaitogen.commands.option_types import Values
from kaitogen.commands.plan.build import Beside, gather
from kaitogen.commands.plan.byo_nodes import finder
from kaitogen.commands.plan.changes import Comparison, compare
from kaitogen.commands.plan.side_tables import exceeded, read
from kaitogen.commands.plan.types import Fleet
from kaitogen.commands.progress import Progress
from kaitogen.commands.result import Outcome
from kaitogen.commands.terminal import report_text, rewrites
from kaitogen.diagnostics.formats import Report
from kaitogen.diagnostics.wording import number_of, printable
from kaitogen.errors import EXIT_ENVIRONMENT
from kaitogen.model import Diagnostic, Request, Rule
from kaitogen.pipeline.generate import generate

KG730 = Rule("KG730", "The intents of the revision had errors", kind="warning")


def run(values: Values) -> Outcome:
    """Plan what the paths hold: the plan on standard output, the findings on standard error."""
    revision = inputs.word(values["against"])
    with Progress("reading the intents", watched=rewrites()) as progress:
        request = max_age.dated(inputs.request(values), values)
        tables = read(
            inputs.words(values["configs"]), inputs.word(values["price"]), inputs.word(values["budget"])
        )
        told = partial(progress.count, "planning Workspace")
        beside = Beside(tables.configs, finder(request), tables.prices, bool(values["choose"]), told)
        fleet = gather(generate(request), beside)
        fleet = fleet.with_more((*tables.findings, *exceeded(tables, fleet.planned)))
        against, readable = None, True
        if revision is not None:
            progress.say(f"reading the intents at {printable(revision)}")
            before = _at(revision, request, beside._replace(choosing=False))
            past = _about_the_past(revision, before)
            readable = Report(past).exit_code != EXIT_ENVIRONMENT
            fleet = fleet.with_more(past)
            against = compare(revision, before, fleet)
        progress.say("writing the plan")
        # A plan that leaves the other side out would be taken for one without changes.
        written = _WRITERS[inputs.word(values["form"]) or "text"](fleet, against) if readable else ""
    report = Report(fleet.findings, strict=bool(values["strict"]))
    said = report_text(report, quiet=bool(values["quiet"]))
    return Outcome(written.encode("utf-8", "backslashreplace"), said, report.exit_code)


def _at(revision: str, request: Request, beside: Beside) -> Fleet:
    """The fleet as it was, by the same facts."""
    from kaitogen.pipeline.revisions import request_at  # most plans are of today alone

    with request_at(revision, request.paths, request) as past:
        return gather(generate(past), beside)


def _about_the_past(revision: str, before: Fleet) -> list[Diagnostic]:
    """What keeps the past from being read stops the run; what was wrong with the intents then is a warning."""
    errors = [one for one in before.elsewhere if one.severity == "error"]
    unreadable = [one for one in errors if one.rule.kind == "environment"]
    wrong = len(errors) - len(unreadable)
    if not wrong:
        return unreadable
    number = number_of(wrong, "error")
    message = f"the intents at this revision have {number}: what they could not make counts as new"
    fix = "compare with a revision whose intents are valid"
    return [*unreadable, KG730.in_file(revision, message, fix=fix)]


def _text(fleet: Fleet, against: Comparison | None) -> str:
    from kaitogen.commands.plan import as_text

    return as_text.write(fleet, against)


def _markdown(fleet: Fleet, against: Comparison | None) -> str:
    from kaitogen.commands.plan import as_markdown

    return as_markdown.write(fleet, against)


def _json(fleet: Fleet, against: Comparison | None) -> str:
    from kaitogen.commands.plan import as_json

    return as_json.write(fleet, against)


def _html(fleet: Fleet, against: Comparison | None) -> str:
    from kaitogen.commands.plan import as_html

    return as_html.write(fleet, against)


_WRITERS: Final[dict[str, Callable[[Fleet, Comparison | None], str]]] = {
    "text": _text,
    "markdown": _markdown,
    "json": _json,
    "html": _html,
}
