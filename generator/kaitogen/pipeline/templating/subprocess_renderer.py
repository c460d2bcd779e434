"""A user's own templates, filled in by a child process that has neither the time, the memory nor the means to do harm.

The sandbox of Jinja2 keeps a template from Python's insides; it does not bound time and
memory. So the templates run in a forked child with limits of the kernel's, which hands
its texts back through a pipe. Whatever happens to the child is one finding.
"""

import json
import os
import select
import signal
import struct
import sys

import jinja2
import markupsafe
from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.environment import Environment
from jinja2.exceptions import SecurityError

from kaitogen.errors import EnvironmentFailure, UsageError, reason
from kaitogen.files import shipped
from kaitogen.files.folders import may_be_read
from kaitogen.kaito.objects import canonical, without_nulls
from kaitogen.model import Context, Diagnostic, Json, Manifest, Rule
from kaitogen.pipeline import current
from kaitogen.pipeline.companions import KINDS
from kaitogen.pipeline.environments import leads_out
from kaitogen.pipeline.load import resolved
from kaitogen.pipeline.templating import fence
from kaitogen.pipeline.templating.environment import environment
from kaitogen.typed import BinaryIO, Final, Iterator, NoReturn, Sequence, TypeAlias
from kaitogen.yaml.reader import RawDocument, Unreadable, read

KG501 = Rule("KG501", "A template that Jinja2 cannot read", kind="invalid")
KG502 = Rule("KG502", "A template that does not exist", kind="invalid")
KG503 = Rule("KG503", "A template that takes too much", kind="invalid")
KG504 = Rule("KG504", "A template that uses a name that nothing is known of", kind="invalid")
KG505 = Rule("KG505", "A template that reaches for Python's insides", kind="invalid")
KG506 = Rule("KG506", "A template that fails while it is filled in", kind="invalid")
KG507 = Rule("KG507", "A template that makes no Kubernetes object", kind="invalid")

#: Every template of this folder is rendered for every intent, after the Workspace.
DOCUMENTS: Final = "documents"
SUFFIX: Final = ".yaml.j2"
CPU_SECONDS: Final = 1.0
MAX_OUTPUT: Final = 4 * 1024 * 1024
#: In characters, for all intents of a run.
MAX_TOTAL: Final = 256 * 1024 * 1024
#: Findings; what comes after so many is judged by nobody.
_MOST_WRONG: Final = 1_000
#: In bytes: a character beyond the first plane takes twelve of them in JSON.
_MOST_ANSWERED: Final = 13 * MAX_OUTPUT
_LESS: Final = "let each make less, or render fewer intents at a time"
MAX_MEMORY: Final = 512 * 1024 * 1024
#: Processor time is what counts; the clock on the wall is for a child that sleeps or is never given a processor.
_WALL_SECONDS: Final = 20.0
_LENGTH: Final = struct.Struct("!Q")
_RULES: Final = {rule.code: rule for rule in (KG501, KG502, KG503, KG504, KG505, KG506)}
_OURS: Final = frozenset(("Workspace", "InferenceSet", "ConfigMap", "ScaledObject"))

#: Python and Jinja2 themselves, which load parts of theirs when they are first needed.
_CODE: Final = tuple(os.path.dirname(str(module.__file__)) for module in (os, jinja2, markupsafe))

#: What the templates made of one context: the name of each and its text; or what went wrong instead.
Answer: TypeAlias = list[tuple[str, str]] | Diagnostic


