"""`kaitogen argocd install`: the files that install the plugin, printed or written."""

import os

from kaitogen.commands import inputs
from kaitogen.commands.option_types import Values
from kaitogen.commands.result import Outcome
from kaitogen.errors import EnvironmentFailure, UsageError
from kaitogen.integrations.argocd import manifests


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
    for name, text in made.items():
        _write(os.path.join(out, *name.split("/")), text)
    return Outcome(said=f"kaitogen: wrote {len(made)} files into {out}\n")


def _write(path: str, text: str) -> None:
    try:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(f"{path}.new", "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.replace(f"{path}.new", path)
    except OSError as error:
        raise EnvironmentFailure(
            f"{path} cannot be written: {(error.strerror or str(error)).lower()}"
        ) from error
