"""A user's own templates, filled in by a child process that has neither the time, the memory nor the means to do harm.

The sandbox of Jinja2 keeps a template from Python's insides; it does not bound time and
memory. So the templates run in a forked child with limits of the kernel's, which hands
its texts back through a pipe. Whatever happens to the child is one finding.
"""

import os
import select
import signal
import struct
import sys
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final, NamedTuple, NoReturn

from kaitogen.errors import EnvironmentFailure, UsageError
from kaitogen.model import Context, Diagnostic, Json, Rule

KG501 = Rule("KG501", "A template that Jinja2 cannot read", kind="invalid")
KG502 = Rule("KG502", "A template that does not exist", kind="invalid")
KG503 = Rule("KG503", "A template that takes too much", kind="invalid")
KG504 = Rule("KG504", "A template that uses a name that nothing is known of", kind="invalid")
KG505 = Rule("KG505", "A template that reaches for Python's insides", kind="invalid")
KG506 = Rule("KG506", "A template that fails while it is filled in", kind="invalid")


#: Every template of this folder is rendered for every intent, after the Workspace.
DOCUMENTS: Final = "documents"
SUFFIX: Final = ".yaml.j2"
CPU_SECONDS: Final = 1.0
MAX_OUTPUT: Final = 4 * 1024 * 1024
MAX_MEMORY: Final = 512 * 1024 * 1024
#: Processor time is what counts; the clock on the wall is for a child that sleeps or is never given a processor.
_WALL_SECONDS: Final = 20.0
_HEADER: Final = struct.Struct("!cQ")
_TEXT: Final = b"t"
_FAULT: Final = b"f"


#: A template belongs to an intent as a whole, which its name stands for.
_NAME: Final = ("metadata", "name")
_RULES: Final = {rule.code: rule for rule in (KG501, KG502, KG503, KG504, KG505, KG506)}


class Text(NamedTuple):
    """What one template made."""

    template: str
    text: str


def added_documents(folder: str) -> tuple[str, ...]:
    """The templates in the user's `documents/` folder, sorted by name; UsageError where there is no such folder at all."""
    if not os.path.isdir(folder):
        raise UsageError(
            f"--templates: {folder} is not a folder", fix="name the folder that holds your templates"
        )
    below = os.path.join(folder, DOCUMENTS)
    if not os.path.isdir(below):
        return ()
    try:
        names = sorted(os.listdir(below))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise EnvironmentFailure(
            f"--templates: {below} cannot be read: {reason}", fix="check its permissions"
        ) from error
    return tuple(f"{DOCUMENTS}/{name}" for name in names if name.endswith(SUFFIX))


def fill_all(contexts: Sequence[Context], roots: Sequence[str]) -> Iterator[list[Text] | Diagnostic]:
    """For each context in order its texts or what went wrong; ends early after a fault that is the last."""
    if not hasattr(os, "fork"):
        raise UsageError("--templates needs a system that can fork, such as Linux or macOS")
    # Loaded before the fork, so that the child's time is spent on templates alone.
    from kaitogen.pipeline.templating.environment import environment

    made = environment(roots)
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _child(made, contexts, writer)
    os.close(writer)
    try:
        with open(reader, "rb", buffering=0) as stream:
            yield from _answers(stream, len(contexts), child)
    finally:
        _end(child)


def _answers(stream: BinaryIO, count: int, child: int) -> Iterator[list[Text] | Diagnostic]:
    for _ in range(count):
        answer: list[Text] = []
        while True:
            head = _read(stream, _HEADER.size)
            kind, length = _HEADER.unpack(head) if len(head) == _HEADER.size else (b"", 0)
            body = _read(stream, length)
            if kind not in (_TEXT, _FAULT) or len(body) < length:
                yield _death(stream, child)
                return
            if kind == _FAULT:
                code, message, fix = body.decode().split("\0")
                yield _RULES[code].at(_NAME, message, fix=fix)
                break
            if not body:
                yield answer
                break
            name, _, text = body.decode().partition("\0")
            answer.append(Text(name, text))


