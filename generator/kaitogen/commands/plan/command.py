"""`kaitogen plan`: what KAITO will do with the intents, and what vLLM will then probably have."""

from collections.abc import Callable
from functools import partial
from typing import Final

from kaitogen.commands import inputs
from kaitogen.commands.max_age import AgeOptions, dated
from kaitogen.commands.options import Group, OptionGroup, flag, option, repeatable
from kaitogen.commands.plan.build import Beside, gather
from kaitogen.commands.plan.byo_nodes import finder
from kaitogen.commands.plan.changes import Comparison, compare
from kaitogen.commands.plan.side_tables import exceeded, read
from kaitogen.commands.plan.types import Fleet
from kaitogen.commands.progress import Progress
from kaitogen.commands.reporting import QUIET, STRICT, reported
from kaitogen.commands.result import Outcome
from kaitogen.commands.terminal import rewrites
from kaitogen.diagnostics.formats import Report
from kaitogen.diagnostics.wording import number_of, printable
from kaitogen.errors import EXIT_ENVIRONMENT
from kaitogen.model import Diagnostic, Request, Rule
from kaitogen.pipeline.generate import generate

KG730 = Rule("KG730", "The intents of the revision had errors", kind="warning")


class Options(OptionGroup):
    """Of `kaitogen plan`."""

    paths = inputs.PATHS
    form = option(
        "--format",
        choices=("text", "markdown", "json", "html"),
        default="text",
        help="How to print the plan.",
    )
    against = option(
        "--against",
        metavar="REVISION",
        help="Say what changes: compare with the intents at this git revision.",
    )
    inventory = inputs.INVENTORY
    age = Group(AgeOptions)
    configs = repeatable(
        "--model-config",
        metavar="[MODEL=]PATH",
        help="Folder or config.json of a model outside KAITO's catalogue.",
    )
    price = option("--price", metavar="FILE", help="Table of what nodes cost.")
    choose = flag("--choose", help="List every instance type that would do, the cheapest first.")
    budget = option("--budget", metavar="FILE", help="What the Workspaces may take together.")
    templates = inputs.TEMPLATES
    strict = STRICT
    quiet = QUIET


def run(options: Options) -> Outcome:
    """Plan what the paths hold: the plan on standard output, the findings on standard error."""
    revision = options.against
    with Progress("reading the intents", watched=rewrites()) as progress:
        request = inputs.request(options.paths, inventory=options.inventory, templates=options.templates)
        request = dated(request, options.age)
        tables = read(options.configs, options.price, options.budget)
        told = partial(progress.count, "planning Workspace")
        beside = Beside(tables.configs, finder(request), tables.prices, options.choose, told)
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
        written = _WRITERS[options.form](fleet, against) if readable else ""
    outcome = reported(Report(fleet.findings, strict=options.strict), quiet=options.quiet)
    return outcome._replace(stdout=written.encode("utf-8", "backslashreplace"))


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
