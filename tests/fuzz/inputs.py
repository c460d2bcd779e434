"""What the fuzzers begin with, and how the plain one of them goes on: by a number, so that each run is the same."""

import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from kaitogen.commands.explain import pages
from tests.fuzz.targets import CUT, TARGETS

CORPUS: Final = Path(__file__).with_name("corpus")
MAX_BYTES: Final = 4096
#: What means something to a reader of YAML, of JSON, of templates or of names, or is at a bound of something.
_TOKENS: Final = [
    *(b"&a ", b"*a", b"<<: *a", b"!!str ", b"? ", b"|\n", b">-\n", b"%TAG ! x\n", b"---\n", b"...\n", b"{", b"}", b"[", b"]"),
    *(b"'", b'"', b"\\ud83d\\ude00", b"\\u0000", b"\xe2\x80\xa8", b"\xc2\x85", b"\xef\xbb\xbf", b"\xff", b"\x1b[31m", b"\r", b"\t"),
    *(b"0", b"-1", b"1e999", b"0x1f", b"017", b"2.0", b".inf", b"1_000", b"9" * 40, b"~", b"null", b"yes", b"2026-11-26", b"12:30"),
    *(b"../", b"/etc/passwd", b"**/", b"[!", b"{{ ", b"}}", b"{% for a in range(9) %}", b"{% endfor %}", b"|string", b"-x", b"CON"),
    *(b"\xe2\x80\xae", b"<script>", b"=1+1", b"::error::", b"`", b"](x)", b" # ", b"\n", CUT, b"kaito.sh/v1alpha1", b"0.4", b"auto"),
]  # fmt: skip


def seeds(target: str) -> list[bytes]:
    """What the target begins with: the examples, then its corpus."""
    return [*examples(target), *corpus(target)]


def examples(target: str) -> list[bytes]:
    """The files of the explanations' examples that the target can begin with."""
    endings = TARGETS[target][1]
    found = {
        text.encode()
        for page in pages.all_pages()
        for example in (page.failing, page.passing)
        for name, text in example.files.items()
        if name.endswith(endings) and endings
    }
    return sorted(found)


def corpus(target: str) -> list[bytes]:
    """The inputs that found something, or are kept since they come far."""
    return [path.read_bytes() for path in sorted((CORPUS / target).glob("*"))]


def mutated(known: Sequence[bytes], number: int) -> bytes:
    """The input of this number: one of those known, changed in one place or a few: most should come far."""
    draw = random.Random(number)
    data = draw.choice(known)
    for _ in range(draw.choice((1, 1, 1, 2, 3, 6))):
        data = draw.choice(_CHANGES)(data, known, draw)
    return data[:MAX_BYTES]


def _token(data: bytes, _known: Sequence[bytes], draw: random.Random) -> bytes:
    at = draw.randint(0, len(data))
    return data[:at] + draw.choice(_TOKENS) + data[at + draw.choice((0, 0, 1, 4)) :]


def _value(data: bytes, known: Sequence[bytes], draw: random.Random) -> bytes:
    """Another value, one of the tokens or of another input's, for one that stands behind a colon or a dash."""
    places = list(_VALUE.finditer(data))
    if not places:
        return _token(data, known, draw)
    others = [found[0] for found in _VALUE.finditer(draw.choice(known))]
    place = draw.choice(places)
    return data[: place.start()] + draw.choice([*_TOKENS, *others]) + data[place.end() :]


def _lines(data: bytes, known: Sequence[bytes], draw: random.Random) -> bytes:
    """A line taken out, put elsewhere, moved to the side, or taken from another input."""
    lines = data.splitlines(keepends=True) or [b""]
    at, to = draw.randrange(len(lines)), draw.randrange(len(lines))
    kind = draw.randrange(5)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(to, lines[at])
    elif kind == 2:
        lines[at] = b"  " + lines[at]
    elif kind == 3:
        lines[at] = lines[at].removeprefix(b"  ")
    else:
        lines.insert(to, draw.choice(draw.choice(known).splitlines(keepends=True) or [b""]))
    return b"".join(lines)


def _byte(data: bytes, _known: Sequence[bytes], draw: random.Random) -> bytes:
    at = draw.randint(0, len(data))
    return data[:at] + bytes([draw.randrange(256)]) + data[at + draw.choice((0, 1)) :]


def _cut_off(data: bytes, _known: Sequence[bytes], draw: random.Random) -> bytes:
    return data[: draw.randint(0, len(data))]


def _joined(data: bytes, known: Sequence[bytes], draw: random.Random) -> bytes:
    return data + draw.choice((b"---\n", CUT, b"")) + draw.choice(known)


_VALUE: Final = re.compile(rb"(?<=[:\-] )[^\n,}\]]+")
_CHANGES: Final = (_token, _token, _value, _value, _value, _lines, _lines, _byte, _cut_off, _joined)
