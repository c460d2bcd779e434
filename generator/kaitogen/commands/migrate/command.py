"""`kaitogen migrate`: intents and finished Workspaces to another KAITO version, as a diff or in place.

A migration is edits to the text of a file, and a finding for everything that they cannot decide.
"""

import os

from kaitogen.commands import in_place, inputs, targets
from kaitogen.commands.import_.reading import judged
from kaitogen.commands.import_.reading import target_of as target_of_workspace
from kaitogen.commands.inputs import CloudOptions
from kaitogen.commands.migrate import steps
from kaitogen.commands.options import Group, OptionGroup, option
from kaitogen.commands.result import QUIET, Outcome, reported
from kaitogen.diagnostics.formats import Report
from kaitogen.diagnostics.placing import place
from kaitogen.errors import UsageError
from kaitogen.kaito.objects import MISSING, in_key_order, merged, serves, value_at, with_value, without
from kaitogen.model import (
    KAITO_VERSIONS,
    NEWEST_KAITO,
    Diagnostic,
    Document,
    Json,
    Origin,
    Path,
    Request,
    Spec,
    Target,
    TargetOverrides,
)
from kaitogen.pipeline import project
from kaitogen.pipeline.classify import SCALED_OBJECT, classify, entries, intents, is_an_intent, is_set
from kaitogen.pipeline.environments import is_environment
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.load import documents_of
from kaitogen.pipeline.replicas import AUTO
from kaitogen.pipeline.strategies import resolve
from kaitogen.pipeline.validate import validate
from kaitogen.typed import Callable, Final, Iterable, Iterator, Mapping, NamedTuple
from kaitogen.yaml.edit import Edit, NotEdited, edited
from kaitogen.yaml.reader import Unreadable, read, text_of
from kaitogen.yaml.writer import flow

_KAITO: Final[Path] = (*project.TARGET, "kaito")
_ADDED: Final[Path] = ("spec", "add")
_BY_HAND: Final = "change it by hand; what an alias stands for, say, is written elsewhere"
_OF_OBJECTS: Final[Mapping[str, Callable[[Json, Path, Target], Iterator[Edit | Diagnostic]]]] = {
    "Workspace": steps.of_workspace,
    "InferenceSet": steps.of_inference_set,
    SCALED_OBJECT: steps.of_scaled_object,
}


class Around(NamedTuple):
    """What lies around the documents: the project file as it is and as it will be, None without one, and where it says that environments are.

    A project file in a folder that is named, or that is named itself, moves; any other stays as it is.
    """

    project: Document | None = None
    project_after: Document | None = None
    environments: str | None = None

    @property
    def file(self) -> str:
        """The name of the project file."""
        return "" if self.project is None else self.project.file

    @property
    def is_moved(self) -> bool:
        """Whether the project file is among what moves."""
        return self.project is not self.project_after

    @property
    def kaito(self) -> str:
        """The version that an intent gets that names none itself."""
        said = None if self.project_after is None else value_at(self.project_after.value, _KAITO)
        return str(said or NEWEST_KAITO)


class Options(OptionGroup):
    """Of `kaitogen migrate`."""

    paths = inputs.ALL_PATHS
    kaito = option("--to", help="KAITO version to go to.", choices=KAITO_VERSIONS)
    replicas = option(
        "--replicas",
        metavar="N",
        help="Make sets of so many replicas of the intents with inference that say none; auto for as many as their nodes hold.",
    )
    in_place = Group(in_place.InPlaceOptions)
    cloud = Group(CloudOptions)
    quiet = QUIET


def run(options: Options) -> Outcome:
    """Show what would change, or change it; where something cannot be decided, nothing is written."""
    if options.kaito is None:
        raise UsageError(
            "migrate needs to know the KAITO version to go to", fix="add --to, such as --to 0.12"
        )
    write = options.in_place.writes(unasked=False)
    target = targets.overrides(options.kaito, options.cloud)
    request = inputs.within_project(inputs.request(options.paths)._replace(all_yaml=True))
    replicas = _replicas(options.replicas)
    around = _around(request, target)
    if around.is_moved:
        request = request._replace(paths=(*request.paths, around.file))
    changes, found = in_place.read(request, lambda name, data: migrated(name, data, target, replicas, around))
    findings = list(dict.fromkeys([*request.findings, *found]))
    outcome = reported(Report(findings), quiet=options.quiet, wrote=True)
    if outcome.exit_code:
        return outcome
    same = "" if replicas is None else f" --replicas {replicas}"
    command = f"kaitogen migrate --to {options.kaito}{same} --write"
    done = in_place.delivered(changes, command, check=options.in_place.compared.check, write=write)
    return done._replace(stderr=outcome.stderr + done.stderr)


