"""A status that goes on: printed anew where it changes, or waited for until all is ready.

The cluster is asked every few seconds, each time by a new login: no connection, token or watch has to outlive a wait of
half an hour for GPUs.
"""

import gc
import os
import re
import time

from kaitogen.commands.options import OptionGroup, flag, option
from kaitogen.commands.progress import Progress
from kaitogen.commands.result import Outcome, deliver, formatted
from kaitogen.commands.status.as_text import total
from kaitogen.commands.status.types import Status
from kaitogen.diagnostics.terminal import rewrites
from kaitogen.errors import EXIT_FINDINGS, EXIT_OK, UsageError
from kaitogen.typed import Callable, Final

_UNITS: Final = {"": 1, "s": 1, "m": 60, "h": 3600}
#: Clears the screen and begins at its top.
_ANEW: Final = b"\x1b[2J\x1b[H"


class FollowOptions(OptionGroup):
    """Whether a status goes on, and how long."""

    watch = flag("-w", "--watch", help="Go on, and print the status anew where it changes; Ctrl-C ends it.")
    wait = flag("--wait", help="Go on until all is ready, or something stays broken.")
    timeout = option(
        "--timeout", metavar="DURATION", default="30m", help="How long --wait waits: 90s, 30m, 2h."
    )
    patience = option(
        "--patience",
        metavar="DURATION",
        default="1m",
        help="How long something may be broken before --wait gives up: what follows an applied fix takes a moment.",
    )
    every = option("--every", metavar="DURATION", default="5s", help="How often --watch and --wait ask.")

    @property
    def asked(self) -> bool:
        """Whether the status goes on."""
        return self.watch or self.wait


def follow(look: Callable[[], tuple[Status, str]], options: FollowOptions, form: str) -> Outcome:
    """Look again and again. `look` gives a status and what is to be said about how it was read.

    UsageError for a duration that is none. KeyboardInterrupt ends it like every run. What --wait ends with is the exit code of the last status.
    """
    timeout, patience = _seconds("--timeout", options.timeout), _seconds("--patience", options.patience)
    every = max(_seconds("--every", options.every), 1)
    gc.enable()  # which no short run needs: what forms circles would be kept for days here
    started = time.monotonic()
    broken_since: float | None = None
    shown, told = b"", ""
    while True:
        status, said = look()
        now = time.monotonic()
        text = formatted("status", form, status)
        if options.watch and text != shown:
            deliver(Outcome(_drawn(text, again=bool(shown)), "" if said == told else said))
            shown, told = text, said
        if options.wait:
            if status.exit_code != EXIT_FINDINGS:
                broken_since = None
            elif broken_since is None:
                broken_since = now
            lasts = broken_since is not None and now - broken_since >= patience
            if status.exit_code == EXIT_OK or lasts or now - started >= timeout:
                reason = (
                    f", as something was broken for {options.patience}"
                    if lasts
                    else f" after {options.timeout}"
                )
                why = "" if status.exit_code == EXIT_OK else f"kaitogen: gave up{reason}\n"
                said = "" if said == told else said
                return Outcome(b"" if options.watch else text, f"{said}{why}", status.exit_code)
        with Progress(total(status), watched=rewrites() and not options.watch):
            time.sleep(every)


def _drawn(text: bytes, *, again: bool) -> bytes:
    """The text in place of what is on the screen; in a log behind what was there."""
    if os.isatty(1):
        return _ANEW + text
    return b"\n" + text if again else text


def _seconds(name: str, word: str) -> int:
    """The seconds of a duration such as 90s; UsageError where it is none."""
    found = re.fullmatch(r"([0-9]{1,9})([smh]?)", word, re.ASCII)
    seconds = int(found[1]) * _UNITS[found[2]] if found else -1
    if not 0 <= seconds <= 7 * 24 * 3600:
        raise UsageError(f"{name} takes a duration such as 90s, 30m or 2h, not {word[:40]}")
    return seconds
