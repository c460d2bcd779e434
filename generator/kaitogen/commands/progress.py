"""Progress on a terminal: one line that says what a long run is at, and that is gone when the run is done."""

import os
import threading
from contextlib import closing, contextmanager

from kaitogen.diagnostics.terminal import rewrites
from kaitogen.typed import TYPE_CHECKING, Final, Iterator

if TYPE_CHECKING:
    from kaitogen.commands.inputs import LiveOptions
    from kaitogen.files.cluster import Cluster

#: Runs that are shorter say nothing; the line is written anew so often.
_PATIENCE: Final = 1.0
_EVERY: Final = 0.2
_LONGEST: Final = 100
_CLEAR: Final = "\r\x1b[K"


class Progress:
    """For as long as a block runs. `watched` says that standard error is a terminal that takes such a line."""

    def __init__(self, doing: str, *, watched: bool) -> None:
        self._doing = doing
        self._watched = watched
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._show, daemon=True)

    def say(self, doing: str) -> None:
        """What the run is at now."""
        self._doing = doing

    def count(self, doing: str, done: int, whole: int) -> None:
        """How far it is."""
        self._doing = f"{doing} {done:,} of {whole:,}"

    def __enter__(self) -> "Progress":
        """Start watching the clock."""
        if self._watched:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take the line away, however the block ends."""
        if self._watched:
            self._done.set()
            self._thread.join()

    def _show(self) -> None:
        wait, shown = _PATIENCE, False
        try:
            while not self._done.wait(wait):
                os.write(2, f"{_CLEAR}kaitogen: {self._doing[:_LONGEST]} ...".encode())
                wait, shown = _EVERY, True
            if shown:
                os.write(2, _CLEAR.encode())
        except OSError:
            return  # nobody reads it any more, and the run goes on


@contextmanager
def asking(options: "LiveOptions") -> Iterator["Cluster"]:
    """A connected cluster for as long as the block runs, and a word on standard error while a person waits for it."""
    from kaitogen.files.cluster import connect  # most runs ask none

    with (
        Progress("waiting for the cluster", watched=rewrites()) as progress,
        closing(connect(options.access, progress=progress.say)) as cluster,
    ):
        yield cluster