def render(
    contexts: Sequence[Context], folder: str, within: str | None = None
) -> tuple[list[Manifest], list[Diagnostic]]:
    """The manifests of all contexts in order, with the templates of a user's folder laid over the shipped ones."""
    more = added_documents(folder)
    # Resolved once: from here on no link that is put in its place leads elsewhere.
    real = resolved(folder)
    if within is not None and not may_be_read(real, (within,)):
        return [], [leads_out(folder, "--templates")]
    companions = {kind.template for kind in KINDS}
    jobs = [context._replace(templates=(*context.templates, *more)) for context in contexts]
    roots = (real, os.path.realpath(shipped.folder("templates")))
    manifests: list[Manifest] = []
    diagnostics: list[Diagnostic] = []
    room = MAX_TOTAL
    for job, answer in zip(jobs, fill_all(jobs, roots), strict=False):
        if isinstance(answer, Diagnostic):
            diagnostics.append(answer.of(job.spec.origin))
            continue
        for template, text in answer:
            room -= len(text)
            if room < 0:
                message = f"the templates make more than {MAX_TOTAL // 2**20} MiB of text for all intents"
                return [], [KG503.at(("metadata", "name"), message, fix=_LESS).of(job.spec.origin)]
            try:
                for raw in read(text):
                    problem = _not_an_object(raw, template)
                    if problem is None:
                        # Of a kind that only the user knows, nothing but the nulls is left out.
                        ours = raw.value["kind"] in _OURS or template in companions
                        stored = canonical if ours else without_nulls
                        manifests.append(Manifest(job.spec, stored(raw.value)))
                    else:
                        diagnostics.append(problem.of(job.spec.origin))
                        if len(diagnostics) >= _MOST_WRONG:
                            return [], diagnostics
            except Unreadable as stop:
                problem = _bad_output(template, stop.flaw.line, stop.flaw.message)
                diagnostics.append(problem.of(job.spec.origin))
    return manifests, diagnostics


def _not_an_object(raw: RawDocument, template: str) -> Diagnostic | None:
    if raw.flaws:
        flaw = raw.flaws[0]
        return _bad_output(template, flaw.line, flaw.message)
    value = raw.value
    if not isinstance(value, dict):
        return _bad_output(template, raw.line + 1, "no mapping, and so no Kubernetes object")
    metadata: Json = value.get("metadata")
    named = isinstance(metadata, dict) and isinstance(metadata.get("name"), str)
    if not (named and isinstance(value.get("apiVersion"), str) and isinstance(value.get("kind"), str)):
        return _bad_output(template, raw.line + 1, "an object without apiVersion, kind or metadata.name")
    if not isinstance(metadata.get("namespace"), str | None):
        return _bad_output(template, raw.line + 1, "an object whose metadata.namespace is not text")
    return None


def _bad_output(template: str, line: int, what: str) -> Diagnostic:
    message = f"template {template} made, at line {line} of its output: {what}"
    return KG507.at(("metadata", "name"), message, fix="correct the template")


def added_documents(folder: str) -> tuple[str, ...]:
    """The templates in the user's `documents/` folder, sorted by name; UsageError where there is no such folder at all."""
    if not os.path.isdir(folder):
        fix = "name the folder that holds your templates"
        raise UsageError(f"--templates: {folder} is not a folder", fix=fix)
    below = os.path.join(folder, DOCUMENTS)
    if not os.path.isdir(below):
        return ()
    try:
        names = sorted(os.listdir(below))
    except OSError as error:
        message = f"--templates: {below} cannot be read: {reason(error)}"
        raise EnvironmentFailure(message, fix="check its permissions") from error
    return tuple(f"{DOCUMENTS}/{name}" for name in names if name.endswith(SUFFIX))


def fill_all(contexts: Sequence[Context], roots: Sequence[str]) -> Iterator[Answer]:
    """For each context in order its texts or what went wrong; ends early after a fault that is the last."""
    if not hasattr(os, "fork"):
        raise UsageError("--templates needs a system that can fork, such as Linux or macOS")
    made = environment(roots)
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        _child(made, contexts, writer, roots)
    os.close(writer)
    current.child = child
    try:
        with open(reader, "rb", buffering=0) as stream:
            yield from _answers(stream, len(contexts), child)
    finally:
        current.child = 0
        _end(child)


def _answers(stream: BinaryIO, count: int, child: int) -> Iterator[Answer]:
    for _ in range(count):
        head = _read(stream, _LENGTH.size)
        (length,) = _LENGTH.unpack(head) if len(head) == _LENGTH.size else (1,)
        body = _read(stream, min(length, _MOST_ANSWERED))
        # One that is longer than any has come of something that got through Jinja2's fence.
        if len(body) < length:
            yield _death(stream, child)
            return
        answer = json.loads(body)
        if isinstance(answer, dict):
            yield _fault(_RULES[answer["code"]], answer["message"], answer["fix"])
        else:
            yield [(name, text) for name, text in answer]


