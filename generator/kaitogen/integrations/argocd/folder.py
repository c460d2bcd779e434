"""Which files of the repository belong to an application, and that none outside its folder is ever named.

The sidecar renders other people's repositories: what a parameter or a symbolic link
names is resolved first and has to lie below the root, which is the application's folder
or, where whoever installs the plugin says so, the repository.
"""

import os

from kaitogen.commands.options import option
from kaitogen.errors import reason
from kaitogen.files.folders import TooManyEntries, files_below, may_be_read
from kaitogen.model import Diagnostic, Rule
from kaitogen.pipeline import environments
from kaitogen.pipeline.environments import KG157, leads_out
from kaitogen.pipeline.load import PROJECT, nearest, resolved
from kaitogen.typed import TYPE_CHECKING, Final, NamedTuple, Sequence

if TYPE_CHECKING:
    from kaitogen.pipeline.project import Project

KG185 = Rule("KG185", "What the project file says, and Argo CD does not allow", kind="invalid")

WITHIN: Final = option(
    "--within",
    choices=("application", "repository"),
    default="application",
    help="What no file may be read outside of; for plugin.yaml, not for an Application.",
)
SOURCE_PATH_VARIABLE: Final = "ARGOCD_APP_SOURCE_PATH"
#: What makes a path a glob.
_GLOB: Final = frozenset("*?[")
#: As many directories and files of a repository are looked at for one glob.
MAX_ENTRIES: Final = 200_000


class Paths(NamedTuple):
    """Paths as they are to be read, relative to the application's folder, and what is wrong with what was asked for."""

    paths: tuple[str, ...]
    findings: list[Diagnostic]


def root(within: str, source_path: str) -> str:
    """What nothing may lead out of. Argo CD does not say where the repository begins: the folder's own path tells."""
    here = os.path.realpath(".")
    if within != "repository":
        return here
    # The repository may have been cut to a common ancestor, so only as much is taken off as matches.
    folders = here.split(os.sep)
    for part in reversed([part for part in source_path.split("/") if part not in ("", ".")]):
        if len(folders) < 2 or folders[-1] != part:
            break
        folders.pop()
    return os.sep.join(folders) or os.sep


def included(patterns: Sequence[str], top: str, source: str) -> Paths:
    """The files and folders that the patterns stand for, each once, in the order given."""
    paths: dict[str, None] = {}
    findings: list[Diagnostic] = []
    for pattern in patterns:
        if refusal := _refusal(pattern, top, source):
            findings.append(refusal)
            continue
        unseen: list[Diagnostic] = []
        matches = [os.path.normpath(pattern)]
        if _is_glob(pattern):
            matches, unseen = _matches(pattern, top, source)
        findings += unseen
        findings += [leads_out(path, source) for path in matches if not _may_be_read(path, top)]
        if not unseen and not (matches and os.path.lexists(matches[0])):
            message = f"{pattern[:80]} names nothing in the repository as it arrived here"
            fix = "check the name, relative to the application's folder"
            findings.append(KG157.in_file(source, message, fix=fix))
        # A file that is called - is a file, and not standard input.
        paths.update(("./-" if path == "-" else path, None) for path in matches)
    return Paths(tuple(paths), findings)


def project(top: str, source_path: str) -> "tuple[Project | None, list[Diagnostic]]":
    """What the project file says that counts for the application, and what keeps it from being used.

    One above what may be read counts at a command and not here, so that the two would judge differently.
    """
    found = nearest(PROJECT, os.curdir, top)
    if found is not None:
        from kaitogen.pipeline.project import read  # most applications have none

        return read(*found)
    above = nearest(PROJECT, os.curdir, root("repository", source_path))
    if above is None:
        return None, []
    message = "this project file stands above the application's folder, and may not be read"
    fix = "copy it into the folder, or let whoever runs Argo CD allow the whole repository (--within repository)"
    return None, [KG185.in_file(above[0], message, fix=fix)]


