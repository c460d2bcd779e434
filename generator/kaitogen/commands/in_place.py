"""Changes to files of the user's own, as a diff or on the disk: what `fmt` and `migrate` share."""

from kaitogen.commands.inputs import CompareOptions
from kaitogen.commands.options import Group, OptionGroup, flag
from kaitogen.commands.result import Outcome
from kaitogen.diagnostics.wording import number_of
from kaitogen.errors import EXIT_FINDINGS, UsageError
from kaitogen.model import Diagnostic, Request
from kaitogen.pipeline.load import STDIN, sources
from kaitogen.typed import Callable, Iterable, NamedTuple, Sequence


class Change(NamedTuple):
    """A file as it is and as it should be."""

    name: str
    before: bytes
    after: bytes


def read(
    request: Request, convert: Callable[[str, bytes], tuple[str, Iterable[Diagnostic]]]
) -> tuple[list[Change], list[Diagnostic]]:
    """Each file of the request as `convert` makes it of its name and content, and what is wrong with any."""
    contents, findings = sources(request)
    changes: list[Change] = []
    for name, data in contents:
        text, problems = convert(name, data)
        findings += problems
        changes.append(Change(name=name, before=data, after=text.encode()))
    return changes, findings


class InPlaceOptions(OptionGroup):
    """Of a command that changes files of the user's."""

    compared = Group(CompareOptions)
    write = flag("--write", help="Change the files.")

    def writes(self, *, unasked: bool) -> bool:
        """Whether to write; `unasked` is what the command does by itself. UsageError where the options say both."""
        if self.compared.any and self.write:
            name = "--check" if self.compared.check else "--dry-run"
            raise UsageError(f"{name} writes nothing, and --write does", fix="leave one of them out")
        return self.write or (unasked and not self.compared.any)


def delivered(changes: Sequence[Change], command: str, *, check: bool, write: bool) -> Outcome:
    """The files written, or the differences as a unified diff; with `check` the exit code 1 where there are any."""
    if write:
        return written(changes)
    from kaitogen.files.comparison import unified  # few runs compare

    text = "".join(unified(one.name, one.before, one.after) for one in changes)
    if not (check and text):
        return Outcome(text.encode())
    number = number_of(sum(one.before != one.after for one in changes), "file")
    return Outcome(text.encode(), f"kaitogen: {number} would change; run {command}\n", EXIT_FINDINGS)


def written(changes: Sequence[Change]) -> Outcome:
    """Write what differs, and say how many files that were; what came by standard input goes to standard output."""
    from kaitogen.files import atomic  # few runs write

    files = [one for one in changes if one.name != STDIN]
    contents = {one.name: one.after for one in files if one.before != one.after}
    atomic.write_files(contents, beside=[one.name for one in files])
    piped = b"".join(one.after for one in changes if one.name == STDIN)
    return Outcome(piped, f"kaitogen: {len(contents)} of {number_of(len(changes), 'file')} changed\n")