def _fault(rule: Rule, message: str, fix: str) -> Diagnostic:
    return rule.at(("metadata", "name"), message, fix=fix)


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
        return _fault(KG503, message, "shorten their loops")
    message = "the templates broke the process that renders them, most likely by size or depth"
    return _fault(KG503, message, "make them smaller; look for a template that includes itself")


def _end(child: int) -> None:
    try:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    except (ProcessLookupError, ChildProcessError):
        pass  # it has ended, and its end was seen


def _child(made: Environment, contexts: Sequence[Context], writer: int, roots: Sequence[str]) -> NoReturn:
    """The whole life of the child; it never returns to the caller's code."""
    try:
        _limit()
        fence.enter(writer, (*roots, *_CODE))
        with open(fence.ANSWERS, "wb") as stream:
            for context in contexts:
                signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
                body = json.dumps(_fill(made, context)).encode()
                stream.write(_LENGTH.pack(len(body)) + body)
                stream.flush()
    except BaseException:  # noqa: BLE001 - the parent says what an early end means
        os._exit(1)
    os._exit(0)


def _limit() -> None:
    import resource

    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        with open("/proc/self/statm", "rb") as file:
            used = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + MAX_MEMORY, used + MAX_MEMORY))
    except (OSError, ValueError):
        pass  # a system without /proc: time and output are still bounded


def _fill(made: Environment, context: Context) -> Json:
    """What the parent is told of one context: pairs of name and text, or a mapping that says what went wrong."""
    texts: list[tuple[str, str]] = []
    size = 0
    for name in context.templates:
        try:
            text = _one(made, name, dict(context.values), MAX_OUTPUT - size)
        except Exception as error:  # noqa: BLE001 - whatever a template raises is about the template
            rule, message, fix = _cause(error, name)
            return {"code": rule.code, "message": _encodable(message), "fix": fix}
        size += len(text)
        texts.append((name, _encodable(text)))
    return texts


def _encodable(text: str) -> str:
    """The text without halves of characters, which no file can hold."""
    return text.encode(errors="replace").decode()


class _TooMuch(Exception):
    """The output went over its bound."""


def _one(made: Environment, name: str, values: dict[str, Json], room: int) -> str:
    parts: list[str] = []
    for part in made.get_template(name).generate(values):
        room -= len(part)
        if room < 0:
            raise _TooMuch
        parts.append(part)
    return "".join(parts)


#: What a template may raise, the first that fits: the rule, the message around the error's own words, and advice.
_CAUSES: Final[tuple[tuple[type[Exception], Rule, str, str], ...]] = (
    (TemplateSyntaxError, KG501, "not a Jinja2 template: {}", "correct the template"),
    (TemplateNotFound, KG502, "no template {} in your folder or among the shipped ones", "check the name"),
    (UndefinedError, KG504, "{}", "use a name of the template vocabulary, or test it with `is defined`"),
    (SecurityError, KG505, "the sandbox refuses this: {}", "templates see values, not Python's insides"),
    (_TooMuch, KG503, f"more than {MAX_OUTPUT // 2**20} MiB of text for one intent", "shorten its loops"),
    (MemoryError, KG503, "stopped: too much memory", "make the template smaller"),
    (RecursionError, KG503, "stopped: templates that include themselves", "make the template smaller"),
    (OverflowError, KG503, "stopped: {}", "make the template smaller"),
    (Exception, KG506, "{}", "correct the template"),
)


def _cause(error: Exception, name: str) -> tuple[Rule, str, str]:
    """Rule, message and advice for what a template raised."""
    said = " ".join(str(error).split())[:160] or type(error).__name__
    fitting = (cause for cause in _CAUSES if isinstance(error, cause[0]))
    _, rule, message, fix = next(fitting)
    return rule, f"{_where(error, name)}: {message.format(said)}", fix


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
