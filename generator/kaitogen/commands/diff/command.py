"""`kaitogen diff`: what changes, and what KAITO does with each change."""

from collections.abc import Callable
from typing import Final

from kaitogen.commands import inputs, targets
from kaitogen.commands.diff.baseline import Compared, Side, compared, side_of
from kaitogen.commands.diff.report import Told
from kaitogen.commands.diff.way_out import ways_out
from kaitogen.commands.option_types import Values
from kaitogen.commands.result import Outcome
from kaitogen.commands.terminal import report_text
from kaitogen.diagnostics.formats import Report
from kaitogen.diagnostics.wording import number_of, printable
from kaitogen.errors import EXIT_FINDINGS, EXIT_OK, UsageError
from kaitogen.kaito.updates.model import Item
from kaitogen.model import Request


def run(values: Values) -> Outcome:
    """Compare what the paths hold with another side; nothing but findings comes out where a side cannot be read."""
    request = inputs.request(values)._replace(finished=targets.whole(targets.wanted(values)))
    if _asks_a_cluster(values):
        against, found = _live(values, request)
    else:
        against = _named(values)
        found = compared(request, lambda *_: side_of(against, request))
    report = Report(found.findings)
    said = report_text(report, quiet=bool(values["quiet"]))
    if code := report.exit_code:
        return Outcome(said=said, exit_code=code)
    told = Told(found.comparison, against, ways_out(found.comparison, found.before, found.after))
    written = _WRITERS[inputs.word(values["form"]) or "text"](told)
    said += _migration(inputs.word(values["migration"]), told)
    code = EXIT_FINDINGS if found.comparison.objects else EXIT_OK
    return Outcome(written.encode("utf-8", "backslashreplace"), said, code)


def _asks_a_cluster(values: Values) -> bool:
    from kaitogen.commands import live  # few comparisons ask a cluster

    return live.wanted(values)


def _named(values: Values) -> str:
    against = inputs.word(values["against"])
    if against is None:
        fix = "add --against with a revision, a folder or a file, or --live"
        raise UsageError("diff compares with something, and nothing is named", fix=fix)
    return against


def _live(values: Values, request: Request) -> tuple[str, Compared]:
    """The comparison with what runs; the cluster is asked only about what is whole on our side."""
    if values["against"] is not None:
        raise UsageError("--live and --against both name the other side", fix="leave one of them out")
    from kaitogen.commands import live
    from kaitogen.commands.diff import live_objects

    names: list[str] = []

    def other(new: list[Item], whole: bool) -> Side:
        if not whole:
            return [], []
        with live.Asking(values) as cluster:
            names.append(f"cluster {cluster.name}")
            return live_objects.items_in(
                cluster, new, inputs.word(values["namespace"]) or live_objects.DEFAULT_NAMESPACE
            ), []

    found = compared(request, other)
    return names[0] if names else "", found


def _migration(folder: str | None, told: Told) -> str:
    """Write the way out of what is refused, all or nothing; what was written, in words."""
    if folder is None:
        return ""
    from kaitogen.commands.diff import migration
    from kaitogen.files import output_folder as folders

    wanted = migration.files(told.comparison, told.ways)
    if not wanted:
        return "kaitogen: nothing is written: no Workspace here has a change that is refused and that another name would get through\n"
    folders.replace(folder, wanted)
    place = printable(folder)
    return f"kaitogen: {place} has {number_of(len(wanted), 'file')}; start with {migration.README}\n"


def _text(told: Told) -> str:
    from kaitogen.commands.diff import as_text

    return as_text.write(told)


def _markdown(told: Told) -> str:
    from kaitogen.commands.diff import as_markdown

    return as_markdown.write(told)


def _json(told: Told) -> str:
    from kaitogen.commands.diff import as_json

    return as_json.write(told)


_WRITERS: Final[dict[str, Callable[[Told], str]]] = {"text": _text, "markdown": _markdown, "json": _json}
