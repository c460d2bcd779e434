"""`kaitogen init`: a commented intent of one strategy, or a project file, to start from.

What it writes is what `kaitogen validate` takes: what that would refuse is refused here, before anything is written.
"""

import os
import re
import shlex

from kaitogen.commands import inputs, targets
from kaitogen.commands.inputs import TargetOptions
from kaitogen.commands.options import Group, OptionGroup, argument, flag, option
from kaitogen.commands.result import Outcome
from kaitogen.diagnostics.wording import number_of, printable
from kaitogen.errors import UsageError
from kaitogen.kaito.catalogue.models import find_model
from kaitogen.kaito.rules.ignored import pin
from kaitogen.kaito.rules.preset import KG437, KG467
from kaitogen.kaito.sizing.instance_types import offers_for
from kaitogen.model import NEWEST_KAITO, Diagnostic, Json, Request, Target
from kaitogen.nodes import SUCH_AS
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.load import PROJECT, nearest
from kaitogen.pipeline.strategies import STRATEGIES
from kaitogen.pipeline.templating.environment import fill_page
from kaitogen.typed import Final, Iterator, Sequence
from kaitogen.yaml.scalars import encode
from kaitogen.yaml.writer import flow

_MODEL: Final = "phi-4-mini-instruct"
#: Nodes of the strategies that name or count them, where nothing is said of replicas.
_NODES: Final = 2
_DEFAULT: Final = "auto"
_EXPLICIT: Final = "explicit"
#: What the scaffold knows more of than the name.
_KNOWN: Final = (_DEFAULT, "count", _EXPLICIT)
_BYO: Final = "byo"


class Options(OptionGroup):
    """Of `kaitogen init`."""

    strategy = option(
        "--strategy", choices=tuple(STRATEGIES), default=_DEFAULT, help="How the model is placed."
    )
    replicas = option("--replicas", metavar="N", help="Copies of the model: an InferenceSet, no Workspace.")
    name = option("--name", metavar="NAME", help="Name of the Workspace or InferenceSet.")
    namespace = option(
        "-n", "--namespace", metavar="NAME", help="Namespace of the Workspace or InferenceSet."
    )
    model = option("--model", metavar="MODEL", help="Preset or Hugging Face id of the model.")
    instance_type = option(
        "--instance-type",
        metavar="TYPE",
        help="Instance type of the nodes; left out, the first of plan --choose that fits the model.",
    )
    target = Group(TargetOptions)
    project = flag("--project", help="Write a project file, .kaitogen.yaml, and no intent.")
    force = flag("--force", help="Write over an existing file.")
    file = argument(
        "FILE",
        help="Where to write it; standard output where it is left out (a project file goes into the current folder) or -.",
    )


def run(options: Options) -> Outcome:
    """The intent to standard output or into a new file; an existing one is left alone without --force."""
    if options.project:
        return _project(options)
    file = "-" if options.file is None else options.file
    request, target = _aimed(options, file)
    text = _intent(options, request, target)
    text = text if file == "-" else _for_editors(file) + text
    return _written(file, text, "render it with: kaitogen render {}", force=options.force)


def _aimed(options: Options, file: str) -> tuple[Request, Target]:
    """What a file there is judged with, and the installation it is for: of the options, or else of the project file."""
    request = inputs.within_project(Request(paths=(file,)))
    given = targets.overrides(options.target.kaito, options.target.cloud)
    if options.strategy == _EXPLICIT and given.node_provisioner not in (None, _BYO):
        message = f"KAITO keeps to named nodes under byo alone, and not under {given.node_provisioner}"
        raise UsageError(message, fix="leave --node-provisioner out, or take another --strategy")
    target = targets.aimed(request, options.target).objects_target
    assert target is not None, "it has just been made"
    # The nodes of a scaffold are there only as examples, so that no facts can know them.
    return request._replace(inventory=()), target


def _intent(options: Options, request: Request, target: Target) -> str:
    """The scaffold with the first instance type that nothing speaks against. UsageError where `validate` refuses it with any."""
    values = _values(options)
    refused = None
    for instance_type in _instance_types(options, target):
        values |= {"instance_type": instance_type, "gated": ""}
        text = fill_page("init/intent.j2", values)
        findings = _findings(text, request)
        if any(one.rule in (KG437, KG467) for one in findings):
            model = options.model or _MODEL
            known = find_model(model)
            text = fill_page("init/intent.j2", {**values, "gated": model if known is None else known.id})
            findings = _findings(text, request)
        wrong = next((one for one in findings if one.severity == "error"), None)
        # Nobody but its author knows what another strategy needs.
        if wrong is None or options.strategy not in _KNOWN:
            return text
        refused = refused or wrong
    assert refused is not None, "there is always an instance type to try, or none to write"
    raise UsageError(f"validate would refuse the intent ({refused.code}): {refused.message}", fix=refused.fix)


