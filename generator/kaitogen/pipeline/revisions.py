"""What the paths of a request held at a revision of their git repository: the same rules as for files on disk."""

import os
import posixpath
import tempfile
from contextlib import ExitStack, contextmanager

from kaitogen.errors import EnvironmentFailure, UsageError, reason
from kaitogen.files import git
from kaitogen.files.git import KG644
from kaitogen.model import Diagnostic, Document, Request, Rule
from kaitogen.pipeline import load
from kaitogen.pipeline.project import is_valid
from kaitogen.typed import Callable, Final, Iterable, Iterator, Sequence

KG645 = Rule("KG645", "A submodule that is not looked into", kind="environment")

#: As many links are followed, one after the other, as Linux follows.
_MOST_LINKS: Final = 40
_LINK_BYTES: Final = 4096


@contextmanager
def request_at(revision: str, paths: Sequence[str], request: Request) -> Iterator[Request]:
    """The request for what the paths held at a revision.

    What is not there at that revision is no finding; what keeps it from being read is one, among
    the findings of the request. Templates of the user's own are those of the revision, in a folder
    that is there as long as the context; so are facts about nodes and environments, where the revision has them,
    and the project file, which counts only where it does.
    """
    if "-" in paths:
        raise UsageError("standard input has no revision", fix="name files or folders of the repository")
    documents: list[Document] = []
    findings: list[Diagnostic] = []
    today, request = request, request._replace(paths=(), project=None)
    with ExitStack() as stack:
        try:
            finished = request.objects_target is not None
            past = _Past(repository_of(paths), revision, documents, findings, finished=finished)
            for path in paths:
                past.add(path)
            request = request._replace(
                inventory=past.those_of(today.inventory),
                environments=past.those_of(today.environments),
                project=past.project(today.project),
                templates=None if today.templates is None else past.templates(today.templates, stack),
            )
        except git.GitError as error:
            findings.append(error.rule.in_file(revision or "--against", error.message, fix=error.fix))
        yield request._replace(documents=tuple(documents), findings=tuple(findings))


def repository_of(paths: Sequence[str]) -> git.Repository:
    """The repository that the first of the paths is in."""
    folder = os.path.abspath(paths[0])
    while not os.path.isdir(folder):  # it may be gone today
        folder = os.path.dirname(folder)
    return git.find(os.path.realpath(folder))


