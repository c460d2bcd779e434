"""Changes to files of the user's own, as a diff or on the disk: what `fmt` and `migrate` share."""

from collections.abc import Sequence
from typing import NamedTuple

from kaitogen.commands.result import Outcome
from kaitogen.diagnostics.wording import number_of
from kaitogen.errors import EXIT_FINDINGS
from kaitogen.pipeline.load import STDIN


class Change(NamedTuple):
    """A file as it is and as it should be."""

    name: str
    before: bytes
    after: bytes


def checked(changes: Sequence[Change], command: str) -> Outcome:
    """The differences, and exit code 1 where there are any."""
    text = diff(changes)
    if not text:
        return Outcome()
    number = number_of(sum(one.before != one.after for one in changes), "file")
    summary = f"kaitogen: {number} would change; run {command}\n"
    return Outcome(text.encode(), summary, EXIT_FINDINGS)


def diff(changes: Sequence[Change]) -> str:
    """The differences as a unified diff."""
    from kaitogen.files.comparison import unified  # few runs compare

    return "".join(unified(one.name, one.before, one.after) for one in changes)


def written(changes: Sequence[Change]) -> int:
    """Write what differs, standard input left out, and say how many files that were."""
    from kaitogen.files import atomic  # few runs write

    contents = {one.name: one.after for one in changes if one.before != one.after and one.name != STDIN}
    atomic.write_files(contents)
    return len(contents)


def counted(number: int, of: int) -> str:
    """How many files were changed, in a sentence."""
    return f"kaitogen: {number} of {number_of(of, 'file')} changed\n"
