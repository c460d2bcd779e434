"""A folder of generated files, replaced all or nothing, in which the files of others stay as they are.

The new content is written beside the folder, in full and to the disk, and then takes
its place by one exchange of names, which the kernel does at once (Linux). Where that
cannot be (a mount point, the current folder, folders of others inside, another system),
a finished stage inside the folder is moved into place file by file; a run that was cut
off there is completed by the next one, never left half done by it.
"""

import os
import shutil
import stat
from contextlib import contextmanager

from kaitogen.errors import EnvironmentFailure, reason
from kaitogen.files import atomic
from kaitogen.model import Files
from kaitogen.typed import Final, Iterable, Iterator, NamedTuple

#: The names of the files that kaitogen wrote into a folder, one on each line.
LIST: Final = ".kaitogen-files"
_HEAD: Final = "# Written by kaitogen, which removes the files named here once it no longer makes them.\n"
#: The names under which kustomize looks for a kustomization; it builds no folder with two of them.
KUSTOMIZATIONS: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
#: The one file that kaitogen makes which is no manifest and no kustomization.
METADATA: Final = "hydrator.metadata"
_STAGE: Final = ".kaitogen-stage"


class Names(NamedTuple):
    """What a folder holds, by name: what its list says is kaitogen's own, there or not, and all other files."""

    own: frozenset[str]
    others: frozenset[str]


def replace(folder: str, files: Files) -> None:
    """Make the folder hold exactly these files of ours; EnvironmentFailure, and nothing changed, where it cannot."""
    target = os.path.realpath(folder)
    parent = os.path.dirname(target)
    try:
        os.makedirs(parent, exist_ok=True)
        with atomic.locked(parent, atomic.LOCK_SECONDS):
            _replace(folder, target, parent, files)
    except OSError as error:
        raise atomic.unwritten(folder, error) from error


def contents(folder: str, wanted: Iterable[str], most: int) -> dict[str, bytes | None]:
    """The bytes of kaitogen's own files, and of others under a name that is wanted; None where one is gone or no file.

    EnvironmentFailure where a file, or the list, cannot be read, or all have more than `most` bytes.
    """
    names = _names(folder, folder)
    found: dict[str, bytes | None] = {}
    room = most
    for name in sorted(names.own | (names.others & set(wanted))):
        path = os.path.join(folder, name)
        with _readable(folder):
            if atomic.is_regular(path) and os.lstat(path).st_size > room:
                message = f"{folder} holds more than {most // 2**20} MiB, and no more is read"
                raise EnvironmentFailure(message, fix="name another folder, or raise --output-limit")
            found[name] = atomic.read_regular(path, room)
        room -= len(found[name] or b"")
    return found


def _names(folder: str, called: str) -> Names:
    """What is in a folder now; nothing where there is none. `called` is its name for the user."""
    with _readable(called):
        try:
            names = frozenset(os.listdir(folder))
            own = frozenset(_listed(folder))
        except FileNotFoundError:
            return Names(frozenset(), frozenset())
    others = (name for name in names - own - {LIST, _STAGE} if not name.startswith(atomic.PREFIX))
    return Names(own, frozenset(others))


@contextmanager
def _readable(called: str) -> Iterator[None]:
    """EnvironmentFailure where something of the folder cannot be read."""
    try:
        yield
    except OSError as error:
        fix = "check its permissions, or name another folder"
        if isinstance(error, NotADirectoryError):
            fix = "a file stands where the folder should be: name another"
        raise EnvironmentFailure(f"{called} cannot be read: {reason(error)}", fix=fix) from error


