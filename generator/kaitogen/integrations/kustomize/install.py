"""`kaitogen kustomize install`: the legacy plugin, where kustomize looks for it."""

import os

from kaitogen.commands.options import OptionGroup
from kaitogen.commands.result import Outcome
from kaitogen.integrations.kustomize import plugin
from kaitogen.integrations.kustomize.plugin import DRY_RUN, PLUGIN_HOME


class Options(OptionGroup):
    """Of `kaitogen kustomize install`."""

    plugin_home = PLUGIN_HOME
    dry_run = DRY_RUN


def run(options: Options) -> Outcome:
    """Lay out the legacy plugin. Standard output holds the line that a shell needs for it, where it needs one."""
    home = plugin.chosen_home(options.plugin_home, os.environ)
    dry_run = options.dry_run
    written = plugin.install(home, dry_run=dry_run)
    lines = [f"kaitogen: {'would write' if dry_run else 'wrote'} {path}\n" for path in written]
    lines.append("kaitogen: now this works: kubectl kustomize --enable-alpha-plugins DIR\n")
    in_use = plugin.home_in_use(os.environ)
    if (in_use is not None and os.path.abspath(in_use.path) == home) or (
        dry_run and in_use is None and options.plugin_home is None
    ):
        return Outcome(stderr="".join(lines))
    line = f"export {plugin.HOME_VARIABLE}={_quoted(home)}\n"
    lines.append(f"kaitogen: in a shell with this line: {line}")
    return Outcome(line.encode(), "".join(lines))


def _quoted(path: str) -> str:
    plain = path.replace("/", "").replace("-", "").replace("_", "").replace(".", "")
    return path if plain.isalnum() else "'" + path.replace("'", "'\\''") + "'"
