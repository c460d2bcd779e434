"""Paths and standard input to documents; the only stage that reads a user's intent files."""

import os
import stat

from kaitogen.errors import reason
from kaitogen.model import Diagnostic, Document, Request, Rule
from kaitogen.pipeline import current
from kaitogen.pipeline.classify import INTENT_FILES, MANAGED_BY, MAX_WRONG
from kaitogen.typed import Final, Iterator, NamedTuple, Sequence
from kaitogen.yaml.lines import line_of
from kaitogen.yaml.reader import MAX_NODES, Unreadable, read, text_of

KG101 = Rule("KG101", "The file is not UTF-8", kind="invalid")
KG109 = Rule("KG109", "Larger than 16 MiB", kind="invalid")
KG110 = Rule("KG110", "A folder without intent files", kind="invalid")
KG111 = Rule("KG111", "Not a regular file", kind="invalid")
KG112 = Rule("KG112", "A symbolic link that leads out of the folder", kind="invalid")
KG184 = Rule("KG184", "A project file that is not read", kind="warning")
KG188 = Rule("KG188", "An intent file without an intent", kind="invalid")
KG601 = Rule("KG601", "A file that cannot be read", kind="environment")

MAX_BYTES: Final = 16 * 1024 * 1024
#: Facts about the nodes of a large cluster take more room than intents, and say less of each.
MAX_FACTS: Final = 64 * 1024 * 1024
MAX_FACT_VALUES: Final = 4_000_000
STDIN: Final = "<stdin>"
#: The file with what holds for all intents of a folder.
PROJECT: Final = ".kaitogen.yaml"
_MOST_LOOKED_INTO: Final = 1000
#: JSON is YAML as well.
_YAML: Final = (".yaml", ".yml", ".json")
#: What a file of a folder has to speak of where all of its YAML files are asked for; the last two are
#: what KAITO reads in a ConfigMap.
_OURS: Final = (b"kaito.sh/", b"kaitogen.io/", b"inference_config.yaml", b"training_config.yaml")
#: What a companion speaks of that does not name KAITO, such as a route.
_COMPANION: Final = tuple(word.encode() for word in MANAGED_BY)


class Loaded(NamedTuple):
    """The documents of a whole run, what is wrong with files and documents as such, and the files, all in order."""

    documents: list[Document]
    findings: list[Diagnostic]
    files: list[str]


def load(request: Request) -> Loaded:
    """All documents of the request in file order; a file that cannot be read becomes a finding."""
    files = [document.file for document in request.documents]
    loaded = Loaded(list(request.documents), list(request.findings), files)
    empty: list[str] = []
    for name, data in _contents(request, loaded.findings, files):
        before = len(loaded.documents) + len(loaded.findings)
        _parse(name, data, loaded)
        if len(loaded.documents) + len(loaded.findings) == before and _holds_intents(name, request):
            empty.append(name)
    if empty:
        loaded.findings.extend(_without_an_intent(empty, alone=not loaded.documents))
    return loaded


def is_all_empty(finding: Diagnostic) -> bool:
    """Whether it says that the files of a run hold nothing: for a caller who has more to say about that."""
    return finding.rule == KG188 and finding.severity == "error"


def _holds_intents(name: str, request: Request) -> bool:
    """Whether intents are all that a file can be for."""
    if request.all_yaml:
        return False  # what is looked for is finished
    return name.endswith(INTENT_FILES) or (name == STDIN and request.objects_target is None)


def _without_an_intent(names: list[str], *, alone: bool) -> Iterator[Diagnostic]:
    """What is said of files with nothing in them; an error where the run has nothing else, and so would come to nothing."""
    for name in names:
        message = "nothing is here but comments, if anything, and an intent is expected"
        finding = KG188.in_file(
            name, message, fix="write the intent, or remove the file; kaitogen init begins one"
        )
        yield finding if alone else finding._replace(severity="warning")


def sources(request: Request) -> tuple[list[tuple[str, bytes]], list[Diagnostic]]:
    """Name and bytes of each file that the request's paths stand for, and what could not be read."""
    findings: list[Diagnostic] = []
    return list(_contents(request, findings, [])), findings


