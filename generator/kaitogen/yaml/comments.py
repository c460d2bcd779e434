"""The comments of a document by the key or item that they speak of."""

from kaitogen.model import Path
from kaitogen.typed import Iterable, Mapping, NamedTuple, Sequence
from kaitogen.yaml.lines import is_regular
from kaitogen.yaml.tree import Scalars, YamlNode, trees


class Comments:
    """What is said of one key or item: on the lines above it, beside it, and on the lines below all of it.

    A blank line is an empty text. `column` is where the one beside it should begin, if there is
    room. The path `()` has what stands at the head and at the end of the document.
    """

    def __init__(self) -> None:
        self.above: list[str] = []
        self.beside = ""
        self.below: list[str] = []
        self.column = 0

    def add(self, other: "Comments", *, beside: bool = True) -> None:
        """Add other comments to these; where there is no room beside any more, what stood there goes above."""
        self.above += other.above
        self.below += other.below
        if other.beside and (self.beside or not beside):
            self.above.append(other.beside)
        elif other.beside:
            self.beside, self.column = other.beside, other.column


class _Entry(NamedTuple):
    """A key or item with lines of its own, and the column at which it begins (for an item that of its dash)."""

    path: Path
    column: int


def comments(text: str) -> dict[Path, Comments]:
    """The comments of the text's one document; several blank lines count for one. Where lines are not sure, none are."""
    text = text.replace("\r\n", "\n")
    if ("#" not in text and "\n\n" not in text) or not is_regular(text):
        return {}
    documents, scalars = trees(text)
    return comments_of(documents[0].root, text.split("\n"), scalars) if documents else {}


def comments_of(
    root: YamlNode | None, lines: Sequence[str], scalars: Scalars, line: int = 0, offset: int = 0
) -> dict[Path, Comments]:
    """The comments of a document with these lines, the first of which has that number and offset in the whole text.

    The last line is what stands behind the last line break.
    """
    if not any("#" in text or not text.strip() for text in lines[:-1]) and "#" not in lines[-1]:
        return {}
    return _Reader(_entries(root)).read(lines, scalars, line, offset)


class _Reader:
    """One pass over the lines, with the entries that begin on each."""

    def __init__(self, begins: Mapping[int, Sequence[_Entry]]) -> None:
        self.begins = begins
        self.found: dict[Path, Comments] = {}
        #: The column and the text of each comment or blank line whose entry is still to come.
        self.pending: list[tuple[int, str]] = []
        self.open: list[_Entry] = []

    def read(self, lines: Iterable[str], scalars: Scalars, line: int, offset: int) -> dict[Path, Comments]:
        for number, text in enumerate(lines, line):
            starting = self.begins.get(number, ())
            if starting:
                self._flush(starting[0])
            for entry in starting:
                while self.open and entry.path[: len(self.open[-1].path)] != self.open[-1].path:
                    self.open.pop()
                self.open.append(entry)
            comment = scalars.comment(text, offset)
            if comment is not None:
                self._comment(text, comment.start(), starting)
            elif not text.strip() and offset not in scalars:
                column, before = self.pending[-1] if self.pending else (-1, self.open)
                if before:  # no two blank lines, and none at the head
                    self.pending.append((column, ""))
            offset += len(text) + 1
        self._flush(None)
        return self.found

    def _comment(self, line: str, at: int, starting: Sequence[_Entry]) -> None:
        comment, before = line[at:].rstrip(), line[:at].strip()
        if before and starting:
            beside = self._of(starting[-1].path)
            beside.beside, beside.column = comment, at
        elif before and before != "..." and self.open:  # behind a later line of a value
            self._of(self.open[-1].path).above.append(comment)
        else:
            self.pending.append((0 if before else at, comment))

    def _flush(self, entry: _Entry | None) -> None:
        """Give what has come up to the entry that begins now; what is indented deeper belongs to the one before."""
        pending, self.pending = self.pending, []
        while pending and entry is None and not pending[-1][1]:
            pending.pop()
        if len(pending) > 1 and not pending[0][1]:
            pending[0] = (pending[1][0], "")  # a blank line goes with what follows it
        room = entry.column if entry is not None else 0
        deeper = 0
        for column, comment in pending if self.open else ():
            if column <= room:
                break
            holder = next((one for one in reversed(self.open) if one.column <= column), self.open[0])
            self._of(holder.path).below.append(comment)
            deeper += 1
        if rest := [comment for _, comment in pending[deeper:]]:
            if not self.open:
                self._of(()).above += rest
            elif entry is None:
                self._of(()).below += rest
            else:
                self._of(entry.path).above += rest

    def _of(self, path: Path) -> Comments:
        return self.found.setdefault(path, Comments())


def _entries(root: YamlNode | None) -> dict[int, list[_Entry]]:
    """By line the keys and items that have room for lines of their own: not those in a flow collection of one line."""
    begins: dict[int, list[_Entry]] = {}
    pending = [(_Entry((), 0), root)] if root is not None else []
    while pending:
        entry, node = pending.pop()
        if entry.path:
            begins.setdefault(node.start.line, []).append(entry)
        if node.kind == "flow" and node.one_line:
            continue
        for child in reversed(node.children):
            column = node.value.column if isinstance(child.step, int) else child.start.column
            pending.append((_Entry((*entry.path, child.step), column), child))
    return begins
