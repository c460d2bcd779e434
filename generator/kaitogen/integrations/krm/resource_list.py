"""The text of a ResourceList or of plain documents, taken apart into objects and put together again.

What is not ours goes back as the very text that came: an object of somebody else's may hold
a `0644` that readers disagree about, or annotations in which kustomize keeps its memory.
"""

from kaitogen.model import Diagnostic, Json, Rule
from kaitogen.pipeline.load import KG101
from kaitogen.typed import Final, NamedTuple, Sequence
from kaitogen.yaml.reader import Unreadable, read, text_of
from kaitogen.yaml.writer import dump

KG140 = Rule("KG140", "What came in is no ResourceList", kind="invalid")

KIND: Final = "ResourceList"
#: kustomize goes by the kind alone, so any version of the group is taken.
_GROUP: Final = "config.kubernetes.io/"
_ITEMS: Final = "items:"
_KEYS: Final = ("apiVersion:", "kind:", _ITEMS, "functionConfig:", "results:")
#: Between the items of other tools an alias can lead from one to another: then lines are not enough.
_ANCHOR: Final = r"(?:^|[\s\[{,])&[^\s,\[\]{}]"
_ALIAS: Final = r"(?:^|[\s\[{,])\*[^\s,\[\]{}]"
#: What JSON has as it is, and YAML does not allow or takes for a line's end.
_NO_YAML: Final = "[\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
_FIX: Final = "pipe a ResourceList into it, as kustomize and kpt do; intents in files are for kaitogen render"

#: As an indent: between brackets.
FLOW: Final = -2


class Item(NamedTuple):
    """One object: its own text, and its value once somebody has asked for it.

    `indent` is the number of blanks before the dash of a list item, FLOW between brackets, -1 for a document of its own.
    """

    text: str
    indent: int = -1
    value: Json = None


class ResourceList(NamedTuple):
    """What a function is given. Plain documents, as a legacy plugin gets them, make one without an `api_version`.

    `flow` says that it came in flow style, which JSON is as well: so does its answer.
    """

    api_version: str
    items: tuple[Item, ...]
    function_config: Json = None
    flow: bool = False

    @property
    def indent(self) -> int:
        """Where the dashes of the list stand, FLOW between brackets, -1 for documents of their own."""
        if not self.api_version:
            return -1
        if self.flow:
            return FLOW
        return self.items[0].indent if self.items else 0


class Rejected(Exception):
    """What came in, or its configuration, cannot be worked with; `findings` say why."""

    def __init__(self, *findings: Diagnostic) -> None:
        super().__init__(findings)
        self.findings = findings


def parse(data: bytes, name: str) -> ResourceList:
    """The ResourceList of a text; Rejected where there is none. `name` is what findings call the text."""
    text = _decoded(data, name)
    by_lines = _sections(text)
    sections = by_lines or _cut(text, name)
    items, rest = sections or ((), text)
    head = _only_value(rest, name)
    fields = head if isinstance(head, dict) else {}
    if by_lines is not None and "items" in fields:
        _only_value(text, name)  # says that a key stands twice
    kind, version = fields.get("kind"), fields.get("apiVersion")
    if kind != KIND or not isinstance(version, str) or not version.startswith(_GROUP):
        what = f"{str(kind)[:60]} of {str(version)[:60]}"
        if not (kind and version):
            what = f"a document without {'apiVersion' if kind else 'kind'}"
        raise Rejected(KG140.in_file(name, f"{what} is not a {KIND} of {_GROUP}v1", fix=_FIX))
    if sections is None:
        values = head.get("items") or []
        if not isinstance(values, list):
            raise Rejected(KG140.in_file(name, "items is not a list", fix=_FIX))
        items = tuple(made(value, 0) for value in values)  # an alias, which only its value says anything of
    flow = rest.lstrip().startswith("{") or any(item.indent == FLOW for item in items)
    return ResourceList(version, items, head.get("functionConfig"), flow=flow)


def documents(data: bytes, name: str) -> ResourceList:
    """The documents of a stream, each with the text it came in."""
    texts = [_decoded(data, name)]
    if "---" in texts[0]:
        import re  # a legacy generator gets no document at all

        texts = re.split(r"^---[ \t]*(?:#.*)?\r?\n|^---[ \t]+(?=\S)", texts[0], flags=re.MULTILINE)
    return ResourceList("", tuple(Item(text) for text in texts if not _is_blank(text)))


def value(item: Item, name: str) -> tuple[Json, tuple[Diagnostic, ...]]:
    """The value of an item, and what is wrong with how it is written; Rejected where it is no YAML."""
    if item.value is not None:
        return item.value, ()
    text = item.text
    if item.indent >= 0:  # as a document of its own: its dash becomes a blank
        text = text[: item.indent] + " " + text[item.indent + 1 :]
    try:
        raw = list(read(text))
    except Unreadable as stop:
        raise Rejected(stop.flaw.rule.in_file(name, stop.flaw.message, fix=stop.flaw.fix)) from stop
    if len(raw) != 1:
        message = f"{len(raw)} objects stand where one belongs"
        raise Rejected(KG140.in_file(name, message, fix="report this: the list was cut in the wrong place"))
    return raw[0].value, raw[0].flaws


