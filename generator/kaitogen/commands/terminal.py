"""What standard error is (a terminal with colours, one without, or something read later)."""

import os
import sys


def colours(descriptor: int = 2) -> bool | None:
    """Whether to colour (True, False) for a terminal, None where standard error is none (https://no-color.org)."""
    try:
        if not os.isatty(descriptor):
            return None
    except OSError:
        return None
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and sys.platform != "win32"


def rewrites() -> bool:
    """Whether standard error is a terminal on which a line can be written over."""
    return colours() is not None and os.environ.get("TERM") != "dumb"
