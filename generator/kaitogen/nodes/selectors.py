"""Label selectors in the notation of kubectl's -l, and quick selectors: names for common kinds of nodes."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal, NamedTuple, NoReturn, TypeAlias

from kaitogen.model import INSTANCE_TYPE_LABEL, Diagnostic, Document, Json, Origin, Rule
from kaitogen.nodes.facts import LEFT_OUT, ZONE_LABEL

Operator: TypeAlias = Literal["in", "notin", "exists", "absent", ">", "<"]

_TOKEN: Final = re.compile(r"\s*(?:(?P<sign>==|!=|[=!<>(),])|(?P<word>[^\s=!<>(),]+)|(?P<end>$))")
_PREFIX: Final = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_NAME: Final = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
_WHOLE: Final = re.compile(r"[+-]?[0-9]+")
_MOST_OF_A_NAME: Final = 63
_MOST_OF_A_PREFIX: Final = 253
#: Comparisons with one value, and how they are asked.
_ONE_VALUE: Final[dict[str, Operator]] = {"=": "in", "==": "in", "!=": "notin"}
_FORMS: Final = "key=value, key!=value, key in (a,b), key notin (a,b), key, !key, key>1 or key<1"


class Requirement(NamedTuple):
    """One condition on labels; `=` is `in` with one value, `!=` is `notin` with one."""

    key: str
    operator: Operator
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether labels fulfil it. As in Kubernetes `!=` and `notin` hold where there is no such label."""
        value = labels.get(self.key)
        if self.operator == "absent":
            return value is None
        if self.operator == "notin":
            return value not in self.values
        if value is None:
            return False
        if self.operator in ("<", ">"):
            return _compared(value, self.operator, int(self.values[0]))
        return self.operator == "exists" or value in self.values


Selector: TypeAlias = tuple[Requirement, ...]


class NoSelector(Exception):
    """The text is no label selector; `column` counts from 1."""

    def __init__(self, column: int, message: str, fix: str) -> None:
        super().__init__(message)
        self.column = column
        self.message = message
        self.fix = fix


class _Token(NamedTuple):
    text: str
    start: int
    is_word: bool


def matches(selector: Iterable[Requirement], labels: Mapping[str, str]) -> bool:
    """Whether labels fulfil all conditions; those of an empty selector are always fulfilled."""
    return all(requirement.matches(labels) for requirement in selector)


def equal(labels: Mapping[str, str]) -> Selector:
    """The selector that asks for exactly these labels, as matchLabels does."""
    return tuple(Requirement(key, "in", (value,)) for key, value in labels.items())


def written(selector: Iterable[Requirement]) -> str:
    """The text of a selector, as kubectl's -l takes it."""
    return ",".join(_written(one) for one in selector)


def _written(one: Requirement) -> str:
    if one.operator in ("exists", "absent"):
        return one.key if one.operator == "exists" else f"!{one.key}"
    if one.operator in ("in", "notin") and len(one.values) == 1:
        return f"{one.key}{'=' if one.operator == 'in' else '!='}{one.values[0]}"
    if one.operator in ("<", ">"):
        return f"{one.key}{one.operator}{one.values[0]}"
    return f"{one.key} {one.operator} ({','.join(one.values)})"


def parse(text: str) -> Selector:
    """The conditions of a text such as `pool=gpu,tier!=spot`; NoSelector where it is none."""
    parser = _Parser(text)
    if parser.peek().text == "":
        return ()
    found = [parser.requirement()]
    while parser.peek().text == ",":
        parser.take()
        found.append(parser.requirement())
    last = parser.peek()
    if last.text:
        parser.stop(last, f"unexpected {last.text[:40]!r}", "separate conditions by commas")
    return tuple(found)


def _compared(value: str, operator: str, bound: int) -> bool:
    if not _WHOLE.fullmatch(value):
        return False
    return int(value) > bound if operator == ">" else int(value) < bound


