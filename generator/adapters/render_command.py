"""`kaitogen render`: manifests to standard output, or to a folder."""

from generator import reporting
from generator.adapters import wiring
from generator.adapters.options import Values
from generator.adapters.outcome import Outcome
from generator.adapters.terminal import colours
from generator.emit import Files, Format, files, stream
from generator.errors import EXIT_FINDINGS, UsageError
from generator.model import Result
from generator.pipeline import generate

#: Options that have to do with a live cluster.
_LIVE = ("live", "kubeconfig", "context", "save_inventory")


def run(values: Values) -> Outcome:
    """Render what the paths hold; where anything stops that, only the findings come out."""
    out = wiring.word(values["out"])
    if out == "":
        raise UsageError("-o names no folder: its value is empty", fix="write -o . for the current folder")
    if values["check"] and out is None:
        raise UsageError("--check compares with a folder, and none is named", fix="add -o FOLDER")
    if values["kustomization"] and out is None:
        raise UsageError("--kustomization is about a folder, and none is named", fix="add -o FOLDER")
    request = wiring.request(values)
    live = any(values[name] for name in _LIVE)
    if live:
        from generator.adapters.nodes import rendering

        request = rendering.with_facts(request, values)
    result = generate(request)
    strict = bool(values["strict"])
    code = reporting.exit_code(result.findings, strict=strict)
    shown = [one for one in result.findings if not values["quiet"] or reporting.stops(one, strict=strict)]
    said = reporting.text(shown, strict=strict, colour=colours()) if shown else ""
    if code:
        return Outcome(said=said, exit_code=code)
    if live:
        said += rendering.save(request, values)
    form: Format = "json" if values["form"] == "json" else "yaml"
    if out is None:
        return Outcome(stream(result.manifests, form).encode(), said)
    return _folder(out, _wanted(result, form, values), said, check=bool(values["check"]))


def _wanted(result: Result, form: Format, values: Values) -> Files:
    wanted = files(result.manifests, form)
    if not values["kustomization"]:
        return wanted
    from generator.kustomization import with_kustomization

    return with_kustomization(wanted)


def _folder(out: str, wanted: Files, said: str, *, check: bool) -> Outcome:
    # Imported here: printing to standard output needs none of this.
    from generator import comparing, folder

    if check:
        diff = comparing.differences(out, wanted)
        if not diff:
            return Outcome(said=said)
        last = f"kaitogen: {reporting.printable(out)} is not what the intents say; run kaitogen render -o to update it\n"
        return Outcome(diff.encode(), said + last, EXIT_FINDINGS)
    folder.replace(out, wanted)
    return Outcome(said=said)
