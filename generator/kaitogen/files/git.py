"""The git command, asked about the repository that files are in: the one place that runs it.

It only reads: no checkout, no index, no network. Nothing that a repository brings with it
is run: no hook, no filter, no helper that its configuration names.
"""

import os
import shutil
import subprocess

from kaitogen.errors import KaitogenError
from kaitogen.files.folders import is_below
from kaitogen.model import Rule
from kaitogen.typed import IO, Final, Iterable, Iterator, NamedTuple

KG640 = Rule("KG640", "Compared with a revision where there is no git repository", kind="environment")
KG641 = Rule("KG641", "A revision that names no commit", kind="environment")
KG642 = Rule("KG642", "Compared with a revision where git is not installed", kind="environment")
KG643 = Rule("KG643", "A shallow clone that does not reach back to the revision", kind="environment")
KG644 = Rule("KG644", "git cannot read the revision", kind="environment")

#: What the mode of an entry says of it; all other modes are those of plain files.
FOLDER: Final = "040000"
LINK: Final = "120000"
SUBMODULE: Final = "160000"

#: plan compares with revisions alone.
_OR_A_PATH: Final = "; diff and validate also compare with a folder or file that exists"
_SECONDS: Final = 60
#: What stays of the caller's variables that git listens to: where objects wait while a push is being
#: checked, where to stop looking for a repository, and the user's own configuration. A hook sets others.
_KEPT: Final = frozenset((
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CEILING_DIRECTORIES", "GIT_CONFIG_GLOBAL",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_OBJECT_DIRECTORY", "GIT_QUARANTINE_PATH",
))  # fmt: skip
_SET: Final = {
    "GIT_ALLOW_PROTOCOL": "none",  # an object that is not here stays away: git would fetch it
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


class GitError(KaitogenError):
    """What git could not tell, and by which rule that is known."""

    rule: Rule

    def __init__(self, rule: Rule, message: str, fix: str) -> None:
        super().__init__(message, fix=fix, rule=rule)


class Entry(NamedTuple):
    """Something that a revision holds: its mode, the id of its content, and its path from the top."""

    mode: str
    content: str
    path: str

    @property
    def is_file(self) -> bool:
        """Whether it is a plain file."""
        return self.mode not in (FOLDER, LINK, SUBMODULE)


class Repository(NamedTuple):
    """A repository by the real path of the folder at its top."""

    top: str

    def commit(self, revision: str) -> str:
        """The id of the commit that a revision names."""
        # What starts with a dash would be an option to git; no revision does.
        if not revision.startswith("-") and "\0" not in revision:
            done = _run(self.top, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
            if done.returncode == 0 and done.stdout.strip():
                return done.stdout.decode("ascii", "replace").strip()
        if _run(self.top, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true":
            fix = (
                "fetch more of the history: fetch-depth: 0 for actions/checkout, GIT_DEPTH: 0 in GitLab, "
                "or git fetch --unshallow"
            )
            raise GitError(KG643, "this clone is shallow, and has no such revision", fix)
        fix = (
            "name a branch, a tag or a commit that is here (git fetch brings those of a remote)" + _OR_A_PATH
        )
        raise GitError(KG641, "names no commit of this repository", fix)

    def names(self) -> list[str]:
        """Branches, those of remotes, and tags by their short names, the newest first."""
        form = ("--sort=-committerdate", "--format=%(refname:short)")
        done = _run(self.top, "for-each-ref", *form, "refs/heads", "refs/remotes", "refs/tags")
        return done.stdout.decode("utf-8", "replace").split()

    def about(self, commit: str) -> str:
        """Author, committer and message of a commit, as git keeps them: a header, an empty line, the message."""
        ((_, data),) = self.contents([Entry("", commit, "")], 2**20)
        return data.decode("utf-8", "replace")

    def address(self) -> str:
        """Where the repository was cloned from; empty where it was not."""
        done = _run(self.top, "config", "--get", "remote.origin.url")
        return done.stdout.decode("utf-8", "replace").strip()

    def place_of(self, real: str) -> str | None:
        """A real path as the repository knows it, empty for its top; None where it is outside."""
        if not is_below(real, self.top):
            return None
        below = os.path.relpath(real, self.top)
        return "" if below == os.curdir else below.replace(os.sep, "/")

    def entry(self, commit: str, path: str) -> Entry | None:
        """What stands at a path; the top itself is a folder, and None is nothing."""
        return next(self._entries(commit, "--", path), None) if path else Entry(FOLDER, commit, "")

    def below(self, folder: Entry) -> list[Entry]:
        """Everything below a folder but folders, in git's order; paths are from the top."""
        start = f"{folder.path}/" if folder.path else ""
        return [entry._replace(path=start + entry.path) for entry in self._entries("-r", folder.content)]

    def _entries(self, *arguments: str) -> Iterator[Entry]:
        done = _run(self.top, "ls-tree", "-z", "--full-tree", *arguments)
        if done.returncode:
            raise _failed(_first_line(done.stderr))
        for line in done.stdout.split(b"\0"):
            about, tab, path = line.partition(b"\t")
            if tab:
                mode, _, content = about.decode("ascii").split(" ")
                yield Entry(mode, content, os.fsdecode(path))

    def contents(self, entries: Iterable[Entry], limit: int) -> Iterator[tuple[Entry, bytes]]:
        """The content of each entry, cut one byte behind the limit."""
        with subprocess.Popen(  # noqa: S603 - git, with arguments of our own
            [*_command(self.top), "cat-file", "--batch"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            for entry in entries:
                try:
                    process.stdin.write(f"{entry.content}\n".encode())
                    process.stdin.flush()
                except OSError as error:
                    raise _failed("git ended early") from error
                yield entry, _content(process.stdout, limit)
            process.stdin.close()


def find(folder: str) -> Repository:
    """The repository that a folder is in."""
    done = _run(folder, "rev-parse", "--show-toplevel")
    top = os.fsdecode(done.stdout.removesuffix(b"\n"))
    if done.returncode == 0 and top:
        return Repository(os.path.realpath(top))
    reason = done.stderr.decode("utf-8", "replace")
    if "dubious ownership" in reason:
        message = "git does not trust this repository, since somebody else owns its folder"
        raise GitError(KG640, message, "trust it with git config --global --add safe.directory and its path")
    if "not a git repository" in reason or "work tree" in reason:
        fix = "run this in a clone" + _OR_A_PATH
        raise GitError(KG640, "the files are in no git repository", fix)
    raise _failed(_first_line(done.stderr))


def _content(stream: IO[bytes], limit: int) -> bytes:
    """The next answer of cat-file: a line with the size, the content, and the end of a line."""
    head = stream.readline().split()
    if len(head) != 3 or not head[2].isdigit():
        message = "an object of this revision is missing here, as in a partial clone"
        raise GitError(KG644, message, "fetch it with git, or clone without --filter")
    size = int(head[2])
    content = stream.read(min(size, limit + 1))
    left = size + 1 - len(content)
    while left > 0 and (passed := len(stream.read(min(left, 65536)))):
        left -= passed
    return content


def _failed(reason: str) -> GitError:
    message = f"git could not read it: {reason[:200] or 'it says no reason'}"
    return GitError(KG644, message, "check the repository with git fsck")


def _first_line(error: bytes) -> str:
    return error.decode("utf-8", "replace").strip().partition("\n")[0].removeprefix("fatal: ")


def _run(folder: str, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(  # noqa: S603 - git, with arguments of our own
            [*_command(folder), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=_environment(),
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _failed(f"it took more than {_SECONDS} seconds") from error
    except (OSError, ValueError) as error:
        raise _failed(getattr(error, "strerror", None) or str(error)) from error


def _command(folder: str) -> list[str]:
    program = shutil.which("git")
    if program is None:
        raise GitError(KG642, "git is not installed here", "install git" + _OR_A_PATH)
    return [program, "--no-pager", "--literal-pathspecs", "-C", folder]


def _environment() -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("GIT_") or name in _KEPT}
    return {**kept, **_SET}
