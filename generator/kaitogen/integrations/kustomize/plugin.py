"""The legacy exec plugin on disk: where kustomize looks for it, writing it, and removing only what was written."""

import os
import sys
from collections.abc import Mapping
from typing import Final, NamedTuple

from kaitogen import __version__
from kaitogen.commands.options import flag, option
from kaitogen.errors import EnvironmentFailure, UsageError
from kaitogen.files import atomic
from kaitogen.integrations.krm.configuration import KINDS
from kaitogen.model import INTENT_API_VERSION

HOME_VARIABLE: Final = "KUSTOMIZE_PLUGIN_HOME"
PLUGIN_HOME: Final = option(
    "--plugin-home",
    metavar="FOLDER",
    help="Folder of kustomize's plugins; left out, the one kustomize would use.",
)
DRY_RUN: Final = flag("--dry-run", help="Say what would be done, and do nothing.")
#: Stands in the second line of every file that `install` writes.
_MARK: Final = "# kaitogen "
#: Linux cuts the first line of a script here (127 bytes before 5.1), and splits it at blanks.
_LONGEST_SHEBANG: Final = 127


class Home(NamedTuple):
    """A folder where kustomize looks for plugins, and why it looks there."""

    path: str
    reason: str


def homes(environment: Mapping[str, str]) -> list[Home]:
    """The folders in the order in which kustomize tries them; the first that exists is the only one it uses."""
    config, home = environment.get("XDG_CONFIG_HOME") or "", environment.get("HOME") or ""
    candidates = (
        Home(environment.get(HOME_VARIABLE) or "", f"${HOME_VARIABLE}"),
        Home(config and os.path.join(config, "kustomize", "plugin"), "$XDG_CONFIG_HOME"),
        Home(home and os.path.join(home, ".config", "kustomize", "plugin"), "$HOME/.config"),
        Home(home and os.path.join(home, "kustomize", "plugin"), "$HOME"),
    )
    return [candidate for candidate in candidates if candidate.path]


def home_in_use(environment: Mapping[str, str]) -> Home | None:
    """The folder that kustomize uses now, None where none exists."""
    return next((home for home in homes(environment) if os.path.isdir(home.path)), None)


def chosen_home(named: str | None, environment: Mapping[str, str]) -> str:
    """The folder to install into: the named one, the one in use, or the first that kustomize would try."""
    if named is not None:
        return os.path.abspath(named)
    home = home_in_use(environment) or next(iter(homes(environment)), None)
    if home is None:
        fix = "name a folder with --plugin-home"
        raise UsageError("neither HOME nor KUSTOMIZE_PLUGIN_HOME is set", fix=fix)
    return os.path.abspath(home.path)


def files(home: str) -> dict[str, str]:
    """The path of the plugin of each kind below a plugin home."""
    parts = INTENT_API_VERSION.split("/")
    return {kind: os.path.join(home, *parts, kind.lower(), kind) for kind in KINDS}


def install(home: str, *, dry_run: bool) -> list[str]:
    """Write the plugin of every kind; the paths. EnvironmentFailure, with nothing changed, where that fails."""
    if sys.platform == "win32":
        raise UsageError(
            "kustomize runs no such plugin on Windows", fix="use kaitogen render, or the container"
        )
    plugins = files(home)
    for path in plugins.values():
        if os.path.lexists(path) and not is_ours(path):
            raise EnvironmentFailure(f"{path} exists and was not written by kaitogen", fix="move it away")
    if not dry_run:
        contents = {path: script(kind, sys.executable).encode() for kind, path in plugins.items()}
        atomic.write_files(contents, executable=True, make_folders=True)
    return list(plugins.values())


def uninstall(home: str, *, dry_run: bool) -> list[str]:
    """Remove what `install` wrote, and the folders that are empty then; the paths of what was there."""
    installed = [path for path in files(home).values() if is_ours(path)]
    if dry_run:
        return installed
    for path in installed:
        try:
            os.unlink(path)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise EnvironmentFailure(f"{path} could not be removed: {reason}") from error
        folder = os.path.dirname(path)
        for _ in [*INTENT_API_VERSION.split("/"), ""]:
            try:
                os.rmdir(folder)
            except OSError:
                break
            folder = os.path.dirname(folder)
    return installed


def is_ours(path: str) -> bool:
    """Whether `install` wrote this file."""
    return any(line.startswith(_MARK) for line in first_lines(path))


def version_of(path: str) -> str:
    """The version of kaitogen that wrote the plugin; empty where it was another program."""
    marked = next((line for line in first_lines(path) if line.startswith(_MARK)), "")
    return marked.removeprefix(_MARK).partition(":")[0]


def first_lines(path: str) -> list[str]:
    """The first two lines of a file; none where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(4096).decode("utf-8", "replace").split("\n")[:2]
    except OSError:
        return []


def script(kind: str, interpreter: str) -> str:
    """The text of the plugin: the very interpreter that kaitogen is installed for, and no search for one."""
    about = (
        f"{_MARK}{__version__}: kustomize runs this for {kind}; `kaitogen kustomize uninstall` removes it.\n"
    )
    code = "from kaitogen.__main__ import krm as main\n"
    if len(interpreter) + 2 <= _LONGEST_SHEBANG and not any(char.isspace() for char in interpreter):
        return f"#!{interpreter}\n{about}{code}\nmain()\n"
    quoted = "'" + interpreter.replace("'", "'\\''") + "'"
    # -P: the folder of a kustomization is no place to import from.
    return f"#!/bin/sh\n{about}exec {quoted} -P -c '{code.strip()}; main()' \"$@\"\n"


def interpreter_of(path: str) -> str:
    """What the first line of a script names as its interpreter; empty where it names none."""
    first = next(iter(first_lines(path)), "")
    return first[2:].strip(" ") if first.startswith("#!") else ""


def shebang_fault(path: str) -> str:
    """What is wrong with the first line of a script; empty where it can be run."""
    named = interpreter_of(path)
    if not named:
        return "its first line names no interpreter (#!...)"
    if "\r" in named:
        return "its first line ends in a carriage return, as Windows writes it"
    program = named.split()[0]
    return "" if os.access(program, os.X_OK) else f"its first line names {program}, which is not there"
