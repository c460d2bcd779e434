"""`kaitogen import`: finished Workspaces to intents, on standard output or as files of a folder."""

from generator import reporting
from generator.adapters import targets, wiring
from generator.adapters.options import Values
from generator.adapters.outcome import Outcome
from generator.adapters.terminal import colours
from generator.errors import UsageError
from generator.importing.importer import Imported, import_all
from generator.load import Loaded, load


def run(values: Values) -> Outcome:
    """Import what the paths hold; where anything stops that, only the findings come out."""
    wanted = targets.wanted(values)
    name = wiring.word(values["name"]) if values["as_set"] else None
    imported = import_all(_loaded(values), wanted, as_set=name)
    code = reporting.exit_code(imported.findings)
    shown = [one for one in imported.findings if not values["quiet"] or reporting.stops(one)]
    said = reporting.text(shown, colour=colours())
    if code:
        return Outcome(said=said, exit_code=code)
    said += "" if values["quiet"] else _proved(imported)
    out = wiring.word(values["out"])
    if out is None:
        return Outcome("---\n".join(imported.texts.values()).encode(), said)
    from generator import folder

    folder.add(out, {name: text.encode() for name, text in imported.texts.items()})
    return Outcome(said=said)


def _loaded(values: Values) -> Loaded:
    from generator.adapters import live, live_import  # most imports ask no cluster

    if live.wanted(values):
        if values["paths"]:
            raise UsageError("--live and files both say what to import", fix="leave one of them out")
        with live.Asking(values) as cluster:
            return live_import.objects_in(cluster, wiring.word(values["namespace"]))
    if values["namespace"] is not None:
        raise UsageError("--namespace is about a cluster, and none is asked", fix="add --live")
    if not values["paths"]:
        raise UsageError(
            "import needs to know what to import",
            fix="name files, ask a cluster by --live, or pipe them in: kubectl get workspaces -o yaml | kaitogen import -",
        )
    return load(wiring.request(values)._replace(all_yaml=True))


def _proved(imported: Imported) -> str:
    taken = reporting.number_of(imported.workspaces, "Workspace")
    if imported.config_maps:
        taken += f" and {reporting.number_of(imported.config_maps, 'ConfigMap')}"
    return f"kaitogen: {taken} rendered again: 0 differences\n"
