"""What there is to tell of one comparison."""

from collections.abc import Mapping
from typing import NamedTuple

from generator.changes.model import Comparison
from generator.differing.way_out import WayOut


class Told(NamedTuple):
    """A comparison, what it was made with (a revision, a folder, a cluster), and the ways out by identity."""

    comparison: Comparison
    against: str
    ways: Mapping[tuple[str, str, str, str], WayOut]
