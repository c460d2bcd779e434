"""Label selectors in the notation of kubectl's -l, and quick selectors: names for common kinds of nodes."""

import re
from collections import deque

from kaitogen.model import INSTANCE_TYPE_LABEL, Diagnostic, Document, Json, Origin, Path, Rule
from kaitogen.nodes.facts import LEFT_OUT, ZONE_LABEL
from kaitogen.typed import Final, Iterable, Iterator, Literal, Mapping, NamedTuple, TypeAlias

KG324 = Rule("KG324", "A label expression that selects nothing", kind="invalid")

Operator: TypeAlias = Literal["in", "notin", "exists", "absent", ">", "<"]

_TOKEN: Final = re.compile(r"\s*(?:(?P<sign>==|!=|[=!<>(),])|(?P<word>[^\s=!<>(),]+)|(?P<end>$))")
_PREFIX: Final = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_WHOLE: Final = re.compile(r"[+-]?[0-9]+")
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
            if not _WHOLE.fullmatch(value):
                return False
            number, bound = int(value), int(self.values[0])
            return number > bound if self.operator == ">" else number < bound
        return self.operator == "exists" or value in self.values

    def __str__(self) -> str:
        """As kubectl's -l takes it."""
        if self.operator in ("exists", "absent"):
            return self.key if self.operator == "exists" else f"!{self.key}"
        if self.operator in ("in", "notin") and len(self.values) == 1:
            return f"{self.key}{'=' if self.operator == 'in' else '!='}{self.values[0]}"
        if self.operator in ("<", ">"):
            return f"{self.key}{self.operator}{self.values[0]}"
        return f"{self.key} {self.operator} ({','.join(self.values)})"


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
    return ",".join(map(str, selector))


def parse(text: str) -> Selector:
    """The conditions of a text such as `pool=gpu,tier!=spot`; NoSelector where it is none."""
    tokens = _tokens(text)
    if not tokens[0].text:
        return ()
    selector = [_requirement(tokens)]
    while tokens[0].text == ",":
        _take(tokens)
        selector.append(_requirement(tokens))
    if tokens[0].text:
        raise _wrong(tokens[0], f"unexpected {tokens[0].text[:40]!r}", "separate conditions by commas")
    return tuple(selector)


def _tokens(text: str) -> deque[_Token]:
    """The tokens of a text; the last one is empty and stands for the end."""
    tokens: deque[_Token] = deque()
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "end"
        tokens.append(_Token(match[kind], match.start(kind), kind == "word"))
        if kind == "end":
            break
    return tokens


def _take(tokens: deque[_Token]) -> _Token:
    """The next token; the end stays."""
    return tokens.popleft() if tokens[0].text else tokens[0]


def _wrong(token: _Token, message: str, fix: str) -> NoSelector:
    return NoSelector(token.start + 1, message, fix)


def _requirement(tokens: deque[_Token]) -> Requirement:
    """One condition."""
    if tokens[0].text == "!":
        _take(tokens)
        return Requirement(_key(tokens), "absent")
    key = _key(tokens)
    if tokens[0].text in ("", ","):
        return Requirement(key, "exists")
    sign = _take(tokens)
    if sign.text in _ONE_VALUE:
        return Requirement(key, _ONE_VALUE[sign.text], (_value(tokens),))
    if sign.text in ("in", "notin"):
        return Requirement(key, "in" if sign.text == "in" else "notin", _values(tokens))
    if sign.text not in ("<", ">"):
        raise _wrong(sign, f"after the key {key[:60]} comes {sign.text[:40]!r}", f"write {_FORMS}")
    number = _take(tokens)
    if not _WHOLE.fullmatch(number.text) or len(number.text) > 19:
        message = f"{number.text[:40]!r} is no whole number"
        raise _wrong(number, message, "< and > compare labels that are numbers")
    return Requirement(key, "<" if sign.text == "<" else ">", (number.text,))


def _key(tokens: deque[_Token]) -> str:
    """A label key."""
    token = _take(tokens)
    if not token.is_word:
        what = repr(token.text) if token.text else "the end"
        raise _wrong(token, f"a label key is expected, and here is {what}", f"write {_FORMS}")
    prefix, slash, name = token.text.rpartition("/")
    good_prefix = _PREFIX.fullmatch(prefix) and len(prefix) <= 253
    if (slash and not good_prefix) or not _is_name(name):
        fix = "a key is a name of at most 63 letters, digits, -, _ and ., with or without a DNS name and / before it"
        raise _wrong(token, f"{token.text[:60]!r} is no label key", fix)
    return token.text


def _value(tokens: deque[_Token]) -> str:
    """A label value, which may be empty."""
    token = tokens[0]
    if not token.is_word:
        return ""
    if not _is_name(token.text):
        fix = "a value has at most 63 letters, digits, -, _ and ., and begins and ends with a letter or digit"
        raise _wrong(token, f"{token.text[:60]!r} is no label value", fix)
    return _take(tokens).text


