"""What the doctors find: things that were looked at, and how they are listed."""

from kaitogen.commands.result import Outcome
from kaitogen.errors import EXIT_FINDINGS, EXIT_OK
from kaitogen.typed import Callable, NamedTuple, Sequence


class Check(NamedTuple):
    """One thing that was looked at, and what to do about it; nothing where it is as it should be."""

    what: str
    fix: str = ""


def outcome(checks: Sequence[Check], bad: str, summary: Callable[[int], str]) -> Outcome:
    """A line for each check, `ok` or the given word, with its fix below; last the summary of how many are not ok."""
    lines: list[str] = []
    wrong = 0
    for what, fix in checks:
        wrong += bool(fix)
        lines.append(f"{bad if fix else 'ok':<{len(bad)}}  {what}\n")
        if fix:
            lines.append(f"{'':<{len(bad)}}  fix: {fix}\n")
    text = "".join([*lines, summary(wrong), "\n"])
    return Outcome(text.encode(), exit_code=EXIT_FINDINGS if wrong else EXIT_OK)