class _Parser:
    """One pass over the tokens of a text."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.at = 0

    def peek(self) -> _Token:
        """The next token, which stays; the last one is empty and stands for the end."""
        return self.tokens[self.at]

    def take(self) -> _Token:
        """The next token."""
        token = self.tokens[self.at]
        self.at += bool(token.text)
        return token

    def stop(self, token: _Token, message: str, fix: str) -> NoReturn:
        """Refuse the text at a token."""
        raise NoSelector(token.start + 1, message, fix)

    def requirement(self) -> Requirement:
        """One condition."""
        if self.peek().text == "!":
            self.take()
            return Requirement(self.key(), "absent")
        key = self.key()
        token = self.peek()
        if token.text in ("", ","):
            return Requirement(key, "exists")
        self.take()
        if token.text in _ONE_VALUE:
            return Requirement(key, _ONE_VALUE[token.text], (self.value(),))
        if token.text in ("in", "notin"):
            return Requirement(key, "in" if token.text == "in" else "notin", self.list_of_values())
        if token.text not in ("<", ">"):
            self.stop(token, f"after the key {key[:60]} comes {token.text[:40]!r}", f"write {_FORMS}")
        return Requirement(key, "<" if token.text == "<" else ">", (self.number(),))

    def key(self) -> str:
        """A label key."""
        token = self.take()
        if not token.is_word:
            what = repr(token.text) if token.text else "the end"
            self.stop(token, f"a label key is expected, and here is {what}", f"write {_FORMS}")
        prefix, slash, name = token.text.rpartition("/")
        good_prefix = _PREFIX.fullmatch(prefix) and len(prefix) <= _MOST_OF_A_PREFIX
        if (slash and not good_prefix) or not _is_name(name):
            fix = "a key is a name of at most 63 letters, digits, -, _ and ., with or without a DNS name and / before it"
            self.stop(token, f"{token.text[:60]!r} is no label key", fix)
        return token.text

    def value(self) -> str:
        """A value, which may be empty."""
        token = self.peek()
        if not token.is_word:
            return ""
        if not _is_name(token.text):
            fix = "a value has at most 63 letters, digits, -, _ and ., and begins and ends with a letter or digit"
            self.stop(token, f"{token.text[:60]!r} is no label value", fix)
        return self.take().text

    def number(self) -> str:
        """A whole number."""
        token = self.take()
        if not _WHOLE.fullmatch(token.text) or len(token.text) > 19:
            self.stop(
                token, f"{token.text[:40]!r} is no whole number", "< and > compare labels that are numbers"
            )
        return token.text

    def list_of_values(self) -> tuple[str, ...]:
        """Values in parentheses, separated by commas."""
        token = self.take()
        if token.text != "(":
            self.stop(token, "after in or notin come values in parentheses", "write key in (a,b)")
        values = [self.value()]
        while self.peek().text == ",":
            self.take()
            values.append(self.value())
        token = self.take()
        if token.text != ")":
            what = repr(token.text[:40]) if token.text else "the end"
            self.stop(token, f"a comma or ) is expected, and here is {what}", "write key in (a,b)")
        return tuple(values)


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "end"
        tokens.append(_Token(match[kind], match.start(kind), kind == "word"))
        if kind == "end":
            break
    return tokens


def _is_name(text: str) -> bool:
    return len(text) <= _MOST_OF_A_NAME and _NAME.fullmatch(text) is not None


KG324 = Rule("KG324", "A label expression that selects nothing", kind="invalid")


QUICK_KIND: Final = "QuickSelectors"


class Quick(NamedTuple):
    """One named selector; `file` is the one that it stands in, empty for kaitogen's own."""

    name: str
    description: str
    selector: Selector
    file: str = ""


BUILT_IN: Final = {
    name: Quick(name, description, equal(labels))
    for name, description, labels in (
        ("nc24", "one A100 of 80 GB on Azure", {INSTANCE_TYPE_LABEL: "Standard_NC24ads_A100_v4"}),
        ("nc96", "four A100s of 80 GB on Azure", {INSTANCE_TYPE_LABEL: "Standard_NC96ads_A100_v4"}),
        ("gpu", "NVIDIA GPUs", {"accelerator": "nvidia"}),
        (
            "gpu-amd64",
            "NVIDIA GPUs beside an x86 processor",
            {"accelerator": "nvidia", "kubernetes.io/arch": "amd64"},
        ),
    )
}


class Refused(Exception):
    """A selection that comes to nothing; `problem` says why, its path starting at the selection's mapping."""

    def __init__(self, problem: Diagnostic) -> None:
        super().__init__(problem.message)
        self.problem = problem


def asked(selection: Mapping[str, Json]) -> Selector:
    """What `matchLabels`, `labels`, `instanceType` and `zone` of a selection ask for together; Refused where nothing can match."""
    fixed = dict(selection.get("matchLabels") or {})
    selector = equal(fixed)
    if "labels" in selection:
        try:
            selector += parse(selection["labels"])
        except NoSelector as wrong:
            message = f"at character {wrong.column} of the label expression: {wrong.message}"
            raise Refused(KG324.at(("labels",), message, fix=wrong.fix)) from wrong
    for field, label in (("instanceType", INSTANCE_TYPE_LABEL), ("zone", ZONE_LABEL)):
        if field in selection:
            selector += equal({label: selection[field]})
    for requirement in selector:
        if requirement.key.startswith(LEFT_OUT):
            message = f"an inventory of nodes leaves out the label {requirement.key[:80]}"
            field = "matchLabels" if requirement.key in fixed else "labels"
            fix = "select by a label that does not come and go with the software on the node"
            raise Refused(KG324.at((field,), message, fix=fix))
    return selector


def quick_selectors(document: Document, diagnostics: list[Diagnostic]) -> Iterator[Quick]:
    """The selectors of a team's document that conforms to its schema; what is wrong with others goes to `diagnostics`."""
    for name, selection in document.value["spec"]["selectors"].items():
        try:
            selector = asked(selection)
        except Refused as refused:
            path = ("spec", "selectors", name, *refused.problem.path)
            diagnostics.append(refused.problem._replace(path=path).of(Origin(document)))
            continue
        yield Quick(name, selection.get("description", ""), selector, document.file)
