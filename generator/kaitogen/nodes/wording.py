"""Nodes in sentences: numbers and lists that stay readable however many there are."""

from collections.abc import Iterable


def number_of(number: int, word: str) -> str:
    """A number with its noun: `1 node`, `2 nodes`."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def listed(words: Iterable[str], most: int = 8) -> str:
    """The words with commas between, and how many more there are."""
    every = list(words)
    shown = ", ".join(word[:120] for word in every[:most])
    return shown if len(every) <= most else f"{shown} and {len(every) - most} more"