def _findings(text: str, request: Request) -> Sequence[Diagnostic]:
    return generate(request._replace(paths=("-",), stdin=text.encode())).findings


def _values(options: Options) -> dict[str, Json]:
    """What the options say, as the scaffold takes it."""
    name, namespace, replicas = options.name or "my-model", options.namespace, options.replicas
    if replicas is not None and not re.fullmatch("[0-9]{1,3}", replicas):
        fix = "write a whole number, such as 3"
        raise UsageError(f"--replicas {replicas[:60]} is no number of copies", fix=fix)
    target = targets.fields(options.target)
    if target and options.strategy == _EXPLICIT:
        target.setdefault("nodeProvisioner", _BYO)
    return {
        "kind": "Workspace" if replicas is None else "InferenceSet",
        "name": encode(name),
        "namespace": None if namespace is None else encode(namespace),
        "in_namespace": f" --namespace {namespace}" if namespace else "",
        "target": _flowing(target),
        "strategy": options.strategy,
        "label": f"kaitogen.io/workspace={pin(namespace or '', name)}",
        "replicas": None if replicas is None else int(replicas),
        # A node for each replica where nodes are counted or named.
        "nodes": _NODES if replicas is None else max(int(replicas), 1),
        "model": encode(options.model or _MODEL),
    }


def _flowing(fields: dict[str, Json]) -> dict[str, str]:
    return {name: flow(value) for name, value in fields.items()}


def _instance_types(options: Options, target: Target) -> Iterator[str]:
    """The instance types that may be written, with a comment, the best first; one that is empty where the nodes are there already.

    Those are what `plan --choose` lists, and of these first where the model fits without being tight. Of a KAITO that makes
    no estimate it is what the newest needs; where no size is known, an example. UsageError where the model runs on none.
    """
    if options.instance_type is not None:
        yield encode(options.instance_type)
        return
    if target.byo or options.strategy == _EXPLICIT:
        yield ""
        return
    model = options.model or _MODEL
    choice = offers_for(model, target.provider, target.kaito)
    if choice.unknown:
        choice = offers_for(model, target.provider, NEWEST_KAITO)
    if choice.unknown:
        yield f"{SUCH_AS[target.provider]}   # an example: nothing is known of the model's size"
        return
    offers = [one for one in choice.offers if one.sku.known_to(target.minor)]
    if not offers:
        message = f"{printable(model[:60])} runs on no instance type of {target.provider} that KAITO {target.kaito} knows"
        fix = "kaitogen skus --model says why; take another model, --provider or --instance-type"
        raise UsageError(message, fix=fix)
    for best in sorted(offers, key=lambda one: one.memory.verdict != "fits"):
        takes = f"{number_of(best.nodes, 'node')} with {number_of(best.sku.gpus, 'GPU')}"
        yield f"{best.sku.name}   # {takes}; plan --choose lists all that do"


def _project(options: Options) -> Outcome:
    """The project file, which pins a version of KAITO: the newest, which is taken where no intent says another."""
    own = (options.name, options.model, options.replicas, options.namespace, options.instance_type)
    if any(own):
        message = "--project writes a file about all intents, and not one of its own"
        fix = "leave --name, --namespace, --model, --instance-type and --replicas out"
        raise UsageError(message, fix=fix)
    targets.aimed(Request(), options.target)  # for what it refuses
    said = targets.fields(options.target)
    values = {"target": _flowing({"kaito": NEWEST_KAITO, **said}), "is_default": not said}
    text = fill_page("init/project.j2", values)
    return _written(
        options.file or PROJECT, text, "it holds for every intent beside and below {}", force=options.force
    )


def _written(file: str, text: str, then: str, *, force: bool) -> Outcome:
    """The text to standard output or into a new file, and what is said of that; UsageError where there is one already."""
    if file == "-":
        return Outcome(text.encode())
    if os.path.isdir(file):
        fix = f"name a file in it, such as {os.path.join(file, 'my-model.intent.yaml')}"
        raise UsageError(f"{file} is a folder", fix=fix)
    if os.path.lexists(file) and not force:
        raise UsageError(f"{file} exists", fix="choose another name, or write over it with --force")
    from kaitogen.files import atomic  # most print

    # What appears there meanwhile is not written over either.
    atomic.write_files({file: text.encode()}, may_replace=None if force else lambda _: False)
    shown, quoted = printable(file), printable(shlex.quote(file))
    return Outcome(stderr=f"kaitogen: wrote {shown}; {then.format(quoted)}\n")


def _for_editors(file: str) -> str:
    """The line that tells an editor where the schema is; empty where the repository keeps none above the file."""
    folder = os.path.dirname(os.path.realpath(file))
    found = nearest("kaitogen.schema.json", folder)
    return "" if found is None else f"# yaml-language-server: $schema={os.path.relpath(found[0], folder)}\n"
