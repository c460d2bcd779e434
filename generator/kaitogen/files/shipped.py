"""Where the shipped `schemas/`, `templates/`, `overlays/`, `deploy/` and `docs/` are: inside a wheel, or beside the package in a checkout.

Plain `os.path` and not `importlib.resources`: the folders are real files in both
cases, and the import of the latter would cost more than a whole render.
"""

import os

from kaitogen.errors import InternalError
from kaitogen.typed import Final

_PACKAGE: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def folder(kind: str) -> str:
    """The folder of that kind of asset; InternalError where the installation lacks it."""
    inside = os.path.join(_PACKAGE, kind)
    if os.path.isdir(inside):
        return inside
    checkout = os.path.dirname(os.path.dirname(_PACKAGE))
    beside = os.path.join(checkout, kind)
    if os.path.isdir(beside) and os.path.isfile(os.path.join(checkout, "pyproject.toml")):
        return beside
    raise InternalError(f"the installation has no folder {kind}", fix="reinstall kaitogen")


def read_text(kind: str, name: str) -> str:
    """The text of one shipped file, such as `read_text("schemas", "intent.schema.json")`."""
    path = os.path.join(folder(kind), *name.split("/"))
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        raise InternalError(f"the installation has no {kind}/{name}", fix="reinstall kaitogen") from error