def environment(name: str, top: str, source: str, said: "Project | None" = None) -> Paths:
    """The file that the environment of that name lays over the intents."""
    known = said.environments if said is not None else None
    found = environments.file_of(name, known or environments.FOLDER, top, source)
    return Paths((found,), []) if isinstance(found, str) else Paths((), [found])


def templates(name: str | None, top: str, said: "Project | None" = None) -> Paths:
    """The folder of templates, where the plugin's own settings name one and the application has it.

    The project's takes its place, but only where these settings allow any.
    """
    if said is not None and said.templates is not None:
        if name is None:
            message = "the project file names templates, and the plugin of Argo CD takes none"
            fix = "remove them, or let whoever runs Argo CD allow templates (--templates FOLDER)"
            return Paths((), [KG185.in_file(said.document.file, message, fix=fix)])
        name = said.templates
    if name is None or not os.path.isdir(name):
        return Paths((), [])
    refusal = _refusal(name, top, "--templates")
    return Paths((), [refusal]) if refusal else Paths((name,), [])


def _refusal(path: str, top: str, source: str) -> Diagnostic | None:
    """Why a path is not read: it is absolute, or it, or a link on its way, leads out of the root."""
    literal = _base(path) if _is_glob(path) else path
    if "\0" in path or os.path.isabs(path) or not _may_be_read(literal or ".", top):
        return leads_out(path, source)
    return None


def _may_be_read(path: str, top: str) -> bool:
    """Whether what a path leads to lies below the root, and is no part of what git keeps for itself."""
    return may_be_read(resolved(path), (top,))


def _is_glob(path: str) -> bool:
    return not _GLOB.isdisjoint(path)


def _base(pattern: str) -> str:
    """The folder that a glob begins in."""
    literal = next((at for at, character in enumerate(pattern) if character in _GLOB), len(pattern))
    return pattern[:literal].rpartition("/")[0] or "."


def _matches(pattern: str, top: str, source: str) -> tuple[list[str], list[Diagnostic]]:
    """The files that match a glob, sorted: * and ? within a name, ** any depth; no link to a folder is followed.

    With them, what keeps it from having looked at all: an application would lose what was not seen.
    """
    base = os.path.normpath(_base(pattern))
    glob = Glob(os.path.normpath(pattern))
    findings: list[Diagnostic] = []

    def unreadable(parts: tuple[str, ...], error: OSError) -> None:
        if parts:
            message = f"{os.path.normpath(os.path.join(base, *parts))} cannot be looked into: {reason(error)}"
            findings.append(KG157.in_file(source, message, fix="check its permissions"))

    matching: list[str] = []
    try:
        for parts in files_below(base, unreadable, most=MAX_ENTRIES, roots=(top,)):
            path = os.path.normpath(os.path.join(base, *parts))
            if glob.matches(path):
                matching.append(path)
    except TooManyEntries:
        message = f"{base} holds more than {MAX_ENTRIES} files, too many for a glob"
        fix = "begin the glob with a folder that holds fewer"
        findings.append(KG157.in_file(source, message, fix=fix))
    return sorted(matching), findings


class Glob:
    """A pattern for paths: * and ? and [ab] within a name, ** for any number of folders.

    Its names are gone through once, each at all places in a path that the ones before it can have led to, so that the
    time grows with the length of both, however many ** there are.
    """

    def __init__(self, pattern: str) -> None:
        import fnmatch  # most applications name no glob
        import re

        pattern = re.sub(r"(^|/)\*\*(?=[^/])", r"\1**/*", pattern)  # **.yaml is **/*.yaml,
        pattern = re.sub(r"(?<=[^/])\*\*(?=/|$)", "*/**", pattern)  # and models** is models*/**
        self._names = [
            None if name == "**" else re.compile(fnmatch.translate(name.replace("[^", "[!"))).match
            for name in pattern.split("/")
        ]

    def matches(self, path: str) -> bool:
        """Whether the pattern matches the whole path."""
        parts = path.split("/")
        ends = {0}
        for match in self._names:
            if match is None:
                ends = set(range(min(ends, default=len(parts) + 1), len(parts) + 1))
            else:
                ends = {end + 1 for end in ends if end < len(parts) and match(parts[end])}
        return len(parts) in ends
