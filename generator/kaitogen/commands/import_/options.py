"""The commands `import`, `migrate` and `fmt`, as rows of the command line's table."""

from typing import Final

from kaitogen.commands.live_options import LIVE_OPTIONS
from kaitogen.commands.option_types import Argument, Command, Option
from kaitogen.commands.target_options import TARGET_OPTIONS
from kaitogen.model import KAITO_VERSIONS

IMPORT: Final = Command(
    "import",
    "Turn finished Workspaces into intents.",
    (
        Option(
            "out",
            ("-o", "--out"),
            "Write one file per intent into this folder, all or nothing.",
            "value",
            "FOLDER",
        ),
        Option("as_set", ("--set",), "Make one WorkspaceIntentSet, with what is common as its defaults."),
        Option("name", ("--name",), "Name of the set.", "value", "NAME", default="workspaces"),
        *TARGET_OPTIONS,
        *LIVE_OPTIONS,
        Option(
            "namespace",
            ("-n", "--namespace"),
            "Namespace for --live; left out, all of them.",
            "value",
            "NAME",
        ),
        Option("quiet", ("-q", "--quiet"), "Show errors only."),
    ),
    Argument(
        "paths",
        "FILE",
        "Files, folders (every YAML file below them that speaks of KAITO), or - for standard input.",
    ),
)
FMT: Final = Command(
    "fmt",
    "Put intent files into canonical order and style.",
    (
        Option("check", ("--check",), "Write nothing; exit 1 with a diff where a file would change."),
        Option("quiet", ("-q", "--quiet"), "Say nothing where all went well."),
    ),
    Argument(
        "paths",
        "PATH",
        "Files, folders (every intent.yaml and *.intent.yaml below them), or - for a filter.",
    ),
)
MIGRATE: Final = Command(
    "migrate",
    "Move intents and finished Workspaces to another KAITO version.",
    (
        Option("kaito", ("--to",), "KAITO version to go to.", "value", choices=KAITO_VERSIONS),
        Option("check", ("--check",), "Exit 1 with a diff where a file would change."),
        Option("write", ("--write",), "Change the files; without it the diff is shown."),
        *(option for option in TARGET_OPTIONS if option.name != "kaito"),
    ),
    Argument(
        "paths",
        "PATH",
        "Files, folders (every YAML file below them that speaks of KAITO), or - for standard input.",
    ),
)

#: In the order of the help text.
IMPORT_COMMANDS: Final = (IMPORT, MIGRATE, FMT)
