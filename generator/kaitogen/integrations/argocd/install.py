"""`kaitogen argocd install`: the files that install the plugin, printed or written."""

import os
from itertools import takewhile
from typing import Final

from kaitogen.commands import inputs
from kaitogen.commands.option_types import Values
from kaitogen.commands.result import Outcome
from kaitogen.errors import UsageError
from kaitogen.files import atomic
from kaitogen.integrations.argocd import manifests

#: How the line begins that says who wrote a file.
_MARK: Final = b"# Written by `kaitogen argocd install`"


def run(values: Values) -> Outcome:
    """The files for this version of kaitogen, with the image and the ways that the options choose."""
    wanted = manifests.Wanted(discover=bool(values["discover"]), dynamic=bool(values["dynamic"]))
    image = inputs.word(values["image"])
    if image is not None:
        wanted = wanted._replace(image=image)
    made = manifests.files(wanted)
    out = inputs.word(values["out"])
    if out is None:
        if not values["show"]:
            raise UsageError("say where the files should go", fix="add --print, or -o FOLDER to write them")
        shown = "".join(f"# file: {name}\n{text}---\n" for name, text in made.items())
        return Outcome(shown.removesuffix("---\n").encode())
    contents = {os.path.join(out, *name.split("/")): text.encode() for name, text in made.items()}
    atomic.write_files(contents, may_replace=_is_ours, make_folders=True)
    return Outcome(said=f"kaitogen: wrote {len(made)} files into {out}\n")


def _is_ours(content: bytes) -> bool:
    """Whether a file says in its first comment that this command wrote it."""
    comment = takewhile(lambda line: line.startswith(b"#"), content.splitlines())
    return any(line.startswith(_MARK) for line in comment)
