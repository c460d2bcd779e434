"""How many calls of the plugin are at work in one sidecar at a time: all applications share its memory.

A place is a name that one process can have; the kernel gives it back when the process ends, however it ends.
"""

import time

from kaitogen.errors import EnvironmentFailure
from kaitogen.typed import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import socket
else:
    import _socket as socket  # without its half in Python, which makes classes of constants: a tenth of a call

CALLS: Final = 8


def place(most: int, seconds: float) -> "socket.socket | None":
    """One of the places, held as long as what is returned; None on a system without such names.

    EnvironmentFailure where none became free in time.
    """
    if not hasattr(socket, "AF_UNIX"):
        return None
    deadline = time.monotonic() + seconds
    while True:
        for number in range(most):
            held = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            try:
                held.bind(f"\0kaitogen-argocd-generate-{number}")
            except FileNotFoundError:  # names without files are Linux's
                held.close()
                return None
            except OSError:
                held.close()
            else:
                return held
        if time.monotonic() >= deadline:
            message = f"{most} other calls are at work in this sidecar, and none ended within {seconds:g} s"
            fix = "refresh again, or raise --calls-at-once and the memory of the sidecar"
            raise EnvironmentFailure(message, fix=fix)
        time.sleep(0.05)
