"""A document laid out anew: its keys in the order of its value, with its comments, its anchors and its line breaks in texts."""

import re

from kaitogen.model import Json, Path
from kaitogen.typed import Final, Iterable, Mapping
from kaitogen.yaml.comments import Comments
from kaitogen.yaml.scalars import encode, is_plain, quoted
from kaitogen.yaml.tree import BLOCK_STYLES, YamlNode, walk
from kaitogen.yaml.writer import LONGEST_SIMPLE_KEY, leaf, reads_plain

_INDENT: Final = 2
#: What YAML 1.1 takes for a date, and Kubernetes for a text.
_DATE: Final = r"\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?([Tt]|[ \t]+)\d.*"


def laid_out(
    value: Json, comments: Mapping[Path, Comments], root: YamlNode | None = None, text: str = ""
) -> str:
    """The mapping in block style, with its comments. Where it was read from a text, `root` is its tree.

    Then what stood in brackets on one line stays so, and so do anchors, block texts and the
    notation of numbers.
    """
    writer = _Writer(comments, root, text)
    around = comments.get((), Comments())
    writer.lines += around.above
    writer.collection(value, root, (), 0)
    writer.comment_lines(around.below, 0)
    return "\n".join(writer.lines).rstrip("\n") + "\n"


class _Writer:
    """Lines of one document. A value goes with the node that it was read from, if there is one."""

    def __init__(self, comments: Mapping[Path, Comments], root: YamlNode | None, text: str) -> None:
        self.comments = comments
        self.text = text
        self.lines: list[str] = []
        #: The dashes of the lists that begin on the next line, and what stands before them.
        self.dashes = ""
        #: What each anchor stands for at this place, and where what has one stood.
        self.anchors: dict[str, YamlNode] = {}
        self.paths = {id(node): path for path, node in walk(root) if node.anchor}

    def collection(self, value: Json, node: YamlNode | None, path: Path, column: int) -> None:
        """The entries of a mapping or list, at this column."""
        nodes = {child.step: child for child in node.children} if node else {}
        items: Iterable[tuple[str | int, Json]] = enumerate(value)
        if isinstance(value, dict):
            items = value.items()
        for number, (step, item) in enumerate(items):
            self._entry((*path, step), item, nodes.get(step), column, first=not number)

    def _entry(self, path: Path, value: Json, node: YamlNode | None, column: int, *, first: bool) -> None:
        step = path[-1]
        comments = self.comments.get(path) or Comments()
        above = comments.above
        self.comment_lines(above[1:] if first and above[:1] == [""] else above, column)
        head = "-" if isinstance(step, int) else _key(step, node, column)
        mark, source = self._anchored(node)
        if mark.startswith("*"):
            self._line(f"{head} {mark}", column, comments)
        elif not _is_block(value, source):
            self._line(f"{head} {mark}{self._text(value, source, column + _INDENT)}", column, comments)
        else:
            if head == "-" and not mark:
                self.comment_lines([comments.beside] if comments.beside else [], column)
                self.dashes = (self.dashes or " " * column) + "- "
            else:
                self._line(f"{head} {mark}".rstrip(), column, comments)
            self.collection(value, source, self.paths.get(id(source), path), column + _INDENT)
        self.comment_lines(comments.below, column)

    def comment_lines(self, comments: Iterable[str], column: int) -> None:
        """Comments on lines of their own, where no two blank ones meet."""
        if self.dashes:  # what begins behind a dash has its comments above the dash
            column = self.dashes.index("-")
        for line in comments:
            if line:
                self.lines.append(" " * column + line)
            elif self.lines and self.lines[-1]:  # no two blank lines, where a key went from between them
                self.lines.append("")

    def _line(self, text: str, column: int, comments: Comments) -> None:
        """A key or item with the text of its value, whose further lines are indented already."""
        first, *more = text.split("\n")
        first = (self.dashes or " " * column) + first
        self.dashes = ""
        if comments.beside:
            first += " " * max(comments.column - len(first), 2) + comments.beside
        self.lines += [first, *more]

    def _anchored(self, node: YamlNode | None) -> tuple[str, YamlNode | None]:
        """What stands before a value: its anchor, or an alias in its place; and the node of the value itself."""
        source = node and (node.target or node)
        if source is None or not source.anchor:
            return "", source
        if self.anchors.get(source.anchor) is source:
            return f"*{source.anchor}", source
        self.anchors[source.anchor] = source
        return f"&{source.anchor} ", source

    def _text(self, value: Json, node: YamlNode | None, column: int) -> str:
        """The text of a value that stands beside its key; the lines of a block text begin at the column."""
        if node is None:
            return leaf(value, " " * column)
        if node.style in BLOCK_STYLES and value.strip() and not value.endswith("\n\n"):
            return self._block_text(value, node, " " * column)
        return self._one_line(value, node, inline=False)

    def _block_text(self, value: str, node: YamlNode, indent: str) -> str:
        """A block text with its lines as they are, and the blank lines below it."""
        source = self.text[node.value.index : node.end.index].removesuffix("\n").split("\n")[1:]
        lines = list(source)
        while not lines[-1].strip():
            lines.pop()
        blank = len(source) - len(lines)
        if node.style == "|":
            lines = value.removesuffix("\n").split("\n")
        else:  # the value does not say where the lines of a folded text end
            first, of_value = (next(filter(str.strip, part)) for part in (lines, value.split("\n")))
            before = _indentation(first) - _indentation(of_value)
            lines = [line[before:] for line in lines]
        head = node.style + (str(_INDENT) if value[0] in " \n" else "") + ("" if value[-1] == "\n" else "-")
        return "\n".join([head, *(indent + line if line else "" for line in lines), *[""] * blank])

    def _one_line(self, value: Json, node: YamlNode, *, inline: bool = True) -> str:
        """The text of a value on one line."""
        if isinstance(value, str):
            written = _scalar(value, node.style, inline=inline)
            if written != value and node.style == '"' and node.one_line:
                source = self.text[node.value.index : node.end.index]
                return source[source.index('"') :]  # with the escapes that somebody chose
            return written
        children = node.children
        if isinstance(value, dict):
            nodes = {child.step: child for child in children}
            pairs = [
                f"{_key(key, nodes[key], inline=True)} {self._inside(nodes[key], item)}"
                for key, item in value.items()
            ]
            # In a list a single pair may stand without braces.
            has_braces = node.anchor or self.text[node.value.index] == "{"
            return "{" + ", ".join(pairs) + "}" if has_braces else pairs[0]
        if isinstance(value, list):
            return "[" + ", ".join(map(self._inside, children, value)) + "]"
        keeps_notation = isinstance(value, float) or (isinstance(value, int) and "x" in node.text.lower())
        return node.text if keeps_notation else encode(value)

    def _inside(self, node: YamlNode, value: Json) -> str:
        mark, source = self._anchored(node)
        return mark if mark.startswith("*") else mark + self._one_line(value, source or node)


def _is_block(value: Json, node: YamlNode | None) -> bool:
    """Whether the value has lines of its own: it is no flow collection that stood on one."""
    is_flow = node is not None and node.kind == "flow" and node.one_line
    return isinstance(value, dict | list) and bool(value) and not is_flow


def _key(key: str, node: YamlNode | None, column: int = 0, *, inline: bool = False) -> str:
    text = _scalar(key, node.key_style if node else '"', inline=inline)
    if len(text) <= LONGEST_SIMPLE_KEY:
        return f"{text}:"
    return f"? {text} :" if inline else f"? {text}\n{' ' * column}:"


def _scalar(text: str, style: str, *, inline: bool) -> str:
    """A text without quotes where it can do without, in double quotes elsewhere. It had none where the style is empty."""
    plain = is_plain(text) or (not inline and reads_plain(text))
    as_it_was = not style and "\n" not in text and not re.fullmatch(_DATE, text)
    return text if plain or as_it_was else quoted(text)


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
