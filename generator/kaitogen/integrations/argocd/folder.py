"""Which files of the repository belong to an application, and that none outside its folder is ever named.

The sidecar renders other people's repositories: what a parameter or a symbolic link
names is resolved first and has to lie below the root, which is the application's folder
or, where whoever installs the plugin says so, the repository.
"""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from kaitogen.integrations.argocd.parameters import about
from kaitogen.model import Finding

SOURCE_PATH_VARIABLE: Final = "ARGOCD_APP_SOURCE_PATH"
ENVIRONMENTS: Final = "environments"
_NAME: Final = re.compile(r"[A-Za-z0-9][-A-Za-z0-9_.]{0,99}", re.ASCII)
_GLOB: Final = re.compile(r"[*?\[]")
#: As many directories and files of a repository are looked at for one glob.
MAX_ENTRIES: Final = 200_000


class Found(NamedTuple):
    """Paths as they are to be read, relative to the application's folder, and what is wrong with what was asked for."""

    paths: tuple[str, ...]
    findings: list[Finding]


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


def included(patterns: Sequence[str], top: str, source: str) -> Found:
    """The files and folders that the patterns stand for, each once, in the order given; all of the folder for none."""
    if not patterns:
        return Found((".",), [])
    paths: dict[str, None] = {}
    findings: list[Finding] = []
    for pattern in patterns:
        refusal = _refusal(pattern, top, source)
        if refusal is not None:
            findings.append(refusal)
            continue
        unseen: list[Finding] = []
        matches = [os.path.normpath(pattern)]
        if _GLOB.search(pattern):
            matches, unseen = _matches(pattern, source)
            findings += unseen
        findings += [_leads_out(path, source) for path in matches if not inside(os.path.realpath(path), top)]
        if not unseen and not (matches and os.path.lexists(matches[0])):
            message = f"{pattern[:80]} names nothing in the repository as it arrived here"
            findings.append(
                about(source, "KG157", message, "check the name, relative to the application's folder")
            )
        paths.update((_readable(path), None) for path in matches)
    return Found(tuple(paths), findings)


def inventory(names: Sequence[str], top: str, source: str) -> Found:
    """The files with facts about nodes, none where none are named."""
    return included(names, top, source) if names else Found((), [])


def environment(name: str, top: str, source: str) -> Found:
    """The file that the environment of that name lays over the intents."""
    if not _NAME.fullmatch(name):
        fix = "write the name alone, without folder and ending"
        return Found((), [about(source, "KG155", f"{name[:60]} is no name of an environment", fix)])
    path = f"{ENVIRONMENTS}/{name}.yaml"
    if not os.path.lexists(path):
        known = ", ".join(environments()) or "none"
        message = f"there is no {path} in the application's folder"
        return Found((), [about(source, "KG157", message, f"add the file; there are: {known[:120]}")])
    refusal = _refusal(path, top, source)
    return Found((), [refusal]) if refusal is not None else Found((path,), [])


def environments() -> list[str]:
    """The names of the environments that the application's folder has files for."""
    try:
        names = os.listdir(ENVIRONMENTS)
    except OSError:
        return []
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def templates(name: str | None, top: str) -> Found:
    """The folder of templates, where the plugin's own settings name one and the application has it."""
    if name is None or not os.path.isdir(name):
        return Found((), [])
    refusal = _refusal(name, top, "--templates")
    return Found((), [refusal]) if refusal is not None else Found((name,), [])


def _refusal(path: str, top: str, source: str) -> Finding | None:
    """Why a path is not read: it is absolute, or it, or a link on its way, leads out of the root."""
    literal = _GLOB.split(path)[0].rpartition("/")[0] if _GLOB.search(path) else path
    if "\0" in path or os.path.isabs(path) or not inside(os.path.realpath(literal or "."), top):
        return _leads_out(path, source)
    return None


def _leads_out(path: str, source: str) -> Finding:
    message = f"{path[:80]} leads out of the folder that may be read"
    return about(source, "KG155", message, "name files below the application's folder, relative to it")


def inside(path: str, top: str) -> bool:
    """Whether a resolved path is the root or lies below it."""
    return path == top or path.startswith(top if top.endswith(os.sep) else top + os.sep)


def _matches(pattern: str, source: str) -> tuple[list[str], list[Finding]]:
    """The files that match a glob, sorted: * and ? within a name, ** any depth; no link to a folder is followed.

    With them, what keeps it from having looked at all: an application would lose what was not seen.
    """
    literal = _GLOB.split(pattern)[0].rpartition("/")[0]
    base = os.path.normpath(literal or ".")
    wanted = translated(os.path.normpath(pattern))
    findings: list[Finding] = []
    found = (os.path.normpath(os.path.join(base, *parts)) for parts in _files(base, source, findings))
    return sorted(path for path in found if wanted.fullmatch(path)), findings


def _files(base: str, source: str, findings: list[Finding]) -> Iterator[tuple[str, ...]]:
    pending: list[tuple[str, ...]] = [()]
    seen = 0
    while pending:
        parts = pending.pop()
        folder = os.path.normpath(os.path.join(base, *parts))
        try:
            with os.scandir(folder) as entries:
                found = list(entries)
        except OSError as error:
            if parts:
                reason = (error.strerror or type(error).__name__).lower()
                message = f"{folder} cannot be looked into: {reason}"
                findings.append(about(source, "KG157", message, "check its permissions"))
            continue
        seen += len(found)
        if seen > MAX_ENTRIES:
            message = f"{base} holds more than {MAX_ENTRIES} files, too many for a glob"
            findings.append(about(source, "KG157", message, "begin the glob with a folder that holds fewer"))
            return
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                pending.extend([(*parts, entry.name)] if not entry.name.startswith(".") else [])
            else:
                yield (*parts, entry.name)


def translated(pattern: str) -> re.Pattern[str]:
    """The expression that the whole path of a matching file matches."""
    words: Iterable[str] = re.findall(r"\*\*/?|\*|\?|\[[^\]/]+\]|[^*?\[]+|\[", pattern)
    return re.compile("".join(_word(word) for word in words))


def _word(word: str) -> str:
    if word.startswith("**"):
        return "(?:[^/]+/)*" if word.endswith("/") else ".*"
    if word in ("*", "?"):
        return "[^/]*" if word == "*" else "[^/]"
    if word.startswith("[") and len(word) > 1:
        return f"(?!/)[{_letters(word[1:-1])}]"
    return re.escape(word)


def _letters(body: str) -> str:
    """What stands in the brackets of a glob, as a set of an expression: single characters and ranges."""
    negated = body.startswith(("!", "^")) and len(body) > 1
    rest, parts = body[negated:], ["^"] if negated else []
    while rest:
        if len(rest) > 2 and rest[1] == "-" and rest[0] <= rest[2]:
            parts.append(f"{re.escape(rest[0])}-{re.escape(rest[2])}")
            rest = rest[3:]
        else:
            parts.append(re.escape(rest[0]))
            rest = rest[1:]
    return "".join(parts)


def _readable(path: str) -> str:
    """A file that is called - is a file, and not standard input."""
    return "./-" if path == "-" else path
