"""Bounds on the time and memory of one run, with a word on which file was being worked on when one is met.

A deadline of somebody else's ends a run with SIGKILL and no reason; ours comes first and says why.
The bounds are looked at many times a second, while there still is memory to say something
with: CPython that has none left may turn in a circle of its own, where it sees no signal.
"""

import os
import sys
import time

from kaitogen.commands.result import Outcome, deliver, reported
from kaitogen.errors import UsageError
from kaitogen.files.folders import size_of
from kaitogen.model import Diagnostic, Rule
from kaitogen.pipeline import current
from kaitogen.typed import TYPE_CHECKING, Callable, Final

if TYPE_CHECKING:
    import signal
    from types import FrameType
else:
    import _signal as signal  # without its half in Python, which makes classes of constants

KG610 = Rule("KG610", "Took too long and was stopped", kind="environment")
KG611 = Rule("KG611", "Needed too much memory and was stopped", kind="environment")

#: Seconds between two looks.
_TICK: Final = 0.02
#: Seconds that the work has for coming to its end once it is told to.
_GRACE: Final = 2
#: The bound where none is set. (Not that of `math`, a library of its own that would be loaded for it.)
_NO_BOUND: Final = float("inf")
#: MiB that the system gives beyond the bound: more than any step of ours takes between two looks.
HEADROOM: Final = 128


class Stopped(BaseException):
    """A bound is met. Not an Exception: nobody on the way may take it for one of their own."""


def bounded(
    work: Callable[[], Outcome],
    seconds: int | None,
    mebibytes: int | None,
    stopped: Callable[[Diagnostic], Outcome],
) -> Outcome:
    """What the work makes, or what `stopped` makes of the finding that says which bound it met, and at which file.

    None is no bound. UsageError on a system that has no such bounds.
    """
    if not hasattr(signal, "setitimer"):
        raise UsageError(
            "this system has no limits of time and memory for a process", fix="leave the limits out"
        )
    current.start()
    watch = _Watch(seconds, mebibytes, stopped)
    try:
        made = work()
        watch.end()
        return made
    except Stopped:
        watch.end()
        return stopped(watch.finding)
    except MemoryError:
        # Only a single step that asks for more than the headroom comes here; what is said needs some of it.
        watch.end()
        return stopped(watch.about_memory(""))
    finally:
        watch.end()


def stopped(finding: Diagnostic) -> Outcome:
    """What a command says whose run a bound has ended."""
    from kaitogen.diagnostics.formats import Report  # few are

    return reported(Report([finding]), wrote=True)


def watched() -> int | None:
    """Go on in a process of its own, and wait for it here: its exit code here, None there.

    Whatever ends that process, this one says so: a sidecar without memory, or a limit of the system's, gives no reason.
    """
    if not hasattr(os, "fork"):
        return None
    ends = (signal.SIGTERM, signal.SIGINT)
    # What comes meanwhile waits until there is somebody to hand it on to.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    child = os.fork()
    for number in ends if child else ():
        signal.signal(number, lambda number, _: os.kill(child, number))
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    if child == 0:
        return None
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code >= 0:
        return code
    from signal import Signals  # few are ended so

    known: dict[int, tuple[Rule, str]] = {
        signal.SIGXCPU: (KG610, "answered no more at its limit of time and was ended"),
        signal.SIGKILL: (KG611, "was killed, most likely where the memory of the container was used up"),
    }
    rule, message = known.get(-code, (KG610, "was ended from outside"))
    return deliver(stopped(_finding("", rule, f"{message} ({Signals(-code).name})")))


class _Watch:
    """Looks at the clock and the memory while the work goes on, and tells it to end: once as an exception, then for good.

    The system has bounds of its own, which end the process even where Python itself no longer answers.
    """

    def __init__(
        self, seconds: int | None, mebibytes: int | None, stopped: Callable[[Diagnostic], Outcome]
    ) -> None:
        """From here on the bounds hold."""
        import resource

        self.seconds, self.mebibytes, self.stopped = seconds, mebibytes, stopped
        self.deadline = _NO_BOUND if seconds is None else time.monotonic() + seconds
        self.most = _NO_BOUND if mebibytes is None else mebibytes * 2**20
        self.stopping = False
        self.child, self.shared = 0, 0
        self.finding = _finding("", KG610, f"took more than {seconds} s and was stopped")
        #: The limits that held before: soft and hard.
        self.before: dict[int, tuple[int, int]] = {}
        spent = int(time.process_time())  # by a process that did other things before
        for which, most in (
            (resource.RLIMIT_AS, None if mebibytes is None else (mebibytes + HEADROOM) * 2**20),
            (resource.RLIMIT_CPU, None if seconds is None else spent + seconds + 2 * _GRACE),
            (resource.RLIMIT_CORE, 0),
        ):
            soft, hard = resource.getrlimit(which)
            if most is None:
                continue
            if hard == resource.RLIM_INFINITY or most < hard:
                self.before[which] = (soft, hard)
                _set(which, (most, hard))
        self.on = True
        self.handler = signal.signal(signal.SIGALRM, self._look)
        # What cannot be raised is not said either: the finding says it all.
        self.hook, sys.unraisablehook = sys.unraisablehook, lambda _: None
        signal.setitimer(signal.ITIMER_REAL, _TICK, _TICK)

    def end(self) -> None:
        """The work is over, whatever came of it."""
        if self.on:
            self.on = False
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self.handler)
            sys.unraisablehook = self.hook
            for which, limits in self.before.items():
                _set(which, limits)

    def _held(self) -> int:
        """Bytes that the run holds, with what a process for templates holds beyond what it shares with this one."""
        own, child = resident(), current.child
        if child != self.child:
            self.child, self.shared = child, own
        return own + max(0, resident(child) - self.shared) if child else own

    def about_memory(self, where: str) -> Diagnostic:
        """The finding for work that needs more memory than it may have."""
        return _finding(where, KG611, f"needed more than {self.mebibytes} MiB of memory and was stopped")

    def _look(self, _signal: int, _frame: "FrameType | None") -> None:
        if not self.on:
            return
        if self.stopping:
            # It was raised where nothing can be, such as in the end of a generator, or nobody came to an end.
            os._exit(deliver(self.stopped(self.finding)))
        late = time.monotonic() >= self.deadline
        if late or self._held() > self.most:
            self.stopping = True
            signal.setitimer(signal.ITIMER_REAL, _GRACE, _GRACE)
            if late:
                message = f"took more than {self.seconds} s and was stopped while this was worked on"
                where = f"{current.file} ({current.workspace})" if current.workspace else current.file
                self.finding = _finding(where, KG610, message)
            else:
                # The largest of the files that were read took the memory, and not the one at hand.
                self.finding = self.about_memory(max(sorted(current.files), key=size_of, default=""))
            raise Stopped


def resident(process: int | str = "self") -> int:
    """Bytes of memory that this process holds, or another one; 0 where the system does not say."""
    import resource

    try:
        with open(f"/proc/{process}/statm", "rb") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:
        return 0


def _finding(where: str, rule: Rule, message: str) -> Diagnostic:
    fix = "make the file smaller, spread the intents over several runs, or raise the limit"
    return rule.in_file(where or "this run", message, fix=fix)


def _set(which: int, soft_and_hard: tuple[int, int]) -> None:
    import resource

    try:
        resource.setrlimit(which, soft_and_hard)
    except (OSError, ValueError):
        pass  # a system that knows the limit and does not take it, such as macOS: the looks still bound
