"""The option -l of the commands about nodes."""

from typing import Final

from kaitogen.commands.options import option
from kaitogen.errors import UsageError
from kaitogen.nodes.selectors import Refused, Selector, asked

SELECTOR: Final = option("-l", "--selector", metavar="SELECTOR", help="Labels, as kubectl's -l takes them.")


def selector_of(text: str | None) -> Selector:
    """The value of the option, read; UsageError where it is no selector."""
    try:
        return () if text is None else asked({"labels": text})
    except Refused as refused:
        raise UsageError(f"--selector: {refused.problem.message}", fix=refused.problem.fix) from refused
