"""`kaitogen init`: a commented intent of one strategy, or a project file, to start from."""

import os
import re
from typing import Final

from kaitogen.commands.options import OptionGroup, argument, flag, option
from kaitogen.commands.result import Outcome
from kaitogen.diagnostics.wording import printable
from kaitogen.errors import UsageError
from kaitogen.files import shipped
from kaitogen.model import NEWEST_KAITO
from kaitogen.pipeline.load import PROJECT
from kaitogen.pipeline.strategies import STRATEGIES
from kaitogen.yaml.scalars import encode

#: What stands in the scaffolds for the name and the model.
_NAME: Final = "my-model"
_MODEL: Final = "phi-4-mini-instruct"
#: What stands in the project file for the version of KAITO.
_KAITO: Final = "KAITO-VERSION"
_DEFAULT: Final = "auto"
#: Where a repository keeps what `kaitogen schema editor` prints.
_SCHEMA: Final = "kaitogen.schema.json"
#: What is said of the number of replicas, before the placement.
_REPLICAS: Final = """\
  replicas: {replicas:<16}# copies of the model, each a Workspace that KAITO makes, on nodes of its own
  # scaling:                # in place of replicas: an autoscaler sets the number
  #   by: keda-kaito-scaler # or keda
  #   max: 5
  #   metrics: [{{name: "vllm:num_requests_waiting", up: 10, down: 1}}]
  placement:
"""


class Options(OptionGroup):
    """Of `kaitogen init`."""

    strategy = option(
        "--strategy", choices=tuple(STRATEGIES), default=_DEFAULT, help="How the model is placed."
    )
    replicas = option("--replicas", metavar="N", help="Copies of the model: an InferenceSet, no Workspace.")
    name = option("--name", metavar="NAME", help="Name of the Workspace or InferenceSet.")
    model = option("--model", metavar="MODEL", help="Preset or Hugging Face id of the model.")
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
    values = {_NAME: encode(options.name or _NAME), _MODEL: encode(options.model or _MODEL)}
    # In one pass: a Workspace may well be named as the model that stands in the scaffold.
    scaffold = _scaffold(options.strategy)
    if options.replicas is not None:
        scaffold = _replicated(scaffold, options.replicas)
    text = re.sub(f"{_NAME}|{_MODEL}", lambda match: values[match.group()], scaffold)
    file = "-" if options.file is None else options.file
    text = text if file == "-" else _for_editors(file) + text
    return _written(file, text, "render it with: kaitogen render {}", force=options.force)


def _project(options: Options) -> Outcome:
    """The project file, which pins the newest KAITO: what is taken where no intent says another."""
    if options.name or options.model or options.replicas:
        message = "--project writes a file about all intents, and not one of its own"
        raise UsageError(message, fix="leave --name, --model and --replicas out")
    text = shipped.read_text("templates", "init/project.yaml").replace(_KAITO, NEWEST_KAITO)
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
    folder = os.path.dirname(os.path.abspath(file))
    above = folder
    while not os.path.isfile(os.path.join(above, _SCHEMA)):
        if os.path.lexists(os.path.join(above, ".git")) or above == os.path.dirname(above):
            return ""
        above = os.path.dirname(above)
    return f"# yaml-language-server: $schema={os.path.relpath(os.path.join(above, _SCHEMA), folder)}\n"


def _scaffold(strategy: str) -> str:
    """The strategy's own scaffold; where it has none, that of the default with the strategy's name."""
    own = f"init/{strategy}.intent.yaml"
    if os.path.isfile(os.path.join(shipped.folder("templates"), own)):
        return shipped.read_text("templates", own)
    text = shipped.read_text("templates", f"init/{_DEFAULT}.intent.yaml")
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
