"""One scalar between its YAML text and its value, in both directions.

Reading follows YAML 1.2's core schema, which is what Kubernetes' own readers do
with the scalars of a manifest. Where a YAML 1.1 reader would take the same plain
text for something else (`yes`, `017`, `1_000`), the text is ambiguous: the reader
reports it instead of choosing. Writing quotes whatever either of them could retype.
"""

from kaitogen.model import Json
from kaitogen.typed import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import re

INT64_MIN: Final = -(2**63)
UINT64_MAX: Final = 2**64 - 1

ASCII_WORD: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./-"
_WORDS: Final[dict[str, Json]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
#: Booleans of YAML 1.1 (with go-yaml's single letters) that are text in YAML 1.2.
_OLD_BOOLEANS: Final = frozenset((
    "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF", "y", "Y", "n", "N",
))  # fmt: skip
QUOTED_WORDS: Final = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"))
_NUMBER_START: Final = frozenset("0123456789+-.")
#: A letter that no notation of a number or date uses, in any YAML version.
_NOT_A_NUMBER: Final = frozenset("ghijklmnpqrsuvwyGHIJKLMNPQRSUVWY")
_QUOTE: Final = "quote it if it is meant as text"
_SHORT_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}
#: What is escaped in double quotes: what YAML does not allow as it is, and what a reviewer
#: could not see (direction marks, zero-width characters). Fixed ranges and not
#: `str.isprintable`, whose answer moves with the Unicode tables of each Python.
_ESCAPED: Final = '["\\\\\x00-\x1f\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\ufeff\ufff0-\uffff\ud800-\udfff]'


class AmbiguousScalar(Exception):
    """A plain scalar that is not taken as it stands: `reason` says why, in words for the user."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice


def resolve(text: str) -> Json:
    """The value of a plain scalar: None, bool, int, float or the text itself; AmbiguousScalar where readers disagree."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in _NUMBER_START:
        return _number(text)
    if text in _OLD_BOOLEANS:
        truth = "true" if text.lower() in ("yes", "on", "y") else "false"
        advice = f'write {truth} for the boolean or "{text}" for the text'
        raise AmbiguousScalar(f"{text} is a boolean to some YAML readers and text to others", advice)
    return text


def _number(text: str) -> Json:
    digits = text[1:] if text[0] in "+-" else text
    if not text.isascii():
        return text
    if digits.isdigit():
        return _integer(text, digits)
    if digits.lower() in (".inf", ".nan"):
        reason = f"{text} is no number that JSON and Kubernetes can hold"
        raise AmbiguousScalar(reason, "write a finite number or quote it")
    if digits[:1].isdigit() or (digits[:1] == "." and digits[1:2].isdigit()):
        return _odd_notation(text, digits)
    return text


def _integer(text: str, digits: str) -> int:
    if len(digits) > 1 and digits[0] == "0":
        reason = f"{text[:40]} is octal to some YAML readers and decimal to others"
        advice = f'write the number without the leading zero, or "{text[:40]}" for text'
        raise AmbiguousScalar(reason, advice)
    if len(digits) <= 20 and INT64_MIN <= (value := int(text)) <= UINT64_MAX:
        return value
    reason = f"a whole number of {len(digits)} digits does not fit into 64 bits"
    raise AmbiguousScalar(reason, _QUOTE)


def _odd_notation(text: str, digits: str) -> Json:
    prefix = digits[:2].lower()
    if prefix == "0x" and _all_in(digits[2:], "0123456789abcdefABCDEF"):
        value = int(text, 16) if len(digits) <= 18 else UINT64_MAX + 1
        if value > UINT64_MAX:
            raise AmbiguousScalar("a hexadecimal number that does not fit into 64 bits", _QUOTE)
        return value
    if (prefix in ("0o", "0b") and _all_in(digits[2:], "01234567_")) or (
        "_" in digits and _all_in(digits, "0123456789_.")
    ):
        reason = f"{text[:40]} is a number to some YAML readers and text to others"
        raise AmbiguousScalar(reason, f'write it in plain digits, or "{text[:40]}" for text')
    if not _all_in(digits, "0123456789.eE+-"):
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    if number in (float("inf"), float("-inf")):
        raise AmbiguousScalar(f"{text[:40]} is too large for a number", _QUOTE)
    return number


def _all_in(text: str, allowed: str) -> bool:
    return bool(text) and not text.strip(allowed)


def is_plain(text: str) -> bool:
    """Whether the text can stand without quotes, in block and flow style, for every YAML reader."""
    if not text or text.strip(ASCII_WORD) or text.lower() in QUOTED_WORDS:
        return False
    first = text[0]
    if first.isdigit():
        return not _NOT_A_NUMBER.isdisjoint(text)
    return first not in "-." and text[-1] != "-"


def quoted(text: str) -> str:
    """The text in double quotes on one line, with everything escaped that YAML or a reader's eye would lose."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    import re  # few texts hold what is escaped

    return '"' + re.sub(_ESCAPED, _escape, text) + '"'


def _escape(match: "re.Match[str]") -> str:
    char = match.group()
    code = ord(char)
    return _SHORT_ESCAPES.get(char) or (f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}")


def encode(value: str | float | bool | None) -> str:
    """The text of one scalar, safe wherever YAML allows a scalar."""
    if isinstance(value, str):
        return value if is_plain(value) else quoted(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = repr(value)
    # YAML 1.1, which PyYAML and so the pods of KAITO read, takes 1e-05 for text and 1.0e-05 for a number.
    return text.replace("e", ".0e") if "e" in text and "." not in text else text
