"""The text of a ResourceList or of plain documents, taken apart into objects and put together again.

What is not ours goes back as the very text that came: an object of somebody else's may hold
a `0644` that readers disagree about, or annotations in which kustomize keeps its memory.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from kaitogen.model import Diagnostic, Json, Rule
from kaitogen.pipeline.load import KG101
from kaitogen.yaml.reader import RawDocument, Unreadable, read, text_of
from kaitogen.yaml.writer import dump

KG140 = Rule("KG140", "What came in is no ResourceList", kind="invalid")


API_VERSION: Final = "config.kubernetes.io/v1"
KIND: Final = "ResourceList"
#: kustomize goes by the kind alone, so any version of the group is taken.
_GROUP: Final = "config.kubernetes.io/"
_KEY: Final = re.compile(r"^(apiVersion|kind|items|functionConfig|results):", re.MULTILINE)
_FIRST: Final = re.compile(r"( *)- ")
_FIX: Final = "pipe a ResourceList into it, as kustomize and kpt do; intents in files are for kaitogen render"


class Item(NamedTuple):
    """One object: its own text, and its value once somebody has asked for it.

    `indent` is the number of blanks before the dash of a list item, -1 for a document of its own.
    """

    text: str
    indent: int = -1
    value: Json = None


class ResourceList(NamedTuple):
    """What a function is given. Plain documents, as a legacy plugin gets them, make one without an `api_version`."""

    api_version: str
    items: tuple[Item, ...]
    function_config: Json = None

    @property
    def indent(self) -> int:
        """Where the dashes of the list stand, -1 for documents of their own."""
        if not self.api_version:
            return -1
        return self.items[0].indent if self.items else 0


class NoResourceList(Exception):
    """The input cannot be taken apart; the findings in `findings` say why."""

    def __init__(self, *findings: Diagnostic) -> None:
        super().__init__(findings)
        self.findings = findings


def parse(data: bytes, name: str) -> ResourceList:
    """The ResourceList of a text; NoResourceList where there is none. `name` is what findings call the text."""
    text = _decoded(data, name)
    parts = _sections(text)
    if parts is None:
        return _slowly(text, name)
    items, rest = parts
    head = _only(rest, name)
    _refuse_other_kinds(head, name)
    return ResourceList(head["apiVersion"], items, head.get("functionConfig"))


def documents(data: bytes, name: str) -> ResourceList:
    """The documents of a stream, each with the text it came in."""
    text = _decoded(data, name)
    texts = re.split(r"^---[ \t]*(?:#.*)?\n", text, flags=re.MULTILINE)
    return ResourceList("", tuple(Item(one) for one in texts if not _is_blank(one)))


def value(item: Item, name: str) -> RawDocument:
    """The value of an item with what is wrong with how it is written; NoResourceList where it is no YAML."""
    if item.value is not None:
        return RawDocument(item.value, (), 0, 0, 0)
    text = item.text if item.indent < 0 else _as_document(item)
    try:
        found = list(read(text))
    except Unreadable as stop:
        raise NoResourceList(_finding(stop.flaw.rule, name, stop.flaw.message, stop.flaw.fix)) from stop
    if len(found) != 1:
        message = f"{len(found)} objects stand where one belongs"
        raise NoResourceList(
            _finding(KG140, name, message, "report this: the list was cut in the wrong place")
        )
    return found[0]


def made(data: Json, indent: int) -> Item:
    """An item of our own making, at the indent of the list it goes into."""
    text = dump(data)
    if indent >= 0:
        lines = text.splitlines(keepends=True)
        text = "".join(
            (" " * indent + ("- " if number == 0 else "  ") + line) if line.strip() else line
            for number, line in enumerate(lines)
        )
    return Item(text, indent, data)


def written(answer: ResourceList, results: Sequence[Json] = ()) -> bytes:
    """The text of an answer, in the form its input had."""
    if not answer.api_version:
        return "---\n".join(_ended(item.text) for item in answer.items).encode()
    parts = [f"apiVersion: {answer.api_version}\nkind: {KIND}\nitems:{'' if answer.items else ' []'}\n"]
    parts += [_ended(item.text) for item in answer.items]
    if results:
        parts.append(dump({"results": list(results)}))
    return "".join(parts).encode()


def _ended(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"


def _decoded(data: bytes, name: str) -> str:
    try:
        return text_of(data)
    except UnicodeDecodeError as error:
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        raise NoResourceList(_finding(KG101, name, message, "hand over UTF-8")) from error


def _sections(text: str) -> tuple[tuple[Item, ...], str] | None:
    """The items and the text of everything else, where the list is laid out as kustomize and kpt write it.

    Going by lines costs a hundredth of reading the whole, and is right whatever the objects
    hold: inside an item no line can start further to the left than the item's own keys.
    None where the layout is another one (JSON, flow style, comments at the margin).
    """
    keys = list(_KEY.finditer(text))
    at = next((number for number, key in enumerate(keys) if key[1] == "items"), None)
    if at is None or "\r" in text or keys[0].start() != 0:
        return None
    start = text.find("\n", keys[at].end())
    if start < 0 or text[keys[at].end() : start].strip() not in ("", "[]"):
        return None
    end = keys[at + 1].start() if at + 1 < len(keys) else len(text)
    items = _items(text[start + 1 : end])
    return None if items is None else (items, text[: keys[at].start()] + text[end:])


def _items(text: str) -> tuple[Item, ...] | None:
    if not text.strip():
        return ()
    first = _FIRST.match(text)
    if first is None:
        return None
    indent = len(first[1])
    if re.search(rf"^(?! {{{indent}}}- | {{{indent + 2}}}|[ \t]*$)", text, re.MULTILINE):
        return None
    starts = [match.start() for match in re.finditer(rf"^ {{{indent}}}- ", text, re.MULTILINE)]
    ends = [*starts[1:], len(text)]
    return tuple(Item(text[start:end], indent) for start, end in zip(starts, ends, strict=True))


def _as_document(item: Item) -> str:
    """The text of a list item as a document: its dash becomes a blank."""
    return item.text[: item.indent] + " " + item.text[item.indent + 1 :]


def _slowly(text: str, name: str) -> ResourceList:
    """Any layout: the whole is read, and every object is written anew."""
    head = _only(text, name)
    _refuse_other_kinds(head, name)
    items = head.get("items") or []
    if not isinstance(items, list):
        raise NoResourceList(_finding(KG140, name, "items is not a list", _FIX))
    return ResourceList(
        head["apiVersion"], tuple(made(item, 0) for item in items), head.get("functionConfig")
    )


def _only(text: str, name: str) -> Json:
    """The value of the one document that the text must be."""
    try:
        found = list(read(text))
    except Unreadable as stop:
        raise NoResourceList(_flaw(name, stop.flaw)) from stop
    flaws = [_flaw(name, flaw) for document in found for flaw in document.flaws]
    if flaws:
        raise NoResourceList(*flaws)
    if not found:
        raise NoResourceList(_finding(KG140, name, "nothing came in", _FIX))
    if len(found) > 1:
        message = f"{len(found)} documents came in where one ResourceList belongs"
        raise NoResourceList(_finding(KG140, name, message, _FIX))
    return found[0].value


def _refuse_other_kinds(head: Json, name: str) -> None:
    said = head if isinstance(head, dict) else {}
    kind, version = said.get("kind"), said.get("apiVersion")
    if kind == KIND and isinstance(version, str) and version.startswith(_GROUP):
        return
    what = f"{str(kind)[:60]} of {str(version)[:60]}" if kind else "a document without a kind"
    raise NoResourceList(_finding(KG140, name, f"{what} is not a {KIND} of {_GROUP}v1", _FIX))


def _is_blank(text: str) -> bool:
    return all(
        not line.strip() or line.lstrip()[0] in "#%" or line.rstrip() == "..." for line in _lines(text)
    )


def _lines(text: str) -> Iterator[str]:
    return iter(text.split("\n"))


def _flaw(name: str, flaw: Diagnostic) -> Diagnostic:
    return flaw._replace(file=name)


def _finding(rule: Rule, name: str, message: str, fix: str) -> Diagnostic:
    return rule.in_file(name, message, fix=fix)
