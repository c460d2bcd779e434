"""`kaitogen kustomize install`: the legacy plugin, where kustomize looks for it."""

import os
import shlex
import sys

from kaitogen.commands.result import Outcome
from kaitogen.errors import EnvironmentFailure, UsageError
from kaitogen.files import atomic
from kaitogen.integrations.kustomize import plugin
from kaitogen.integrations.kustomize.plugin import Options

__all__ = ["Options", "run"]


def run(options: Options) -> Outcome:
    """Lay out the legacy plugin. Standard output holds the line that a shell needs for it, where it needs one."""
    home, dry_run = plugin.chosen_home(options.plugin_home), options.dry_run
    if sys.platform == "win32":
        fix = "use kaitogen render, or the container"
        raise UsageError("kustomize runs no such plugin on Windows", fix=fix)
    plugins = plugin.files(home)
    for path in plugins.values():
        if os.path.lexists(path) and not plugin.version_of(path):
            raise EnvironmentFailure(f"{path} exists and was not written by kaitogen", fix="move it away")
    if not dry_run:
        contents = {path: plugin.script(kind, sys.executable).encode() for kind, path in plugins.items()}
        atomic.write_files(contents, executable=True, make_folders=True)
    lines = [f"kaitogen: {'would write' if dry_run else 'wrote'} {path}\n" for path in plugins.values()]
    lines.append("kaitogen: now this works: kubectl kustomize --enable-alpha-plugins DIR\n")
    in_use = plugin.home_in_use()
    if (in_use is not None and os.path.abspath(in_use.path) == home) or (
        dry_run and in_use is None and options.plugin_home is None
    ):
        return Outcome(stderr="".join(lines))
    line = f"export {plugin.HOME_VARIABLE}={shlex.quote(home)}\n"
    lines.append(f"kaitogen: in a shell with this line: {line}")
    return Outcome(line.encode(), "".join(lines))
