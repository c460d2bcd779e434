"""Intent files in canonical order and style: what they say stays, to the byte that comes of it, and so do comments."""

from collections.abc import Iterator
from typing import Final

from kaitogen.kaito.objects import in_key_order
from kaitogen.model import Diagnostic, Rule
from kaitogen.pipeline.classify import is_an_intent
from kaitogen.pipeline.load import documents_of
from kaitogen.schema.key_order import put_in_order
from kaitogen.yaml.entries import ODD_BREAKS, document_starts
from kaitogen.yaml.reader import RawDocument, Unreadable, read
from kaitogen.yaml.writer import flow

KG179 = Rule("KG179", "A file that cannot be laid out anew", kind="invalid")


#: Laying out takes its time: this much takes seconds.
MAX_BYTES: Final = 256 * 1024
_START: Final = "---"
_END: Final = "..."


def formatted(name: str, data: bytes) -> tuple[str, list[Diagnostic]]:
    """The text of one file as it should be, or the findings that keep it from being laid out."""
    if len(data) > MAX_BYTES:
        message = f"larger than {MAX_BYTES // 1024} KiB, which is too much to be laid out anew"
        return "", [KG179.in_file(name, message, fix="split the file")]
    loaded = documents_of(name, data)
    findings = loaded.findings + [flaw for document in loaded.documents for flaw in document.flaws]
    if findings:
        return "", findings
    text = data.decode("utf-8-sig").replace("\r\n", "\n")
    if any(map(text.__contains__, ODD_BREAKS)):
        return "", [_refused(name, "it has a line separator that not every reader takes for one")]
    try:
        made = "".join(_pieces(text))
        if _data(made) != _data(text):
            return "", [_refused(name, "its layout cannot be changed without changing what it says")]
    except _NotLaidOut as stop:
        return "", [_refused(name, str(stop))]
    except Unreadable as stop:
        return "", [_refused(name, stop.flaw.message)]
    return made, []


class _NotLaidOut(Exception):
    """One document is not taken; the reason is its text."""


def _refused(name: str, reason: str) -> Diagnostic:
    message = f"this file is left as it is: {reason}"
    return KG179.in_file(name, message, fix="write the value in double quotes, with escapes")


def _data(text: str) -> list[str]:
    return [flow(in_key_order(raw.value)) for raw in read(text)]


def _pieces(text: str) -> Iterator[str]:
    """The text document by document; only intents are laid out anew."""
    values = {raw.start: raw for raw in read(text)}
    starts = document_starts(text)
    yield text[: starts[0]] if starts else text
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        piece = text[start:end]
        raw = values.get(start)
        if raw is None or not is_an_intent(raw.value) or piece.startswith("%"):
            yield piece if piece.endswith("\n") or not piece else piece + "\n"
        else:
            yield from _laid_out(piece, raw)


def _laid_out(piece: str, raw: RawDocument) -> Iterator[str]:
    from kaitogen.yaml.layout import NotLaidOut, restyled  # ruamel.yaml takes its time to load

    if piece.startswith(_START):
        head, _, rest = piece.partition("\n")
        beside = head[len(_START) :].strip()
        yield f"{_START} {beside}\n" if beside.startswith("#") else f"{_START}\n"
        piece = rest if not beside or beside.startswith("#") else f"{beside}\n{rest}"
    lines = [line for line in piece.split("\n") if not line.startswith(_END)]
    try:
        yield restyled("\n".join(lines), put_in_order)
    except NotLaidOut as stop:
        raise _NotLaidOut(f"what begins on line {raw.line + 1} cannot be taken apart: {stop}") from stop
