"""`kaitogen render`: manifests to standard output, or to a folder."""

from collections.abc import Callable
from typing import Final

from kaitogen.commands import inputs
from kaitogen.commands.inputs import OverlayOptions
from kaitogen.commands.live import LiveOptions
from kaitogen.commands.options import Group, OptionGroup, flag, option
from kaitogen.commands.reporting import QUIET, STRICT, reported
from kaitogen.commands.result import LimitOptions, Outcome
from kaitogen.diagnostics.formats import Report
from kaitogen.errors import EXIT_FINDINGS, UsageError
from kaitogen.model import Files, Request
from kaitogen.pipeline.emit import FORMATS, files, stream, with_kustomization
from kaitogen.pipeline.generate import generate

#: What is rendered for standard output is called so, beside the names of files.
STREAM: Final = "stdout"


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
    receipt = option(
        "--receipt",
        metavar="FILE",
        help="Write digests of what was read and made, an in-toto statement that kaitogen verify reads.",
    )


def run(options: Options) -> Outcome:
    """Render what the paths hold; where anything stops that, only the findings come out."""
    out = options.out
    if out == "":
        raise UsageError("-o names no folder: its value is empty", fix="write -o . for the current folder")
    if options.check and out is None:
        raise UsageError("--check compares with a folder, and none is named", fix="add -o FOLDER")
    if options.kustomization and out is None:
        raise UsageError("--kustomization is about a folder, and none is named", fix="add -o FOLDER")
    if options.receipt is not None:
        return _with_receipt(options)
    return _rendered(options)


def request_of(options: Options) -> Request:
    """What the options ask for; facts of a live cluster are looked up here."""
    request = inputs.request(options.paths, inventory=options.inventory, templates=options.templates)
    request = inputs.within_project(request)
    request = inputs.overlaid(request, options.over)
    if options.cluster.asked or options.save_inventory:
        from kaitogen.commands.nodes import source

        request = source.with_live_inventory(request, options.cluster)
    return request


def outputs_of(request: Request, options: Options, *, in_folder: bool) -> tuple[Files, Report]:
    """What is made, as files by name or as the one stream, and what is found; no files where that stops the run."""
    result = generate(request)
    report = Report(result.findings, strict=inputs.is_strict(request, given=options.strict))
    if report.findings and report.exit_code:
        return {}, report
    if not in_folder:
        return {STREAM: stream(result.manifests, options.form).encode()}, report
    wanted = files(result.manifests, options.form)
    return with_kustomization(wanted) if options.kustomization else wanted, report


def _rendered(options: Options, receipt_of: Callable[[Files], bytes] | None = None) -> Outcome:
    """The outputs where the options want them; `receipt_of` makes the receipt of them, where one is asked for."""
    request = request_of(options)
    outputs, report = outputs_of(request, options, in_folder=options.out is not None)
    outcome = reported(report, quiet=options.quiet, wrote=True)
    if outcome.exit_code:
        return outcome
    stderr = outcome.stderr
    if options.cluster.asked or options.save_inventory:
        from kaitogen.commands.nodes import source

        stderr += source.save_inventory(request, options.save_inventory)
    receipt = b"" if receipt_of is None else receipt_of(outputs)
    if options.out is None:
        delivered = Outcome(outputs[STREAM], stderr)
    else:
        delivered = _folder(options.out, outputs, stderr, LimitOptions(**options.given), check=options.check)
    return _keep(options, receipt, delivered) if receipt else delivered


def _with_receipt(options: Options) -> Outcome:
    """The same, and the receipt of it."""
    from kaitogen.commands import receipt

    if options.cluster.asked or options.save_inventory:
        fix = "keep the facts with --save-inventory first, and render with --inventory"
        raise UsageError("--receipt is about files, and --live asks a cluster", fix=fix)
    receipt.keep_contents()
    return _rendered(options, lambda outputs: receipt.text(receipt.statement(options, outputs)))


def _keep(options: Options, receipt: bytes, delivered: Outcome) -> Outcome:
    """Write the receipt, last: there must be none of what could not be written. With --check, compare it."""
    from kaitogen.files import atomic, comparison

    path = options.receipt or ""
    if not options.check:
        atomic.write_files({path: receipt})
        return delivered
    diff = comparison.unified(path, atomic.read_regular(path), receipt)
    if not diff or delivered.exit_code:
        return delivered
    last = (
        "kaitogen: the receipt is not of what the intents say; run kaitogen render --receipt to update it\n"
    )
    return Outcome(diff.encode(), delivered.stderr + last, EXIT_FINDINGS)


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
