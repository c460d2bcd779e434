"""Every command with its arguments and options, said once.

The quick parser (`quick.py`) and click (`cli.py`) are both made from this table, and
completion and the documentation with them.
"""

from typing import Final

from kaitogen.commands.catalogue.options import CATALOGUE_COMMANDS
from kaitogen.commands.diff.options import diff
from kaitogen.commands.explain.options import EXPLAIN
from kaitogen.commands.import_.options import IMPORT_COMMANDS
from kaitogen.commands.live_options import LIVE_OPTIONS
from kaitogen.commands.nodes.options import INVENTORY, MAX_AGE, NODES_COMMANDS, SAVE_INVENTORY, TODAY
from kaitogen.commands.option_types import Argument, Command, Option, Takes, Value, Values
from kaitogen.commands.plan.options import plan
from kaitogen.commands.target_options import TARGET_OPTIONS
from kaitogen.integrations.argocd.options import ARGOCD_COMMANDS
from kaitogen.integrations.kustomize.options import KUSTOMIZE_COMMANDS
from kaitogen.model import KAITO_VERSIONS
from kaitogen.pipeline.emit import FORMATS

__all__ = ["COMMANDS", "Argument", "Command", "Option", "Takes", "Value", "Values"]

_PATHS: Final = Argument(
    "paths",
    "PATH",
    "Files, folders (every intent.yaml and *.intent.yaml below them), or - for standard input.",
)
_TEMPLATES: Final = Option(
    "templates",
    ("--templates",),
    "A folder of templates that are laid over the shipped ones.",
    "value",
    "FOLDER",
)
_STRICT: Final = Option("strict", ("--strict",), "Let warnings stop the run as errors do.")
_QUIET: Final = Option("quiet", ("-q", "--quiet"), "Show errors only.")
_FORCE: Final = Option("force", ("--force",), "Write over an existing file.")
_STRATEGIES: Final = ("explicit", "count", "auto")
_SCHEMAS: Final = (
    "intent",
    "set",
    "workspace",
    "findings",
    "plan",
    "changes",
    "inventory",
    "quick-selectors",
    "nodes",
    "prices",
    "budget",
    "models",
    "skus",
)

RENDER: Final = Command(
    "render",
    "Turn intents into KAITO Workspaces.",
    (
        Option(
            "out",
            ("-o", "--out"),
            "Write one file per object into this folder, all or nothing.",
            "value",
            "FOLDER",
        ),
        Option("check", ("--check",), "Write nothing; exit 1 with a diff where the folder of -o differs."),
        Option(
            "kustomization", ("--kustomization",), "Write a kustomization.yaml that lists the files, too."
        ),
        Option(
            "form", ("--output-format",), "Format of the manifests.", "value", choices=FORMATS, default="yaml"
        ),
        INVENTORY,
        *LIVE_OPTIONS,
        SAVE_INVENTORY,
        _TEMPLATES,
        _STRICT,
        _QUIET,
    ),
    _PATHS,
)
VALIDATE: Final = Command(
    "validate",
    "Check intents and finished Workspace manifests.",
    (
        Option(
            "form",
            ("--format",),
            "How to report; all but text go to standard output.",
            "value",
            choices=("text", "json", "github", "sarif", "junit"),
            default="text",
        ),
        *TARGET_OPTIONS,
        Option(
            "expect", ("--expect",), "Fail unless exactly this many Workspaces are seen.", "value", "NUMBER"
        ),
        Option(
            "against",
            ("--against",),
            "Judge the changes since a git revision, a folder or a file, too.",
            "value",
            "REVISION|FOLDER|FILE",
        ),
        Option("notes", ("--notes",), "Show what only the cluster can decide, too."),
        INVENTORY,
        MAX_AGE,
        TODAY,
        _TEMPLATES,
        _STRICT,
        _QUIET,
    ),
    _PATHS,
)
PLAN: Final = plan(_PATHS, _TEMPLATES, _STRICT, _QUIET)
DIFF: Final = diff(_PATHS, INVENTORY, _TEMPLATES, _QUIET)
INIT: Final = Command(
    "init",
    "Write a commented intent to start from.",
    (
        Option(
            "strategy",
            ("--strategy",),
            "How the model is placed.",
            "value",
            choices=_STRATEGIES,
            default="auto",
        ),
        Option("name", ("--name",), "Name of the Workspace.", "value", "NAME"),
        Option("model", ("--model",), "Preset or Hugging Face id of the model.", "value", "MODEL"),
        _FORCE,
    ),
    Argument("file", "FILE", "Where to write it; standard output where it is left out or -.", most=1),
)
SCHEMA: Final = Command(
    "schema",
    "Print a JSON Schema.",
    (
        Option(
            "kaito",
            ("--kaito",),
            "KAITO version of the Workspace schema.",
            "value",
            choices=KAITO_VERSIONS,
        ),
        Option(
            "api_version",
            ("--api-version",),
            "API version of the Workspace schema.",
            "value",
            choices=("v1beta1", "v1alpha1"),
        ),
    ),
    Argument("which", "|".join(_SCHEMAS), "Which schema.", most=1, choices=_SCHEMAS),
)
VERSION: Final = Command("version", "Print the version of kaitogen and the KAITO versions it knows.")
COMPLETION: Final = Command(
    "completion",
    "Print the completion script of a shell.",
    (),
    Argument("shell", "bash|zsh|fish", "The shell.", most=1, choices=("bash", "zsh", "fish"), required=True),
)

#: In the order of the help text.
COMMANDS: Final[dict[str, Command]] = {
    command.name: command
    for command in (
        RENDER,
        VALIDATE,
        PLAN,
        DIFF,
        *CATALOGUE_COMMANDS,
        EXPLAIN,
        INIT,
        SCHEMA,
        *IMPORT_COMMANDS,
        *NODES_COMMANDS,
        *ARGOCD_COMMANDS,
        *KUSTOMIZE_COMMANDS,
        VERSION,
        COMPLETION,
    )
}
