"""Every command by name: what it is for, and the function that runs it, whose argument declares its options.

A module is imported when its command is called, or its own help is asked for.

A plain command line is parsed here, without click. What is not plain (help, completion, anything wrong) goes
to click, which explains it; a test holds that both parsers take the same lines the same way.
"""

from kaitogen.commands.options import OptionGroup
from kaitogen.commands.options import parse as parse_options
from kaitogen.commands.result import CommonOptions, Outcome
from kaitogen.model import Diagnostic
from kaitogen.typed import Any, Callable, Final, NamedTuple, Sequence

#: The environment variable by which a shell asks what may complete a line.
COMPLETE_VARIABLE: Final = "_KAITOGEN_COMPLETE"
#: In the order of the help text: the module, which has a class `Options` and a function `run` (or one that is
#: named here, which takes its options as `options`), and the summary.
COMMANDS: Final = {
    "render": ("commands.render", "Turn intents into KAITO Workspaces."),
    "validate": ("commands.validate", "Check intents and finished Workspace manifests."),
    "verify": ("commands.verify", "Say what differs from the receipt of a render: input, output, line."),
    "plan": ("commands.plan.command", "Say what KAITO will do with intents: nodes, GPUs, memory."),
    "diff": (
        "commands.diff.command",
        "Say what changes, and what KAITO does with each change; exit 1 where anything differs.",
    ),
    "status": (
        "commands.status.command",
        "Say what runs of the intents, and what is waited for; exit 0 where all is ready.",
    ),
    "models": ("commands.catalogue.models", "Look up the models that KAITO knows."),
    "skus": (
        "commands.catalogue.skus",
        "Look up the instance types that KAITO knows, and what fits on them.",
    ),
    "explain": ("commands.explain.command", "Say what a finding means, or where a value comes from."),
    "init": ("commands.init", "Write a commented intent to start from."),
    "schema": ("commands.schema", "Print a JSON Schema."),
    "import": ("commands.import_.command", "Turn finished Workspaces into intents."),
    "migrate": ("commands.migrate.command", "Move intents and finished Workspaces to another KAITO version."),
    "fmt": ("commands.fmt", "Put intent files into canonical order and style."),
    "nodes list": ("commands.nodes.list", "List nodes that have GPUs, with state, type, taints and place."),
    "nodes quick": ("commands.nodes.list:quick", "List the quick selectors, with what each matches."),
    "nodes snapshot": ("commands.nodes.snapshot", "Write an inventory of the nodes."),
    "argocd generate": (
        "integrations.argocd.generate",
        "Print the manifests of the application in this folder.",
    ),
    "argocd parameters": (
        "integrations.argocd.announce",
        "Print what Argo CD's form offers for the application in this folder.",
    ),
    "argocd install": ("integrations.argocd.install", "Print or write the files that install the plugin."),
    "argocd doctor": (
        "integrations.argocd.doctor",
        "Check, in the sidecar, that the plugin is installed as it has to be.",
    ),
    "krm": ("integrations.krm.command", "Run as a KRM function, from standard input to standard output."),
    "kustomize install": (
        "integrations.kustomize.plugin:install",
        "Install the legacy plugin, the one form that kubectl runs.",
    ),
    "kustomize uninstall": ("integrations.kustomize.plugin:uninstall", "Remove what install wrote."),
    "kustomize doctor": (
        "integrations.kustomize.doctor",
        "Say what keeps kustomize from running kaitogen, and what to do about it.",
    ),
    "kustomize check": ("integrations.kustomize.check", "Check what a build printed, from standard input."),
    "kustomize components": (
        "integrations.kustomize.components",
        "List the ready-made pieces for overlays, or write some of them out.",
    ),
    "help": ("cli.about:help_of", "Show the help of a command."),
    "version": ("cli.about:version", "Print the version of kaitogen and the KAITO versions it knows."),
    "completion": ("cli.about:completion", "Print the completion script of a shell."),
}
#: Of commands whose names have two words, by the first.
GROUPS: Final = {
    "argocd": "What the Argo CD plugin runs.",
    "kustomize": "Install kaitogen into kustomize, and find what is wrong there.",
    "nodes": "GPU nodes: list them, and keep an inventory.",
}


class Command(NamedTuple):
    """A command that can be run: `run` takes an instance of `options`."""

    name: str
    options: type[OptionGroup]
    run: Callable[[Any], Outcome]
    #: What is made of the finding that a limit ended the run; None for what every command makes of it.
    stopped: Callable[[Diagnostic], Outcome] | None = None


def find(name: str) -> Command | None:
    """The command of that name, its module imported; None where there is none."""
    if name not in COMMANDS:
        return None
    module_name, _, function = COMMANDS[name][0].partition(":")
    # Not by importlib, which costs a hundredth of a render.
    module = __import__(f"kaitogen.{module_name}", fromlist=["run"])
    run, stopped = getattr(module, function or "run"), getattr(module, "stopped", None)
    options = run.__annotations__["options"] if function else module.Options
    return Command(name, options, run, stopped)


def parse(line: Sequence[str]) -> tuple[Command, OptionGroup] | None:
    """The command and its options, None where the line is not plain."""
    for length in (1, 2):
        command = find(" ".join(line[:length]))
        if command is not None:
            options = parse_options(command.options, CommonOptions.added_to(command.options), line[length:])
            return None if options is None else (command, options)
    return None