def _read(stream: BinaryIO, size: int) -> bytes:
    """That many bytes, or fewer where the child ended or fell silent."""
    parts: list[bytes] = []
    while size:
        ready, _, _ = select.select([stream], [], [], _WALL_SECONDS)
        part = stream.read(min(size, 65536)) if ready else b""
        if not part:
            break
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _death(stream: BinaryIO, child: int) -> Diagnostic:
    """What a child that ended before its time, or fell silent, says about its templates."""
    # A pipe that has ended is readable: then the child is on its way out, and how it went is worth the wait.
    ended, _, _ = select.select([stream], [], [], 0)
    pid, status = os.waitpid(child, 0 if ended else os.WNOHANG)
    by = os.WTERMSIG(status) if pid and os.WIFSIGNALED(status) else 0
    if by == signal.SIGPROF or not pid:
        message = f"the templates took more than {CPU_SECONDS:g} s for this intent and were stopped"
        return KG503.at(_NAME, message, fix="shorten their loops")
    message = "the templates broke the process that renders them, most likely by size or depth"
    advice = "make them smaller; look for a template that includes itself"
    return KG503.at(_NAME, message, fix=advice)


def _end(child: int) -> None:
    try:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    except (ProcessLookupError, ChildProcessError):
        pass  # it has ended, and its end was seen


def _child(made: "object", contexts: Sequence[Context], writer: int) -> NoReturn:
    """The whole life of the child; it never returns to the caller's code."""
    try:
        _limit()
        with open(writer, "wb") as stream:
            for context in contexts:
                signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
                for part in _fill(made, context):
                    stream.write(_HEADER.pack(part[0], len(part[1])) + part[1])
                stream.flush()
    except BaseException:  # noqa: BLE001 - the parent says what an early end means
        os._exit(1)
    os._exit(0)


def _limit() -> None:
    import resource

    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        with open("/proc/self/statm", "rb") as file:
            used = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + MAX_MEMORY, used + MAX_MEMORY))
    except (OSError, ValueError):
        pass  # a system without /proc: time and output are still bounded


def _fill(made: "object", context: Context) -> Iterator[tuple[bytes, bytes]]:
    parts: list[tuple[bytes, bytes]] = []
    size = 0
    for name in context.templates:
        try:
            text = _one(made, name, dict(context.values), MAX_OUTPUT - size)
        except Exception as error:  # noqa: BLE001 - whatever a template raises is about the template
            rule, message, fix = _said(error, name)
            yield (
                _FAULT,
                "\0".join(part.replace("\0", " ") for part in (rule.code, message, fix)).encode(
                    errors="replace"
                ),
            )
            return
        size += len(text)
        parts.append((_TEXT, f"{name}\0{text}".encode(errors="replace")))
    yield from parts
    yield _TEXT, b""


class _TooMuch(Exception):
    """The output went over its bound."""


def _one(made: "object", name: str, values: dict[str, Json], room: int) -> str:
    parts: list[str] = []
    for part in made.get_template(name).generate(values):  # type: ignore[attr-defined]  # Jinja2's type is not loaded here
        room -= len(part)
        if room < 0:
            raise _TooMuch
        parts.append(part)
    return "".join(parts)


def _said(error: Exception, name: str) -> tuple[Rule, str, str]:
    """Rule, message and advice for what a template raised."""
    from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError
    from jinja2.exceptions import SecurityError

    where = _where(error, name)
    said = " ".join(str(error).split())[:160]
    if isinstance(error, TemplateSyntaxError):
        return KG501, f"{where}: not a Jinja2 template: {said}", "correct the template"
    if isinstance(error, TemplateNotFound):
        return (
            KG502,
            f"{where}: no template {said} in your folder or among the shipped ones",
            "check the name",
        )
    if isinstance(error, UndefinedError):
        return (
            KG504,
            f"{where}: {said}",
            "use a name of the template vocabulary, or test it with `is defined`",
        )
    if isinstance(error, SecurityError):
        return (
            KG505,
            f"{where}: the sandbox refuses this: {said}",
            "templates see values, not Python's insides",
        )
    if isinstance(error, _TooMuch):
        return (
            KG503,
            f"{where}: more than {MAX_OUTPUT // 2**20} MiB of text for one intent",
            "shorten its loops",
        )
    if isinstance(error, MemoryError | OverflowError | RecursionError):
        reason = {MemoryError: "too much memory", RecursionError: "templates that include themselves"}.get(
            type(error), said
        )
        return KG503, f"{where}: stopped: {reason}", "make the template smaller"
    return KG506, f"{where}: {said or type(error).__name__}", "correct the template"


def _where(error: BaseException, name: str) -> str:
    """Template and line. Jinja2 rewrites tracebacks so that frames name the template's own file and line."""
    lineno = getattr(error, "lineno", None)
    if lineno:
        return f"{getattr(error, 'name', None) or name}, line {lineno}"
    place, trace = name, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(SUFFIX):
            place = f"{trace.tb_frame.f_code.co_filename}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return place
