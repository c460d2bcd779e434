"""Small changes to the text of one document: a value replaced, a key taken out or put in, and every other byte as it was."""

from kaitogen.model import Json, Path
from kaitogen.typed import Iterator, NamedTuple, Sequence
from kaitogen.yaml.lines import line_starts
from kaitogen.yaml.scalars import encode
from kaitogen.yaml.tree import YamlNode, trees, walk
from kaitogen.yaml.writer import dump, flow


class Edit(NamedTuple):
    """What should stand at a path; None takes the key out, and what holds it where it was the last one."""

    path: Path
    value: Json


class NotEdited(Exception):
    """The place cannot be changed in the text alone; `path` leads there."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path


class _Splice(NamedTuple):
    """New text instead of what stands between two offsets."""

    start: int
    end: int
    text: str


def edited(text: str, edits: Sequence[Edit]) -> str:
    """The text after all edits, each at a path of its own; NotEdited where one cannot be made."""
    splices = sorted(_Editor(text, edits).splices(), key=lambda one: (one.start, one.end))
    parts: list[str] = []
    at = 0
    for splice in splices:
        parts += text[at : splice.start], splice.text
        at = max(at, splice.end)
    return "".join([*parts, text[at:]])


class _Editor:
    """All edits of one text, held against its tree."""

    def __init__(self, text: str, edits: Sequence[Edit]) -> None:
        self.text = text
        self.edits = edits
        documents, _ = trees(text)
        self.nodes = dict(walk(documents[0].root))
        self.lines = [*line_starts(text), len(text)]
        self.removed: set[Path] = set()
        #: What is put into each mapping, the newest first.
        self.added: dict[Path, Json] = {}

    def splices(self) -> Iterator[_Splice]:
        """The changes to the text; no two of them overlap."""
        for path, value in self.edits:
            node = self.nodes.get(path)
            if node is None:
                if value is not None:
                    self._add(path, value)
                continue
            if self._is_shared(node) or (value is not None and not (node.kind == "scalar" and node.one_line)):
                raise NotEdited(path)
            if value is None:
                self.removed.add(path)
            else:
                yield _Splice(node.value.index, node.end.index, encode(value))
        self._remove_emptied()
        for path in dict.fromkeys((*self.added, *(path[:-1] for path in self.removed))):
            if path not in self.removed:
                yield from self._below(path, self.nodes[path])

    def _is_shared(self, node: YamlNode) -> bool:
        return self.text[node.value.index : node.value.index + 1] in ("&", "*", "!")

    def _add(self, path: Path, value: Json) -> None:
        """Note the key for what holds it; what is missing on the way is made."""
        while path[:-1] not in self.nodes:
            path, value = path[:-1], {path[-1]: value}
        holder = path[:-1]
        if not holder or not self.nodes[holder].children:
            raise NotEdited(path)
        self.added[holder] = _joined({path[-1]: value}, self.added.get(holder, {}))

    def _remove_emptied(self) -> None:
        """Take out the mappings of which nothing would be left, from the inside out."""
        for depth in range(max(map(len, self.removed), default=0), 1, -1):
            for holder in {path[:-1] for path in self.removed if len(path) == depth} - self.added.keys():
                node = self.nodes[holder]
                if all((*holder, child.step) in self.removed for child in node.children):
                    if self._is_shared(node):
                        raise NotEdited(holder)
                    self.removed.add(holder)

    def _below(self, path: Path, node: YamlNode) -> Iterator[_Splice]:
        """The keys that go from a mapping, and those that come into it before its first one."""
        gone = [(*path, child.step) in self.removed for child in node.children]
        added = self.added.get(path, {})
        if node.kind == "flow":
            yield from self._in_flow(node, gone, added)
            return
        first = node.children[0].start
        indent = " " * first.column
        text = dump(added).replace("\n", f"\n{indent}") if added else ""
        if gone[0]:  # its line goes, with the indentation
            text = indent + text.removesuffix(indent) if added else ""
        start = first.index - (first.column if gone[0] else 0)
        yield _Splice(start, start, text)
        for child, is_gone in zip(node.children, gone, strict=True):
            if is_gone:
                start = child.start.index - child.start.column
                if self.text[start : child.start.index].strip():  # behind a dash
                    raise NotEdited((*path, child.step))
                yield _Splice(start, self.lines[child.last + 1], "")

    def _in_flow(self, node: YamlNode, gone: Sequence[bool], added: Json) -> Iterator[_Splice]:
        starts = [child.start.index for child in node.children]
        ends = [child.end.index for child in node.children]
        pairs = "".join(f"{encode(key)}: {flow(value)}, " for key, value in added.items())
        if all(gone):
            yield _Splice(starts[0], ends[-1], pairs.removesuffix(", "))
            return
        yield _Splice(starts[0], starts[0], pairs)
        last_kept = max(at for at, is_gone in enumerate(gone) if not is_gone)
        for at, is_gone in enumerate(gone):
            if is_gone and at < last_kept:
                yield _Splice(starts[at], starts[at + 1], "")
            elif is_gone:
                yield _Splice(ends[at - 1], ends[at], "")


def _joined(new: Json, old: Json) -> Json:
    """Two mappings in one, with the keys of the first before those of the second."""
    both = {key: _joined(new[key], old[key]) for key in new.keys() & old.keys()}
    return {**new, **old, **both}
