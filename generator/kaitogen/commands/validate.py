"""`kaitogen validate`: findings about intents and finished manifests, and nothing else."""

from kaitogen.commands import expectation, inputs, targets
from kaitogen.commands.inputs import AgeOptions, OverlayOptions
from kaitogen.commands.options import Group, OptionGroup, flag, option
from kaitogen.commands.result import QUIET, STRICT, Outcome, reported
from kaitogen.diagnostics.formats import FORMATS, Report, reporter
from kaitogen.diagnostics.wording import number_of
from kaitogen.errors import EXIT_FINDINGS, EXIT_OK
from kaitogen.model import Request, Result
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.load import STDIN


class Options(OptionGroup):
    """Of `kaitogen validate`."""

    paths = inputs.PATHS
    form = option(
        "--format",
        choices=FORMATS,
        default="text",
        help="How to report; all but text go to standard output.",
    )
    over = Group(OverlayOptions)
    expect = inputs.EXPECT
    against = option(
        "--against",
        metavar="REVISION|FOLDER|FILE",
        help="Judge the changes since a git revision, a folder or a file, too.",
    )
    notes = flag("--notes", help="Show what only the cluster can decide, too.")
    inventory = inputs.INVENTORY
    age = Group(AgeOptions)
    templates = inputs.TEMPLATES
    strict = STRICT
    quiet = QUIET


def run(options: Options) -> Outcome:
    """Check what the paths hold; text goes to standard error, a format for machines to standard output."""
    expected = expectation.expected(options.expect)
    request = inputs.request(
        options.paths, inventory=options.inventory, age=options.age, templates=options.templates
    )
    request = inputs.within_project(request, options.age)
    request = targets.aimed(request._replace(notes=options.notes), options.over.target)
    result, named = _judged(request, options)
    report = Report(
        findings=result.findings,
        suppressed=result.suppressed,
        workspaces=result.workspaces,
        kinds=expectation.seen(result),
        strict=inputs.is_strict(request, given=options.strict),
    )
    unexpected = _expectation(expected, result)
    code = EXIT_FINDINGS if unexpected and report.exit_code == EXIT_OK else report.exit_code
    if options.form == "sarif":
        from kaitogen.commands.explain.pages import why_and_fix  # no other format describes rules

        report = report._replace(explain=why_and_fix)
    if options.form != "text":
        text = reporter(options.form)(report)
        return Outcome(text.encode("utf-8", "backslashreplace"), unexpected, code)
    stderr = reported(report, quiet=options.quiet).stderr + unexpected
    return Outcome(stderr=stderr or _all_well(report, named, quiet=options.quiet), exit_code=code)


def _judged(request: Request, options: Options) -> tuple[Result, list[str]]:
    """What the intents make and what is wrong with that, in each environment that is named; and the names of these."""
    if not options.over.is_any:
        return _with_changes(request, options.against), []
    from kaitogen.commands import overlays  # most runs lay nothing over their intents

    results = [
        (name, _with_changes(one, options.against)) for name, one in overlays.each(request, options.over)
    ]
    return overlays.together(results), [name for name, _ in results if name]


def _with_changes(request: Request, against: str | None) -> Result:
    result = generate(request)
    if against is None:
        return result
    from kaitogen.commands.diff.baseline import with_changes  # few runs compare

    return with_changes(result, against, request)


def _all_well(report: Report, environments: list[str], *, quiet: bool) -> str:
    if quiet:
        return ""
    suppressed = f"; {len(report.suppressed)} suppressed" if report.suppressed else ""
    several = f"{number_of(len(environments), 'environment')}, " if len(environments) > 1 else ""
    return f"kaitogen: {several}{report.seen}, no findings{suppressed}\n"


def _expectation(expected: dict[str, int] | None, result: Result) -> str:
    if expected is None:
        return ""
    # What a build pipes in is finished; an intent that is still one was passed over by the tool that should expand it.
    unexpanded = expectation.kinds_of(
        data for spec, data in result.manifests if spec.origin.document.file == STDIN
    )
    finished = {kind: seen - unexpanded.get(kind, 0) for kind, seen in expectation.seen(result).items()}
    unmet = expectation.unmet(expected, finished)
    intents = sum(unexpanded.get(kind, 0) for kind in expected)
    still = f"{number_of(intents, 'intent')} not expanded" if intents else ""
    none_is_all = any(unexpanded.get(kind) for kind, number in expected.items() if number == 0)
    if not unmet and not none_is_all:
        return ""
    said = ", and ".join(filter(None, (unmet, still)))
    return f"kaitogen: --expect: {said}; a generator or transformer may have been skipped\n"
