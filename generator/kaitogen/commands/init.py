"""`kaitogen init`: a commented intent of one strategy, or a project file, to start from.

What it writes is what `kaitogen validate` takes: what that would refuse is refused here, before anything is written.
"""

import os
import re

from kaitogen.commands import project, targets
from kaitogen.commands.inputs import TargetOptions
from kaitogen.commands.options import Group, OptionGroup, argument, flag, option
from kaitogen.commands.result import Outcome
from kaitogen.diagnostics.wording import number_of, printable
from kaitogen.errors import UsageError
from kaitogen.files import shipped
from kaitogen.kaito.catalogue.models import find_model
from kaitogen.kaito.rules.ignored import pin
from kaitogen.kaito.rules.preset import KG437, KG467
from kaitogen.kaito.sizing.instance_types import offers_for
from kaitogen.model import NEWEST_KAITO, Diagnostic, Json, Request, Target
from kaitogen.nodes import SUCH_AS
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.load import PROJECT, nearest
from kaitogen.pipeline.strategies import STRATEGIES
from kaitogen.typed import Final, Iterator, Sequence
from kaitogen.yaml.scalars import encode
from kaitogen.yaml.writer import flow

#: What stands in the scaffolds for the name and the model.
_NAME: Final = "my-model"
_MODEL: Final = "phi-4-mini-instruct"
#: What named nodes are labelled with, in the scaffold that names nodes.
_PINNED: Final = f"kaitogen.io/workspace={_NAME}"
_DEFAULT: Final = "auto"
_EXPLICIT: Final = "explicit"
_BYO: Final = "byo"
_TYPE_LINE: Final = "    instanceType: "
#: Where a repository keeps what `kaitogen schema editor` prints.
_SCHEMA: Final = "kaitogen.schema.json"
#: The target in every scaffold: a comment as a whole, or with comments in it.
_TARGET: Final = re.compile(r"(?m)^  (?:# )?target: *(#.*\n)(?:  (?:  |# {3}).*\n)*")
#: What is said of the number of replicas, before the placement.
_REPLICAS: Final = """\
  replicas: {replicas:<16}# copies of the model, each a Workspace that KAITO makes, on nodes of its own
  # scaling:                # in place of replicas: an autoscaler sets the number
  #   by: keda-kaito-scaler # or keda
  #   max: 5
  #   metrics: [{{name: "vllm:num_requests_waiting", up: 10, down: 1}}]
  placement:
"""
#: A Secret is never written as a manifest: it would lie in git, and a placeholder would be applied over the real one.
#: The shell stops at this line where the variable is empty, so that no secret without a token is made either.
_GATED: Final = """\
    # A gated model: accept its terms at https://huggingface.co/{id}, then, with a token of your own:
    #   kubectl create secret generic hf-token{namespace} --from-literal=HF_TOKEN="${{HF_TOKEN:?}}"
    accessSecret: hf-token
"""


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
    request, target = _aimed(options, "" if file == "-" else os.path.dirname(file))
    text = _intent(options, request, target)
    text = text if file == "-" else _for_editors(file) + text
    return _written(file, text, "render it with: kaitogen render {}", force=options.force)


def _aimed(options: Options, folder: str) -> tuple[Request, Target]:
    """What a file of the folder is judged with, and the installation it is for: of the options, or else of the project file."""
    request = Request()
    if (found := nearest(PROJECT, folder or os.curdir)) is not None:
        request = project.applied(request, [found], "")
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
    draft = _draft(options)
    refused = None
    for line in _instance_types(options, target):
        text = _placed(draft, line)
        findings = _findings(text, request)
        if any(one.rule in (KG437, KG467) for one in findings):
            text = _with_secret(text, options)
            findings = _findings(text, request)
        wrong = next((one for one in findings if one.severity == "error"), None)
        # Nobody but its author knows what a strategy without a scaffold needs.
        if wrong is None or not _has_scaffold(options.strategy):
            return text
        refused = refused or wrong
    assert refused is not None, "there is always an instance type to try, or none to write"
    raise UsageError(f"validate would refuse the intent ({refused.code}): {refused.message}", fix=refused.fix)


