"""`kaitogen init`: a commented intent of one strategy, to start from."""

import os

from generator import assets
from generator.adapters.options import Values
from generator.adapters.outcome import Outcome
from generator.adapters.wiring import word, words
from generator.errors import SurroundingsError, UsageError
from generator.yamlio.scalar import encode


def run(values: Values) -> Outcome:
    """The intent to standard output or into a new file; an existing one is left alone without --force."""
    text = assets.read_text("templates", f"init/{word(values['strategy'])}.intent.yaml")
    text = text.replace("my-model", encode(word(values["name"]) or "my-model"))
    model = word(values["model"])
    if model is not None:
        text = text.replace("phi-4-mini-instruct", encode(model))
    file = (words(values["file"]) or ("-",))[0]
    if file == "-":
        return Outcome(text.encode())
    _write(file, text, force=bool(values["force"]))
    return Outcome(said=f"kaitogen: wrote {file}; render it with: kaitogen render {file}\n")


def _write(file: str, text: str, *, force: bool) -> None:
    flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if force else os.O_EXCL)
    try:
        with open(os.open(file, flags, 0o666), "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError as error:
        raise UsageError(
            f"{file} exists", fix="choose another name, or write over it with --force"
        ) from error
    except OSError as error:
        raise SurroundingsError(
            f"{file} cannot be written: {(error.strerror or str(error)).lower()}"
        ) from error
