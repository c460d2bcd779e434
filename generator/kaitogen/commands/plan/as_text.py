"""A plan as text, for a terminal or a log."""

from functools import lru_cache

from kaitogen.commands.plan import view_model
from kaitogen.commands.plan.types import Plan, PlannedWorkspace
from kaitogen.diagnostics.terminal import Colour, painted
from kaitogen.diagnostics.wording import counted, printable, wrapped
from kaitogen.kaito.sizing.types import Verdict
from kaitogen.typed import Final, Iterable, Iterator

_ABOUT: Final = 13
_COLOURS: Final[dict[Verdict, Colour]] = {"fits": "green", "tight": "yellow", "fails": "red"}
_FIGURE: Final = 12


def write(plan: Plan, *, colour: bool = False) -> Iterator[str]:
    """The plan, piece by piece; against a revision what changes, and the plan of what is new or changed."""
    planned: Iterable[PlannedWorkspace] = plan.workspaces
    if plan.against is not None:
        from kaitogen.commands.plan import against_as_text  # most plans are of today alone

        yield "\n".join(against_as_text.lines(plan, colour=colour)) + "\n\n"
        planned = (change.after for change in plan.against.changes if change.after is not None)
    for one in planned:
        yield block(one, plan, colour=colour) + "\n\n"
    total = view_model.total(plan)
    total = f"{total} ({counted(plan.findings)})" if plan.findings else total
    yield "\n".join(filter(None, (view_model.alone(plan), total))) + "\n"


def block(planned: PlannedWorkspace, plan: Plan, *, colour: bool = False) -> str:
    """Everything about one Workspace."""
    lines = [printable(f"{planned.title}  ({planned.strategy}, {view_model.place(planned)})")]
    memory = planned.sizing.memory
    columns = view_model.columns(planned, plan.prices) | view_model.choice(planned, plan.prices)
    for heading, column in columns.items():
        lines.append(f"  {heading}")
        for line in column:
            shown = _line(line)
            if colour and memory is not None and line.about == view_model.VERDICT:
                (verdict,) = line.paragraphs
                shown = [shown[0].replace(verdict, painted(verdict, _COLOURS[memory.verdict], bold=True))]
            lines += shown
    return "\n".join(lines)


@lru_cache(4096)
def _line(line: view_model.Line) -> list[str]:
    """The line in the columns of the block, a paragraph below the other. Large plans have many lines more than once."""
    if line.about == view_model.MAKES:
        return _paragraph(line.about, ", ".join(line.paragraphs))
    trust = f"{line.trust} ({line.source})" if line.source else line.trust
    return [shown for text in line.paragraphs for shown in _paragraph(line.about, text, trust)]


def _paragraph(about: str, text: str, trust: str = "") -> list[str]:
    head = f"    {about:<{_ABOUT}}"
    if trust and len(text) < _FIGURE:
        head, text = f"{head}{text:<{_FIGURE}}", trust
    elif trust:
        text = f"{text}, {trust}"
    if about == view_model.COMMAND:
        return [head + printable(text)]  # whole, since it is for a shell
    return wrapped(text, head, " " * len(head))
