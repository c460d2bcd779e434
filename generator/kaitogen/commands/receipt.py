"""Receipts of `kaitogen render`: in-toto statements of what was read, by which kaitogen, and what came of it.

The form is https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md, so that cosign and policy engines
read it. Same input, same bytes: a receipt has no time in it and no path of the machine, and `kaitogen verify` makes it
again to see what differs.
"""

import os
from binascii import crc_hqx
from functools import cache
from hashlib import sha256

from kaitogen import __version__
from kaitogen.commands.inputs import within_project
from kaitogen.commands.options import OptionGroup
from kaitogen.commands.render import Options
from kaitogen.diagnostics.wording import json_text
from kaitogen.errors import EnvironmentFailure, reason
from kaitogen.files import shipped
from kaitogen.files.folders import files_below
from kaitogen.kaito.objects import value_at
from kaitogen.model import Files, Json, Request
from kaitogen.pipeline import current
from kaitogen.pipeline.load import KG601, STDIN, read_file
from kaitogen.typed import Any, Final

TYPE: Final = "https://in-toto.io/Statement/v1"
PREDICATE: Final = "https://kaitogen.io/render/v1"
#: What the image of `--oci-layout` is called among the outputs.
IMAGE: Final = "oci-image"
#: The annotation with a checksum of four digits for each line, by which the line that differs is found.
LINES: Final = "kaitogen.io/lines"
_MOST_LINES: Final = 50_000
#: Options that say where something goes or how much is said, and nothing about what is made.
_ELSEWHERE: Final = frozenset(("out", "oci_layout", "check", "dry_run", "receipt", "quiet", "save_inventory"))


def statement(options: Options, outputs: Files, *, image: bool) -> Json:
    """The statement of the run of `render` that has just made these outputs, and of all that it read.

    With `image` the OCI image of these outputs is one more.
    """
    subject = [described(name, outputs[name]) for name in sorted(outputs)]
    if image:
        from kaitogen.files import oci_layout

        digest = oci_layout.layout(outputs).digest.removeprefix("sha256:")
        subject.append({"name": IMAGE, "digest": {"sha256": digest}})
    return {
        "_type": TYPE,
        "subject": subject,
        "predicateType": PREDICATE,
        "predicate": {**tool(), "arguments": arguments(options), "inputs": inputs(options)},
    }


@cache
def tool() -> dict[str, dict[str, str]]:
    """What the output rests on beside the input: the version of kaitogen, and the digests of the tables it ships."""
    from kaitogen.kaito import catalogue

    digests = {"catalogue": _digest_of(os.path.dirname(catalogue.__file__), suffix="_data.py")}
    digests |= {kind: _digest_of(shipped.folder(kind)) for kind in ("overlays", "schemas", "templates")}
    return {"tool": {"name": "kaitogen", "version": __version__}, "tables": digests}


def inputs(options: Options) -> list[Json]:
    """Descriptions of all that the last run read, by name."""
    contents = contents_read(options)
    return [described(name, contents[name]) for name in sorted(contents)]


def contents_read(options: Options) -> dict[str, bytes]:
    """What the last run read, and the templates of the user's own, by paths from the current folder."""
    contents = {_relative(name): data for name, data in (current.contents or {}).items()}
    templates = options.templates
    if templates is None:
        templates = within_project(Request(options.paths or (os.curdir,))).templates
    return contents if templates is None else {**contents, **_files_of(templates)}


def text(receipt: Json) -> bytes:
    """A statement as the file of a receipt."""
    return json_text(receipt).encode("utf-8", "backslashreplace")


def arguments(options: OptionGroup) -> list[str]:
    """The command line that makes the same once more, with paths from the current folder; without where it goes."""
    words: list[str] = []
    for one in type(options).parameters():
        value: Any = options.given.get(one.name, one.default)
        if one.name in _ELSEWHERE or value == one.default:
            continue
        for given in value if isinstance(value, tuple) else (value,):
            word = _relative(given) if one.metavar in ("PATH", "FILE", "FOLDER") else given
            if one.names:
                words.append(one.names[-1] if given is True else f"{one.names[-1]}={word}")
            else:
                words.append(word)
    return words


def first_difference(before: Json, after: Json) -> int:
    """The first line that differs between two descriptions of a file, from 1; 0 where that is not known."""
    old, new = (value_at(one, ("annotations", LINES)) for one in (before, after))
    if not (isinstance(old, str) and isinstance(new, str) and old and new) or old == new:
        return 0
    alike = len(os.path.commonprefix((old, new)))  # noqa: RUF071 - of characters, four for each line
    return alike // 4 + 1


def described(name: str, data: bytes) -> Json:
    """A file as in-toto describes resources, with a checksum of each line that finds any change of 16 bits in a row."""
    described: Json = {"name": name, "digest": {"sha256": sha256(data).hexdigest()}}
    if data.count(b"\n") < _MOST_LINES:
        sums = "".join(f"{crc_hqx(line, 0):04x}" for line in data.split(b"\n"))
        described["annotations"] = {LINES: sums}
    return described


def _relative(path: str) -> str:
    """A path from the current folder, the same on every machine."""
    if path in ("-", STDIN):
        return path
    relative = os.path.relpath(path).replace(os.sep, "/")
    return f"./{relative}" if relative.startswith("-") else relative


def _files_of(folder: str) -> Files:
    """The files below a folder by their paths from the current one; what lies elsewhere no template is made of."""
    contents: dict[str, bytes] = {}
    try:
        for parts in files_below(folder, lambda _, error: _raise(error)):
            path = os.path.join(folder, *parts)
            data = read_file(path, within=os.path.realpath(folder))
            if isinstance(data, bytes):
                contents[_relative(path)] = data
            elif data.rule == KG601:
                raise EnvironmentFailure(f"{path} {data.message}", fix="check its permissions")
        return contents
    except OSError as error:
        raise EnvironmentFailure(
            f"{folder} cannot be read: {reason(error)}", fix="check its permissions"
        ) from error


def _raise(error: OSError) -> None:
    raise error


def _digest_of(folder: str, suffix: str = "") -> str:
    """One sha256 over the names and the content of the files below a folder."""
    whole = sha256()
    names = ("/".join(parts) for parts in files_below(folder, lambda _, error: _raise(error)))
    for name in sorted(name for name in names if name.endswith(suffix) and "__pycache__" not in name):
        with open(os.path.join(folder, *name.split("/")), "rb") as file:
            whole.update(f"{sha256(file.read()).hexdigest()}  {name}\n".encode())
    return whole.hexdigest()
