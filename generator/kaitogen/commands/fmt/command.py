"""`kaitogen fmt`: intent files in canonical order and style, in place."""

from kaitogen.commands import in_place, inputs
from kaitogen.commands.fmt.formatting import formatted
from kaitogen.commands.options import OptionGroup, arguments, flag
from kaitogen.commands.reporting import reported
from kaitogen.commands.result import Outcome
from kaitogen.diagnostics.formats import Report
from kaitogen.pipeline.load import STDIN, sources


class Options(OptionGroup):
    """Of `kaitogen fmt`."""

    paths = arguments(
        "PATH", help="Files, folders (every intent.yaml and *.intent.yaml below them), or - for a filter."
    )
    check = flag("--check", help="Write nothing; exit 1 with a diff where a file would change.")
    quiet = flag("-q", "--quiet", help="Say nothing where all went well.")


def run(options: Options) -> Outcome:
    """Lay out what the paths hold; where a file cannot be, none is written."""
    contents, findings, _ = sources(inputs.request(options.paths))
    changes: list[in_place.Change] = []
    for name, data in contents:
        text, problems = formatted(name, data)
        findings += problems
        changes.append(in_place.Change(name, data, text.encode()))
    if findings:
        return reported(Report(findings), wrote=True)
    if options.check:
        return in_place.checked(changes, "kaitogen fmt")
    written = in_place.written(changes)
    piped = b"".join(change.after for change in changes if change.name == STDIN)
    return Outcome(piped, "" if options.quiet or piped else in_place.counted(written, len(changes)))
