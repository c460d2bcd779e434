"""What there is to tell of one comparison."""

from collections.abc import Mapping
from typing import NamedTuple

from kaitogen.commands.diff.way_out import WayOut
from kaitogen.kaito.updates.model import Comparison


class Told(NamedTuple):
    """A comparison, what it was made with (a revision, a folder, a cluster), and the ways out by identity."""

    comparison: Comparison
    against: str
    ways: Mapping[tuple[str, str, str, str], WayOut]
