"""`kaitogen kustomize components`: the ready-made pieces for overlays, what they are, and writing them where a user wants them."""

import itertools
import os

from kaitogen.commands.options import OptionGroup, arguments, option
from kaitogen.commands.result import FORM, Outcome
from kaitogen.diagnostics import suggest
from kaitogen.diagnostics.wording import json_text
from kaitogen.errors import UsageError, refuse_no_folder
from kaitogen.files import atomic, shipped
from kaitogen.typed import Final, Sequence

_COMPONENTS: Final = "components/"


class Options(OptionGroup):
    """Of `kaitogen kustomize components`."""

    out = option("-o", "--out", metavar="FOLDER", help="Write the pieces into this folder.")
    form = FORM
    names = arguments("PIECE", help="Names of pieces; all where -o is given and none is named.")


def run(options: Options) -> Outcome:
    """The list of the pieces, or some of them as files: each component in a folder of its own, each other beside them."""
    refuse_no_folder(options.out)
    known = pieces()
    for name in options.names:
        if name not in known:
            fix = suggest.did_you_mean(name, known, f"the pieces are {', '.join(known)}")
            raise UsageError(f"there is no piece {name[:60]}", fix=fix)
    texts = {
        file: shipped.read_text("overlays", file) for name in options.names or known for file in known[name]
    }
    if options.out is not None:
        contents = {
            os.path.join(options.out, *file.removeprefix(_COMPONENTS).split("/")): text.encode()
            for file, text in texts.items()
        }
        atomic.write_files(contents, may_replace=lambda _: False, refusal=_different, make_folders=True)
        return Outcome(stderr="".join(f"kaitogen: wrote {path}\n" for path in contents))
    if options.names:
        return Outcome("".join(texts[file] for name in options.names for file in known[name]).encode())
    abouts = {name: _about(files, texts) for name, files in known.items()}
    if options.form == "json":
        found = [{"name": name, "about": about, "files": list(known[name])} for name, about in abouts.items()]
        return Outcome(json_text({"version": 1, "pieces": found}).encode())
    width = max(map(len, known))
    return Outcome("".join(f"{name:<{width}}  {about}\n" for name, about in abouts.items()).encode())


def pieces() -> dict[str, Sequence[str]]:
    """The paths below `overlays/` of each piece's files: first the single files, then the components (folders)."""
    root = shipped.folder("overlays")
    known: dict[str, Sequence[str]] = {
        name: (name,) for name in sorted(os.listdir(root)) if name.endswith(".yaml")
    }
    for name in sorted(os.listdir(os.path.join(root, _COMPONENTS))):
        files = sorted(os.listdir(os.path.join(root, _COMPONENTS, name)))
        known[name] = [f"{_COMPONENTS}{name}/{file}" for file in files]
    return known


def _about(files: Sequence[str], texts: dict[str, str]) -> str:
    """The first sentence of the first comment of a piece: of its kustomization.yaml, where it is a component."""
    file = next((file for file in files if file.endswith("/kustomization.yaml")), files[0])
    comment = itertools.takewhile(lambda line: line.startswith("# "), texts[file].splitlines())
    sentence, stop, _ = " ".join(line[2:] for line in comment).partition(". ")
    return sentence + "." if stop else sentence


def _different(path: str) -> UsageError:
    return UsageError(f"{path} exists and says something else", fix="move it away, or write elsewhere")
