"""`kaitogen render`: manifests to standard output, or to a folder."""

import os

from kaitogen.commands import inputs
from kaitogen.commands.inputs import CompareOptions, LiveOptions, OverlayOptions
from kaitogen.commands.options import Group, OptionGroup, flag, option
from kaitogen.commands.result import QUIET, STRICT, LimitOptions, Outcome, printed, reported
from kaitogen.diagnostics.formats import Report
from kaitogen.diagnostics.wording import printable
from kaitogen.errors import EXIT_FINDINGS, EXIT_OK, EnvironmentFailure, UsageError, refuse_no_folder
from kaitogen.model import Document, Files, Manifest, Request
from kaitogen.pipeline import current
from kaitogen.pipeline.emit import FORMATS, files, parts, stream, with_kustomization
from kaitogen.pipeline.generate import generate
from kaitogen.typed import Final, Sequence

#: What is rendered for standard output is called so, beside the names of files.
STREAM: Final = "stdout"


class Options(OptionGroup):
    """Of `kaitogen render`."""

    paths = inputs.PATHS
    out = option(
        "-o", "--out", metavar="FOLDER", help="Write one file per object into this folder, all or nothing."
    )
    compared = Group(CompareOptions)
    kustomization = flag("--kustomization", help="Write a kustomization.yaml that lists the files, too.")
    form = option(
        "--format",
        formerly=("--output-format",),
        choices=FORMATS,
        default="yaml",
        help="Format of the manifests.",
    )
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
    hydrator_metadata = flag(
        "--hydrator-metadata",
        help="Name the commit that is rendered in a file hydrator.metadata, as Argo CD's Source Hydrator does.",
    )
    oci_layout = option(
        "--oci-layout",
        metavar="FOLDER",
        help="Write an OCI image layout with the files, for Flux and Argo CD, and print its digest.",
    )
    receipt = option(
        "--receipt",
        metavar="FILE",
        help="Write digests of what was read and made, an in-toto statement that kaitogen verify reads.",
    )


def run(options: Options) -> Outcome:
    """Render what the paths hold; where anything stops that, only the findings come out."""
    out = options.out
    refuse_no_folder(out)
    if options.compared.any and out is None:
        name = "--check" if options.compared.check else "--dry-run"
        raise UsageError(f"{name} compares with a folder, and none is named", fix="add -o FOLDER")
    if options.kustomization and out is None:
        raise UsageError("--kustomization is about a folder, and none is named", fix="add -o FOLDER")
    if options.hydrator_metadata and out is None and options.oci_layout is None:
        raise UsageError("--hydrator-metadata is about files, and none are written", fix="add -o FOLDER")
    if options.oci_layout == "":
        raise UsageError("--oci-layout names no folder: its value is empty", fix="name a new folder")
    if options.receipt is not None and (options.cluster.asked or options.save_inventory is not None):
        fix = "keep the facts with --save-inventory first, and render with --inventory"
        raise UsageError("--receipt is about files, and --live asks a cluster", fix=fix)
    if options.save_inventory is not None and not options.cluster.asked:
        fix = "add --live, or take an inventory with kaitogen nodes snapshot"
        raise UsageError("--save-inventory keeps the facts of a live cluster, and none is asked", fix=fix)
    return _rendered(options)


def request_of(options: Options) -> Request:
    """What the options ask for; facts of a live cluster are looked up here."""
    # From here on, so that the project file is among what was read.
    if options.receipt is not None or options.hydrator_metadata:
        current.contents = {}
    request = inputs.request(options.paths, inventory=options.inventory, templates=options.templates)
    request = inputs.overlaid(request, options.over)
    if options.cluster.asked:
        from kaitogen.commands.nodes.source import live_document  # few renders ask one

        request = request._replace(inventory=(live_document(options.cluster), *request.inventory))
    return request


def outputs_of(request: Request, options: Options, *, in_folder: bool) -> tuple[Files, Report]:
    """What is made, as files by name or as the one stream, and what is found; no files where that stops the run."""
    manifests, report = _made(request, options)
    if report.exit_code:
        return {}, report
    if not in_folder:
        return {STREAM: stream(manifests, options.form).encode()}, report
    wanted = files(manifests, options.form)
    if options.kustomization:
        wanted = with_kustomization(wanted)
    if options.hydrator_metadata:
        from kaitogen.commands import hydrator
        from kaitogen.files.output_folder import METADATA

        wanted = {**wanted, METADATA: hydrator.metadata(options)}
    return wanted, report


