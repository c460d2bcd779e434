"""`kaitogen explain`: what a code means, or which line gave a field its value."""

from typing import Final

from kaitogen.commands import inputs
from kaitogen.commands.explain import pages, provenance, registry
from kaitogen.commands.explain.texts.shapes import Explanation
from kaitogen.commands.option_types import Values
from kaitogen.commands.result import Outcome
from kaitogen.commands.terminal import colours
from kaitogen.diagnostics import as_text
from kaitogen.diagnostics.placing import in_file_order, place
from kaitogen.errors import EXIT_FINDINGS, UsageError
from kaitogen.model import Diagnostic, Document, Path, Request, path_text
from kaitogen.pipeline import overlays
from kaitogen.pipeline.classify import classify
from kaitogen.pipeline.load import load

_BETWEEN: Final = "\n" + "-" * 88 + "\n\n"


def run(values: Values) -> Outcome:
    """Explain the codes, list them all where none is named, or say where the values of the files come from."""
    words = inputs.words(values["words"])
    where = inputs.word(values["where"])
    if where is not None:
        return _where(where, values)
    if values["set"] or values["environment"]:
        raise UsageError(
            "--set and --environment go with --where", fix="explain --where PATH --set NAME=VALUE FILE"
        )
    explanations = [_explanation(word) for word in words]
    if not explanations:
        known = [found for code in registry.all_codes() if (found := registry.find(code))]
        return Outcome(pages.table(known).encode())
    markdown = values["form"] == "markdown"
    shown = [pages.as_markdown(one) if markdown else pages.as_text(one) for one in explanations]
    return Outcome(("\n" if markdown else _BETWEEN).join(shown).encode())


def _explanation(word: str) -> Explanation:
    found = registry.find(word) or registry.find(word.upper())
    if found is not None:
        return found
    near = registry.nearest_code(word)
    fix = (
        f"did you mean {near}?"
        if near
        else "kaitogen explain lists all codes; for a field, write --where PATH FILE"
    )
    raise UsageError(f"kaitogen has no finding {word[:40]}", fix=fix)


def _where(text: str, values: Values) -> Outcome:
    path = provenance.path_of(text)
    if isinstance(path, provenance.Wrong):
        raise UsageError(f"--where: {path.message}", fix=path.fix)
    request = inputs.request({**values, "paths": values["words"]})
    loaded = load(Request(request.paths, stdin=request.stdin))
    intents, _, flaws, unplaced = classify(loaded.documents, finished=False)
    intents, over = _with_all_over(intents, values)
    answers, located = provenance.tell(intents, path)
    findings = in_file_order(
        [*loaded.findings, *flaws, *over, *place([*unplaced, *located])],
        loaded.files,
    )
    said = as_text.text(findings, colour=colours(), wrote=False)
    output = "".join(_lines(answer, path) for answer in answers)
    code = as_text.exit_code(findings)
    return Outcome(
        output.encode("utf-8", "backslashreplace"), said, code if code or answers else EXIT_FINDINGS
    )


def _with_all_over(documents: list[Document], values: Values) -> tuple[list[Document], list[Diagnostic]]:
    """The documents with the file of an environment and single values over them, in this order."""
    findings: list[Diagnostic] = []
    name = inputs.word(values["environment"])
    if name is not None:
        loaded = load(Request((name,)))
        findings += loaded.findings
        for overlay in loaded.documents:
            findings += overlay.flaws
            if not overlay.flaws:
                laid = overlays.lay(documents, overlay)
                documents = laid.documents
                findings += place(laid.located)
    assignments = [_assignment(word) for word in inputs.words(values["set"])]
    if assignments:
        laid = overlays.assign(documents, assignments)
        documents = laid.documents
        findings += place(laid.located)
    return documents, findings


def _assignment(word: str) -> overlays.Assignment:
    """`spec.placement.count=3`, or `phi-4:spec.placement.count=3` for one Workspace alone."""
    said, equals, value = word.partition("=")
    name, colon, path = said.partition(":") if ":" in said.partition("[")[0] else ("", "", said)
    steps = overlays.parse_path(path) if equals else None
    if steps is None:
        raise UsageError(f"--set takes PATH=VALUE, not {word[:60]}", fix="write --set spec.placement.count=3")
    return overlays.Assignment(
        name if colon else None, steps, value, Document(f"--set {said[:60]}", 0, None, inline=True)
    )


def _lines(answer: provenance.Answer, path: Path) -> str:
    field = path_text(path)
    head = f"{as_text.printable(answer.workspace)}: {field}"
    sources = answer.sources
    if not answer.value:
        lines = [f"{head} is not set; default: {answer.default}"]
    else:
        lines = [f"{head} = {as_text.printable(answer.value)}"]
    for source in sources:
        value = f": {as_text.printable(source.value)}" if source.value else ""
        lines.append(f"    {_place(source)} ({source.part}){value}")
    return "\n".join(lines) + "\n"


def _place(source: provenance.Source) -> str:
    numbers = f":{source.line}:{source.column}" if source.line else ""
    return as_text.printable(source.file) + numbers
