"""Runs a command in a fork that is killed as it enters a given one of the system calls that change a disk (ptrace, Linux)."""

import ctypes
import gc
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

from kaitogen import __main__

_TRACEME, _SYSCALL, _SETOPTIONS, _GET_SYSCALL_INFO = 0, 24, 0x4200, 0x420E
#: Stops for system calls can be told from signals, and the child does not outlive its tracer.
_OPTIONS: Final = 0x1 | 0x100000
_ENTRY: Final = 1
_O_CREAT: Final = 0o100
#: By AUDIT_ARCH: write, pwrite64, writev, sendfile, flock, fsync, fdatasync, truncate, ftruncate, rename*, mkdir*, rmdir,
#: creat, link*, unlink*, symlink*, chmod*, chown*, utimensat, copy_file_range; and openat with where it may create.
_CHANGING: Final = {
    0xC000003E: {1, 18, 20, 40, 73, 74, 75, 76, 77, *range(82, 89), *range(90, 95), 258, 260, *range(263, 267), 268, 280, 316, 326},
    0xC00000B7: {64, 68, 66, 71, 32, 82, 83, 45, 46, 34, 35, 36, 37, 38, 276, 52, 53, 54, 55, 88, 285},
}  # fmt: skip
_OPENAT: Final = {0xC000003E: 257, 0xC00000B7: 56}
libc: Final = ctypes.CDLL(None, use_errno=True)


class _Info(ctypes.Structure):
    """ptrace_syscall_info of linux/ptrace.h, as it is at the entry of a call."""

    _fields_ = (
        ("op", ctypes.c_uint8),
        ("pad", ctypes.c_uint8 * 3),
        ("arch", ctypes.c_uint32),
        ("pointers", ctypes.c_uint64 * 2),
        ("number", ctypes.c_uint64),
        ("arguments", ctypes.c_uint64 * 6),
    )


def killed_at(number: int, arguments: Sequence[str], cwd: Path) -> int | None:
    """Run the command line until it enters the `number`th call that changes a disk; its exit code where it has fewer, else None."""
    child = os.fork()
    if child == 0:
        _run(arguments, cwd)
    os.waitpid(child, 0)
    _ptrace(_SETOPTIONS, child, 0, _OPTIONS)
    count = passed = 0
    while True:
        _ptrace(_SYSCALL, child, 0, passed)
        _, status = os.waitpid(child, 0)
        if not os.WIFSTOPPED(status):
            return os.waitstatus_to_exitcode(status)
        passed = os.WSTOPSIG(status)
        if passed == signal.SIGTRAP | 0x80:
            passed = 0
            count += _changes_a_disk(child)
            if count == number:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return None


def _changes_a_disk(child: int) -> bool:
    info = _Info()
    _ptrace(_GET_SYSCALL_INFO, child, ctypes.sizeof(info), ctypes.addressof(info))
    if info.op != _ENTRY:
        return False
    if info.number == _OPENAT[info.arch]:
        return bool(info.arguments[2] & _O_CREAT)
    return info.number in _CHANGING[info.arch]


def _ptrace(request: int, child: int, address: int, data: int) -> None:
    if libc.ptrace(request, child, ctypes.c_void_p(address), ctypes.c_void_p(data)) < 0:
        raise OSError(ctypes.get_errno(), f"ptrace {request}")


def _run(arguments: Sequence[str], cwd: Path) -> NoReturn:
    try:
        gc.disable()
        os.chdir(cwd)
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(silence, stream)
        sys.argv[:] = ["kaitogen", *arguments]
        libc.ptrace(_TRACEME, 0, 0, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        os._exit(__main__.run(arguments))
    finally:
        os._exit(120)
