"""Which known word someone most likely meant by an unknown one."""

import re

from kaitogen.typed import Iterable


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that `word` is a slip of: other case or separators, plural, typing error, or cut short; or None.

    A version number is never taken for another one: only a leading v or a patch level too many is forgiven.
    """
    known = list(choices)
    if not 1 < len(word) <= 80:
        return None
    if version := re.fullmatch(r"[vV]?(\d+(?:\.\d+)?)(?:\.\d+)*", word):
        return version[1] if version[1] in known else None
    folded = fold(word)
    for choice in known:
        if fold(choice) == folded:
            return choice
    # Of equally near choices the first in the given order, so that the answer is always the same one.
    allowed = 0 if len(word) < 3 else 1 if len(word) < 6 else 2
    near = [choice for choice in known if abs(len(fold(choice)) - len(folded)) <= allowed]
    ranked = [(distance(folded, fold(choice)), choice) for choice in near]
    best = min(ranked, key=lambda pair: pair[0], default=(allowed + 1, ""))
    if best[0] <= allowed:
        return best[1]
    longer = [choice for choice in known if len(folded) > 3 and fold(choice).startswith(folded)]
    return longer[0] if len(longer) == 1 else None


def did_you_mean(word: str, choices: Iterable[str], otherwise: str = "") -> str:
    """What to do about an unknown word: `did you mean phi-4?`, or what `otherwise` says where no choice is near."""
    near = nearest(word, choices)
    return f"did you mean {near}?" if near else otherwise


def fold(word: str) -> str:
    """The word as it is compared: without case, separators and the s of a plural."""
    bare = re.sub(r"[-_ ]", "", word).lower()
    return bare[:-1] if len(bare) > 3 and bare.endswith("s") else bare


def distance(left: str, right: str) -> int:
    """How many letters must be put in, left out, replaced or swapped with their neighbour (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(right, 1):
            step = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                step = min(step, last[j - 2] + 1)
            row.append(step)
    return row[-1]
