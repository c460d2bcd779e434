"""Nodes found by label and by name, however many intents ask: what is worked out once is kept."""

import re
from collections.abc import Mapping
from typing import Final

from kaitogen.nodes.facts import NodeFacts

#: What tells the nodes of one pool from each other.
_NUMBER: Final = re.compile(r"(?<=vmss)[0-9a-z]+$|[0-9]+")
#: For as many unknown names a near one is looked for: nobody corrects more at a time, and each takes its time.
_MOST_SLIPS: Final = 50


class Lookup:
    """The nodes of one inventory."""

    def __init__(self, nodes: Mapping[str, NodeFacts]) -> None:
        self._nodes = nodes
        self._by_label: dict[str, dict[str, set[str]]] = {}
        self._by_stem: dict[str, list[str]] = {}
        self._slips = 0

    def having(self, labels: Mapping[str, str]) -> set[str]:
        """The names of all nodes, with or without GPUs, that have these labels."""
        found = [self._values(key).get(value, set()) for key, value in labels.items()]
        return set.intersection(*found) if found else set(self._nodes)

    def _values(self, key: str) -> dict[str, set[str]]:
        values = self._by_label.get(key)
        if values is None:
            values = self._by_label[key] = {}
            for name, node in self._nodes.items():
                if key in node.labels:
                    values.setdefault(node.labels[key], set()).add(name)
        return values

    def siblings(self, name: str) -> list[str]:
        """The names that differ from this one by their number alone, as those of one pool do."""
        return self._stems().get(_NUMBER.sub("", name), [])

    def _stems(self) -> dict[str, list[str]]:
        if not self._by_stem:
            for one in sorted(self._nodes):
                self._by_stem.setdefault(_NUMBER.sub("", one), []).append(one)
        return self._by_stem

    def meant(self, name: str) -> str | None:
        """The node whose name this one is a slip of; None where there is none, or too many were asked for."""
        self._slips += 1
        if self._slips > _MOST_SLIPS:
            return None
        from kaitogen.diagnostics.suggest import nearest  # only a wrong name needs it

        # Of a pool's many names one is compared, and only then those of the pool that is meant.
        stem = nearest(_NUMBER.sub("", name), self._stems())
        if stem is None:
            return None
        pool = self._stems()[stem]
        numbers = _NUMBER.findall(name)
        return next((one for one in pool if _NUMBER.findall(one) == numbers), pool[0])
