"""What the paths of a request held at a revision of their git repository: the same rules as for files on disk."""

import os
import posixpath
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Final

from kaitogen.errors import EnvironmentFailure, UsageError
from kaitogen.files import git
from kaitogen.files.git import KG644
from kaitogen.model import Diagnostic, Document, Request, Rule
from kaitogen.pipeline.load import KG112, KG601, MAX_BYTES, TOO_LARGE, documents_of, is_intent_file

KG645 = Rule("KG645", "A submodule that is not looked into", kind="environment")


#: As many links are followed, one after the other, as Linux follows.
_MOST_LINKS: Final = 40
_LINK_BYTES: Final = 4096
_NO_FILES: Final = (git.FOLDER, git.LINK, git.SUBMODULE)
_DEAD_END: Final = (
    KG601,
    "a symbolic link that leads nowhere at this revision",
    "name another revision",
)
_SUBMODULE: Final = (
    KG645,
    "a submodule: what it holds at this revision is not looked at",
    "run this inside it",
)


@contextmanager
def request_at(revision: str, paths: Sequence[str], request: Request) -> Iterator[Request]:
    """The request for what the paths held at a revision.

    What is not there at that revision is no finding; what keeps it from being read is one, among
    the findings of the request. Templates of the user's own are those of the revision, in a folder
    that is there as long as the context; so are facts about nodes, where the revision has them.
    """
    if "-" in paths:
        raise UsageError("standard input has no revision", fix="name files or folders of the repository")
    past = _Past(revision)
    with ExitStack() as stack:
        templates, inventory = request.templates, list(request.inventory)
        try:
            repository = repository_of(paths)
            commit = repository.commit(revision)
            for path in paths:
                past.add(repository, commit, path)
            inventory = [one for name in inventory for one in past.inventory(repository, commit, name)]
            if templates is not None:
                templates = _templates(repository, commit, templates, stack)
        except git.Trouble as trouble:
            past.note(revision or "--against", trouble.rule, trouble.message, trouble.fix)
        yield request._replace(
            paths=(),
            inventory=tuple(inventory),
            documents=tuple(past.documents),
            findings=tuple(past.findings),
            templates=templates,
        )


def repository_of(paths: Sequence[str]) -> git.Repository:
    """The repository that the first of the paths is in."""
    return git.find(_nearest_folder(paths[0]))


class _Past:
    """What has been read of one revision."""

    def __init__(self, revision: str) -> None:
        self.revision = revision
        self.documents: list[Document] = []
        self.findings: list[Diagnostic] = []
        self.seen: set[str] = set()

    def note(self, file: str, rule: Rule, message: str, fix: str) -> None:
        """One more finding about a file as a whole."""
        self.findings.append(rule.in_file(file, message, fix=fix))

    def add(self, repository: git.Repository, commit: str, path: str) -> None:
        """Read a file, or the intent files below a folder."""
        inside = _inside(path, repository.top)
        if inside is None:
            raise git.Trouble(
                KG644,
                f"{path} is not in the repository {repository.top}",
                "compare the files of one repository at a time",
            )
        entry = repository.entry(commit, inside)
        if entry is None:
            return
        if entry.mode == git.SUBMODULE:
            self.note(self._name(path), *_SUBMODULE)
        elif entry.mode == git.FOLDER:
            self._read(repository, dict(self._intents(repository, entry, path)))
        else:
            whole = (
                {one.path: one for one in repository.below(git.Entry(git.FOLDER, commit, ""))}
                if entry.mode == git.LINK
                else {}
            )
            found = _followed(repository, whole, entry)
            if found is None:
                self.note(self._name(path), *_DEAD_END)
            else:
                self._read(repository, {self._name(path): found})

    def inventory(
        self, repository: git.Repository, commit: str, file: str | Document
    ) -> Iterator[str | Document]:
        """The documents of a file of facts at the revision; today's, where the revision has no such file."""
        inside = _inside(file, repository.top) if isinstance(file, str) and file != "-" else None
        entry = repository.entry(commit, inside) if inside else None
        if not isinstance(file, str) or entry is None or entry.mode in _NO_FILES:
            yield file
            return
        for _, data in repository.contents([entry], MAX_BYTES):
            loaded = documents_of(self._name(file), data)
            self.findings += loaded.findings
            yield from loaded.documents

    def _name(self, path: str) -> str:
        return f"{self.revision}:{path}"

    def _intents(
        self, repository: git.Repository, folder: git.Entry, shown: str
    ) -> Iterator[tuple[str, git.Entry]]:
        """The intent files of a folder by the names they are shown under; hidden folders are passed over."""
        entries = {one.path: one for one in repository.below(folder)}
        for path in sorted(entries, key=lambda one: one.split("/")):
            entry = entries[path]
            below = posixpath.relpath(path, folder.path or ".")
            name = self._name(os.path.normpath(os.path.join(shown, below)))
            if any(part.startswith(".") for part in below.split("/")[:-1]):
                continue
            if entry.mode == git.SUBMODULE:
                self.note(name, *_SUBMODULE)
            elif is_intent_file(posixpath.basename(path)):
                found = _followed(repository, entries, entry)
                if found is not None:
                    yield name, found
                    continue
                message = f"a symbolic link that leads out of {shown} is not followed"
                self.note(name, KG112, message, "copy the file, or name it on the command line")

    def _read(self, repository: git.Repository, named: dict[str, git.Entry]) -> None:
        fresh = {name: entry for name, entry in named.items() if entry.path not in self.seen}
        names = iter(fresh)
        for entry, data in repository.contents(fresh.values(), MAX_BYTES):
            name = next(names)
            if entry.path in self.seen:
                continue
            self.seen.add(entry.path)
            if len(data) > MAX_BYTES:
                self.note(name, *TOO_LARGE)
                continue
            loaded = documents_of(name, data)
            self.documents += loaded.documents
            self.findings += loaded.findings


