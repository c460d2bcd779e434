"""The process that tests/acceptance/forks.py has commands forked from. It loads all of kaitogen, and runs nothing itself."""

import gc
import json
import marshal
import os
import pkgutil
import socket
import sys
import traceback
from collections.abc import Iterable
from importlib import import_module
from typing import Any, NoReturn


class Measured:
    """What the forks passed of the lines and branches: those of this process as it loads, and then those of each fork."""

    def __init__(self, package: str, data_file: str) -> None:
        from coverage import Coverage

        # Not by `source`, which would look for what was not passed after each command.
        self.coverage = Coverage(data_file=None, config_file=False, branch=True, include=[f"{package}/*"])
        self.data_file = data_file
        self.arcs: dict[str, set[tuple[int, int]]] = {}
        self.coverage.start()

    def add(self, passed: Iterable[tuple[str, Iterable[tuple[int, int]]]]) -> None:
        for file, arcs in passed:
            self.arcs.setdefault(file, set()).update(arcs)

    def stop(self) -> list[tuple[str, list[tuple[int, int]]]]:
        """What this process has passed since it was loaded or forked."""
        self.coverage.stop()
        data = self.coverage.get_data()
        return [(file, data.arcs(file) or []) for file in data.measured_files()]

    def write(self) -> None:
        from coverage import CoverageData

        data = CoverageData(self.data_file, suffix=True)
        data.add_arcs(self.arcs)
        data.write()


def main(line: socket.socket, measured: Measured | None) -> None:
    """Fork a command for each request until the other end is closed."""
    import kaitogen

    for module in pkgutil.walk_packages(kaitogen.__path__, "kaitogen."):
        import_module(module.name)
    if measured is not None:
        measured.add(measured.stop())
    gc.collect()
    gc.freeze()
    while True:
        message, descriptors, _, _ = socket.recv_fds(line, 1, 4)
        if not message:
            break
        passed = os.memfd_create("passed")
        pid = os.fork()
        if pid == 0:
            line.close()
            _child(descriptors, measured, passed)
        for descriptor in descriptors:
            os.close(descriptor)
        _, status, usage = os.wait4(pid, 0)
        with open(passed, "rb") as file:
            file.seek(0)
            if measured is not None and (data := file.read()):
                measured.add(marshal.loads(data))
        took = [os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024]
        line.send(json.dumps(took).encode())
    if measured is not None:
        measured.write()


def _child(descriptors: list[int], measured: Measured | None, passed: int) -> NoReturn:
    try:
        with open(descriptors[0], "rb") as file:
            file.seek(0)
            request: dict[str, Any] = json.loads(file.read())
        for number, descriptor in enumerate(descriptors[1:]):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.environ.clear()
        os.environ.update(request["env"])
        os.chdir(request["cwd"])
        sys.argv[:] = request["words"]
        if measured is not None:
            _write_at_the_end(measured, passed)
        from kaitogen import __main__

        if os.path.basename(sys.argv[0]) == "kaitogen-krm":
            __main__.krm()
        __main__.main()
    except SystemExit as ending:  # as completion ends
        sys.stdout.flush()
        os._exit(ending.code if isinstance(ending.code, int) else ending.code is not None)
    except BaseException:  # noqa: BLE001 - nothing may get back into the loop of the server
        traceback.print_exc()
    finally:
        os._exit(120)


def _write_at_the_end(measured: Measured, passed: int) -> None:
    """Let the end of this process, and not that of its own forks, hand on what it passed."""
    leave, this = os._exit, os.getpid()

    def end(code: int) -> NoReturn:
        if os.getpid() == this:
            os.write(passed, marshal.dumps(measured.stop()))
        leave(code)

    os._exit = end  # type: ignore[assignment]
    measured.coverage.start()


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as its_end:
        main(its_end, Measured(*sys.argv[2:]) if sys.argv[2:] else None)