def _contents(request: Request, findings: list[Diagnostic], files: list[str]) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each file; what cannot be read goes to the findings."""
    seen: set[tuple[int, int]] = set()
    for path in request.paths:
        roots = [request.within] if request.within is not None else []
        if not roots and path != "-" and os.path.isdir(path):
            roots = [resolved(path)]
        for file in _expand(path, findings, request, roots):
            name = STDIN if file == "-" else file
            files.append(name)
            current.file = name
            current.files.append(name)
            data = _stdin(request) if file == "-" else _read_file(file, seen, roots=roots)
            if isinstance(data, Diagnostic):
                findings.append(data)
                continue
            others = file != path and request.all_yaml
            if data is not None and (not others or _is_ours(data)):
                yield name, data


def _is_ours(data: bytes) -> bool:
    """Whether a file can hold what all YAML files of a folder are asked for."""
    return any(map(data.__contains__, _OURS)) or all(map(data.__contains__, _COMPANION))


def nearest(name: str, folder: str, top: str = "") -> tuple[str, str] | None:
    """The file of that name that is nearest to a folder, and the top of where it was looked for; None where there is none.

    That is from the folder up to `top`, which is the root of the repository where it is not given.
    Outside of a repository only the folder itself is looked into: what is above it is the machine's.
    """
    own = here = resolved(folder)
    found = ""
    while True:
        if not found and os.path.lexists(os.path.join(here, name)):
            found = here
        is_top = here == top if top else os.path.lexists(os.path.join(here, ".git"))
        parent = os.path.dirname(here)
        if is_top or parent == here:
            break
        here = parent
    if not is_top:
        found, here = (own, own) if found == own else ("", "")
    return (os.path.relpath(os.path.join(found, name)), here) if found else None


def load_inventory(request: Request) -> Loaded:
    """The documents of the request's facts about nodes; one that is written wrongly is a finding alone."""
    loaded = Loaded([], [], [])
    for given in request.inventory:
        if isinstance(given, Document):
            loaded.documents.append(given)
            continue
        name = STDIN if given == "-" else given
        loaded.files.append(name)
        data = _stdin(request) if given == "-" else read_file(given, MAX_FACTS, bound(given, request))
        if isinstance(data, Diagnostic):
            loaded.findings.append(data)
        else:
            facts = facts_of(name, data)
            loaded.documents.extend(facts.documents)
            loaded.findings.extend(facts.findings)
    return _without_flawed(loaded)


def facts_of(name: str, data: bytes) -> Loaded:
    """The same of one text; that it holds nothing is a finding, as that what it would have answered is none."""
    if len(data) > MAX_FACTS:
        return Loaded([], [too_large(name, MAX_FACTS)], [name])
    loaded = documents_of(name, data, MAX_FACT_VALUES)
    if not loaded.documents and not loaded.findings:
        from kaitogen.nodes.inventory import KG320, MAKE_ONE  # few are empty

        fix = f"make it again: kubectl get nodes -o json | {MAKE_ONE} - > nodes.yaml"
        loaded.findings.append(KG320.in_file(name, "nothing is here, and an inventory is expected", fix=fix))
    return _without_flawed(loaded)


def bound(path: str, request: Request) -> str | None:
    """What a file or folder must not lie outside of when it is opened: the run's bound, or that of a project file which names it.

    What the project file names was looked at when it was read; somebody may have put a link in its place since.
    """
    if request.within is not None or request.project is None:
        return request.within
    from kaitogen.pipeline.project import project_of  # loaded where there is one

    said = project_of(request.project)
    if path not in {*said.inventory, said.prices, said.budget, said.templates}:
        return None
    found = nearest(PROJECT, os.path.dirname(request.project.file) or os.curdir)
    return found[1] if found else None


def _without_flawed(loaded: Loaded) -> Loaded:
    loaded.findings.extend(flaw for document in loaded.documents for flaw in document.flaws)
    return loaded._replace(documents=[document for document in loaded.documents if not document.flaws])


def too_large(name: str, most: int = MAX_BYTES) -> Diagnostic:
    """What is wrong with a file that has more bytes."""
    return KG109.in_file(name, f"larger than {most // 2**20} MiB", fix="split the file")


def documents_of(name: str, data: bytes, most: int = MAX_NODES) -> Loaded:
    """The documents, of at most so many values, of one text that did not come from a file of that name."""
    loaded = Loaded([], [], [name])
    _parse(name, data, loaded, most)
    return loaded


