"""What options lay over intents, for each environment that they name: the same layers as of an Application in Argo CD."""

import os

from kaitogen.commands import targets
from kaitogen.commands.inputs import OverlayOptions, TargetOptions
from kaitogen.diagnostics.placing import in_file_order
from kaitogen.errors import UsageError
from kaitogen.model import Assignment, Diagnostic, Document, Request, Result
from kaitogen.pipeline import environments, overlay
from kaitogen.pipeline.project import TARGET, project_of
from kaitogen.typed import Final, Iterable, Sequence
from kaitogen.yaml.writer import flow

#: Stands for each environment that there is.
ALL: Final = "all"
#: What each of its fields is called on a command line.
_OPTIONS: Final = {
    "kaito": "--kaito",
    "provider": "--provider",
    "nodeProvisioner": "--node-provisioner",
    "nodeClasses": "--node-class",
}


def single(request: Request, options: OverlayOptions) -> Request:
    """The request with what the options lay over its intents; UsageError where they name several environments."""
    requests = each(request, options)
    if len(requests) != 1:
        named = ", ".join(name for name, _ in requests)
        raise UsageError(
            f"one environment at a time, and these are {len(requests)}: {named[:120]}",
            fix="run this once for each; kaitogen validate takes them together",
        )
    return requests[0][1]


def each(request: Request, options: OverlayOptions) -> list[tuple[str, Request]]:
    """The request for each environment that is named, with that name; one without a name where none is."""
    request = request._replace(assignments=(*_named(options.target), *map(assignment, options.values)))
    if not options.environments:
        return [("", request)]
    return [
        (name, request._replace(environments=(found,)))
        if isinstance(found, str)
        else (name, request._replace(findings=(*request.findings, found)))
        for name, found in _files(request, options.environments)
    ]


def together(results: Sequence[tuple[str, Result]]) -> Result:
    """What several environments have made of the same intents, as one: what not all of them found names those that did."""
    found: dict[Diagnostic, list[str]] = {}
    for name, result in results:
        for finding in dict.fromkeys(result.findings):
            found.setdefault(finding, []).append(name)
    findings = [
        finding
        if len(names) == len(results)
        else finding._replace(message=f"{finding.message} (environment {', '.join(names)})")
        for finding, names in found.items()
    ]
    every = [result for _, result in results]
    files = list(dict.fromkeys(file for result in every for file in result.files))
    finished = len(every[0].objects)
    return every[0]._replace(
        manifests=tuple(one for result in every for one in result.manifests),
        findings=tuple(in_file_order(findings, files)),
        suppressed=tuple(dict.fromkeys(one for result in every for one in result.suppressed)),
        about=tuple(one for result in every for one in result.about),
        workspaces=sum(result.workspaces for result in every) - finished * (len(every) - 1),
        files=tuple(files),
    )


def assignment(word: str) -> Assignment:
    """`spec.placement.count=3`, or `phi-4:spec.placement.count=3` for one Workspace alone; UsageError for another word."""
    target, equals, value = word.partition("=")
    source = Document(f"--set {target[:60]}", inline=True)
    made = overlay.assignment(target, value, source) if equals else None
    if made is None:
        message = f"--set takes PATH=VALUE with a PATH below spec or metadata, not {word[:60]}"
        raise UsageError(message, fix="write --set spec.placement.count=3")
    return made


def _named(options: TargetOptions) -> Iterable[Assignment]:
    """The installation that the options name, as values of `spec.target`."""
    said = targets.fields(options)
    for gate, is_on in said.pop("featureGates", {}).items():
        source = Document(f"--feature-gate {gate}", inline=True)
        yield Assignment(None, (*TARGET, "featureGates", gate), text=flow(is_on), source=source)
    for field, value in said.items():
        source = Document(_OPTIONS[field], inline=True)
        is_text = isinstance(value, str)
        text = value if is_text else flow(value)
        yield Assignment(None, (*TARGET, field), text=text, source=source, typed=not is_text)


def _files(request: Request, words: Sequence[str]) -> list[tuple[str, str | Diagnostic]]:
    """Name and file of each environment, or why there is none. A word with a folder or an ending is a file itself."""
    files: dict[str, str | Diagnostic] = {}
    for word in words:
        if os.sep in word or word.endswith((".yaml", ".yml")):
            files[word] = word
            continue
        known = _folder_of(request)
        names = environments.names(known) if word == ALL else [word]
        if not names:
            fix = "add one file for each environment, such as prod.yaml"
            raise UsageError(f"there are no environments: {os.path.normpath(known)} has no file", fix=fix)
        for name in names:
            source = f"--environment {name[:60]}"
            files[name] = environments.file_of(name, known, os.path.realpath(os.path.dirname(known)), source)
    return list(files.items())


def _folder_of(request: Request) -> str:
    """The folder of environments: the project's, or that of the folder that is named, or that the files named are in."""
    if request.project is not None and (known := project_of(request.project).environments):
        return known
    folders = {
        os.path.normpath(path if os.path.isdir(path) else os.path.dirname(path) or os.curdir)
        for path in request.paths
    }
    if len(folders) > 1:
        raise UsageError(
            f"--environment is about one folder of intents, and these are {len(folders)}: {', '.join(sorted(folders))[:120]}",
            fix="name their folder, one at a time",
        )
    return os.path.join(folders.pop(), environments.FOLDER)
