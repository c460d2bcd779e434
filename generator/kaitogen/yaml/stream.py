"""A JSON object that comes in pieces, its list `items` one by one: kubectl's lists are larger than what may be held whole."""

import codecs

from kaitogen.model import Json
from kaitogen.typed import Final, Iterator
from kaitogen.yaml.reader import Unreadable
from kaitogen.yaml.syntax import KG102

MAX_BYTES: Final = 512 * 1024 * 1024
#: All that is none of the items, and one item.
_MAX_VALUE: Final = 16 * 1024 * 1024
#: Values in one item that came in several pieces: an empty list takes three characters, and seventy bytes of memory.
_MOST_VALUES: Final = 500_000
_BEFORE_A_VALUE: Final = ",[{"
#: More levels than a file of YAML may have, so that what is cut off still differs from all that is written.
_DEEPEST: Final = 110
_BLANKS: Final = " \t\r\n"
_DELIMITERS: Final = frozenset(",]}:" + _BLANKS)
_SPLIT: Final = "split the file, as kubectl get prints one namespace by -n NAME"
_FIX: Final = "hand over what kubectl get -o json printed, whole"


def items(parts: Iterator[bytes], most: int | None = None) -> Iterator[Json]:
    """Each of the object's items; the object itself where it has no list of items. Unreadable where it is no JSON.

    `most` is the number of values that all of it may have, for whoever keeps the items.
    """
    reader = _Reader(parts, most)
    rest: dict[str, Json] = {}
    listed, beside = False, 0
    for _ in reader.members("{", "}"):
        key = reader.value()
        reader.take(":")
        if key == "items" and reader.peek() == "[":
            listed = True
            for _ in reader.members("[", "]"):
                yield reader.value()
        else:
            start = reader.place
            rest[str(key)] = reader.value()
            beside += reader.place - start
            if beside > _MAX_VALUE:
                reader.stop(f"more than {_MAX_VALUE // 2**20} MiB beside the items")
    if reader.peek():
        reader.stop(f"unexpected {reader.peek()!r} behind the object")
    if not listed:
        yield rest


def shallow(value: Json) -> Json:
    """The value, emptied of what lies deeper than a manifest of ours can: whoever works on it goes down by calls."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            below
            for one in level
            for below in (one.values() if type(one) is dict else one if type(one) is list else ())
        ]
        if not level:
            return value
    for one in level:
        if isinstance(one, dict | list):
            one.clear()
    return value


class _Reader:
    """The text that is at hand, a place in it, and where more comes from."""

    def __init__(self, parts: Iterator[bytes], most: int | None) -> None:
        import json  # only what kubectl printed comes this way

        self._decode = json.JSONDecoder().raw_decode
        self._parts = parts
        self._utf_8 = codecs.getincrementaldecoder("utf-8-sig")()
        self._text = ""
        self._at = 0
        self._before = 0
        self._bytes = 0
        self._most = most
        self._values = 0
        self._gone = 0

    @property
    def place(self) -> int:
        """How many characters have been read."""
        return self._gone + self._at

    def stop(self, reason: str, fix: str = _FIX) -> None:
        """Refuse the input at this place."""
        line = self._before + self._text.count("\n", 0, self._at) + 1
        raise Unreadable(KG102.in_file("", reason, line=line, fix=fix))

    def peek(self) -> str:
        """The next character that is no blank; empty at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _BLANKS:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def take(self, wanted: str) -> None:
        """That character, or Unreadable."""
        found = self.peek()
        if found != wanted:
            self.stop(f"{wanted} is expected, and here is {repr(found) if found else 'the end'}")
        self._at += 1

    def members(self, opening: str, closing: str) -> Iterator[None]:
        """A list or an object, with a turn for each of its members, which is to be read in it."""
        self.take(opening)
        if self.peek() != closing:
            yield
        while self.peek() != closing:
            self.take(",")
            yield
        self.take(closing)

    def value(self) -> Json:
        """The next value."""
        self.peek()
        while True:
            at_hand = len(self._text) - self._at
            try:
                value, end = self._decode(self._text, self._at)
            except RecursionError:
                self.stop("nested too deep")
            except ValueError as error:
                if at_hand > _MAX_VALUE:
                    self.stop(f"a value of more than {_MAX_VALUE // 2**20} MiB")
                if sum(self._text.count(sign, self._at) for sign in _BEFORE_A_VALUE) > _MOST_VALUES:
                    self.stop(f"more than {_MOST_VALUES:,} values in one item")
                # As much again, so that a large value is not tried once for every piece of it.
                if not self._more(at_hand):
                    self.stop(f"no JSON: {str(error).partition(':')[0].lower()}")
            else:
                # A number may go on behind what is at hand: it is whole where something else follows.
                if self._text[end : end + 1] in _DELIMITERS or not self._more():
                    self._at = end
                    return value

    def _more(self, least: int = 1) -> bool:
        """Get more text, and let go of what has been read; False at the end."""
        read: list[str] = []
        size = 0
        for part in self._parts:
            self._bytes += len(part)
            if self._bytes > MAX_BYTES:
                self.stop(f"larger than {MAX_BYTES // 2**20} MiB")
            try:
                read.append(self._utf_8.decode(part))
            except UnicodeDecodeError:
                self.stop("not UTF-8")
            size += len(read[-1])
            if self._most is not None:
                self._values += sum(map(read[-1].count, _BEFORE_A_VALUE))
                if self._values > self._most:
                    self.stop(f"more than {self._most:,} values in one file", _SPLIT)
            if size >= least:
                break
        if not size:
            return False
        self._before += self._text.count("\n", 0, self._at)
        self._gone += self._at
        self._text = "".join([self._text[self._at :], *read])
        self._at = 0
        return True
