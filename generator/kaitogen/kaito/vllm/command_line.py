"""What one vLLM's server makes of the words that KAITO hands it, as its argument parser would.

KAITO writes each `key: value` below `vllm:` as the two words `--key` and `str(value)`. The tables are in
`arguments_data`; scripts/derive_vllm_arguments.py makes them from vLLM's wheels.
"""

import re
from operator import ge, gt, le, lt

from kaitogen.kaito.vllm.arguments_data import ARGUMENTS, RELEASES
from kaitogen.model import Json
from kaitogen.typed import Any, Final, NamedTuple

#: Arguments that take no word: with a twin `no-...` that turns them off, and without.
_FLAGS: Final = ("flag", "switch")
_WHOLE: Final = re.compile(r"\s*[+-]?\d+(?:_\d+)*\s*")
_SIZE: Final = re.compile(r"\s*(\d+(?:\.\d+)?)([kKmMgGtT])\s*")
_SCALES: Final = {
    **{letter: 1000**power for power, letter in enumerate("kmgt", 1)},
    **{letter: 1024**power for power, letter in enumerate("KMGT", 1)},
}
#: The bounds that an argument may have: how they are called, by which key, and when a number is within.
_BOUNDS: Final = (
    ("at least", "least", ge),
    ("more than", "above", gt),
    ("at most", "most", le),
    ("less than", "below", lt),
)
#: What Python's int() takes at most.
_DIGITS: Final = 4300
#: In JSON vLLM reads 80m as a number, outside of texts.
_TEXT_OR_SIZE: Final = re.compile(r'"(?:[^"\\]|\\.)*"|\b\d+(?:\.\d+)?[kKmMgGtT]\b')
_PAIRS: Final = re.compile(r"\s*[^=,]+=\s*[+-]?\d+\s*(?:,\s*[^=,]+=\s*[+-]?\d+\s*)*")
#: What argparse takes for a value although it begins with a dash.
_NEGATIVE: Final = re.compile(r"-\d+|-\d*\.\d+")


class Argument(NamedTuple):
    """One argument of one vLLM: what it takes, and the choices and bounds that it has.

    `takes` is flag, switch (a flag that cannot be turned off), int, size (8k), size or auto, float, json, json or text, json or
    pairs (a=1,b=2), or text. `more` has choices, none (the word None is taken), least, above, most, below.
    """

    name: str
    takes: str
    more: dict[str, Any]

    @property
    def is_flag(self) -> bool:
        """Whether it takes no word."""
        return self.takes in _FLAGS

    def expected(self, word: str) -> str:
        """What the argument wants instead of this word; empty where it takes it."""
        if word.startswith("-") and " " not in word and word != "-" and not _NEGATIVE.fullmatch(word):
            return "a value that does not begin with a dash"
        if self.more.get("none") and word in ("", "None"):
            return ""
        kind, _, other = self.takes.partition(" or ")
        if other and _is_other(other, word):
            return ""
        if kind == "json":
            level = self.name == "compilation-config" and word.isdigit()
            return "" if level or _is_json(word) else "JSON text, {...}"
        if choices := self.more.get("choices"):
            given: Json = number(kind, word) if kind == "int" else word
            return "" if given in choices else f"one of {', '.join(map(str, choices))}"
        value = number(kind, word) if kind != "text" else None
        if kind != "text" and value is None:
            return "a number" if kind == "float" else "a whole number"
        ends = [(word, self.more[key], holds) for word, key, holds in _BOUNDS if key in self.more]
        if value is None or all(holds(value, end) for _, end, holds in ends):
            return ""
        return "a number " + " and ".join(f"{word} {end:g}" for word, end, _ in ends)


class CommandLine(NamedTuple):
    """The command line of one vLLM. `spare_word` says that one word that no argument takes is let through as `model_tag`."""

    version: str
    spare_word: bool
    dotted: bool
    #: By name, `no-...` among them: the argument, and whether the name turns it off.
    names: dict[str, tuple[Argument, bool]]

    def find(self, key: str) -> "tuple[Argument, bool] | None":
        """The argument that a key of the settings means, as vLLM completes it, and whether the key turns it off."""
        name = spelled(key)
        base, dot, _ = name.partition(".")
        if dot:
            argument, _ = self.names.get(base, (None, False))
            if argument is None or "json" not in argument.takes or not self.dotted:
                return None
            return argument._replace(takes="text", more={}), False
        if name in self.names:
            return self.names[name]
        begun = [one for one in self.names if one.startswith(name)]
        return self.names[begun[0]] if len(begun) == 1 else None


def command_line(version: str) -> CommandLine | None:
    """The command line of a vLLM ("0.25.1"); None where its arguments are not in the tables."""
    if version not in RELEASES:
        return None
    names = {}
    for name, rows in ARGUMENTS.items():
        for since, until, takes, more in rows:
            if order(since) <= order(version) <= order(until or version):
                argument = Argument(name, takes, more)
                names[name] = argument, False
                if takes == "flag":
                    names[f"no-{name}"] = argument, True
    return CommandLine(version, *RELEASES[version], names)


def lifetime(key: str) -> tuple[str, str] | None:
    """The first and the last vLLM of the tables that have an argument, no last where the newest has it; None for no argument."""
    rows = ARGUMENTS.get(spelled(key).partition(".")[0])
    return None if rows is None else (rows[0][0], rows[-1][1])


def spelled(key: str) -> str:
    """A key as vLLM compares it: it takes _ for -."""
    base, dot, rest = key.partition(".")
    return base.replace("_", "-") + dot + rest


def word_of(value: Json) -> str:
    """The word that KAITO makes of a value: Python's `str` of it."""
    try:
        return str(value)
    except ValueError:  # a number with more digits than Python writes
        return "9" * (_DIGITS + 1)


def number(kind: str, word: str) -> float | None:
    """The number that a word is to vLLM, `auto` as -1; None where it is none of that kind."""
    if kind == "float":
        try:
            return float(word)
        except ValueError:
            return None
    if _WHOLE.fullmatch(word):
        return int(word) if len(word) <= _DIGITS else None
    size = _SIZE.fullmatch(word) if kind == "size" else None
    if size is None or ("." in size[1] and size[2].isupper()) or len(word) > _DIGITS:
        return None
    return int(float(size[1]) * _SCALES[size[2]]) if "." in size[1] else int(size[1]) * _SCALES[size[2]]


def _is_other(other: str, word: str) -> bool:
    if other == "auto":
        return word.strip().lower() == "auto"
    if other == "pairs":
        return _PAIRS.fullmatch(word) is not None
    text = word.strip()
    return not (text.startswith("{") and text.endswith("}"))


def _is_json(word: str) -> bool:
    import json  # few settings are JSON

    plain = _TEXT_OR_SIZE.sub(lambda found: found[0] if found[0][0] == '"' else "0", word)
    try:
        return isinstance(json.loads(plain), dict | list)
    except (ValueError, RecursionError):
        return False


def order(version: str) -> list[int]:
    """A version of vLLM as versions compare."""
    return [int(part) for part in version.split(".")]