def load_file(path: str, within: str | None = None) -> Loaded:
    """The documents of one file that is no intent, such as a table that the user keeps beside them; see read_file."""
    data = read_file(path, within=within)
    return Loaded([], [data], [path]) if isinstance(data, Diagnostic) else documents_of(path, data)


def read_file(path: str, most: int = MAX_BYTES, within: str | None = None) -> bytes | Diagnostic:
    """The bytes of a file that stands for itself (a folder is none), or why it cannot be read.

    It must not lie outside of `within`, which has no links.
    """
    if os.path.isdir(path):
        return KG111.in_file(path, "a folder, and a file is expected", fix="name the file in it")
    data = _read_file(path, set(), most, [] if within is None else [within])
    return b"" if data is None else data


def _expand(path: str, findings: list[Diagnostic], request: Request, roots: Sequence[str]) -> Iterator[str]:
    """The files a path stands for; a folder gives its intent files, or all that are YAML, sorted.

    `roots` are what a link in a folder must not lead out of, with their own links resolved.
    """
    if path == "-" or not os.path.isdir(path):
        yield path
        return
    from kaitogen.files.folders import files_below, may_be_read  # a file that is named needs none of it

    is_asked_for = is_yaml_file if request.all_yaml else is_intent_file
    # Opening a folder as a file says why it cannot be read.
    unreadable: list[tuple[str, ...]] = []
    below = files_below(path, lambda parts, _: unreadable.append(parts), roots=roots)
    found = [parts for parts in below if is_asked_for(parts[-1]) or parts[-1] == PROJECT]
    files = sorted([*(parts for parts in found if parts[-1] != PROJECT), *unreadable])
    for parts in sorted(found):
        if parts[-1] == PROJECT and len(parts) > 1:
            name = os.path.normpath(os.path.join(path, *parts))
            message = f"this project file is not read, since the run is about {path} above it"
            fix = f"run kaitogen for {os.path.dirname(name)} alone, or keep one project file for all"
            findings.append(KG184.in_file(name, message, fix=fix))
    if not files:
        files = [] if request.all_yaml else _finished(path, roots)
        if not files or request.objects_target is None:
            finished = [os.path.normpath(os.path.join(path, *one)) for one in files]
            findings.append(_no_files(path, finished, request))
            return
    for file in files:
        name = os.path.normpath(os.path.join(path, *file))
        if os.path.islink(name) and not may_be_read(resolved(name), roots):
            findings.append(_leads_out(name, path))
            continue
        yield name


def _leads_out(name: str, folder: str) -> Diagnostic:
    message = f"a symbolic link that leads out of {folder} is not followed"
    return KG112.in_file(name, message, fix="copy the file, or name it on the command line")


def resolved(path: str) -> str:
    """The path without links; as it stands, from the root, where one on its way is exchanged just then.

    What is opened is looked at once more.
    """
    try:
        return os.path.realpath(path)
    except OSError:
        return os.path.abspath(path)


def _finished(folder: str, roots: Sequence[str]) -> list[tuple[str, ...]]:
    """The YAML files below a folder that speak of KAITO, of which no more than a thousand are looked into, sorted."""
    from kaitogen.files.folders import files_below

    found: list[tuple[str, ...]] = []
    below = files_below(folder, lambda *_: None, roots=roots)
    every = sorted(parts for parts in below if is_yaml_file(parts[-1]))
    for parts in every[:_MOST_LOOKED_INTO]:
        name = os.path.join(folder, *parts)
        data = b"" if os.path.islink(name) else _read_file(name, set(), roots=roots)
        if isinstance(data, bytes) and speaks_of_kaito(data):
            found.append(parts)
    return found


def speaks_of_kaito(data: bytes) -> bool:
    """Whether a file can hold objects of KAITO."""
    return _OURS[0] in data


def _no_files(path: str, finished: list[str], request: Request) -> Diagnostic:
    """What is said of a folder without intents; `finished` are files of it that speak of KAITO."""
    kind = (
        "YAML file here" if request.all_yaml else "intent file here: intent.yaml or *.intent.yaml (or .yml)"
    )
    message, fix = f"no {kind}, at any depth", "name the files, or rename them so"
    if finished:
        shown = ", ".join(finished[:3]) + (f" and {len(finished) - 3} more" if len(finished) > 3 else "")
        message = f"{message}, but finished manifests: {shown}"
        fix = "kaitogen import makes intents of them; kaitogen validate and plan look at them as they are"
    return KG110.in_file(path, message, fix=fix)


