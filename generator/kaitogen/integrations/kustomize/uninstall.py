"""`kaitogen kustomize uninstall`: the legacy plugin is removed, and nothing else."""

import os
from contextlib import suppress

from kaitogen.commands.result import Outcome
from kaitogen.errors import EnvironmentFailure
from kaitogen.integrations.kustomize import plugin
from kaitogen.integrations.kustomize.plugin import Options

__all__ = ["Options", "run"]


def run(options: Options) -> Outcome:
    """Remove what `install` wrote, and the folders that are empty then."""
    home = plugin.chosen_home(options.plugin_home)
    installed = [path for path in plugin.files(home).values() if plugin.version_of(path)]
    for path in () if options.dry_run else installed:
        try:
            os.unlink(path)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise EnvironmentFailure(f"{path} could not be removed: {reason}") from error
        folder = os.path.dirname(path)
        with suppress(OSError):  # a folder that holds something else stays
            for _ in ("kind", "version", "group"):
                os.rmdir(folder)
                folder = os.path.dirname(folder)
    done = "would remove" if options.dry_run else "removed"
    lines = "".join(f"kaitogen: {done} {path}\n" for path in installed)
    return Outcome(stderr=lines or f"kaitogen: nothing of kaitogen's is installed in {home}\n")
