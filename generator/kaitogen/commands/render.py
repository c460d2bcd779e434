"""`kaitogen render`: manifests to standard output, or to a folder."""

from kaitogen.commands import inputs
from kaitogen.commands.inputs import OverlayOptions
from kaitogen.commands.live import LiveOptions
from kaitogen.commands.options import Group, OptionGroup, flag, option
from kaitogen.commands.reporting import QUIET, STRICT, reported
from kaitogen.commands.result import LimitOptions, Outcome
from kaitogen.diagnostics.formats import Report
from kaitogen.errors import EXIT_FINDINGS, UsageError
from kaitogen.model import Files
from kaitogen.pipeline.emit import FORMATS, files, stream, with_kustomization
from kaitogen.pipeline.generate import generate


class Options(OptionGroup):
    """Of `kaitogen render`."""

    paths = inputs.PATHS
    out = option(
        "-o", "--out", metavar="FOLDER", help="Write one file per object into this folder, all or nothing."
    )
    check = flag("--check", help="Write nothing; exit 1 with a diff where the folder of -o differs.")
    kustomization = flag("--kustomization", help="Write a kustomization.yaml that lists the files, too.")
    form = option("--output-format", choices=FORMATS, default="yaml", help="Format of the manifests.")
    inventory = inputs.INVENTORY
    cluster = Group(LiveOptions)
    save_inventory = option(
        "--save-inventory",
        metavar="FILE",
        help="Keep the facts of --live in this file, to render again without the cluster.",
    )
    over = Group(OverlayOptions)
    templates = inputs.TEMPLATES
    strict = STRICT
    quiet = QUIET


def run(options: Options) -> Outcome:
    """Render what the paths hold; where anything stops that, only the findings come out."""
    out = options.out
    if out == "":
        raise UsageError("-o names no folder: its value is empty", fix="write -o . for the current folder")
    if options.check and out is None:
        raise UsageError("--check compares with a folder, and none is named", fix="add -o FOLDER")
    if options.kustomization and out is None:
        raise UsageError("--kustomization is about a folder, and none is named", fix="add -o FOLDER")
    request = inputs.request(options.paths, inventory=options.inventory, templates=options.templates)
    request = inputs.overlaid(request, options.over)
    live = options.cluster.asked or bool(options.save_inventory)
    if live:
        from kaitogen.commands.nodes import source

        request = source.with_live_inventory(request, options.cluster)
    result = generate(request)
    report = Report(result.findings, strict=options.strict)
    outcome = reported(report, quiet=options.quiet, wrote=True)
    if outcome.exit_code:
        return outcome
    stderr = outcome.stderr
    if live:
        stderr += source.save_inventory(request, options.save_inventory)
    if out is None:
        return Outcome(stream(result.manifests, options.form).encode(), stderr)
    wanted = files(result.manifests, options.form)
    if options.kustomization:
        wanted = with_kustomization(wanted)
    return _folder(out, wanted, stderr, LimitOptions(**options.given), check=options.check)


def _folder(out: str, wanted: Files, stderr: str, limits: LimitOptions, *, check: bool) -> Outcome:
    # Imported here: printing to standard output needs none of this.
    from kaitogen.diagnostics.wording import printable
    from kaitogen.files import comparison, output_folder

    if check:
        diff = comparison.differences(out, wanted)
        if not diff:
            return Outcome(stderr=stderr)
        last = (
            f"kaitogen: {printable(out)} is not what the intents say; run kaitogen render -o to update it\n"
        )
        return Outcome(diff.encode(), stderr + last, EXIT_FINDINGS)
    limits.check_output(sum(map(len, wanted.values())), out)
    output_folder.replace(out, wanted)
    return Outcome(stderr=stderr)
