"""What the process that fills in templates gives away before it looks at the first one.

Jinja2's sandbox is one fence; this is the second, of the kernel's own making, for what gets through the first. Linux has
all of it (Landlock since 5.13); elsewhere the limits of time, memory and output still hold.
"""

import ctypes
import errno
import os
import platform
import resource
import struct

from kaitogen.typed import Final, Sequence

#: The one descriptor that is left beside the three of nothing: where the answers go.
ANSWERS: Final = 3
_MOST_DESCRIPTORS: Final = 32

# linux/prctl.h, linux/landlock.h, linux/seccomp.h, linux/audit.h, linux/bpf_common.h
_DIE_WITH_PARENT: Final = 1
_SECCOMP: Final = 22
_NO_NEW_PRIVILEGES: Final = 38
_FILTER: Final = 2
_LANDLOCK_MAKE: Final = 444
_LANDLOCK_ADD: Final = 445
_LANDLOCK_ENTER: Final = 446
#: Everything that the first Landlock knows: what is not allowed of these below a folder is refused.
_ALL_ACCESS: Final = (1 << 13) - 1
_READ: Final = 1 << 2 | 1 << 3
_LOAD: Final = 0x20
_IF_EQUAL: Final = 0x15
_RETURN: Final = 0x06
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | 1  # with EPERM
_KILL: Final = 0x80000000

#: What reading a template and answering takes, by architecture: its number for audit, and its system calls.
#: read write open close stat fstat lstat lseek mmap mprotect munmap brk rt_sigaction rt_sigprocmask rt_sigreturn ioctl pread
#: readv writev sched_yield mremap madvise setitimer getpid exit fcntl getcwd readlink gettimeofday futex getdents64
#: restart_syscall clock_gettime exit_group openat newfstatat readlinkat getrandom statx
_CALLS: Final = {
    "x86_64": (0xC000003E, (0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 19, 20, 24, 25, 28, 38, 39, 60,
                            72, 79, 89, 96, 202, 217, 219, 228, 231, 257, 262, 267, 318, 332)),
    "aarch64": (0xC00000B7, (63, 64, 57, 80, 62, 222, 226, 215, 214, 134, 135, 139, 29, 67, 65, 66, 124, 216, 233, 103,
                             172, 93, 25, 17, 169, 98, 61, 128, 113, 94, 56, 79, 78, 278, 291)),
}  # fmt: skip


def enter(writer: int, folders: Sequence[str]) -> tuple[str, ...]:
    """Give up, for this process and for good, all but the descriptor, then called ANSWERS, and reading these folders.

    Returns which fences of the kernel hold: landlock, seccomp.
    """
    os.environ.clear()
    _close_all_but(writer)
    for which, wanted in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, _MOST_DESCRIPTORS),
    ):
        hard = resource.getrlimit(which)[1]
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(which, (most, most))
    held = []
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_DIE_WITH_PARENT, 9, 0, 0, 0)
        if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0:
            held += ["landlock"] if _landlock(libc, folders) else []
            held += ["seccomp"] if _seccomp(libc) else []
    except (AttributeError, OSError, TypeError):
        pass  # another system than Linux
    return tuple(held)


def available() -> tuple[str, ...]:
    """Which fences this machine's kernel has: landlock, seccomp."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        landlock = libc.syscall(_LANDLOCK_MAKE, None, ctypes.c_size_t(0), 1) > 0
        # A filter that is nowhere: only a kernel that would take one goes and looks.
        known = libc.prctl(_SECCOMP, _FILTER, None, 0, 0) < 0 and ctypes.get_errno() == errno.EFAULT
    except (AttributeError, OSError, TypeError):
        return ()
    seccomp = known and platform.machine() in _CALLS
    return tuple(name for name, there in (("landlock", landlock), ("seccomp", seccomp)) if there)


def _close_all_but(writer: int) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    writer = os.dup(writer) if writer <= ANSWERS else writer
    for descriptor in range(ANSWERS):
        os.dup2(nothing, descriptor)
    os.dup2(writer, ANSWERS)
    highest = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    os.closerange(ANSWERS + 1, highest if 0 < highest < 2**20 else 2**20)


def _landlock(libc: ctypes.CDLL, folders: Sequence[str]) -> bool:
    made = libc.syscall(_LANDLOCK_MAKE, struct.pack("=Q", _ALL_ACCESS), ctypes.c_size_t(8), 0)
    if made < 0:
        return False
    for folder in filter(os.path.isdir, folders):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        rule = struct.pack("=Qi", _READ, descriptor)
        if libc.syscall(_LANDLOCK_ADD, made, 1, rule, 0) != 0:
            return False
        os.close(descriptor)
    entered: int = libc.syscall(_LANDLOCK_ENTER, made, 0)
    os.close(made)
    return entered == 0


def _seccomp(libc: ctypes.CDLL) -> bool:
    if platform.machine() not in _CALLS:
        return False
    architecture, calls = _CALLS[platform.machine()]
    # Of struct seccomp_data the call's number stands at 0, the architecture at 4. Jumps count from the next line.
    lines = [(_LOAD, 0, 0, 4), (_IF_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, 0)]
    lines += [(_IF_EQUAL, len(calls) - index, 0, call) for index, call in enumerate(calls)]
    lines += [(_RETURN, 0, 0, _REFUSE), (_RETURN, 0, 0, _ALLOW)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in lines))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(lines), ctypes.addressof(code)))
    return bool(libc.prctl(_SECCOMP, _FILTER, program, 0, 0) == 0)
