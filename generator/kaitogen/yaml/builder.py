"""YAML of any kind to values, straight from the parser's events, so that every limit is checked while reading.

What a document may not say (duplicate keys, tags, merge keys, ambiguous scalars...) is noted beside its value.
"""

import kaitogen.yaml.libyaml  # noqa: F401 - PyYAML without its half in Python

# isort: split
import itertools

from yaml.error import YAMLError
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from kaitogen.model import Diagnostic, Json, Rule
from kaitogen.typed import Any, Callable, Final, Iterator, NoReturn
from kaitogen.yaml import libyaml
from kaitogen.yaml.lines import Lines
from kaitogen.yaml.reader import RawDocument, Unreadable
from kaitogen.yaml.scalars import AmbiguousScalar, resolve

KG103 = Rule("KG103", "A key stands twice in one mapping", kind="invalid")
KG104 = Rule("KG104", "An alias that leads nowhere, to itself, or to far too much", kind="invalid")
KG105 = Rule("KG105", "A tag or a merge key, which are not read", kind="invalid")
KG106 = Rule("KG106", "A key that is not text", kind="invalid")
KG107 = Rule("KG107", "A plain value that YAML readers take for different things", kind="invalid")
KG108 = Rule("KG108", "Nested too deep, or too many values", kind="invalid")
KG116 = Rule("KG116", "Too many lines that begin with %", kind="invalid")

MAX_DEPTH: Final = 100
MAX_EXPANDED: Final = 200_000
#: In characters: as much as a whole file may have without aliases.
MAX_EXPANDED_TEXT: Final = 16 * 1024 * 1024
#: libyaml compares each directive with all before it, within one call that nothing can stop.
MAX_PERCENT_LINES: Final = 1_000
MAX_PROBLEMS: Final = 50

_NO_KEY: Final = object()
#: What an object begins with: twice at the margin, it is two objects.
_FIRST_KEYS: Final = ("apiVersion", "kind")
_TOO_MANY: Final = "split the file, or write repeated workspaces as a WorkspaceIntentSet"

#: Behind each of the line ends that YAML 1.1 knows.
_PERCENT_LINE: Final = r"(?:\A|(?<=[\n\r\x85\u2028\u2029]))%"


def events(text: str) -> Callable[[], Any]:
    """A function that returns the next parser event of the text at each call; it raises yaml.error.YAMLError where that is none.

    Unreadable, before anything is parsed, where the text has more directives than any parser should be given.
    """
    _check_directives(text)
    return libyaml.events(text)


def _is_odd(text: str) -> bool:
    """Whether it may hold what Kubernetes' tools do not read: a glance that costs next to nothing."""
    directive = text.startswith("%") or "\n%" in text
    return directive or "?" in text or "\ufeff" in text or text.count("---") != text.count("---\n")


def _check_directives(text: str) -> None:
    if text.count("%") <= MAX_PERCENT_LINES:
        return
    import re  # hardly a text has that many

    starts = re.finditer(_PERCENT_LINE, text)
    excess = next(itertools.islice(starts, MAX_PERCENT_LINES, None), None)
    if excess is not None:
        message = f"more than {MAX_PERCENT_LINES:,} lines begin with %"
        line = text.count("\n", 0, excess.start()) + 1
        raise Unreadable(
            KG116.in_file("", message, line=line, column=1, fix="remove the directives: none is needed")
        )


def built(text: str, most: int) -> Iterator[RawDocument]:
    """The documents of a text, and of the others their flaws; see reader.read."""
    try:
        yield from _Builder(text, most).documents()
    except YAMLError as error:
        raise unreadable(error, text) from error


def unreadable(error: YAMLError, text: str) -> Unreadable:
    """What is raised for an error of the parser."""
    from kaitogen.yaml.syntax import syntax_flaw  # few texts are wrong

    return Unreadable(syntax_flaw(error, text))


def beyond_safe_load(text: str) -> str:
    """What PyYAML's safe_load refuses of a text that can be read: a second document, or a tag that is none of YAML's own."""
    get, documents = events(text), 0
    while type(event := get()) is not StreamEndEvent:
        documents += type(event) is DocumentStartEvent
        tag = getattr(event, "tag", None) or "!"
        if tag != "!":
            from yaml import SafeLoader  # all of PyYAML, for the rare text that has a tag

            if tag not in SafeLoader.yaml_constructors:
                return f"it has the tag {tag[:60]}"
    return "it holds several documents" if documents > 1 else ""