def _values(tokens: deque[_Token]) -> tuple[str, ...]:
    """Values in parentheses, separated by commas."""
    start = _take(tokens)
    if start.text != "(":
        raise _wrong(start, "after in or notin come values in parentheses", "write key in (a,b)")
    values = [_value(tokens)]
    while tokens[0].text == ",":
        _take(tokens)
        values.append(_value(tokens))
    end = _take(tokens)
    if end.text != ")":
        what = repr(end.text[:40]) if end.text else "the end"
        raise _wrong(end, f"a comma or ) is expected, and here is {what}", "write key in (a,b)")
    return tuple(values)


def _is_name(text: str) -> bool:
    return len(text) <= 63 and re.fullmatch(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?", text) is not None


QUICK_KIND: Final = "QuickSelectors"


class Quick(NamedTuple):
    """One named selector; `file` is the one that it stands in, empty for kaitogen's own."""

    name: str
    description: str
    selector: Selector
    file: str = ""


#: What a family is called, what is in it, and the part of the names of its sizes that differs.
_FAMILIES: Final = (
    ("nc24", "one A100 of 80 GB on Azure, or four V100s", "Standard_NC24{}", ("ads_A100_v4", "rs_v3", "s_v3")),
    ("nc96", "four A100s of 80 GB on Azure", "Standard_NC96{}", ("ads_A100_v4",)),
    ("a100", "A100s on Azure", "Standard_{}_A100_v4", ("NC24ads", "NC48ads", "NC96ads", "ND96amsr", "ND96asr")),
    ("h100", "H100s on Azure", "Standard_{}_H100_v5", ("NC40ads", "NC80adis", "NCC40ads", "ND96isr")),
    ("h200", "eight H200s on Azure", "Standard_{}_H200_v5", ("ND96isr",)),
    ("a10", "A10s on Azure", "Standard_{}_A10_v5", ("NV36ads", "NV72ads")),
    ("mi300", "eight MI300X of AMD on Azure, which KAITO has no table of", "Standard_{}_MI300X_v5", ("ND96is", "ND96isr")),
    ("p4", "eight A100s on AWS", "p4{}.24xlarge", ("d", "de")),
    ("p5", "eight H100s on AWS", "p5{}.48xlarge", ("",)),
    ("p5e", "eight H200s on AWS", "p5{}.48xlarge", ("e", "en")),
    ("g5", "A10Gs on AWS", "g5.{}xlarge", ("12", "16", "2", "24", "4", "48", "8", "")),
    ("g6", "L4s on AWS", "g6.{}xlarge", ("12", "16", "2", "24", "4", "48", "8", "")),
)  # fmt: skip
_NVIDIA: Final = {"accelerator": "nvidia"}
BUILT_IN: Final = {
    **{
        name: Quick(name, means, (Requirement(INSTANCE_TYPE_LABEL, "in", tuple(map(pattern.format, sizes))),))
        for name, means, pattern, sizes in _FAMILIES
    },
    "gpu": Quick("gpu", "NVIDIA GPUs", equal(_NVIDIA)),
    "gpu-amd64": Quick(
        "gpu-amd64",
        "NVIDIA GPUs beside an x86 processor",
        equal({**_NVIDIA, "kubernetes.io/arch": "amd64"}),
    ),
}


class Refused(Exception):
    """A selection that comes to nothing; `problem` says why."""

    def __init__(self, problem: Diagnostic) -> None:
        super().__init__(problem.message)
        self.problem = problem


def asked(selection: Mapping[str, Json], place: Path = ()) -> Selector:
    """What `matchLabels`, `labels`, `instanceType` and `zone` of a selection ask for together; Refused where nothing can match.

    The selection's mapping stands at `place`.
    """
    fixed = dict(selection.get("matchLabels") or {})
    selector = equal(fixed)
    if "labels" in selection:
        try:
            selector += parse(selection["labels"])
        except NoSelector as wrong:
            message = f"at character {wrong.column} of the label expression: {wrong.message}"
            raise Refused(KG324.at((*place, "labels"), message, fix=wrong.fix)) from wrong
    for field, label in (("instanceType", INSTANCE_TYPE_LABEL), ("zone", ZONE_LABEL)):
        if field in selection:
            selector += equal({label: selection[field]})
    for requirement in selector:
        if requirement.key.startswith(LEFT_OUT):
            message = f"an inventory of nodes leaves out the label {requirement.key[:80]}"
            field = "matchLabels" if requirement.key in fixed else "labels"
            fix = "select by a label that does not come and go with the software on the node"
            raise Refused(KG324.at((*place, field), message, fix=fix))
    return selector


def quick_selectors(document: Document, diagnostics: list[Diagnostic]) -> Iterator[Quick]:
    """The selectors of a team's document that conforms to its schema; what is wrong with others goes to `diagnostics`."""
    for name, selection in document.value["spec"]["selectors"].items():
        try:
            selector = asked(selection, ("spec", "selectors", name))
        except Refused as refused:
            diagnostics.append(refused.problem.of(Origin(document)))
            continue
        yield Quick(name, selection.get("description", ""), selector, document.file)
