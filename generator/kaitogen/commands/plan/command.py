"""`kaitogen plan`: what KAITO will do with the intents, and what vLLM will then probably have."""

from functools import partial

from kaitogen.commands import inputs
from kaitogen.commands.inputs import AgeOptions, OverlayOptions
from kaitogen.commands.options import Group, OptionGroup, flag, option, repeatable
from kaitogen.commands.plan.build import PlanOptions, build_plan, inventory_of
from kaitogen.commands.plan.tables import exceeded, read_tables
from kaitogen.commands.progress import Progress
from kaitogen.commands.result import QUIET, STRICT, Outcome, reported, written
from kaitogen.commands.spooled import spooled
from kaitogen.diagnostics.formats import Report
from kaitogen.diagnostics.terminal import rewrites
from kaitogen.diagnostics.wording import printable
from kaitogen.errors import EXIT_ENVIRONMENT, EXIT_FINDINGS, EXIT_OK
from kaitogen.pipeline.classify import KG114
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.load import KG110


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
    over = Group(OverlayOptions)
    templates = inputs.TEMPLATES
    strict = STRICT
    quiet = QUIET


def run(options: Options) -> Outcome:
    """Plan what the paths hold: the plan on standard output, the findings on standard error."""
    # The plan itself is gone before its findings are put into words: both are large where there are many Workspaces.
    report, product, refused = _planned(options)
    outcome = reported(report, quiet=options.quiet)
    if refused and outcome.exit_code == EXIT_OK:
        outcome = outcome._replace(exit_code=EXIT_FINDINGS)
    return outcome._replace(stdout=product.stdout, spooled=product.spooled)


def _planned(options: Options) -> tuple[Report, Outcome, bool]:
    """What is found, the plan as it is written, and whether KAITO refuses any change."""
    revision = options.against
    with Progress("reading the intents", watched=rewrites()) as progress:
        request = inputs.request(
            options.paths, inventory=options.inventory, age=options.age, templates=options.templates
        )
        request = inputs.overlaid(request, options.over, options.age)
        tables = read_tables(request, options.configs, options.price, options.budget)
        plan_options = PlanOptions(
            configs=tables.configs,
            facts=inventory_of(request),
            prices=tables.prices,
            choosing=options.choose,
            progress=partial(progress.count, "planning Workspace"),
        )
        result = generate(request, lean=revision is None)
        if any(finding.rule in (KG110, KG114) for finding in result.findings):
            from kaitogen.commands import targets  # most plans are of intents

            again = targets.aimed(request, options.over.target)
            if (seen := generate(again)).objects:  # finished manifests stand in the place of intents
                request, result = again, seen
            plan_options = plan_options._replace(objects_target=request.objects_target)
        plan = build_plan(result, plan_options)
        more = [*tables.findings, *exceeded(tables, plan.workspaces)]
        readable = True
        if revision is not None:
            progress.say(f"reading the intents at {printable(revision)}")
            from kaitogen.commands.plan.against import against  # most plans are of today alone

            plan, past = against(revision, plan, result, request, plan_options)
            readable = Report(past).exit_code != EXIT_ENVIRONMENT
            more += past
        progress.say("writing the plan")
        plan = plan._replace(findings=(*plan.findings, *more))
        # A plan that leaves the other side out would be taken for one without changes.
        product = spooled(written("plan", options.form, plan)) if readable else Outcome()
    report = Report(plan.findings, strict=inputs.is_strict(request, given=options.strict))
    changes = () if plan.against is None else plan.against.changes
    return report, product, any(change.refused for change in changes)