def _replace(folder: str, target: str, parent: str, files: Files) -> None:
    atomic.remove_left_over(parent)
    if os.path.isdir(target):
        atomic.remove_left_over(target)
        _finish(target)
    names = _names(target, folder)
    for name in sorted(names.own):
        known = name == METADATA or name in files or name.endswith((".yaml", ".json"))
        if not known and atomic.is_regular(os.path.join(target, name)):
            path = os.path.join(folder, LIST)
            message = f"{path} names {name}, which kaitogen does not make, and would remove"
            fix = "remove the line from the list, or choose another folder"
            raise EnvironmentFailure(message, fix=fix)
    with _readable(folder):
        same = {name for name, data in files.items() if atomic.holds(os.path.join(target, name), data)}
    taken = files.keys() | KUSTOMIZATIONS if KUSTOMIZATIONS[0] in files else files.keys()
    for name in sorted((names.others & taken) - same):
        raise atomic.refused(os.path.join(folder, name))
    if names.own == files.keys() == same and os.path.isdir(target):
        return
    if not os.path.lexists(target):
        with _new_folder(parent, files) as new:
            os.rename(new, target)
        atomic.sync_folder(parent)
    elif not _exchangeable(target, parent, names) or not _exchange(target, parent, files, names):
        with _new_folder(target, files) as new:
            os.rename(new, os.path.join(target, _STAGE))  # this name says that it is complete
        atomic.sync_folder(target)
        _finish(target)


def _listed(folder: str) -> list[str]:
    """The names in the folder's list, without any that kaitogen could not have written there."""
    text = atomic.read_regular(os.path.join(folder, LIST)) or b""
    lines = text.decode("utf-8", "replace").splitlines()
    return [
        line
        for line in lines
        if line and line[0] not in "#." and "\0" not in line and os.path.basename(line) == line
    ]


@contextmanager
def _new_folder(parent: str, files: Files) -> Iterator[str]:
    """A new folder in `parent` with these files and their list, on the disk; removed where its use fails."""
    with atomic.held_folder(parent) as new:
        try:
            os.chmod(new, atomic.default_mode(0o777))
            listed = _HEAD + "".join(f"{name}\n" for name in sorted(files))
            for name, data in {**files, LIST: listed.encode()}.items():
                atomic.write_synced(os.path.join(new, name), data)
            atomic.sync_folder(new)
            yield new
        except BaseException:
            atomic.discard(new)
            raise


def _exchangeable(target: str, parent: str, names: Names) -> bool:
    """Whether another folder may take this one's place: no mount, nobody standing in it, no folders of others."""
    if os.path.ismount(target) or os.path.samefile(target, ".") or not os.access(parent, os.W_OK):
        return False
    return not any(os.path.isdir(os.path.join(target, name)) for name in names.others)


def _exchange(target: str, parent: str, files: Files, names: Names) -> bool:
    """Exchange the folder for a full new one; False where this file system has no such operation."""
    with _new_folder(parent, files) as new:
        os.chmod(new, stat.S_IMODE(os.stat(target).st_mode))
        if not _link_others(target, new, names) or not atomic.exchange(new, target):
            atomic.discard(new)
            return False
    atomic.sync_folder(parent)
    # What somebody put into the old folder after it was looked at belongs into the new one.
    for name in _names(new, target).others - names.others:
        if not os.path.lexists(os.path.join(target, name)):
            os.rename(os.path.join(new, name), os.path.join(target, name))
    atomic.discard(new)
    return True


def _link_others(target: str, new: str, names: Names) -> bool:
    """The files of others under their names in the new folder as well; False where one may not be linked."""
    try:
        for name in names.others:
            os.link(os.path.join(target, name), os.path.join(new, name), follow_symlinks=False)
    except (PermissionError, NotImplementedError):
        return False
    atomic.sync_folder(new)
    return True


def _finish(target: str) -> None:
    """Move a complete stage into place, file by file; harmless to repeat, and nothing where there is no stage."""
    stage = os.path.join(target, _STAGE)
    if not os.path.isdir(stage):
        return
    # The list is moved last: while it is in the stage, files may still have to be moved; without it all are.
    if os.path.lexists(os.path.join(stage, LIST)):
        names = set(_listed(stage))
        for path in (os.path.join(target, name) for name in set(_listed(target)) - names):
            if os.path.lexists(path) and not os.path.isdir(path):
                os.unlink(path)
        for name in sorted(names):
            if os.path.lexists(os.path.join(stage, name)):
                os.replace(os.path.join(stage, name), os.path.join(target, name))
        atomic.sync_folder(target)
        os.replace(os.path.join(stage, LIST), os.path.join(target, LIST))
    shutil.rmtree(stage)
    atomic.sync_folder(target)
