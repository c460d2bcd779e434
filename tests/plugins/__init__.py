"""Plugins of the test run; each file is one rule that the whole suite obeys."""

import os


def in_ci() -> bool:
    """Whether this run is the gate: `CI` is set, and not to a word for no."""
    return os.environ.get("CI", "").lower() not in {"", "0", "false", "no"}
