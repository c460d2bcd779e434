"""`kaitogen nodes list`, `quick` and `snapshot`."""

from collections.abc import Callable, Sequence
from typing import Final

from kaitogen.commands import inputs, max_age
from kaitogen.commands.nodes import listing, source
from kaitogen.commands.nodes.source import Facts
from kaitogen.commands.option_types import Values
from kaitogen.commands.result import Outcome
from kaitogen.commands.terminal import colours, report_text
from kaitogen.diagnostics.formats import Report
from kaitogen.diagnostics.suggest import nearest
from kaitogen.diagnostics.wording import listed, number_of, printable, table
from kaitogen.errors import UsageError
from kaitogen.model import Diagnostic, Document, Json, Target
from kaitogen.nodes import snapshot
from kaitogen.nodes.facts import INSTANCE_TYPE_LABEL, NodeFacts
from kaitogen.nodes.inventory import KG320, KIND, Known
from kaitogen.nodes.quick_selectors import Refused, asked
from kaitogen.nodes.selectors import Selector, equal, matches, written
from kaitogen.nodes.snapshot import Changes
from kaitogen.nodes.tolerations import obstacles, of_presets
from kaitogen.pipeline.load import STDIN
from kaitogen.yaml.writer import dump

_TIME: Final = "%Y-%m-%dT%H:%M:%SZ"
_MOST_CHANGES: Final = 200


def _list(values: Values) -> Outcome:
    found = source.facts(values)
    report = Report(found.findings)
    said, code = report_text(report), report.exit_code
    if code or found.known.inventory is None:
        return Outcome(said=said, exit_code=code)
    inventory = found.known.inventory
    everything = sorted(inventory.nodes.values(), key=lambda node: node.name)
    pool = everything if values["all"] else list(inventory.gpu_nodes)
    tolerations = of_presets(Target())
    selector = _asked_for(values, found.known)
    nodes = [node for node in pool if matches(selector, node.labels)]
    if values["ready"]:
        nodes = [node for node in nodes if not obstacles(node, tolerations)]
    form = inputs.word(values["form"])
    view = listing.View(tolerations, found.now, found.used, form == "wide", colours(1) is True)
    if form in ("json", "yaml"):
        return Outcome(_document(listing.report(nodes, found.known, view), form), said)
    kind = "node" if values["all"] else "GPU node"
    if not nodes:
        said += (
            f"kaitogen: none of the {number_of(len(pool), kind)} is asked for\n"
            if pool
            else _none(everything)
        )
    return Outcome(listing.table(nodes, view).encode(), said)


def _none(everything: Sequence[NodeFacts]) -> str:
    return f"kaitogen: none of the {number_of(len(everything), 'node')} has a GPU that its facts show; --all lists them\n"


def _document(value: Json, form: str) -> bytes:
    if form == "yaml":
        return dump(value).encode()
    import json

    return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"


def _asked_for(values: Values, known: Known) -> Selector:
    """What the options ask of labels together."""
    found = _expression(values)
    name, instance_type = inputs.word(values["quick"]), inputs.word(values["instance_type"])
    if name is not None:
        if name not in known.quick:
            near = nearest(name, known.quick)
            fix = f"did you mean {near}?" if near else f"there are {', '.join(sorted(known.quick))}"
            raise UsageError(f"there is no quick selector {name[:60]}", fix=fix)
        found += known.quick[name].selector
    return found if instance_type is None else found + equal({INSTANCE_TYPE_LABEL: instance_type})


def _expression(values: Values) -> Selector:
    text = inputs.word(values["selector"])
    try:
        return () if text is None else asked({"labels": text})
    except Refused as refused:
        raise UsageError(f"--selector: {refused.problem.message}", fix=refused.problem.fix) from refused


def _quick(values: Values) -> Outcome:
    found = source.facts(values, needed=False)
    report = Report(found.findings)
    said, code = report_text(report), report.exit_code
    if code:
        return Outcome(said=said, exit_code=code)
    rows = [("NAME", "MATCHES", "SELECTOR", "MEANS")]
    for one in found.known.quick.values():
        means = f"{one.description} ({one.file})" if one.file else one.description
        rows.append((one.name, _now(one.selector, found), written(one.selector), means))
    return Outcome(table(rows, gap=listing.GAP).encode(), said)


def _now(selector: Selector, found: Facts) -> str:
    inventory = found.known.inventory
    if inventory is None:
        return "-"
    nodes = [node.name for node in inventory.gpu_nodes if matches(selector, node.labels)]
    return f"{number_of(len(nodes), 'node')}: {listed(nodes, 3)}" if nodes else "0 nodes"


