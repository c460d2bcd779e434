"""The shape of an explanation of a finding's code."""

from typing import Literal, NamedTuple, TypeAlias

#: refused: KAITO's API server or webhook rejects it. can't work: admitted, but it never becomes ready, or no
#: update of it is accepted. warning: works, but not as written. note: worth knowing; rests with the cluster.
Kind: TypeAlias = Literal["refused", "can't work", "warning", "note"]


class Code(NamedTuple):
    """One code: its kind (the usual one; a rule may say less), title, reason, remedy, KAITO rule and versions.

    `rule` is the number in the list of KAITO's admission rules ("R5"), empty for what is
    none of them; `versions` says in words in which minor versions of KAITO it holds.
    """

    code: str
    kind: Kind
    title: str
    why: str
    fix: str
    rule: str
    versions: str
