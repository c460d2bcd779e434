"""The commands about nodes, and options about nodes that others share, as rows of the command line's table."""

from typing import Final

from kaitogen.commands.live_options import LIVE_OPTIONS
from kaitogen.commands.option_types import Argument, Command, Option

INVENTORY: Final = Option(
    "inventory",
    ("--inventory",),
    "Facts about nodes (kaitogen nodes snapshot writes them), or quick selectors of your own.",
    "values",
    "FILE",
)
SAVE_INVENTORY: Final = Option(
    "save_inventory",
    ("--save-inventory",),
    "Keep the facts of --live in this file, to render again without the cluster.",
    "value",
    "FILE",
)
MAX_AGE: Final = Option(
    "max_age", ("--max-age",), "Warn of facts that are older.", "value", "DAYS", default="14"
)
TODAY: Final = Option(
    "today",
    ("--today",),
    "The day that --max-age counts from, for a repeatable answer.",
    "value",
    "YYYY-MM-DD",
)

_SELECTOR: Final = Option(
    "selector", ("-l", "--selector"), "Labels, as kubectl's -l takes them.", "value", "SELECTOR"
)
LIST: Final = Command(
    "nodes list",
    "List nodes that have GPUs, with state, type, taints and place.",
    (
        INVENTORY,
        *LIVE_OPTIONS,
        _SELECTOR,
        Option("quick", ("--quick",), "Only what this quick selector matches.", "value", "NAME"),
        Option("instance_type", ("--instance-type",), "Only nodes of this instance type.", "value", "TYPE"),
        Option("ready", ("--ready",), "Only nodes that can take KAITO's pods now."),
        Option("all", ("--all",), "Nodes without GPUs, too."),
        Option("pods", ("--pods",), "Show how many GPUs pods leave free, too."),
        Option(
            "form",
            ("--format",),
            "How to list them.",
            "value",
            choices=("table", "wide", "json", "yaml"),
            default="table",
        ),
        MAX_AGE,
        TODAY,
    ),
)
QUICK: Final = Command(
    "nodes quick",
    "List the quick selectors, with what each matches.",
    (INVENTORY, *LIVE_OPTIONS, MAX_AGE, TODAY),
)
SNAPSHOT: Final = Command(
    "nodes snapshot",
    "Write an inventory of the nodes.",
    (
        *LIVE_OPTIONS,
        _SELECTOR,
        Option(
            "merge", ("--merge",), "Lay the facts over this inventory, and say what changed.", "value", "FILE"
        ),
        Option("out", ("-o", "--out"), "Write the inventory into this file.", "value", "FILE"),
        Option(
            "cluster", ("--cluster",), "Name of the cluster, where the facts do not say it.", "value", "NAME"
        ),
        Option("time", ("--time",), "When the facts were taken; now, if left out.", "value", "TIME"),
    ),
    Argument(
        "file", "FILE", "What kubectl get nodes -o json (or yaml) printed; - for standard input.", most=1
    ),
)
NODES_COMMANDS: Final = (LIST, QUICK, SNAPSHOT)