def _snapshot(values: Values) -> Outcome:
    document, findings = _taken(values)
    merge = inputs.word(values["merge"])
    old, wrong = _old(merge) if merge is not None else (None, [])
    findings += wrong
    report = Report(findings)
    if report.exit_code or document is None:
        return Outcome(said=report_text(report, wrote=True), exit_code=report.exit_code)
    selector = _expression(values)
    spec = document.value["spec"]
    entries = [one for one in spec["nodes"] if matches(selector, one.get("labels") or {})]
    cluster = inputs.word(values["cluster"]) or spec.get("cluster", "")
    said = ""
    if old is not None:
        before = old.value["spec"]
        _same_cluster(before.get("cluster", ""), cluster, str(merge))
        cluster = cluster or before.get("cluster", "")
        entries, changes = snapshot.merged(
            before["nodes"], entries, lambda node: matches(selector, node.labels)
        )
        said = _told(changes, f"{merge} of {before.get('taken', 'an unknown time')}")
    made = dump(snapshot.document(entries, cluster, _time(values))).encode()
    out = inputs.word(values["out"])
    if out is None:
        return Outcome(made, said)
    from kaitogen.files import atomic  # most print

    atomic.write_files({out: made})
    return Outcome(said=said + f"kaitogen: wrote {out}: {number_of(len(entries), 'node')}\n")


def _taken(values: Values) -> tuple[Document | None, list[Diagnostic]]:
    """The facts of now: those of the cluster, or of what kubectl printed."""
    names = inputs.words(values["file"])
    live = source.is_live(values)
    if bool(names) == live:
        fix = "add --live, or hand over a file or - for what kubectl get nodes -o json prints"
        raise UsageError("a snapshot is taken of the cluster, or of what kubectl printed", fix=fix)
    if live:
        return source.live_document(values), []
    documents, findings, _ = source.read(names[0])
    return _one_inventory(documents, names[0], findings)


def _old(name: str) -> tuple[Document | None, list[Diagnostic]]:
    documents, findings, _ = source.read(name)
    return _one_inventory(documents, name, findings)


def _one_inventory(
    documents: Sequence[Document], name: str, findings: list[Diagnostic]
) -> tuple[Document | None, list[Diagnostic]]:
    from kaitogen import schema
    from kaitogen.diagnostics.placing import place
    from kaitogen.model import Origin

    for document in documents:
        if isinstance(document.value, dict) and document.value.get("kind") == KIND:
            problems = schema.problems("inventory", document.value)
            return document, [*findings, *place(one.of(Origin(document)) for one in problems)]
    if not findings:
        fix = "hand over what kubectl get nodes -o json prints, or an inventory"
        findings = [
            KG320.in_file(STDIN if name == "-" else name, "there are no facts about nodes in it", fix=fix)
        ]
    return None, findings


def _same_cluster(old: str, new: str, file: str) -> None:
    if old and new and old != new:
        fix = "name the inventory of that cluster, or none to begin anew"
        raise UsageError(
            f"{printable(file)} is about the cluster {printable(old[:60])}, and these facts are about {printable(new[:60])}",
            fix=fix,
        )


def _time(values: Values) -> str:
    word = inputs.word(values["time"])
    if word is None:
        return max_age.now()
    from datetime import datetime

    try:
        return datetime.strptime(word, _TIME).strftime(_TIME)  # noqa: DTZ007 - the form itself says that it is UTC
    except ValueError as error:
        raise UsageError(f"--time takes a time such as 2026-11-24T08:00:00Z, not {word[:40]}") from error


def _told(changes: Changes, since: str) -> str:
    """What changed, one node a line."""
    numbers = [len(changes.new), len(changes.gone), len(changes.changed)]
    words = ", ".join(
        f"{number} {word}" for number, word in zip(numbers, ("new", "gone", "changed"), strict=True)
    )
    lines = [f"new: {name}" for name in changes.new] + [f"gone: {name}" for name in changes.gone]
    lines += [f"{name}: {listed(what)}" for name, what in changes.changed.items()]
    shown = [f"    {printable(line)}\n" for line in lines[:_MOST_CHANGES]]
    more = f"    and {len(lines) - _MOST_CHANGES} more\n" if len(lines) > _MOST_CHANGES else ""
    return f"kaitogen: since {printable(since)}: {words}\n" + "".join(shown) + more


COMMANDS: Final[dict[str, Callable[[Values], Outcome]]] = {
    "list": _list,
    "quick": _quick,
    "snapshot": _snapshot,
}