def _made(request: Request, options: Options) -> tuple[Sequence[Manifest], Report]:
    """The manifests, none where what is found stops the run, and that."""
    result = generate(request, lean=True)
    report = Report(result.findings, strict=inputs.is_strict(request, given=options.strict))
    return (() if report.exit_code else result.manifests), report


def _rendered(options: Options) -> Outcome:
    """The outputs where the options want them, or how they differ from what is there."""
    request, check = request_of(options), options.compared.any
    in_folder = options.out is not None or options.oci_layout is not None
    outputs: Files = {}
    if in_folder or options.receipt is not None:
        outputs, report = outputs_of(request, options, in_folder=in_folder)
        product = Outcome(outputs.get(STREAM, b""))
    else:
        made, report = _made(request, options)
        product = printed(parts(made, options.form), len(made))
        del made  # with all documents: what is found takes as much again to be told
    outcome = reported(report, quiet=options.quiet, wrote=True)
    if outcome.exit_code:
        return outcome
    stderr = outcome.stderr
    # One of the two: a receipt is about files, and not about what a cluster said.
    beside = options.save_inventory if options.receipt is None else options.receipt
    if options.save_inventory is not None:
        from kaitogen.yaml.writer import dump

        live = request.inventory[0]
        assert isinstance(live, Document), "the facts of the cluster come first"
        text = dump(live.value).encode()
        stderr += f"kaitogen: kept the facts about nodes in {options.save_inventory}\n"
    if options.receipt is not None:
        from kaitogen.commands import receipt

        text = receipt.text(receipt.statement(options, outputs, image=options.oci_layout is not None))
    delivered = product._replace(stderr=stderr)
    limits = LimitOptions(**options.given)
    if options.out is not None:
        delivered = _folder(options.out, outputs, stderr, limits, check=check)
    if options.oci_layout is not None:
        limits.check_output(sum(map(len, outputs.values())), options.oci_layout)
        delivered = _image(options.oci_layout, outputs, delivered, check=check)
    # Last: there must be no receipt of what could not be written.
    if beside is not None:
        try:
            delivered = _file(beside, text, delivered, check=check and options.receipt is not None)
        except EnvironmentFailure as error:
            if in_folder:
                what = "facts about nodes were" if options.receipt is None else "receipt was"
                error.fix = f"what is rendered was written, and the {what} not; check space and permissions"
            raise
    return delivered._replace(exit_code=EXIT_OK) if check and not options.compared.check else delivered


def _image(folder: str, outputs: Files, delivered: Outcome, *, check: bool) -> Outcome:
    """The OCI image layout in its folder, with the digest of the image as what is printed."""
    from kaitogen.files import oci_layout

    image = oci_layout.layout(outputs)
    if check:
        index = os.path.join(folder, oci_layout.INDEX)
        return _file(index, image.files[oci_layout.INDEX], delivered, check=True)
    oci_layout.write(folder, image)
    return delivered._replace(stdout=f"{image.digest}\n".encode())


def _file(path: str, data: bytes, delivered: Outcome, *, check: bool) -> Outcome:
    """One file more; where it is only compared, the diff of the first thing that differs is what is printed."""
    from kaitogen.files import atomic, comparison

    if not check:
        atomic.write_files({path: data})
        return delivered
    diff = comparison.unified(path, atomic.read_regular(path), data)
    if not diff or delivered.exit_code:
        return delivered
    return _differs(path, diff, "kaitogen render", delivered.stderr)


def _folder(out: str, wanted: Files, stderr: str, limits: LimitOptions, *, check: bool) -> Outcome:
    # Imported here: printing to standard output needs none of this.
    from kaitogen.files import comparison, output_folder

    if check:
        diff = comparison.differences(out, wanted, limits.output_bytes)
        return _differs(out, diff, "kaitogen render -o", stderr) if diff else Outcome(stderr=stderr)
    limits.check_output(sum(map(len, wanted.values())), out)
    output_folder.replace(out, wanted)
    return Outcome(stderr=stderr)


def _differs(path: str, diff: str, update: str, stderr: str) -> Outcome:
    advice = f"run {update} as here, but without --check or --dry-run, to update it"
    last = f"kaitogen: {printable(path)} is not what the intents say; {advice}\n"
    return Outcome(diff.encode(), stderr + last, EXIT_FINDINGS)