def made(data: Json, indent: int) -> Item:
    """An item of our own making, at the indent of the list it goes into."""
    if indent == FLOW:
        return Item(_json(data), indent, data)
    text = dump([data], indent) if indent >= 0 else dump(data)
    return Item(text, indent, data)


def written(answer: ResourceList, results: Sequence[Json] = ()) -> bytes:
    """The text of an answer, in the form its input had."""
    texts = [item.text if item.text.endswith("\n") else item.text + "\n" for item in answer.items]
    if not answer.api_version:
        return "---\n".join(texts).encode()
    if answer.flow:
        more = f', "results": {_json(list(results))}' if results else ""
        head = f'{{"apiVersion": {_json(answer.api_version)}, "kind": "{KIND}", "items": [\n'
        body = ",\n".join(item.text for item in answer.items)
        return f"{head}{body}\n]{more}}}\n".encode()
    head = f"apiVersion: {answer.api_version}\nkind: {KIND}\nitems:{'' if answer.items else ' []'}\n"
    return "".join([head, *texts, dump({"results": list(results)}) if results else ""]).encode()


def _json(value: Json) -> str:
    """A value as JSON on one line, which every reader of YAML takes for the same."""
    import json  # kustomize and kpt write block style
    import re

    return re.sub(_NO_YAML, lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))


def _cut(text: str, name: str) -> tuple[tuple[Item, ...], str] | None:
    """The items and the text of everything else in any other layout; None where `items` is no list in the text itself."""
    from kaitogen.yaml.cutting import cut  # kustomize and kpt write the layout that is cut by lines

    try:
        found = cut(text, "items")
    except Unreadable as stop:
        raise Rejected(stop.flaw._replace(file=name)) from stop
    return found and (tuple(Item(*entry) for entry in found.entries), found.rest)


def _decoded(data: bytes, name: str) -> str:
    try:
        return text_of(data)
    except UnicodeDecodeError as error:
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        raise Rejected(KG101.in_file(name, message, fix="hand over UTF-8")) from error


def _sections(text: str) -> tuple[tuple[Item, ...], str] | None:
    """The items and the text of everything else, where the list is laid out as kustomize and kpt write it.

    Going by lines costs a hundredth of reading the whole, and is right whatever the objects
    hold: inside an item no line can start further to the left than the item's own keys.
    None where the layout is another one (JSON, flow style, comments at the margin), or an alias may lead out of an item.
    """
    at = 0 if text.startswith(_ITEMS) else text.find(f"\n{_ITEMS}") + 1
    if "\r" in text or not text.startswith(_KEYS) or not text.startswith(_ITEMS, at):
        return None
    if _may_lead_out(text):
        return None
    after, start = at + len(_ITEMS), text.find("\n", at)
    if start < 0 or text[after:start].strip() not in ("", "[]"):
        return None
    ends = (text.find(f"\n{key}", after) + 1 for key in _KEYS)
    end = min(filter(None, ends), default=len(text))
    items = _items(text[start + 1 : end])
    return None if items is None else (items, text[:at] + text[end:])


def _may_lead_out(text: str) -> bool:
    """Whether the text may hold an alias, and what it stands for."""
    if "&" not in text or "*" not in text:
        return False
    import re  # hardly a list has either character

    return bool(re.search(_ANCHOR, text, re.MULTILINE) and re.search(_ALIAS, text, re.MULTILINE))


def _items(text: str) -> tuple[Item, ...] | None:
    if not text.strip():
        return ()
    indent = len(text) - len(text.lstrip(" "))
    dash = " " * indent + "- "
    margins = (dash, " " * len(dash))
    if not text.startswith(dash):
        return None
    within = sum(text.count(f"\n{margin}") for margin in margins)
    if within + text.endswith("\n") < text.count("\n") and not all(
        line.startswith(margins) or not line.strip(" \t") for line in text.split("\n")
    ):
        return None
    starts = [0]
    while (line := text.find(f"\n{dash}", starts[-1]) + 1) > 0:
        starts.append(line)
    ends = [*starts[1:], len(text)]
    return tuple(Item(text[start:end], indent) for start, end in zip(starts, ends, strict=True))


def _only_value(text: str, name: str) -> Json:
    """The value of the one document that the text must be."""
    try:
        raw = list(read(text))
    except Unreadable as stop:
        raise Rejected(stop.flaw._replace(file=name)) from stop
    if flaws := [flaw._replace(file=name) for document in raw for flaw in document.flaws]:
        raise Rejected(*flaws)
    if not raw:
        raise Rejected(KG140.in_file(name, "nothing came in", fix=_FIX))
    if len(raw) > 1:
        message = f"{len(raw)} documents came in where one ResourceList belongs"
        raise Rejected(KG140.in_file(name, message, fix=_FIX))
    return raw[0].value


def _is_blank(text: str) -> bool:
    lines = text.split("\n")
    return all(not line.strip() or line.lstrip()[0] in "#%" or line.rstrip() == "..." for line in lines)
