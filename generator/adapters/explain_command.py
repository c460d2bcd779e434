"""`kaitogen explain`: what a code means, or which line gave a field its value."""

from typing import Final

from generator import explaining, overriding, reporting, whereabouts
from generator.adapters import wiring
from generator.adapters.options import Values
from generator.adapters.outcome import Outcome
from generator.adapters.terminal import colours
from generator.errors import EXIT_FINDINGS, UsageError
from generator.explanations import showing
from generator.explanations.shapes import Explanation
from generator.findings import in_file_order, place
from generator.kinds import sort_out
from generator.load import load
from generator.model import Document, Finding, Path, Request, path_text

_BETWEEN: Final = "\n" + "-" * 88 + "\n\n"


def run(values: Values) -> Outcome:
    """Explain the codes, list them all where none is named, or say where the values of the files come from."""
    words = wiring.words(values["words"])
    where = wiring.word(values["where"])
    if where is not None:
        return _where(where, values)
    if values["set"] or values["environment"]:
        raise UsageError(
            "--set and --environment go with --where", fix="explain --where PATH --set NAME=VALUE FILE"
        )
    explanations = [_explanation(word) for word in words]
    if not explanations:
        known = [found for code in explaining.all_codes() if (found := explaining.find(code))]
        return Outcome(showing.table(known).encode())
    markdown = values["form"] == "markdown"
    shown = [showing.as_markdown(one) if markdown else showing.as_text(one) for one in explanations]
    return Outcome(("\n" if markdown else _BETWEEN).join(shown).encode())


def _explanation(word: str) -> Explanation:
    found = explaining.find(word) or explaining.find(word.upper())
    if found is not None:
        return found
    near = explaining.nearest_code(word)
    fix = (
        f"did you mean {near}?"
        if near
        else "kaitogen explain lists all codes; for a field, write --where PATH FILE"
    )
    raise UsageError(f"kaitogen has no finding {word[:40]}", fix=fix)


def _where(text: str, values: Values) -> Outcome:
    path = whereabouts.path_of(text)
    if isinstance(path, whereabouts.Wrong):
        raise UsageError(f"--where: {path.message}", fix=path.fix)
    request = wiring.request({**values, "paths": values["words"]})
    loaded = load(Request(request.paths, stdin=request.stdin))
    intents, _, flaws, unplaced = sort_out(loaded.documents, finished=False)
    intents, over = _with_all_over(intents, values)
    answers, located = whereabouts.tell(intents, path)
    findings = in_file_order(
        [*loaded.findings, *flaws, *over, *place([*unplaced, *located])],
        loaded.files,
    )
    said = reporting.text(findings, colour=colours(), wrote=False)
    output = "".join(_lines(answer, path) for answer in answers)
    code = reporting.exit_code(findings)
    return Outcome(
        output.encode("utf-8", "backslashreplace"), said, code if code or answers else EXIT_FINDINGS
    )


def _with_all_over(documents: list[Document], values: Values) -> tuple[list[Document], list[Finding]]:
    """The documents with the file of an environment and single values over them, in this order."""
    findings: list[Finding] = []
    name = wiring.word(values["environment"])
    if name is not None:
        loaded = load(Request((name,)))
        findings += loaded.findings
        for overlay in loaded.documents:
            findings += overlay.flaws
            if not overlay.flaws:
                laid = overriding.lay(documents, overlay)
                documents = laid.documents
                findings += place(laid.located)
    assignments = [_assignment(word) for word in wiring.words(values["set"])]
    if assignments:
        laid = overriding.assign(documents, assignments)
        documents = laid.documents
        findings += place(laid.located)
    return documents, findings


def _assignment(word: str) -> overriding.Assignment:
    """`spec.placement.count=3`, or `phi-4:spec.placement.count=3` for one Workspace alone."""
    said, equals, value = word.partition("=")
    name, colon, path = said.partition(":") if ":" in said.partition("[")[0] else ("", "", said)
    steps = overriding.parse_path(path) if equals else None
    if steps is None:
        raise UsageError(f"--set takes PATH=VALUE, not {word[:60]}", fix="write --set spec.placement.count=3")
    return overriding.Assignment(
        name if colon else None, steps, value, Document(f"--set {said[:60]}", 0, None, inline=True)
    )


def _lines(answer: whereabouts.Answer, path: Path) -> str:
    field = path_text(path)
    head = f"{reporting.printable(answer.workspace)}: {field}"
    sources = answer.sources
    if not answer.value:
        lines = [f"{head} is not set; default: {answer.default}"]
    else:
        lines = [f"{head} = {reporting.printable(answer.value)}"]
    for source in sources:
        value = f": {reporting.printable(source.value)}" if source.value else ""
        lines.append(f"    {_place(source)} ({source.part}){value}")
    return "\n".join(lines) + "\n"


def _place(source: whereabouts.Source) -> str:
    numbers = f":{source.line}:{source.column}" if source.line else ""
    return reporting.printable(source.file) + numbers
