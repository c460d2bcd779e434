"""A status as text, for a terminal or a log."""

from kaitogen.commands.diff.report import verdict, what
from kaitogen.commands.status.types import Endpoint, Measured, Nodes, Planned, Running, Status
from kaitogen.diagnostics.terminal import Colour, painted
from kaitogen.diagnostics.wording import listed, number_of, printable, wrapped
from kaitogen.kaito.updates.model import ObjectChange
from kaitogen.typed import Final, Iterator

_ABOUT: Final = 11
#: What is in none of these states needs somebody.
_COLOURS: Final[dict[str, Colour]] = {"Healthy": "green", "Progressing": "yellow", "Suspended": "cyan"}


def write(status: Status, *, colour: bool = False) -> str:
    """The whole status."""
    blocks = ["\n".join(_object(one, colour=colour)) for one in status.objects]
    return "\n\n".join([*blocks, total(status)]) + "\n"


def total(status: Status) -> str:
    """The status in one sentence."""
    told = [f"{number} {outlook}" for outlook, number in status.counts.items() if number]
    return printable(f"{status.source}: {', '.join([number_of(len(status.objects), 'object'), *told])}")


def _object(one: Running, *, colour: bool) -> Iterator[str]:
    state = one.health.state
    first, *others = wrapped(f"{one.label}: {state}, {one.health.message}", "", "    ")
    if colour:
        first = first.replace(f": {state},", f": {painted(state, _COLOURS.get(state, 'red'), bold=True)},", 1)
    yield first
    yield from others
    if one.fix:
        yield printable(f"    fix: {one.fix}")  # a line to paste is never wrapped
    if one.replicas is not None and one.kind == "InferenceSet":
        yield from _line("replicas", f"{one.replicas.ready} of {one.replicas.desired} ready")
    if one.nodes is not None:
        yield from _line("nodes", _nodes(one.nodes))
    for replica in one.each:
        yield from _line("replica", f"{replica.name}: {replica.health.state}, {replica.health.message}")
    if one.endpoint is not None:
        yield from _endpoint(one.endpoint, answers=one.health.state == "Healthy")
    if one.measured is not None:
        yield from _line("measured", _measured(one.measured))
    if one.planned is not None and one.planned.nodes is not None:
        yield from _line("planned", _planned(one.planned))
    if one.drift is not None and one.health.state != "Missing":
        yield from _drift(one.drift)


def _line(about: str, words: str) -> list[str]:
    head = f"    {about:<{_ABOUT}}"
    return wrapped(words, head, " " * len(head))


def _nodes(nodes: Nodes) -> str:
    names = f": {listed(nodes.names)}" if nodes.names else ""
    if nodes.desired is None:
        return f"{number_of(len(nodes.names), 'node')}{names}"
    if nodes.ready is None:
        return f"{nodes.desired} wanted{names}"
    return f"{nodes.ready} of {nodes.desired} ready{names}"


def _endpoint(endpoint: Endpoint, *, answers: bool) -> Iterator[str]:
    model = f", clients send model {endpoint.model}" if endpoint.model else ""
    yield from _line("address", f"{endpoint.url}{model}")
    for command in filter(None, (endpoint.forward, endpoint.curl)) if answers else ():
        yield printable(f"    {'':<{_ABOUT}}{command}")


def _measured(measured: Measured) -> str:
    words = f"{measured.tokens_per_minute:,.0f} tokens per minute"
    if measured.replicas > 1:
        words += f" by {measured.replicas} replicas"
    settings = measured.settings
    if "inputTokens" in settings and "outputTokens" in settings:
        at_once = f", {settings['maxConcurrency']} at once" if "maxConcurrency" in settings else ""
        words += f", requests of {settings['inputTokens']} tokens with {settings['outputTokens']} in answer{at_once}"
    return words


def _planned(planned: Planned) -> str:
    nodes = number_of(planned.nodes or 0, "node")
    gpus = "" if planned.gpus is None else f", {number_of(planned.gpus, 'GPU')}"
    requests = planned.requests
    if requests is None:
        return f"{nodes}{gpus}"
    most = f"{requests.low:,}" if requests.high == requests.low else f"about {requests.likely:,}"
    return f"{nodes}{gpus}, {most} requests of the longest context at once"


def _drift(drift: tuple[ObjectChange, ...]) -> Iterator[str]:
    if not drift:
        yield from _line("drift", "none: it runs as it is written")
    for changed in drift:
        fields = listed((change.difference.shown for change in changed.changes), 5)
        differs = {"created": "is not in the cluster", "deleted": "is in the cluster alone"}.get(
            what(changed), "differs"
        )
        told = f"{changed.item.label} {differs}" + (f" in {fields}" if fields else "")
        yield from _line("drift", f"{told}; to apply it: {verdict(changed.judgement)}")
