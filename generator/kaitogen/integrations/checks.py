"""What the doctors find: things that were looked at, and how they are listed."""

from collections.abc import Sequence
from typing import NamedTuple


class Check(NamedTuple):
    """One thing that was looked at: whether it is as it should be, and what to do where it is not."""

    ok: bool
    what: str
    fix: str = ""


def listed(checks: Sequence[Check], bad: str) -> str:
    """A line for each check, `ok` or the given word, and one with the fix below what is not as it should be."""
    lines: list[str] = []
    for check in checks:
        lines.append(f"{'ok' if check.ok else bad:<{len(bad)}}  {check.what}\n")
        if check.fix and not check.ok:
            lines.append(f"{'':<{len(bad)}}  fix: {check.fix}\n")
    return "".join(lines)
