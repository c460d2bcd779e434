"""`kaitogen init`: a commented intent of one strategy, to start from."""

import os
import re
from typing import Final

from kaitogen.commands.inputs import word, words
from kaitogen.commands.option_types import Values
from kaitogen.commands.result import Outcome
from kaitogen.diagnostics.wording import printable
from kaitogen.errors import UsageError
from kaitogen.files import shipped
from kaitogen.yaml.scalars import encode

#: What stands in the scaffolds for the name and the model.
_NAME: Final = "my-model"
_MODEL: Final = "phi-4-mini-instruct"


def run(values: Values) -> Outcome:
    """The intent to standard output or into a new file; an existing one is left alone without --force."""
    said = {_NAME: encode(word(values["name"]) or _NAME), _MODEL: encode(word(values["model"]) or _MODEL)}
    text = shipped.read_text("templates", f"init/{word(values['strategy'])}.intent.yaml")
    # In one pass: a Workspace may well be named as the model that stands in the scaffold.
    text = re.sub(f"{_NAME}|{_MODEL}", lambda match: said[match.group()], text)
    file = (words(values["file"]) or ("-",))[0]
    if file == "-":
        return Outcome(text.encode())
    _write(file, text, force=bool(values["force"]))
    shown = printable(file)
    return Outcome(said=f"kaitogen: wrote {shown}; render it with: kaitogen render {shown}\n")


def _write(file: str, text: str, *, force: bool) -> None:
    from kaitogen.files import atomic  # most print

    if os.path.lexists(file) and not force:
        raise UsageError(f"{file} exists", fix="choose another name, or write over it with --force")
    # What appears there meanwhile is not written over either.
    atomic.write_files({file: text.encode()}, may_replace=None if force else lambda _: False)
