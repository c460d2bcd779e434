"""`kaitogen kustomize install` and `uninstall`: the legacy exec plugin, where kustomize looks for it."""

import os
import shlex
import sys
from contextlib import suppress

from kaitogen import __version__
from kaitogen.commands.options import OptionGroup, flag, option
from kaitogen.commands.result import Outcome
from kaitogen.errors import EnvironmentFailure, UsageError, reason
from kaitogen.files import atomic
from kaitogen.integrations.krm.configuration import KINDS
from kaitogen.model import INTENT_API_VERSION
from kaitogen.typed import Final, NamedTuple

HOME_VARIABLE: Final = "KUSTOMIZE_PLUGIN_HOME"
#: Stands in the second line of every file that `install` writes.
_MARK: Final = "# kaitogen "
#: Linux cuts the first line of a script here (127 bytes before 5.1), and splits it at blanks.
_LONGEST_SHEBANG: Final = 127


class Options(OptionGroup):
    """Of `kaitogen kustomize install` and `uninstall`."""

    plugin_home = option(
        "--plugin-home",
        metavar="FOLDER",
        help="Folder of kustomize's plugins; left out, the one kustomize would use.",
    )
    dry_run = flag("--dry-run", help="Write nothing; show what would change.")


class Home(NamedTuple):
    """A folder where kustomize looks for plugins, and why it looks there."""

    path: str
    reason: str


def install(options: Options) -> Outcome:
    """Lay out the legacy plugin. Standard output holds the line that a shell needs for it, where it needs one."""
    home, dry_run = chosen_home(options.plugin_home), options.dry_run
    if sys.platform == "win32":
        fix = "use kaitogen render, or the container"
        raise UsageError("kustomize runs no such plugin on Windows", fix=fix)
    plugins = files(home)
    for path in plugins.values():
        if os.path.lexists(path) and not version_of(path):
            raise EnvironmentFailure(f"{path} exists and was not written by kaitogen", fix="move it away")
    if not dry_run:
        contents = {path: script(kind, sys.executable).encode() for kind, path in plugins.items()}
        atomic.write_files(contents, executable=True, make_folders=True)
    lines = [f"kaitogen: {'would write' if dry_run else 'wrote'} {path}\n" for path in plugins.values()]
    lines.append("kaitogen: now this works: kubectl kustomize --enable-alpha-plugins DIR\n")
    in_use = home_in_use()
    if (in_use is not None and os.path.abspath(in_use.path) == home) or (
        dry_run and in_use is None and options.plugin_home is None
    ):
        return Outcome(stderr="".join(lines))
    line = f"export {HOME_VARIABLE}={shlex.quote(home)}\n"
    lines.append(f"kaitogen: in a shell with this line: {line}")
    return Outcome(line.encode(), "".join(lines))


def uninstall(options: Options) -> Outcome:
    """Remove what `install` wrote, and the folders that are empty then."""
    home = chosen_home(options.plugin_home)
    installed = [path for path in files(home).values() if version_of(path)]
    for path in () if options.dry_run else installed:
        try:
            os.unlink(path)
        except OSError as error:
            raise EnvironmentFailure(f"{path} could not be removed: {reason(error)}") from error
        folder = os.path.dirname(path)
        with suppress(OSError):  # a folder that holds something else stays
            for _ in ("kind", "version", "group"):
                os.rmdir(folder)
                folder = os.path.dirname(folder)
    done = "would remove" if options.dry_run else "removed"
    lines = "".join(f"kaitogen: {done} {path}\n" for path in installed)
    return Outcome(stderr=lines or f"kaitogen: nothing of kaitogen's is installed in {home}\n")


def homes() -> list[Home]:
    """The folders in the order in which kustomize tries them; the first that exists is the only one it uses."""
    config, home = os.environ.get("XDG_CONFIG_HOME") or "", os.environ.get("HOME") or ""
    candidates = (
        Home(os.environ.get(HOME_VARIABLE) or "", f"${HOME_VARIABLE}"),
        Home(config and os.path.join(config, "kustomize", "plugin"), "$XDG_CONFIG_HOME"),
        Home(home and os.path.join(home, ".config", "kustomize", "plugin"), "$HOME/.config"),
        Home(home and os.path.join(home, "kustomize", "plugin"), "$HOME"),
    )
    return [candidate for candidate in candidates if candidate.path]


def home_in_use() -> Home | None:
    """The folder that kustomize uses now, None where none exists."""
    return next((home for home in homes() if os.path.isdir(home.path)), None)


def chosen_home(named: str | None) -> str:
    """The folder to install into: the named one, the one in use, or the first that kustomize would try."""
    if named is not None:
        return os.path.abspath(named)
    home = home_in_use() or next(iter(homes()), None)
    if home is None:
        fix = "name a folder with --plugin-home"
        raise UsageError("neither HOME nor KUSTOMIZE_PLUGIN_HOME is set", fix=fix)
    return os.path.abspath(home.path)


def files(home: str) -> dict[str, str]:
    """The path of the plugin of each kind below a plugin home."""
    parts = INTENT_API_VERSION.split("/")
    return {kind: os.path.join(home, *parts, kind.lower(), kind) for kind in KINDS}


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
