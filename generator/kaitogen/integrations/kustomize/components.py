"""`kaitogen kustomize components`: the ready-made pieces for overlays, what they are, and writing them where a user wants them."""

import os
from collections.abc import Sequence
from typing import Final, NamedTuple

from kaitogen.commands.options import OptionGroup, arguments, option
from kaitogen.commands.result import Outcome
from kaitogen.diagnostics import suggest
from kaitogen.errors import UsageError
from kaitogen.files import atomic, shipped

_COMPONENTS: Final = "components"
_KUSTOMIZATION: Final = "kustomization.yaml"


class Component(NamedTuple):
    """A component (a folder) or a single file. `files` are paths below `overlays/`, `about` its first comment."""

    name: str
    about: str
    files: tuple[str, ...]


class Options(OptionGroup):
    """Of `kaitogen kustomize components`."""

    out = option("-o", "--out", metavar="FOLDER", help="Write the pieces into this folder.")
    names = arguments("PIECE", help="Names of pieces; all where -o is given and none is named.")


def run(options: Options) -> Outcome:
    """The list of the pieces, or some of them as files."""
    known = listed()
    pieces = chosen(options.names, known)
    if options.out is not None:
        return Outcome(stderr="".join(f"kaitogen: wrote {path}\n" for path in write(pieces, options.out)))
    if options.names:
        return Outcome("".join(text(piece) for piece in pieces).encode())
    width = max(len(piece.name) for piece in known)
    return Outcome("".join(f"{piece.name:<{width}}  {piece.about}\n" for piece in known).encode())


def listed() -> list[Component]:
    """All pieces, single files first, sorted by name."""
    root = shipped.folder("overlays")
    single = [
        Component(name, _about(name), (name,)) for name in sorted(os.listdir(root)) if name.endswith(".yaml")
    ]
    folders = sorted(os.listdir(os.path.join(root, _COMPONENTS)))
    return single + [_component(root, name) for name in folders]


def _component(root: str, name: str) -> Component:
    inside = sorted(os.listdir(os.path.join(root, _COMPONENTS, name)))
    files = tuple(f"{_COMPONENTS}/{name}/{file}" for file in inside)
    return Component(name, _about(f"{_COMPONENTS}/{name}/{_KUSTOMIZATION}"), files)


def _about(file: str) -> str:
    """The first sentence of a file's own first comment."""
    comment: list[str] = []
    for line in shipped.read_text("overlays", file).splitlines():
        if not line.startswith("# "):
            break
        comment.append(line[2:])
    sentence, stop, _ = " ".join(comment).partition(". ")
    return sentence + "." if stop else sentence


def chosen(names: Sequence[str], known: Sequence[Component]) -> list[Component]:
    """The pieces of these names, all where none is named; UsageError for a name that is none."""
    by_name = {piece.name: piece for piece in known}
    for name in names:
        if name not in by_name:
            fix = suggest.did_you_mean(name, by_name, f"the pieces are {', '.join(by_name)}")
            raise UsageError(f"there is no piece {name[:60]}", fix=fix)
    return [by_name[name] for name in names] if names else list(known)


def text(component: Component) -> str:
    """All files of a piece, as they stand."""
    return "".join(shipped.read_text("overlays", file) for file in component.files)


def write(pieces: Sequence[Component], folder: str) -> list[str]:
    """Write the pieces below a folder, each component in a folder of its own; a file that differs is left alone."""
    contents = {
        os.path.join(folder, *file.removeprefix(_COMPONENTS + "/").split("/")): shipped.read_text(
            "overlays", file
        ).encode()
        for piece in pieces
        for file in piece.files
    }
    atomic.write_files(contents, may_replace=lambda _: False, refusal=_different, make_folders=True)
    return list(contents)


def _different(path: str) -> UsageError:
    return UsageError(f"{path} exists and says something else", fix="move it away, or write elsewhere")
