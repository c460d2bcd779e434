"""`kaitogen argocd generate`: the manifests of one application, for Argo CD's sidecar.

A pure function of the files, the parameters and the settings of plugin.yaml: it asks
neither the clock nor the network nor a cluster, and writes nothing but standard output.
"""

import os
from typing import Final

from kaitogen.commands import inputs
from kaitogen.commands.option_types import Values
from kaitogen.commands.result import Outcome
from kaitogen.diagnostics import as_text
from kaitogen.diagnostics.placing import place
from kaitogen.errors import EXIT_ENVIRONMENT, KaitogenError, UsageError
from kaitogen.files.folders import is_below
from kaitogen.integrations.argocd import bounds, folder, parameters, report
from kaitogen.model import Diagnostic, Document, Request, Result, Rule
from kaitogen.pipeline import overlays
from kaitogen.pipeline.emit import stream
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.load import KG110, KG112, load
from kaitogen.pipeline.overlays import KG152

KG156 = Rule("KG156", "Nothing to deploy", kind="invalid")


_EMPTY_FOLDER: Final = KG110
_LINK_OUT: Final = KG112
_COPY: Final = "copy the file into the application's folder"


def run(values: Values) -> Outcome:
    """All manifests of the application's folder, or none and why."""
    seconds, mebibytes = _number(values, "time_limit"), _number(values, "memory_limit")
    try:
        return bounds.bounded(lambda: _outcome(values), seconds, mebibytes, _stopped)
    except KaitogenError as error:
        return Outcome(said=report.failure(error.message, error.fix), exit_code=error.exit_code)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        return Outcome(
            said=report.failure(f"the folder cannot be read: {reason}", ""), exit_code=EXIT_ENVIRONMENT
        )


def _stopped(finding: Diagnostic) -> Outcome:
    return Outcome(said=report.text([finding]), exit_code=EXIT_ENVIRONMENT)


def _outcome(values: Values) -> Outcome:
    said = parameters.said(os.environ)
    top = folder.root(inputs.word(values["within"]) or "", os.environ.get(folder.SOURCE_PATH_VARIABLE, ""))
    result = _result(said, top, inputs.word(values["templates"]))
    strict = said.true("strict")
    code = as_text.exit_code(result.findings, strict=strict)
    words = report.text(result.findings, strict=strict)
    if code or not result.manifests:
        return Outcome(said=words, exit_code=code)
    # A first line of ---: what an image of somebody's prints before can never become part of a manifest.
    return Outcome(b"---\n" + stream(result.manifests, "yaml").encode(), words, code)


def _result(said: parameters.Said, top: str, templates: str | None) -> Result:
    """The manifests and all findings; where parameters are wrong already, only what is wrong with them."""
    named = folder.included(said.words("include"), top, said.sources.get("include", ""))
    facts = folder.inventory(said.words("inventory"), top, said.sources.get("inventory", ""))
    over = folder.templates(templates, top)
    wrong = [*said.findings, *named.findings, *facts.findings, *over.findings]
    if wrong:
        return Result((), tuple(wrong))
    documents, unreadable = _loaded(named.paths, top)
    if said.true("allow_empty"):
        unreadable = [one for one in unreadable if one.rule != _EMPTY_FOLDER]
    documents, wrong = laid(documents, said, top)
    own = over.paths[0] if over.paths else None
    result = generate(Request(documents=tuple(documents), templates=own, inventory=facts.paths))
    findings = [*wrong, *unreadable, *result.findings]
    if not findings and not result.manifests and not said.true("allow_empty"):
        findings.append(_nothing())
    return result._replace(findings=tuple(findings))


def _loaded(paths: tuple[str, ...], top: str) -> tuple[list[Document], list[Diagnostic]]:
    """The documents of the paths. A link that leads out of a folder, but stays within the root, counts as named."""
    documents, findings, _ = load(Request(paths))
    linked = {
        one.file for one in findings if one.rule == _LINK_OUT and is_below(os.path.realpath(one.file), top)
    }
    if linked:
        documents, findings, _ = load(Request((*paths, *sorted(linked))))
        findings = [one for one in findings if one.rule != _LINK_OUT or one.file not in linked]
    # There is no command line here to name it on.
    return documents, [one._replace(fix=_COPY) if one.rule == _LINK_OUT else one for one in findings]


def _nothing() -> Diagnostic:
    message = "the intents make no manifest, and Argo CD would take that for success and prune"
    return KG156.in_file(".", message, fix="add an intent, or set the parameter allow_empty: true")


def laid(
    documents: list[Document], said: parameters.Said, top: str
) -> tuple[list[Document], list[Diagnostic]]:
    """The documents with everything over them that the Application says, and what is wrong with that.

    Precedence, the last one wins: kaitogen's defaults, the defaults of a set, the intent,
    the environment's file, parameters that have a name, values by path (`set`).
    """
    findings: list[Diagnostic] = []
    name = said.word("environment")
    if name is not None:
        found = folder.environment(name, top, said.sources["environment"])
        over, unreadable, _ = load(Request(found.paths))
        findings += [*found.findings, *unreadable]
        for overlay in over:
            findings += overlay.flaws
            done = overlays.lay(documents, overlay) if not overlay.flaws else overlays.Overlaid(documents, [])
            documents = done.documents
            findings += place(done.located)
    assignments, wrong = _assignments(said)
    if assignments:
        done = overlays.assign(documents, assignments)
        documents = done.documents
        findings += place(done.located)
    return documents, findings + wrong


def _assignments(said: parameters.Said) -> tuple[list[overlays.Assignment], list[Diagnostic]]:
    wanted: list[overlays.Assignment] = []
    wrong: list[Diagnostic] = []
    for parameter in parameters.PARAMETERS:
        value = said.word(parameter.name) if parameter.path else None
        if value is not None:
            source = said.source(parameter.name)
            wanted.append(overlays.Assignment(None, parameter.path, value, source, typed=False))
    by_path = said.values.get("set")
    for key, text in sorted(by_path.items() if isinstance(by_path, dict) else ()):
        name, colon, path = key.partition(":") if ":" in key.partition("[")[0] else ("", "", key)
        steps = overlays.parse_path(path)
        if steps is None:
            message = f"{key[:80]} is no path of an intent's metadata or spec"
            fix = 'write spec.placement.count, phi-4:spec.placement.count or metadata.labels["a.b/c"]'
            wrong.append(parameters.about(said.sources["set"], KG152, message, fix))
        else:
            wanted.append(overlays.Assignment(name if colon else None, steps, text, said.source("set")))
    return wanted, wrong


def _number(values: Values, name: str) -> int:
    word = inputs.word(values[name]) or ""
    if not (word.isascii() and word.isdigit() and 0 < int(word[:6]) <= 100_000):
        raise UsageError(f"--{name.replace('_', '-')} takes a number from 1 to 100000, not {word[:40]}")
    return int(word)