def _nearest_folder(path: str) -> str:
    """The folder itself, or the nearest one above that is there today."""
    whole = os.path.abspath(path)
    while not os.path.isdir(whole):
        whole = os.path.dirname(whole)
    return os.path.realpath(whole)


def _inside(path: str, top: str) -> str | None:
    """The path as the repository knows it, empty for its top; None where it is outside."""
    whole = os.path.abspath(path)
    if os.path.isdir(whole):
        real = os.path.realpath(whole)
    else:
        # A link is looked up as itself: what it leads to is the revision's to say.
        real = os.path.join(os.path.realpath(os.path.dirname(whole)), os.path.basename(whole))
    below = os.path.relpath(real, top)
    if below == os.curdir:
        return ""
    return None if below.split(os.sep)[0] == os.pardir else below.replace(os.sep, "/")


def _followed(
    repository: git.Repository, entries: dict[str, git.Entry], entry: git.Entry
) -> git.Entry | None:
    """The file that an entry is, links followed among these entries alone; None where they lead elsewhere."""
    found: git.Entry | None = entry
    for _ in range(_MOST_LINKS):
        if found is None or found.mode != git.LINK:
            return found
        ((_, target),) = repository.contents([found], _LINK_BYTES)
        found = entries.get(
            posixpath.normpath(posixpath.join(posixpath.dirname(found.path), os.fsdecode(target)))
        )
    return None


def _templates(repository: git.Repository, commit: str, folder: str, stack: ExitStack) -> str | None:
    """A folder with the templates of the revision; None where it had none, and today's where no repository holds them."""
    inside = _inside(folder, repository.top)
    if inside is None:
        return folder
    entry = repository.entry(commit, inside)
    if entry is None or entry.mode != git.FOLDER:
        return None
    try:
        scratch = os.path.realpath(stack.enter_context(tempfile.TemporaryDirectory(prefix="kaitogen-")))
        _write(scratch, entry.path, repository.contents(_files(repository.below(entry)), MAX_BYTES))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise EnvironmentFailure(
            f"the templates of {commit[:12]} could not be written aside: {reason}"
        ) from error
    return scratch


def _files(entries: Iterable[git.Entry]) -> Iterator[git.Entry]:
    return (entry for entry in entries if entry.mode not in (git.LINK, git.SUBMODULE))


def _write(scratch: str, start: str, contents: Iterable[tuple[git.Entry, bytes]]) -> None:
    for entry, data in contents:
        place = os.path.join(scratch, *posixpath.relpath(entry.path, start or ".").split("/"))
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "xb") as file:
            file.write(data)