class _Past:
    """One commit of a repository, read into the given documents and findings.

    `finished` says that of a folder without intents the finished manifests are read, as they are on disk.
    """

    def __init__(
        self,
        repository: git.Repository,
        revision: str,
        documents: list[Document],
        findings: list[Diagnostic],
        *,
        finished: bool,
    ) -> None:
        self.repository = repository
        self.revision = revision
        self.commit = repository.commit(revision)
        self.documents = documents
        self.findings = findings
        self.finished = finished
        self.seen: set[str] = set()

    def add(self, path: str) -> None:
        """Read a file, or the intent files below a folder."""
        inside = self._inside(path)
        if inside is None:
            message = f"{path} is not in the repository {self.repository.top}"
            raise git.GitError(KG644, message, "compare the files of one repository at a time")
        entry = self.repository.entry(self.commit, inside)
        if entry is None:
            return
        name = self._name(path)
        if entry.mode == git.SUBMODULE:
            self._note_submodule(name)
        elif entry.mode == git.FOLDER:
            intents = dict(self._files(entry, path, load.is_intent_file))
            if intents or not self.finished:
                self._read(intents)
            else:
                self._read(dict(self._files(entry, path, load.is_yaml_file)), only_ours=True)
        else:
            everything = git.Entry(git.FOLDER, self.commit, "")
            others = self.repository.below(everything) if entry.mode == git.LINK else ()
            target = self._followed({other.path: other for other in others}, entry)
            if target is None:
                message = "a symbolic link that leads nowhere at this revision"
                self.findings.append(load.KG601.in_file(name, message, fix="name another revision"))
            else:
                self._read({name: target})

    def those_of(self, files: Iterable[str | Document]) -> tuple[str | Document, ...]:
        """What stands for these files at the revision."""
        return tuple(known for given in files for known in self.documents_in(given))

    def documents_in(self, given: str | Document) -> Iterator[str | Document]:
        """The documents of a file beside the intents at the revision; today's, where the revision has no such file."""
        inside = self._inside(given) if isinstance(given, str) and given != "-" else None
        entry = self.repository.entry(self.commit, inside) if inside else None
        if not isinstance(given, str) or entry is None or not entry.is_file:
            yield given
            return
        for _, data in self.repository.contents([entry], load.MAX_BYTES):
            loaded = load.documents_of(self._name(given), data)
            self.findings += loaded.findings
            yield from loaded.documents

    def project(self, today: Document | None) -> Document | None:
        """What the project file of today said at the revision; None where it was not there, or no project."""
        known = () if today is None else self.documents_in(today.file)
        documents = [one for one in known if isinstance(one, Document)]
        return documents[0] if len(documents) == 1 and is_valid(documents[0]) else None

    def templates(self, folder: str, stack: ExitStack) -> str | None:
        """A folder with the templates of the revision; None where it had none, and today's where no repository holds them."""
        inside = self._inside(folder)
        if inside is None:
            return folder
        entry = self.repository.entry(self.commit, inside)
        if entry is None or entry.mode != git.FOLDER:
            return None
        files = [below for below in self.repository.below(entry) if below.is_file]
        try:
            scratch = os.path.realpath(stack.enter_context(tempfile.TemporaryDirectory(prefix="kaitogen-")))
            for file, data in self.repository.contents(files, load.MAX_BYTES):
                path = os.path.join(scratch, *posixpath.relpath(file.path, entry.path or ".").split("/"))
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "xb") as stream:
                    stream.write(data)
        except OSError as error:
            message = f"the templates of {self.commit[:12]} could not be written aside: {reason(error)}"
            raise EnvironmentFailure(message) from error
        return scratch

    def _name(self, path: str) -> str:
        return f"{self.revision}:{path}"

    def _note_submodule(self, name: str) -> None:
        message = "a submodule: what it holds at this revision is not looked at"
        self.findings.append(KG645.in_file(name, message, fix="run this inside it"))

    def _inside(self, path: str) -> str | None:
        """The path as the repository knows it, empty for its top; None where it is outside."""
        whole = os.path.abspath(path)
        if os.path.isdir(whole):
            real = os.path.realpath(whole)
        else:
            # A link is looked up as itself: what it leads to is the revision's to say.
            real = os.path.join(os.path.realpath(os.path.dirname(whole)), os.path.basename(whole))
        return self.repository.place_of(real)

    def _files(
        self, folder: git.Entry, shown: str, is_asked_for: Callable[[str], bool]
    ) -> Iterator[tuple[str, git.Entry]]:
        """The files of a folder by the names they are shown under; hidden folders are passed over."""
        entries = {entry.path: entry for entry in self.repository.below(folder)}
        for path in sorted(entries, key=lambda path: path.split("/")):
            below = posixpath.relpath(path, folder.path or ".")
            name = self._name(os.path.normpath(os.path.join(shown, below)))
            if any(part.startswith(".") for part in below.split("/")[:-1]):
                continue
            if entries[path].mode == git.SUBMODULE:
                self._note_submodule(name)
            elif is_asked_for(posixpath.basename(path)):
                target = self._followed(entries, entries[path])
                if target is not None:
                    yield name, target
                    continue
                message = f"a symbolic link that leads out of {shown} is not followed"
                fix = "copy the file, or name it on the command line"
                self.findings.append(load.KG112.in_file(name, message, fix=fix))

    def _followed(self, entries: dict[str, git.Entry], entry: git.Entry) -> git.Entry | None:
        """The file that an entry is, links followed among these entries alone; None where they lead elsewhere."""
        target: git.Entry | None = entry
        for _ in range(_MOST_LINKS):
            if target is None or target.mode != git.LINK:
                return target
            ((_, path),) = self.repository.contents([target], _LINK_BYTES)
            beside = posixpath.dirname(target.path)
            target = entries.get(posixpath.normpath(posixpath.join(beside, os.fsdecode(path))))
        return None

    def _read(self, named: dict[str, git.Entry], *, only_ours: bool = False) -> None:
        fresh: dict[str, git.Entry] = {}
        for name, entry in named.items():
            if entry.path not in self.seen:
                self.seen.add(entry.path)
                fresh[name] = entry
        contents = self.repository.contents(fresh.values(), load.MAX_BYTES)
        for name, (_, data) in zip(fresh, contents, strict=True):
            if only_ours and not load.speaks_of_kaito(data):
                continue
            if len(data) > load.MAX_BYTES:
                self.findings.append(load.too_large(name))
                continue
            loaded = load.documents_of(name, data)
            self.documents += loaded.documents
            self.findings += loaded.findings
