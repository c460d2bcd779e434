"""The commands of the Argo CD plugin, as rows of the command line's table."""

from typing import Final

from kaitogen.commands.option_types import Command, Option

_WITHIN: Final = Option(
    "within",
    ("--within",),
    "What no file may be read outside of; for plugin.yaml, not for an Application.",
    "value",
    choices=("application", "repository"),
    default="application",
)
_TEMPLATES: Final = Option(
    "templates",
    ("--templates",),
    "A folder of templates in the application's own folder, used where it is there.",
    "value",
    "FOLDER",
)
GENERATE: Final = Command(
    "argocd generate",
    "Print the manifests of the application in this folder.",
    (
        _WITHIN,
        _TEMPLATES,
        Option(
            "time_limit", ("--time-limit",), "Seconds after which to stop.", "value", "SECONDS", default="40"
        ),
        Option("memory_limit", ("--memory-limit",), "Memory to stop at.", "value", "MIB", default="1024"),
    ),
)
PARAMETERS: Final = Command(
    "argocd parameters", "Print what Argo CD's form offers for the application in this folder.", (_WITHIN,)
)
INSTALL: Final = Command(
    "argocd install",
    "Print or write the files that install the plugin.",
    (
        Option("show", ("--print",), "Print the files, each after a line with its name."),
        Option("out", ("-o", "--out"), "Write them into this folder.", "value", "FOLDER"),
        Option("image", ("--image",), "Image with kaitogen in it.", "value", "IMAGE"),
        Option("discover", ("--discover",), "Let Argo CD detect applications by intent.yaml."),
        Option("dynamic", ("--dynamic-parameters",), "Let the form follow the intents."),
    ),
)
DOCTOR: Final = Command(
    "argocd doctor",
    "Check, in the sidecar, that the plugin is installed as it has to be.",
    (
        Option(
            "config",
            ("--config-dir-path",),
            "Folder of plugin.yaml.",
            "value",
            "FOLDER",
            default="/home/argocd/cmp-server/config",
        ),
    ),
)
ARGOCD_COMMANDS: Final = (GENERATE, PARAMETERS, INSTALL, DOCTOR)
