"""`kaitogen kustomize uninstall`: the legacy plugin is removed, and nothing else."""

import os

from kaitogen.commands.options import OptionGroup
from kaitogen.commands.result import Outcome
from kaitogen.integrations.kustomize import plugin
from kaitogen.integrations.kustomize.plugin import DRY_RUN, PLUGIN_HOME


class Options(OptionGroup):
    """Of `kaitogen kustomize uninstall`."""

    plugin_home = PLUGIN_HOME
    dry_run = DRY_RUN


def run(options: Options) -> Outcome:
    """Remove what `install` wrote."""
    home = plugin.chosen_home(options.plugin_home, os.environ)
    removed = plugin.uninstall(home, dry_run=options.dry_run)
    done = "would remove" if options.dry_run else "removed"
    lines = "".join(f"kaitogen: {done} {path}\n" for path in removed)
    return Outcome(stderr=lines or f"kaitogen: nothing of kaitogen's is installed in {home}\n")
