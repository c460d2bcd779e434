"""Bounds on the time and memory of one call, with a word on which file was being worked on when one is met.

Argo CD's own deadline ends a call with SIGKILL and no reason; ours comes first and says why.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType, TracebackType
from typing import Final, TypeVar

from generator.model import Context, Document, Finding, Manifest, Origin, Spec

SECONDS: Final = 40
MEBIBYTES: Final = 1024
_Made = TypeVar("_Made")


class TimeUp(BaseException):
    """The time is over. Not an Exception: nobody on the way may take it for one of their own."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


def bounded(work: Callable[[], _Made], seconds: int, mebibytes: int) -> _Made | Finding:
    """What the work makes, or the finding that says which bound it met, and at which file."""
    _bound_memory(mebibytes)
    signal.signal(signal.SIGALRM, _time_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return work()
    except TimeUp as stop:
        message = f"took more than {seconds} s and was stopped while this was worked on"
        return _finding(stop.where, "KG610", message)
    except MemoryError as error:
        where = _in_traceback(error.__traceback__)
        return _finding(where, "KG611", f"needed more than {mebibytes} MiB of memory and was stopped")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _finding(where: str, code: str, message: str) -> Finding:
    fix = "make the file smaller, or spread the intents over several applications"
    return Finding(code, "error", where or "the application", 0, 0, "", message, fix)


def _bound_memory(mebibytes: int) -> None:
    import resource

    limit = mebibytes * 2**20
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or limit < hard:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    # Out of memory, Python cannot even close a generator, and would print a traceback of its own about that.
    sys.unraisablehook = _unsaid


def _unsaid(_problem: object) -> None:
    """What cannot be raised is not said either: the finding about the memory says it all."""


def _time_up(_signal: int, frame: FrameType | None) -> None:
    while frame is not None:
        where = _named(frame)
        if where:
            raise TimeUp(where)
        frame = frame.f_back
    raise TimeUp("")


def _in_traceback(trace: TracebackType | None) -> str:
    """The largest of the files that were being held: it, and not the one at hand, took the memory."""
    names: set[str] = set()
    while trace is not None:
        names.update(_held(trace.tb_frame))
        trace = trace.tb_next
    return max(sorted(names), key=_size, default="")


def _held(frame: FrameType) -> Iterator[str]:
    for value in list(frame.f_locals.values()):
        if isinstance(value, list | tuple) and value and isinstance(value[0], Document):
            yield from (one.file for one in value if isinstance(one, Document))
    if at_hand := _named(frame):
        yield at_hand.partition(" (")[0]


def _size(name: str) -> int:
    try:
        return os.stat(name).st_size
    except OSError:
        return 0


def _named(frame: FrameType) -> str:
    """The file that a stage's function works on: the stages all hold it in one of the types of the model."""
    if not frame.f_globals.get("__name__", "").startswith("generator."):
        return ""
    for name, value in frame.f_locals.items():
        document = _document(value)
        if document is not None:
            return _with_name(document, value)
        if name == "found" and isinstance(value, str) and os.path.lexists(value):
            return value
    return ""


def _document(value: object) -> Document | None:
    if isinstance(value, Document):
        return value
    if isinstance(value, Origin):
        return value.document
    if isinstance(value, Spec):
        return value.origin.document
    return value.spec.origin.document if isinstance(value, Context | Manifest) else None


def _with_name(document: Document, value: object) -> str:
    spec = value if isinstance(value, Spec) else getattr(value, "spec", None)
    return f"{document.file} ({spec.name})" if isinstance(spec, Spec) else document.file
