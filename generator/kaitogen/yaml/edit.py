"""Small changes to the text of one document: a value replaced, a key taken out or put in, and every other byte as it was."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from kaitogen.model import Json, Path
from kaitogen.yaml.entries import Entry, entries
from kaitogen.yaml.scalars import encode
from kaitogen.yaml.writer import dump, flow

_SHARED: Final = ("&", "*", "!")


class Edit(NamedTuple):
    """What should stand at a path; None takes the key out, and what holds it where it was the last one."""

    path: Path
    value: Json


class NotEdited(Exception):
    """The place cannot be changed in the text alone; `path` leads there."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path


def edited(text: str, edits: Sequence[Edit]) -> str:
    """The text after all edits, one after the other; NotEdited where one cannot be made."""
    for edit in edits:
        text = _edited(text, edit)
    return text


def changed(value: Json, edit: Edit) -> Json:
    """The same edit to the value itself."""
    (step, *rest), new = edit.path, edit.value
    if isinstance(value, list) and isinstance(step, int):
        return [changed(one, Edit(tuple(rest), new)) if at == step else one for at, one in enumerate(value)]
    inner = changed(value.get(step, {}), Edit(tuple(rest), new)) if rest else new
    kept = {key: item for key, item in value.items() if key != step or inner not in (None, {})}
    return kept if inner in (None, {}) else {**kept, step: inner}


def _edited(text: str, edit: Edit) -> str:
    found = {entry.path: entry for entry in entries(text)}
    entry = found.get(edit.path)
    if edit.value is None:
        return text if entry is None else _without(text, found, entry)
    if entry is None:
        return _with(text, found, edit)
    if entry.kind != "scalar" or text[entry.value] in _SHARED or not entry.one_line:
        raise NotEdited(edit.path)
    return text[: entry.value] + encode(edit.value) + text[entry.end :]


def _without(text: str, found: dict[Path, Entry], entry: Entry) -> str:
    beside = _children(found, entry.path[:-1])
    holder = found.get(entry.path[:-1])
    if len(beside) == 1 and holder is not None:
        return _without(text, found, holder)
    if any(mark in text[entry.value : entry.value + 1] for mark in _SHARED):
        raise NotEdited(entry.path)
    if entry.inline or (holder is not None and holder.kind == "flow"):
        at = beside.index(entry)
        if at + 1 < len(beside):
            return text[: entry.start] + text[beside[at + 1].start :]
        return text[: beside[at - 1].end] + text[entry.end :]
    lines = text.split("\n")
    if lines[entry.line][: entry.column].strip():
        raise NotEdited(entry.path)
    return "\n".join(lines[: entry.line] + lines[entry.last + 1 :])


def _with(text: str, found: dict[Path, Entry], edit: Edit) -> str:
    """The key put in as the first of what holds it; what is missing on the way is made."""
    path, value = edit.path, edit.value
    while path[:-1] not in found and len(path) > 1:
        path, value = path[:-1], {path[-1]: value}
    children = _children(found, path[:-1])
    if not children or len(path) == 1:
        raise NotEdited(path)
    first = children[0]
    if first.inline or found[path[:-1]].kind == "flow":
        return f"{text[: first.start]}{encode(path[-1])}: {flow(value)}, {text[first.start :]}"
    indent = " " * first.column
    new = dump({path[-1]: value}).replace("\n", f"\n{indent}")
    return text[: first.start] + new + text[first.start :]


def _children(found: dict[Path, Entry], path: Path) -> list[Entry]:
    return [one for one in found.values() if one.path[:-1] == path and len(one.path) == len(path) + 1]
