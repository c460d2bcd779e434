"""A plan as text, for a terminal or a log."""

from collections.abc import Iterator
from functools import lru_cache
from textwrap import wrap
from typing import Final

from kaitogen.commands.plan import view_model
from kaitogen.commands.plan.changes import Change, Comparison
from kaitogen.commands.plan.types import Fleet, Planned
from kaitogen.commands.plan.wording import delta, figures, price
from kaitogen.diagnostics.wording import counted, number_of, printable

_WIDTH: Final = 110
_ABOUT: Final = 13
_SAID: Final = 12


def write(fleet: Fleet, against: Comparison | None = None) -> str:
    """The whole plan; against a revision what changes, and the plan of what is new or changed."""
    if against is None:
        return "\n\n".join([*(block(one, fleet) for one in fleet.planned), total(fleet)]) + "\n"
    blocks = [block(change.after, fleet) for change in against.changes if change.after is not None]
    return "\n\n".join(["\n".join(_comparison(against)), *blocks, total(fleet)]) + "\n"


def total(fleet: Fleet) -> str:
    """The fleet in one sentence, with the number of findings."""
    words = size(fleet)
    return f"{words} ({counted(fleet.findings)})" if fleet.findings else words


def size(fleet: Fleet) -> str:
    """The fleet in one sentence."""
    workspaces = number_of(len(fleet.planned), "Workspace")
    words = f"{workspaces}: {number_of(fleet.nodes, 'node')}, {number_of(fleet.gpus, 'GPU')}"
    if fleet.unknown:
        words += f", and {fleet.unknown} of unknown size"
    if fleet.cost is not None and fleet.prices is not None:
        words += f"; {price(fleet.cost, fleet.prices)}"
    return words


def block(one: Planned, fleet: Fleet) -> str:
    """Everything about one Workspace."""
    return "\n".join(_workspace(one, fleet))


def _workspace(one: Planned, fleet: Fleet) -> Iterator[str]:
    yield printable(f"{one.title}  ({one.strategy}, {view_model.place(one)})")
    choice = view_model.choice(one, fleet.prices)
    for column in (*view_model.columns(one, fleet.prices), *([choice] if choice is not None else [])):
        yield f"  {column.heading}"
        for line in column.lines:
            yield from _line(line)


@lru_cache(4096)
def _line(line: view_model.Line) -> list[str]:
    """The line in the columns of the block; what is for a shell stays whole. Fleets say much of it many times."""
    head = f"    {line.about:<{_ABOUT}}"
    said = printable(line.said)
    if line.about == view_model.COMMAND:
        return [head + said]
    trust = f"{line.trust} ({line.source})" if line.source else line.trust
    if trust and len(said) < _SAID:
        head, said = f"{head}{said:<{_SAID}}", printable(trust)
    elif trust:
        said = f"{said}, {printable(trust)}"
    if len(head) + len(said) <= _WIDTH:
        return [head + said]
    blanks = " " * len(head)
    return wrap(said, _WIDTH, initial_indent=head, subsequent_indent=blanks, break_on_hyphens=False)


def _comparison(against: Comparison) -> Iterator[str]:
    yield printable(f"Against {against.revision}: {summary(against)}")
    yield f"  {figures(against.before, against.after)}"
    for change in against.changes:
        yield printable(
            f"  {change.kind:<8} {change.one.title}  {delta(change, against.after.prices)}{_what(change)}"
        )


def summary(against: Comparison) -> str:
    """How many Workspaces are new, changed, gone and the same."""
    counts = [f"{against.count(kind)} {kind}" for kind in ("new", "changed", "gone") if against.count(kind)]
    return ", ".join([*counts, f"{against.same} the same"])


def _what(change: Change) -> str:
    return f"; {', '.join(change.what)}" if change.what else ""
