"""`kaitogen render`: manifests to standard output, or to a folder."""

from kaitogen.commands import inputs
from kaitogen.commands.option_types import Values
from kaitogen.commands.result import Outcome
from kaitogen.commands.terminal import report_text
from kaitogen.diagnostics.formats import Report
from kaitogen.errors import EXIT_FINDINGS, UsageError
from kaitogen.model import Files, Result
from kaitogen.pipeline.emit import Format, files, stream
from kaitogen.pipeline.generate import generate

#: Options that have to do with a live cluster.
_LIVE = ("live", "kubeconfig", "context", "save_inventory")


def run(values: Values) -> Outcome:
    """Render what the paths hold; where anything stops that, only the findings come out."""
    out = inputs.word(values["out"])
    if out == "":
        raise UsageError("-o names no folder: its value is empty", fix="write -o . for the current folder")
    if values["check"] and out is None:
        raise UsageError("--check compares with a folder, and none is named", fix="add -o FOLDER")
    if values["kustomization"] and out is None:
        raise UsageError("--kustomization is about a folder, and none is named", fix="add -o FOLDER")
    request = inputs.request(values)
    live = any(values[name] for name in _LIVE)
    if live:
        from kaitogen.commands.nodes import live_inventory

        request = live_inventory.with_facts(request, values)
    result = generate(request)
    report = Report(result.findings, strict=bool(values["strict"]))
    said = report_text(report, quiet=bool(values["quiet"]), wrote=True)
    if code := report.exit_code:
        return Outcome(said=said, exit_code=code)
    if live:
        said += live_inventory.save(request, values)
    form: Format = "json" if values["form"] == "json" else "yaml"
    if out is None:
        return Outcome(stream(result.manifests, form).encode(), said)
    return _folder(out, _wanted(result, form, values), said, check=bool(values["check"]))


def _wanted(result: Result, form: Format, values: Values) -> Files:
    wanted = files(result.manifests, form)
    if not values["kustomization"]:
        return wanted
    from kaitogen.pipeline.kustomization import with_kustomization

    return with_kustomization(wanted)


def _folder(out: str, wanted: Files, said: str, *, check: bool) -> Outcome:
    # Imported here: printing to standard output needs none of this.
    from kaitogen.diagnostics.wording import printable
    from kaitogen.files import comparison, output_folder

    if check:
        diff = comparison.differences(out, wanted)
        if not diff:
            return Outcome(said=said)
        last = (
            f"kaitogen: {printable(out)} is not what the intents say; run kaitogen render -o to update it\n"
        )
        return Outcome(diff.encode(), said + last, EXIT_FINDINGS)
    output_folder.replace(out, wanted)
    return Outcome(said=said)