def _replicas(word: str | None) -> int | str | None:
    """What is to stand in spec.replicas; None where that is not asked for."""
    if word is None or word == AUTO:
        return word
    if not (word.isascii() and word.isdigit()) or len(word) > 10:
        raise UsageError(f"--replicas {word[:60]} is no number of replicas", fix="write a number, or auto")
    return int(word)


def _around(request: Request, overrides: TargetOverrides) -> Around:
    """What lies around the documents of a request."""
    document = request.project
    if document is None:
        return Around()
    said, home = project.project_of(document), os.path.dirname(document.file) or os.curdir
    named = (path for path in request.paths if os.path.exists(path))
    after = document
    if any(os.path.samefile(path, home) or os.path.samefile(path, document.file) for path in named):
        # What is wrong there is said where the file itself is read.
        edits = _edits(document, overrides, None, Around(), [])
        after = document._replace(value=_changed(document.value, edits))
    return Around(document, after, said.environments)


def _changed(value: Json, edits: Iterable[Edit]) -> Json:
    """A value after the edits."""
    for path, new in edits:
        value = without(value, path) if new is None else with_value(value, path, new)
    return value


def migrated(
    name: str,
    data: bytes,
    overrides: TargetOverrides,
    replicas: int | str | None,
    around: Around,
) -> tuple[str, list[Diagnostic]]:
    """The text of a file for the version `overrides.kaito`, and what was found; the text counts where that is no error.

    The rest of the overrides is about finished Workspaces. `replicas` is for the intents that say none: a number or auto.
    """
    loaded = documents_of(name, data)
    if loaded.findings:
        return "", loaded.findings
    text = text_of(data)
    parts: list[str] = []
    end = 0
    problems: list[Diagnostic] = []
    documents: list[Document] = []
    flaws: list[Diagnostic] = []
    for document in loaded.documents:
        edits = list(_edits(document, overrides, replicas, around, problems))
        ours = is_an_intent(document.value) or classify([document], with_objects=True)[1]
        if not (edits or ours):
            continue
        flaws += document.flaws
        if document.flaws:
            continue
        value = _changed(document.value, edits)
        if not _is_overlay(document, around):
            documents.append(document._replace(value=value))
        start = text.index(document.text, end)
        parts += text[end:start], _edited_text(document, edits, value, problems)
        end = start + len(document.text)
    findings = [*flaws, *place(problems)]
    reported = {(one.line, one.column) for one in findings if one.severity == "error"}
    findings += [
        one for one in _errors_left(documents, overrides, around) if (one.line, one.column) not in reported
    ]
    return "".join([*parts, text[end:]]), list(dict.fromkeys(findings))


def _edits(
    document: Document,
    overrides: TargetOverrides,
    replicas: int | str | None,
    around: Around,
    problems: list[Diagnostic],
) -> Iterator[Edit]:
    """What is to be done to a document, at each place once; what cannot be decided goes to the problems."""
    seen: set[Path] = set()
    for step in () if document.flaws else _steps(document, overrides, replicas, around):
        if isinstance(step, Diagnostic):
            problems.append(step.of(Origin(document)))
        elif step.path not in seen:
            seen.add(step.path)
            yield step


def _is_overlay(document: Document, around: Around) -> bool:
    """Whether it is no intent, and only says something of intents: the project file, or the file of an environment."""
    if not is_an_intent(document.value) or document.value.get("kind") == project.KIND:
        return is_an_intent(document.value)
    return is_environment(document, around.environments)


