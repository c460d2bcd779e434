"""Names that differ from one KAITO version to another: presets, feature gates and annotations."""

from collections.abc import Iterator

from kaitogen.kaito import versions
from kaitogen.kaito.catalogue.models import find_model, find_short, is_preset, preset_names
from kaitogen.model import Diagnostic, Json, Path, Rule, Target
from kaitogen.yaml.edit import Edit

KG177 = Rule("KG177", "A migration that kaitogen cannot decide", kind="invalid")
KG178 = Rule("KG178", "A preset that has another name in the other version", kind="warning")


def preset(name: str, path: Path, to: Target) -> Iterator[Edit | Diagnostic]:
    """The name under which the version has the preset; a finding where it has none, or another name."""
    if is_preset(name, to.minor):
        return
    known = _other_name(name, to.minor)
    if known is None:
        yield _no_preset(name, path, to)
        return
    yield Edit(path, known)
    message = f"preset {name[:60]} is named {known} in KAITO {to.kaito}, and KAITO refuses that change to a Workspace that runs"
    yield KG178.at(path, message, fix="kaitogen diff --against shows the way out")


def _other_name(name: str, minor: int) -> str | None:
    """The same model by a name that the version takes: in its letter case, or the short name of a Hugging Face id."""
    if is_preset(name.lower(), minor):
        return name.lower()
    if "/" not in name:
        return None
    for short in preset_names(minor):
        row = find_short(short)
        if row is not None and row[0] == name.lower():
            return short
    return None


def _no_preset(name: str, path: Path, to: Target) -> Diagnostic:
    row, model = find_short(name), find_model(name)
    retired = row is not None and row[2] and to.minor >= row[2]
    what = f"left KAITO in 0.{row[2]}" if row is not None and retired else f"is not in KAITO {to.kaito}"
    message = f"preset {name[:60]} {what}, and which model should run instead is not for kaitogen to say"
    advice = "name another model"
    if row is not None and is_preset(row[0], to.minor):
        advice = f"write {model.id if model else row[0]} to take it from Hugging Face, or name another model"
    return KG177.at(path, message, fix=advice)


def gates(said: Json, path: Path, to: Target) -> Iterator[Edit]:
    """Gates that the version does not know, which would change nothing there."""
    for gate in said if isinstance(said, dict) else ():
        if gate not in versions.GATES or not to.has(versions.GATES[gate]):
            yield Edit((*path, gate), None)


def annotations(said: Json, path: Path, to: Target) -> Iterator[Edit]:
    """KAITO's annotations that the version does not read."""
    for key in said if isinstance(said, dict) else ():
        if key in versions.ANNOTATIONS and not to.has(versions.ANNOTATIONS[key]):
            yield Edit((*path, key), None)