def _findings(text: str, request: Request) -> Sequence[Diagnostic]:
    return generate(request._replace(paths=("-",), stdin=text.encode())).findings


def _draft(options: Options) -> str:
    """The scaffold of the strategy with what the options say, but for the instance type."""
    scaffold = _scaffold(options.strategy)
    if options.replicas is not None:
        scaffold = _replicated(scaffold, options.replicas)
    name, namespace = options.name or _NAME, options.namespace
    pinned = _PINNED.replace(_NAME, pin(namespace or "", name))
    values = {_NAME: encode(name), _MODEL: encode(options.model or _MODEL), _PINNED: pinned}
    if namespace:
        scaffold = re.sub("; with a namespace above .*:", ":", scaffold)
    # In one pass: a Workspace may well be named as the model that stands in the scaffold.
    text = re.sub(f"{_PINNED}|{_NAME}|{_MODEL}", lambda match: values[match.group()], scaffold)
    if namespace is not None:
        text = _replaced(r"  # namespace: .*\n", f"  namespace: {encode(namespace)}\n", text)
    target = targets.fields(options.target)
    if target and options.strategy == _EXPLICIT:
        target.setdefault("nodeProvisioner", _BYO)
    return _targeted(text, target)


def _with_secret(text: str, options: Options) -> str:
    model = options.model or _MODEL
    known = find_model(model)
    namespace = f" --namespace {options.namespace}" if options.namespace else ""
    lines = _GATED.format(id=model if known is None else known.id, namespace=namespace)
    return _replaced(r"    # accessSecret: .*\n", lines, text)


def _placed(text: str, line: str) -> str:
    """The scaffold with this line for its instance type, which one of named nodes has not."""
    if _TYPE_LINE in text:
        return _replaced(rf"{_TYPE_LINE}.*\n", line, text)
    return _replaced(r"  inference:\n", f"{line}  inference:\n", text)


def _instance_types(options: Options, target: Target) -> Iterator[str]:
    """The lines that may say the instance type, the best first; one that is empty where the nodes are there already.

    Those are what `plan --choose` lists, and of these first where the model fits without being tight. Of a KAITO that makes
    no estimate it is what the newest needs; where no size is known, an example. UsageError where the model runs on none.
    """
    if options.instance_type is not None:
        yield f"{_TYPE_LINE}{encode(options.instance_type)}\n"
        return
    if target.byo or options.strategy == _EXPLICIT:
        yield ""
        return
    model = options.model or _MODEL
    choice = offers_for(model, target.provider, target.kaito)
    if choice.unknown:
        choice = offers_for(model, target.provider, NEWEST_KAITO)
    if choice.unknown:
        yield f"{_TYPE_LINE}{SUCH_AS[target.provider]}   # an example: nothing is known of the model's size\n"
        return
    offers = [one for one in choice.offers if one.sku.known_to(target.minor)]
    if not offers:
        message = f"{printable(model[:60])} runs on no instance type of {target.provider} that KAITO {target.kaito} knows"
        fix = "kaitogen skus --model says why; take another model, --provider or --instance-type"
        raise UsageError(message, fix=fix)
    for best in sorted(offers, key=lambda one: one.memory.verdict != "fits"):
        takes = f"{number_of(best.nodes, 'node')} with {number_of(best.sku.gpus, 'GPU')}"
        yield f"{_TYPE_LINE}{best.sku.name}   # {takes}; plan --choose lists all that do\n"


def _targeted(text: str, fields: dict[str, Json]) -> str:
    """The scaffold with the target; as it is where nothing is said of it."""
    lines = "".join(f"    {name}: {flow(value)}\n" for name, value in fields.items())
    return (
        _TARGET.sub(lambda match: f"  target:                   {match[1]}{lines}", text) if fields else text
    )


