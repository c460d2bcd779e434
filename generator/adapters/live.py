"""From --live and its options to a cluster, with a word on standard error while a person waits for it."""

import os
import threading
import time
from typing import Final

from generator.adapters.options import Values
from generator.adapters.terminal import colours
from generator.adapters.wiring import word
from generator.cluster import Access, Cluster, connect
from generator.errors import UsageError

_PATIENCE: Final = 1.0
_CLEAR: Final = b"\r\x1b[K"


def wanted(values: Values) -> bool:
    """Whether a cluster is to be asked; UsageError where an option says how to, and --live is missing."""
    for name in ("kubeconfig", "context"):
        if values.get(name) is not None and not values.get("live"):
            raise UsageError(f"--{name} says how to ask a cluster, and none is asked", fix="add --live")
    return bool(values.get("live"))


def access(values: Values) -> Access:
    """The way into the cluster that the options name."""
    return Access(word(values.get("kubeconfig")), word(values.get("context")))


class Asking:
    """A connected cluster for as long as the block runs: `with Asking(values) as cluster:`."""

    def __init__(self, values: Values) -> None:
        self._access = access(values)
        self._progress = _Progress(shown=colours() is not None)

    def __enter__(self) -> Cluster:
        self._progress.start()
        try:
            self._cluster = connect(self._access, told=self._progress.tell)
        except BaseException:
            self._progress.stop()
            raise
        return self._cluster

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
        self._cluster.close()


class _Progress:
    """One line that is written over, and gone at the end; nothing in the first second, nor for nobody."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown
        self._timer = threading.Timer(_PATIENCE, self._show)
        self._timer.daemon = True
        self._words = "waiting for the cluster"
        self._lock = threading.Lock()
        self._since = 0.0

    def start(self) -> None:
        self._since = time.monotonic()
        if self._shown:
            self._timer.start()

    def tell(self, words: str) -> None:
        """Take the words for the ones to show."""
        self._words = words
        if self._shown and time.monotonic() - self._since >= _PATIENCE:
            self._show()

    def _show(self) -> None:
        with self._lock:
            if self._shown:
                _write(_CLEAR + f"kaitogen: {self._words}".encode()[:120])

    def stop(self) -> None:
        """Take the line away."""
        self._timer.cancel()
        with self._lock:
            if self._shown and time.monotonic() - self._since >= _PATIENCE:
                _write(_CLEAR)
            self._shown = False


def _write(words: bytes) -> None:
    try:
        os.write(2, words)
    except OSError:
        pass  # nobody watches any more
