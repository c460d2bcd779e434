"""JSON's escapes for characters beyond 16 bits: two halves, which YAML does not put together."""

import re
from typing import Final

#: A high and a low half, behind an even number of backslashes.
_PAIR: Final = r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"

#: In characters. What is longer is read as it is, since json has no bound on what it builds.
_LONGEST: Final = 4 * 1024 * 1024


def joined(text: str) -> str:
    """The text with each pair of halves as the one character that is meant, where all of it is JSON; else as it is."""
    if ("\\ud" not in text and "\\uD" not in text) or len(text) > _LONGEST:
        return text
    import json  # few texts have such escapes, and other YAML may mean them as they stand

    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text
    return re.sub(_PAIR, _character, text)


def _character(match: re.Match[str]) -> str:
    high, low = int(match[2], 16) - 0xD800, int(match[3], 16) - 0xDC00
    return match[1] + chr(0x10000 + (high << 10) + low)
