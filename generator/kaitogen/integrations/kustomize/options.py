"""The commands for kustomize, as rows of the command line's table."""

from typing import Final

from kaitogen.commands.option_types import Argument, Command, Option
from kaitogen.model import KAITO_VERSIONS, NODE_PROVISIONERS, PROVIDERS

_HOME: Final = Option(
    "plugin_home",
    ("--plugin-home",),
    "Folder of kustomize's plugins; left out, the one kustomize would use.",
    "value",
    "FOLDER",
)
_DRY_RUN: Final = Option("dry_run", ("--dry-run",), "Say what would be done, and do nothing.")

KRM: Final = Command(
    "krm",
    "Run as a KRM function, from standard input to standard output.",
    (),
    Argument("config", "FILE", "The configuration, as kustomize hands it to a legacy plugin.", most=1),
)
INSTALL: Final = Command(
    "kustomize install", "Install the legacy plugin, the one form that kubectl runs.", (_HOME, _DRY_RUN)
)
UNINSTALL: Final = Command("kustomize uninstall", "Remove what install wrote.", (_HOME, _DRY_RUN))
DOCTOR: Final = Command(
    "kustomize doctor",
    "Say what keeps kustomize from running kaitogen, and what to do about it.",
    (),
    Argument("folder", "FOLDER", "A folder with a kustomization.yaml; the current one if left out.", most=1),
)
CHECK: Final = Command(
    "kustomize check",
    "Check what a build printed, from standard input.",
    (
        Option(
            "expect", ("--expect",), "Fail unless exactly this many Workspaces are there.", "value", "NUMBER"
        ),
        Option("kaito", ("--kaito",), "KAITO version they are meant for.", "value", choices=KAITO_VERSIONS),
        Option("provider", ("--provider",), "Cloud they are meant for.", "value", choices=PROVIDERS),
        Option(
            "node_provisioner",
            ("--node-provisioner",),
            "Who brings the nodes.",
            "value",
            choices=NODE_PROVISIONERS,
        ),
        Option("strict", ("--strict",), "Let warnings fail as errors do."),
    ),
)
COMPONENTS: Final = Command(
    "kustomize components",
    "List the ready-made pieces for overlays, or write some of them out.",
    (Option("out", ("-o", "--out"), "Write the pieces into this folder.", "value", "FOLDER"),),
    Argument("pieces", "PIECE", "Names of pieces; all where -o is given and none is named."),
)
KUSTOMIZE_COMMANDS: Final = (KRM, INSTALL, UNINSTALL, DOCTOR, CHECK, COMPONENTS)
