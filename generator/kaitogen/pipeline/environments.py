"""Which environments a folder of intents has, and the file that the name of one stands for."""

import os

from kaitogen.model import Diagnostic, Document, Rule
from kaitogen.pipeline.classify import is_set
from kaitogen.pipeline.load import resolved
from kaitogen.typed import Final

KG155 = Rule("KG155", "A path that leads out of the application's folder", kind="invalid")
KG157 = Rule("KG157", "A name that stands for nothing in the repository", kind="invalid")

#: What is said of a path, before what to name instead.
LEADS_OUT: Final = "leads out of the folder that may be read"
FOLDER: Final = "environments"


def names(folder: str) -> list[str]:
    """The names of the environments that a folder of environments has files for, sorted."""
    try:
        files = os.listdir(folder)
    except OSError:
        return []
    return sorted(name.removesuffix(".yaml") for name in files if name.endswith(".yaml"))


def is_environment(document: Document, said: str | None = None) -> bool:
    """Whether a set of intents is the file of an environment: one in the folder of them, `said` where a project names another."""
    folder = os.path.basename(os.path.dirname(os.path.abspath(document.file)))
    is_there = folder == os.path.basename(said or FOLDER)
    return is_there and isinstance(document.value, dict) and is_set(document.value)


def file_of(name: str, folder: str, top: str, source: str) -> str | Diagnostic:
    """The file of an environment in a folder of them, or why there is none to read.

    `source` is what named it; `top`, with its links resolved, is what the file must not lead out of.
    """
    import re  # most runs have no environment

    from kaitogen.files.folders import may_be_read

    if not re.fullmatch(r"[A-Za-z0-9][-A-Za-z0-9_.]{0,99}", name):
        fix = "write the name alone, without folder and ending"
        return KG155.in_file(source, f"{name[:60]} is no name of an environment", fix=fix)
    path = os.path.normpath(os.path.join(folder, f"{name}.yaml"))
    if not os.path.lexists(path):
        return KG157.in_file(source, f"there is no {path}", fix=_instead(name, folder))
    if not may_be_read(resolved(path), (top,)):
        return leads_out(path, source)
    return path


def _instead(name: str, folder: str) -> str:
    """What to do about the name of an environment that has no file."""
    from kaitogen.diagnostics import suggest  # few names are wrong

    if os.path.lexists(os.path.join(folder, f"{name}.yml")):
        return f"rename {name}.yml to {name}.yaml"
    known = names(folder)
    there_are = ", ".join(known)[:120] or "none"
    bare = name.removesuffix(".yml").removesuffix(".yaml")
    return suggest.did_you_mean(bare, known, f"add the file; there are: {there_are}")


def leads_out(path: str, source: str) -> Diagnostic:
    """What is said of a path, or a link, that leads out of what may be read."""
    message = f"{path[:80]} {LEADS_OUT}"
    return KG155.in_file(source, message, fix="name files below the application's folder, relative to it")
