"""Commands as forks of one process that has loaded kaitogen.

Each has its own process, streams, folder, environment and exit code, as a started one has. What it is spared is Python's
start and the loading of modules, most of the time of a short command; and it is measured where coverage is.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import IO, Final, NamedTuple

import kaitogen

_PROGRAMS: Final = ("kaitogen", "kaitogen-krm")
_PIPE: Final = 1 << 16
#: What Python reads when it starts, and a fork comes too late for.
_READ_AT_START: Final = ("PYTHON", "LC_", "LANG", "TZ")


class Ended(NamedTuple):
    """What a command left and took: exit code, both streams, seconds of processor time, peak of memory in MiB.

    The memory is that of the process it was forked from and what it took itself: more than that of one that was started.
    """

    code: int
    output: bytes
    said: bytes
    seconds: float
    mebibytes: float


class _Server(NamedTuple):
    process: subprocess.Popen[bytes]
    line: socket.socket
    owner: int
    start: Mapping[str, str]


_lock: Final = Lock()
_servers: list[_Server] = []


def can_run(words: Sequence[str], env: Mapping[str, str]) -> bool:
    """Whether a fork does what a start would: the program is ours, the environment of the start the same.

    And there is no limit on what the process takes, part of which it would have from its parent.
    """
    path = Path(words[0])
    ours = path.name in _PROGRAMS and path.parent == Path(sys.executable).parent
    limited = not {"--time-limit", "--memory-limit"}.isdisjoint(words)
    return ours and not limited and _of_the_start(env) == _of_the_start(os.environ)


def _of_the_start(env: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in env.items() if name.startswith(_READ_AT_START)}


def run(words: Sequence[str], env: Mapping[str, str], cwd: Path, stdin: bytes, seconds: float) -> Ended:
    """Run one command line to its end."""
    request = {"words": list(words), "env": dict(env), "cwd": os.fspath(cwd)}
    with (
        tempfile.TemporaryFile() as asked,
        _readable(stdin) as given,
        tempfile.TemporaryFile() as output,
        tempfile.TemporaryFile() as errors,
        _lock,
    ):
        asked.write(json.dumps(request).encode("utf-8", "surrogateescape"))
        asked.flush()
        server = _server()
        socket.send_fds(server.line, [b"."], [one.fileno() for one in (asked, given, output, errors)])
        server.line.settimeout(seconds)
        try:
            answer = server.line.recv(256)
        except TimeoutError:
            os.killpg(server.process.pid, signal.SIGKILL)
            _end(server)
            raise subprocess.TimeoutExpired(words, seconds) from None
        output.seek(0)
        errors.seek(0)
        code, spent, mebibytes = json.loads(answer)
        return Ended(code, output.read(), errors.read(), spent, mebibytes)


def _readable(data: bytes) -> IO[bytes]:
    """A pipe with the data in it, as from a shell; a file where they are too much for a pipe that nobody empties."""
    if len(data) > _PIPE:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
        file.write(data)
        file.seek(0)
        return file
    reader, writer = os.pipe()
    with open(writer, "wb") as end:
        end.write(data)
    return open(reader, "rb")


def _server() -> _Server:
    """The server of this very process: a fork of the tests must not talk to that of its parent."""
    if not _servers or _servers[0].owner != os.getpid() or _servers[0].start != _of_the_start(os.environ):
        _servers[:] = [_start()]
    return _servers[0]


def _start() -> _Server:
    ours, its = socket.socketpair()
    with its:
        script = Path(__file__).with_name("fork_server.py")
        command = [sys.executable, "-P", str(script), str(its.fileno()), *coverage()]
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, pass_fds=[its.fileno()], process_group=0
        )
    return _Server(process, ours, os.getpid(), _of_the_start(os.environ))


def coverage() -> Sequence[str]:
    """Where coverage is measured: the package's folder, and the path that the names of the data's files begin with."""
    measured = sys.modules.get("coverage")
    current = None if measured is None else measured.Coverage.current()
    return () if current is None else (os.path.dirname(kaitogen.__file__), current.config.data_file)


def end() -> None:
    """End the server, which writes what it has measured; none may run."""
    if _servers and _servers[0].owner == os.getpid():
        _end(_servers[0])


def _end(server: _Server) -> None:
    _servers.clear()
    server.line.close()
    server.process.wait()