def is_intent_file(name: str) -> bool:
    """Whether a file of that name is read where its folder is named."""
    return name in INTENT_FILES or name.endswith((".intent.yaml", ".intent.yml"))


def is_yaml_file(name: str) -> bool:
    """Whether a file of that name holds YAML."""
    return name.endswith(_YAML)


def _stdin(request: Request) -> bytes | Diagnostic:
    return _kept(STDIN, request.stdin or b"", MAX_BYTES)


def _read_file(
    path: str, seen: set[tuple[int, int]], most: int = MAX_BYTES, roots: Sequence[str] = ()
) -> bytes | Diagnostic | None:
    """The bytes of a regular file (or of a pipe that the shell made), None where it was read before.

    Where there are roots, what was opened is looked at, and not its name again: somebody may have changed a link since.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except (OSError, ValueError) as error:
        return _unreadable(path, error, "check the path and its permissions")
    if roots:
        from kaitogen.files.folders import may_be_read, opened

        if not may_be_read(opened(descriptor, path), roots):
            os.close(descriptor)
            return _leads_out(path, "what may be read")
    info = os.fstat(descriptor)
    if stat.S_ISDIR(info.st_mode):
        os.close(descriptor)
        fix = "check its permissions and the length of its path"
        return KG601.in_file(path, "a folder that cannot be listed", fix=fix)
    # Without a buffer a file takes three calls of the system less.
    with open(descriptor, "rb", buffering=0 if stat.S_ISREG(info.st_mode) else -1) as file:
        if stat.S_ISFIFO(info.st_mode) and path.startswith(("/dev/fd/", "/proc/self/fd/")):
            os.set_blocking(descriptor, True)
        elif not stat.S_ISREG(info.st_mode):
            fix = "name a file, a folder or - for standard input"
            return KG111.in_file(path, "not a regular file", fix=fix)
        elif (info.st_dev, info.st_ino) in seen:
            return None
        seen.add((info.st_dev, info.st_ino))
        try:
            # Asked for no more than the file says it has: room for the most would be made anew for each file.
            data = file.read(min(info.st_size, most) + 1)
            while len(data) != info.st_size and (more := file.read(most + 1 - len(data))):
                data += more
        except OSError as error:
            return _unreadable(path, error, "check the disk")
    return _kept(path, data, most)


def _kept(name: str, data: bytes, most: int) -> bytes | Diagnostic:
    if current.contents is not None:
        current.contents[name] = data
    return data if len(data) <= most else too_large(name, most)


def _unreadable(path: str, error: Exception, fix: str) -> Diagnostic:
    return KG601.in_file(path, f"cannot be read: {reason(error)}", fix=fix)


def _parse(name: str, data: bytes, loaded: Loaded, most: int = MAX_NODES) -> None:
    try:
        text = text_of(data)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        message, fix = f"byte 0x{data[error.start]:02x} is not UTF-8", "save the file as UTF-8"
        loaded.findings.append(KG101.in_file(name, message, line=line, column=column, fix=fix))
        return
    try:
        wrong = 0
        for index, raw in enumerate(read(text, most)):
            own = text[raw.start : raw.end]
            flaws = tuple([_flaw(name, flaw, own, raw.line) for flaw in raw.flaws])
            document = Document(name, index, value=raw.value, text=own, line=raw.line, flaws=flaws)
            loaded.documents.append(document)
            wrong += bool(flaws)
            if wrong == MAX_WRONG and name.endswith(INTENT_FILES):
                return  # what comes after so many is judged by nobody
    except Unreadable as stop:
        loaded.findings.append(_flaw(name, stop.flaw, text))


def _flaw(name: str, flaw: Diagnostic, text: str, before: int = 0) -> Diagnostic:
    """The flaw as a finding. `text` holds its line, and `before` is the number of lines above the text."""
    source = line_of(text, flaw.line - before) if flaw.line else ""
    return flaw._replace(file=name, source=source)
