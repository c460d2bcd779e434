"""`kaitogen import`: finished Workspaces to intents, on standard output or as files of a folder."""

import os

from kaitogen.commands import inputs, targets
from kaitogen.commands.import_.importer import Imported, import_all
from kaitogen.commands.option_types import Values
from kaitogen.commands.result import Outcome
from kaitogen.commands.terminal import report_text
from kaitogen.diagnostics.formats import Report
from kaitogen.diagnostics.wording import number_of
from kaitogen.errors import UsageError
from kaitogen.pipeline.load import Loaded, load


def run(values: Values) -> Outcome:
    """Import what the paths hold; where anything stops that, only the findings come out."""
    wanted = targets.wanted(values)
    name = inputs.word(values["name"]) if values["as_set"] else None
    imported = import_all(_loaded(values), wanted, as_set=name)
    report = Report(imported.findings)
    said = report_text(report, quiet=bool(values["quiet"]), wrote=True)
    if code := report.exit_code:
        return Outcome(said=said, exit_code=code)
    said += "" if values["quiet"] else _proved(imported)
    out = inputs.word(values["out"])
    if out is None:
        return Outcome("---\n".join(imported.texts.values()).encode(), said)
    from kaitogen.files import atomic

    contents = {os.path.join(out, name): text.encode() for name, text in imported.texts.items()}
    atomic.write_files(contents, may_replace=lambda _: False, make_folders=True)
    return Outcome(said=said)


def _loaded(values: Values) -> Loaded:
    from kaitogen.commands import live
    from kaitogen.commands.import_ import live_objects  # most imports ask no cluster

    if live.wanted(values):
        if values["paths"]:
            raise UsageError("--live and files both say what to import", fix="leave one of them out")
        with live.Asking(values) as cluster:
            return live_objects.objects_in(cluster, inputs.word(values["namespace"]))
    if values["namespace"] is not None:
        raise UsageError("--namespace is about a cluster, and none is asked", fix="add --live")
    if not values["paths"]:
        raise UsageError(
            "import needs to know what to import",
            fix="name files, ask a cluster by --live, or pipe them in: kubectl get workspaces -o yaml | kaitogen import -",
        )
    return load(inputs.request(values)._replace(all_yaml=True))


def _proved(imported: Imported) -> str:
    taken = number_of(imported.workspaces, "Workspace")
    if imported.config_maps:
        taken += f" and {number_of(imported.config_maps, 'ConfigMap')}"
    return f"kaitogen: {taken} rendered again: 0 differences\n"
