"""Options about nodes that several commands share, as rows of the command line's table."""

from typing import Final

from generator.adapters.table import Option

INVENTORY: Final = Option(
    "inventory",
    ("--inventory",),
    "Facts about nodes (kaitogen nodes snapshot writes them), or quick selectors of your own.",
    "values",
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