def _replaced(pattern: str, new: str, text: str) -> str:
    """The text with the one line that the pattern matches replaced."""
    return re.sub(f"(?m)^{pattern}", lambda _: new, text, count=1)


def _project(options: Options) -> Outcome:
    """The project file, which pins a version of KAITO: the newest, which is taken where no intent says another."""
    own = (options.name, options.model, options.replicas, options.namespace, options.instance_type)
    if any(own):
        message = "--project writes a file about all intents, and not one of its own"
        fix = "leave --name, --namespace, --model, --instance-type and --replicas out"
        raise UsageError(message, fix=fix)
    targets.aimed(Request(), options.target)  # for what it refuses
    text = shipped.read_text("templates", "init/project.yaml")
    fields = targets.fields(options.target)
    text = _targeted(text, fields and {"kaito": NEWEST_KAITO, **fields})
    text = text.replace("KAITO-VERSION", NEWEST_KAITO)
    return _written(
        options.file or PROJECT, text, "it holds for every intent beside and below {}", force=options.force
    )


def _written(file: str, text: str, then: str, *, force: bool) -> Outcome:
    """The text to standard output or into a new file, and what is said of that; UsageError where there is one already."""
    if file == "-":
        return Outcome(text.encode())
    if os.path.lexists(file) and not force:
        raise UsageError(f"{file} exists", fix="choose another name, or write over it with --force")
    from kaitogen.files import atomic  # most print

    # What appears there meanwhile is not written over either.
    atomic.write_files({file: text.encode()}, may_replace=None if force else lambda _: False)
    shown = printable(file)
    return Outcome(stderr=f"kaitogen: wrote {shown}; {then.format(shown)}\n")


def _for_editors(file: str) -> str:
    """The line that tells an editor where the schema is; empty where the repository keeps none above the file."""
    folder = os.path.dirname(os.path.realpath(file))
    found = nearest(_SCHEMA, folder)
    return "" if found is None else f"# yaml-language-server: $schema={os.path.relpath(found[0], folder)}\n"


def _own(strategy: str) -> str:
    return f"init/{strategy}.intent.yaml"


def _has_scaffold(strategy: str) -> bool:
    return os.path.isfile(os.path.join(shipped.folder("templates"), _own(strategy)))


def _scaffold(strategy: str) -> str:
    """The strategy's own scaffold; where it has none, that of the default with the strategy's name."""
    if _has_scaffold(strategy):
        return shipped.read_text("templates", _own(strategy))
    text = shipped.read_text("templates", _own(_DEFAULT))
    return re.sub(rf"strategy: {_DEFAULT}\b.*", f"strategy: {strategy}", text)


def _replicated(scaffold: str, replicas: str) -> str:
    """The scaffold of an InferenceSet, with a node for each replica where it counts or names nodes."""
    if not re.fullmatch("[0-9]{1,3}", replicas):
        fix = "write a whole number, such as 3"
        raise UsageError(f"--replicas {replicas[:60]} is no number of copies", fix=fix)
    nodes = max(int(replicas), 1)
    changes = {
        r"  placement:\n": _REPLICAS.format(replicas=int(replicas)),
        r"of the Workspace, at most 52": "of the InferenceSet, at most 46",
        r"beside the Workspace": "beside the InferenceSet",
        r"count: 2 .*": f"count: {nodes:<17}# how many nodes there are for all copies",
        r"gpu-node-1 gpu-node-2": " ".join(f"gpu-node-{number + 1}" for number in range(nodes)),
        r"( +- gpu-node-)1\n.*2\n": "".join(rf"\g<1>{number + 1}\n" for number in range(nodes)),
    }
    for old, new in changes.items():
        scaffold = re.sub(old, new, scaffold, count=1)
    return scaffold