def _steps(
    document: Document, overrides: TargetOverrides, replicas: int | str | None, around: Around
) -> Iterator[Edit | Diagnostic]:
    to, value = Target(overrides.kaito or NEWEST_KAITO), document.value
    if not is_an_intent(value):
        for one in classify([document], with_objects=True)[1]:
            if of_object := _OF_OBJECTS.get(one.data["kind"]):
                yield from of_object(one.data, one.origin.roots[0], to)
        return
    parts: list[tuple[Path, Json]] = [((), value)]
    if is_set(value):
        defaults = ("spec", "defaults")
        parts = [
            ((), {"metadata": value.get("metadata")}),
            (defaults, value_at(value, defaults)),
            *entries(value),
        ]
    overlay = _is_overlay(document, around)
    added = list(_added(value)) if overlay else []
    for root, part in (*parts, *added):
        yield from steps.of_part(part, root, to)
    if not overlay:
        yield from _whole(document, to, replicas, around)
    for root, part in added:
        whole = merged(value_at(value, ("spec", "defaults")) or {}, part)
        yield from _pinned(whole, root, to, around)


def _added(environment: Json) -> Iterator[tuple[Path, Json]]:
    """Where an environment writes intents that only it has."""
    written = value_at(environment, _ADDED)
    for index, entry in enumerate(written if isinstance(written, list) else ()):
        if isinstance(entry, dict):
            yield (*_ADDED, index), entry


def _pinned(intent: Json, root: Path, to: Target, around: Around) -> Iterator[Edit]:
    """The version written into an intent that names none, and would get another one."""
    if value_at(intent, _KAITO, MISSING) is MISSING and to.kaito != around.kaito:
        yield Edit((*root, *_KAITO), to.kaito)


def _whole(
    document: Document, to: Target, replicas: int | str | None, around: Around
) -> Iterator[Edit | Diagnostic]:
    """What is decided by whole intents, valid ones alone: what is wrong with others they say themselves."""
    specs, _ = validate([document] if around.project is None else project.under([document], around.project))
    whole = {origin.roots: intent for intent, origin in intents(document)} if specs else {}
    for spec in specs:
        intent = whole[spec.origin.roots]
        roots = [root for root in spec.origin.roots if root or not is_set(document.value)]
        after = spec.target._replace(kaito=to.kaito)
        if spec.target.byo:
            after = after._replace(node_provisioner="byo")
        holders = [
            root
            for root in roots
            if value_at(document.value, (*root, "spec", "placement", "instanceType"), MISSING) is not MISSING
        ]
        yield from steps.of_whole(intent, (holders or roots)[0], spec.target, after)
        if replicas is not None and spec.fleet is None and spec.inference is not None:
            yield from steps.of_replicas(intent, roots[0], replicas)
        else:
            yield from _kept_count(spec, after, roots[0])
        yield from _pinned(intent, roots[-1], to, around)


def _kept_count(spec: Spec, to: Target, root: Path) -> Iterator[Edit]:
    """The count of named nodes where the other version would leave it out: KAITO fixes that of a Workspace that runs."""
    counts = [resource.node_count for _, resource in resolve([spec, spec._replace(target=to)])[0]]
    if counts[1:] == [None] and (counts[0] or 0) > 1:
        yield Edit((*root, "spec", "placement", "count"), counts[0])


def _edited_text(document: Document, edits: list[Edit], value: Json, problems: list[Diagnostic]) -> str:
    """The document's text after the edits, read back once; what cannot be edited there is a finding."""
    if not edits:
        return document.text
    path: Path = ()
    try:
        text = edited(document.text, edits)
        if [flow(in_key_order(raw.value)) for raw in read(text)] == [flow(in_key_order(value))]:
            return text
    except NotEdited as stop:
        path = stop.path
    except Unreadable:
        pass
    message = "this cannot be changed in the text alone"
    problems.append(steps.KG177.at(path, message, fix=_BY_HAND).of(Origin(document)))
    return document.text


def _errors_left(documents: list[Document], overrides: TargetOverrides, around: Around) -> list[Diagnostic]:
    """What the other version refuses after all edits, in finished Workspaces first."""
    finished = classify([one for one in documents if not is_an_intent(one.value)], with_objects=True)[1]
    # What serves says what the installation is like, from which the others are judged, too.
    serving = [(one, target_of_workspace(one.data, overrides)[0]) for one in finished if serves(one.data)]
    others = [one for one in finished if not serves(one.data)]
    if not serving:
        serving, others = [(one, overrides.target) for one in others], []
    in_workspaces = judged(serving, others)
    of_intents = tuple(one for one in documents if is_an_intent(one.value))
    result = generate(Request(documents=of_intents, project=around.project_after))
    return [*place(in_workspaces), *(one for one in result.findings if one.severity == "error")]