#: Plain scalars and what they stand for, and plain keys that are text to every reader, by themselves: the
#: same few words come again and again, and are held once. Bounded, since hostile input has no end of new ones.
_SCALARS: dict[str, Json] = {}
_KEYS: dict[str, str] = {}
_MOST_REMEMBERED: Final = 10_000


def _extent(value: Json) -> tuple[int, int]:
    """How many characters the texts and keys of a value have, and how many levels deep it is nested."""
    characters = deepest = 0
    pending: list[tuple[Json, int]] = [(value, 0)]
    while pending:
        one, depth = pending.pop()
        if isinstance(one, str):
            characters += len(one)
        elif isinstance(one, dict | list):
            deepest = max(deepest, depth + 1)
            below = one
            if isinstance(one, dict):
                characters += sum(map(len, one))
                below = list(one.values())
            pending += [(item, depth + 1) for item in below]
    return characters, deepest


class _Builder:
    """Values from events. One pass, an explicit stack, limits over the whole text."""

    def __init__(self, text: str, most: int) -> None:
        self.text = text
        self.get = self._events(text)
        self.most = most
        self.lines = Lines(text)
        self.flaws: list[Diagnostic] = []
        self.nodes = 0
        self.expanded = 0
        self.expanded_text = 0
        self.anchors: dict[str, tuple[Json, int]] = {}

    def _events(self, text: str) -> Callable[[], Any]:
        """Those of the text, held to what the readers of Kubernetes take as well."""
        get = events(text)
        if not _is_odd(text):
            return get
        from kaitogen.yaml import portable  # few texts have any of it

        flaw = portable.first(text)
        if flaw is not None:
            raise Unreadable(flaw)
        return portable.watched(get, self._note)

    def documents(self) -> Iterator[RawDocument]:
        """Those that have a value, or anything wrong with them."""
        begun = False
        while type(event := self.get()) is not StreamEndEvent:
            if type(event) is not DocumentStartEvent:
                continue
            mark: Any = event.start_mark
            # Comments above the first document belong to it where no --- starts it.
            start, line = (mark.index - mark.column, mark.line) if event.explicit or begun else (0, 0)
            begun = True
            value, end = self.document()
            if value is not None or self.flaws:
                line, _ = self.lines.place(line, 0)
                yield RawDocument(value, tuple(self.flaws), start=start, end=end.index, line=line)
            self.flaws = []  # the next document may have some at the line that starts it

    # One flat loop over the events: a call for each of them would cost more than what it does.
    def document(self) -> tuple[Json, Any]:  # noqa: C901, PLR0912 - see above
        """The value of the document that has just started, and the mark of its end."""
        get, plain, keys, most = self.get, _SCALARS, _KEYS, self.most
        self.anchors = {}
        stack: list[tuple[Any, Any, str | None, int]] = []
        holder: Any = []
        key: Any = _NO_KEY
        anchor: str | None = None
        while True:
            event = get()
            kind = type(event)
            self.nodes += 1
            if kind is ScalarEvent:
                text = event.value
                if type(holder) is dict and key is _NO_KEY:
                    key = keys.get(text)
                    if key is None or key in holder or event.tag or event.anchor:
                        key = self._key(event, holder)
                    continue
                if event.tag is not None or event.anchor is not None:
                    value = self._scalar(event)
                elif event.implicit[0]:
                    value = plain[text] if text in plain else self._plain(event)
                else:
                    value = text
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                self._check_start(event, type(holder) is dict and key is _NO_KEY, len(stack))
                stack.append((holder, key, anchor, self.nodes))
                holder = {} if kind is MappingStartEvent else []
                key = _NO_KEY
                anchor = event.anchor
                continue
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                value, name = holder, anchor
                holder, key, anchor, before = stack.pop()
                if name is not None:
                    self.anchors[name] = (value, self.nodes - before)
            elif kind is AliasEvent:
                value = self._alias(event, holder, key, len(stack))
            elif kind is DocumentEndEvent:
                return (holder[0] if holder else None), event.end_mark
            else:
                continue
            if self.nodes > most:
                self._stop(KG108, event, f"more than {most:,} values in one file", _TOO_MANY)
            if type(holder) is dict:
                holder[key] = value
                key = _NO_KEY
            else:
                holder.append(value)

    def _check_start(self, event: Any, at_key: bool, depth: int) -> None:
        if event.tag is not None:
            self._tag(event)
        if at_key:
            self._stop(KG106, event, *self._no_key(event))
        if depth >= MAX_DEPTH:
            self._stop(KG108, event, f"nested more than {MAX_DEPTH} levels deep", "flatten the document")

    def _no_key(self, event: Any) -> tuple[str, str]:
        """What is wrong with a mapping or list in the place of a key, and what to do."""
        at = event.start_mark.index
        if self.text[at - 1 : at + 1] != "{{":
            return "a mapping or list stands where a key belongs", "write the key as text"
        fix = "render it first (helm template, for one), or quote a value that holds braces"
        return "{{ begins a template that is not rendered yet", fix

    def _plain(self, event: Any) -> Json:
        try:
            value = resolve(event.value)
        except AmbiguousScalar as ambiguous:
            self._note(KG107, event, ambiguous.reason, ambiguous.advice)
            return event.value
        if len(_SCALARS) < _MOST_REMEMBERED:
            _SCALARS[event.value] = value
        return value

    def _scalar(self, event: Any) -> Json:
        """The value of a scalar that is not simply quoted text."""
        if event.tag is not None:
            self._tag(event)
        value = self._plain(event) if event.implicit[0] else event.value
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, 1)
        return value

    def _key(self, event: Any, holder: dict[str, Json]) -> str:
        """The text of a key that may be more than plain text, with whatever is wrong with it noted."""
        text: str = event.value
        if event.anchor is not None:
            self.anchors[event.anchor] = (text, 1)
        if event.tag is not None:
            self._tag(event)
        elif event.implicit[0] and text not in holder and text not in _KEYS:
            self._check_plain_key(event)
        if text in holder and text in _FIRST_KEYS and not event.start_mark.column:
            fix = "put --- on a line of its own before it"
            self._stop(KG103, event, "a second document begins here, and nothing divides the two", fix)
        if text in holder:
            self._note(KG103, event, f"key {text[:60]} stands twice in one mapping", "remove one of the two")
        return text

    def _check_plain_key(self, event: Any) -> None:
        text: str = event.value
        if text == "<<":
            fix = "write the keys out, or put what is shared under spec.defaults of a WorkspaceIntentSet"
            self._note(KG105, event, "merge keys (<<) are not read, since YAML 1.2 has none", fix)
            return
        try:
            value = resolve(text)
        except AmbiguousScalar:
            value = None
        if not isinstance(value, str):
            message = f"key {text[:60] or '(nothing)'} is not text to every YAML reader"
            self._note(KG106, event, message, "quote the key")
        elif len(_KEYS) < _MOST_REMEMBERED:
            _KEYS[text] = text

    def _alias(self, event: Any, holder: Any, key: Any, depth: int) -> Json:
        if type(holder) is dict and key is _NO_KEY:
            self._stop(KG106, event, "an alias stands where a key belongs", "write the key as text")
        if event.anchor not in self.anchors:
            message = f"alias *{event.anchor[:60]} has no finished anchor before it"
            self._stop(KG104, event, message, "define the anchor first; a value cannot contain itself")
        value, size = self.anchors[event.anchor]
        # Counted as if written out, so that an anchor around aliases knows its full size.
        self.nodes += size
        self.expanded += size
        if self.expanded > MAX_EXPANDED:
            self._stop(KG104, event, f"aliases that expand to more than {MAX_EXPANDED:,} values", _TOO_MANY)
        characters, deep = _extent(value)
        self.expanded_text += characters
        if self.expanded_text > MAX_EXPANDED_TEXT:
            message = f"aliases that expand to more than {MAX_EXPANDED_TEXT // 2**20} MiB of text"
            self._stop(KG104, event, message, _TOO_MANY)
        if depth + deep > MAX_DEPTH:
            self._stop(KG108, event, f"nested more than {MAX_DEPTH} levels deep", "flatten the document")
        return value

    def _tag(self, event: Any) -> None:
        fix = "remove the tag; quote the value if it is text"
        self._note(KG105, event, f"tag {event.tag[:60]} is not read", fix)

    def _note(self, rule: Rule, event: Any, message: str, fix: str) -> None:
        if len(self.flaws) < MAX_PROBLEMS:
            self.flaws.append(self._flaw(rule, event, message, fix))

    def _stop(self, rule: Rule, event: Any, message: str, fix: str) -> NoReturn:
        raise Unreadable(self._flaw(rule, event, message, fix))

    def _flaw(self, rule: Rule, event: Any, message: str, fix: str) -> Diagnostic:
        line, column = self.lines.place(event.start_mark.line, event.start_mark.column)
        return rule.in_file("", message, line=line + 1, column=column + 1, fix=fix)
