"""`hydrator.metadata` beside rendered files, as Argo CD's Source Hydrator writes it: the commit that they were rendered from.

The fields and their order are those of util/hydrator/hydrator.go@v3.2.12. Tools that promote from branch to branch read them.
"""

import os
import re
import shlex
from datetime import UTC, datetime

from kaitogen.commands import receipt
from kaitogen.commands.render import Options
from kaitogen.diagnostics.wording import json_text
from kaitogen.errors import EnvironmentFailure
from kaitogen.files import git
from kaitogen.files.output_folder import METADATA
from kaitogen.model import Rule
from kaitogen.pipeline.load import MAX_BYTES, STDIN, is_intent_file
from kaitogen.pipeline.revisions import repository_of
from kaitogen.typed import Final, Iterable, Iterator

KG650 = Rule("KG650", "Rendered from what no commit holds", kind="environment")

_AUTHOR: Final = re.compile(r"^author (?P<name>.*>) (?P<seconds>-?\d+) [-+]\d{4}$", re.MULTILINE)
#: A user or a token in an address.
_USER: Final = re.compile(r"^(\w[\w+.-]*://)[^/@]*@")


def metadata(options: Options) -> bytes:
    """The file for the run that has just read all it needs; EnvironmentFailure where that is not what the commit has."""
    contents = receipt.contents_read(options)
    try:
        repository = repository_of(options.paths or (".",))
        commit = repository.commit("HEAD")
        changed = next(_changed(repository, commit, options, contents), None)
        about = repository.about(commit)
        address = repository.address()
    except git.GitError as error:
        fix = "run it in a clone, or leave --hydrator-metadata out"
        message = f"it names the commit that was rendered: {error.message}"
        raise EnvironmentFailure(message, fix=fix, rule=KG650, where=METADATA) from error
    if changed is not None:
        message = (
            f"{METADATA} names the commit that was rendered, and {commit[:12]} does not have this file so"
        )
        fix = "commit it first, or leave --hydrator-metadata out"
        raise EnvironmentFailure(message, fix=fix, rule=KG650, where=changed)
    head, _, message = about.partition("\n\n")
    author = _AUTHOR.search(head)
    subject, _, body = message.strip("\n").partition("\n\n")
    fields = {
        "repoURL": _USER.sub(r"\1", address) if re.match(r"\w[\w+.-]*://|[\w.-]+@[\w.-]+:", address) else "",
        "drySha": commit,
        "commands": [shlex.join(["kaitogen", "render", *receipt.arguments(options)])],
        "author": author["name"] if author else "",
        "date": _date(author["seconds"]) if author else "",
        "subject": subject,
        "body": body,
    }
    return json_text({name: value for name, value in fields.items() if value}).encode(
        "utf-8", "backslashreplace"
    )


def _date(seconds: str) -> str:
    try:
        return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return ""


def _changed(
    repository: git.Repository, commit: str, options: Options, contents: dict[str, bytes]
) -> Iterator[str]:
    """What was read and is not in the commit, has another content there, or is in the commit and here no more."""
    for name, data in contents.items():
        inside = None if name == STDIN else repository.place_of(os.path.realpath(name))
        entry = repository.entry(commit, inside) if inside else None
        if (
            entry is None
            or not entry.is_file
            or [content for _, content in repository.contents([entry], MAX_BYTES)] != [data]
        ):
            yield name
    for path in options.paths or (".",):
        yield from _gone(repository, commit, repository.place_of(os.path.realpath(path)))


def _gone(repository: git.Repository, commit: str, folder: str | None) -> Iterable[str]:
    entry = None if folder is None else repository.entry(commit, folder)
    if entry is None or entry.mode != git.FOLDER:
        return ()
    paths = (below.path for below in repository.below(entry) if is_intent_file(os.path.basename(below.path)))
    return [path for path in paths if not os.path.lexists(os.path.join(repository.top, path))]
