"""What files would have to change, as a unified diff."""

from kaitogen.diagnostics.wording import printable
from kaitogen.model import Files
from kaitogen.typed import Final, Iterator, Sequence, TypeAlias

#: What difflib says of a run of lines: its kind, and where it begins and ends on both sides.
_Opcode: TypeAlias = tuple[str, int, int, int, int]
#: Control characters but for tabs and ends of lines, and marks of direction.
_STEERS: Final = r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\r(?!\n)"


def differences(path: str, files: Files, most: int) -> str:
    """The diff from what the folder holds, of at most so many bytes, to these files; empty where both are the same."""
    from kaitogen.files import output_folder  # most comparisons are of single files

    before = output_folder.contents(path, files, most)
    return "".join(
        unified(f"{path.strip('/')}/{name}", before.get(name), files.get(name))
        for name in sorted(before.keys() | files.keys())
    )


def unified(name: str, old: bytes | None, new: bytes | None) -> str:
    """The diff of one file, None where it is not there; empty where both are the same."""
    if old == new:
        return ""
    name = printable(name.lstrip("/"))
    hunks = list(_hunks(_lines(old), _lines(new)))
    lines = (f"--- {_label(f'a/{name}', old)}\n", f"+++ {_label(f'b/{name}', new)}\n", *hunks)
    if not hunks:  # a file without a line came or went
        return ""
    return "".join(
        _shown(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n") for line in lines
    )


def _shown(line: str) -> str:
    """The line without what steers a terminal or turns text around: what somebody wrote into a file may be anything."""
    if line.isascii() and line[:-1].isprintable():
        return line
    import re

    return re.sub(_STEERS, lambda match: ascii(match[0])[1:-1], line)


def _hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    """The lines of a unified diff below its head, as difflib.unified_diff writes them."""
    from difflib import SequenceMatcher  # imported where something is compared

    matcher = SequenceMatcher(None, "", "")
    vars(matcher)["opcodes"] = list(_opcodes(old, new))  # where get_opcodes keeps its answer
    for group in matcher.get_grouped_opcodes():
        (_, old_start, _, new_start, _), (_, _, old_end, _, new_end) = group[0], group[-1]
        yield f"@@ -{_range(old_start, old_end)} +{_range(new_start, new_end)} @@\n"
        for kind, first, last, other_first, other_last in group:
            if kind == "equal":
                yield from (f" {line}" for line in old[first:last])
            if kind in ("replace", "delete"):
                yield from (f"-{line}" for line in old[first:last])
            if kind in ("replace", "insert"):
                yield from (f"+{line}" for line in new[other_first:other_last])


def _range(start: int, end: int) -> str:
    """Lines as diff counts them; of none the line before."""
    length = end - start
    if length == 1:
        return str(start + 1)
    return f"{start + bool(length)},{length}"


def _opcodes(old: Sequence[str], new: Sequence[str]) -> Iterator[_Opcode]:
    """What has to be done, document by document where both sides have as many.

    difflib's time grows with the third power of the lines where these resemble each other, as those of many Workspaces
    do: a file of 1,000 took more than 100 seconds.
    """
    from difflib import SequenceMatcher

    old_parts, new_parts = _documents(old), _documents(new)
    if len(old_parts) != len(new_parts):
        old_parts, new_parts = [(0, len(old))], [(0, len(new))]
    kept: _Opcode | None = None
    for (start, end), (other, other_end) in zip(old_parts, new_parts, strict=True):
        was, will = old[start:end], new[other:other_end]
        own: Sequence[_Opcode] = [("equal", 0, len(was), 0, len(will))]
        if was != will:
            own = SequenceMatcher(None, was, will).get_opcodes()
        for kind, first, last, other_first, other_last in own:
            code = (kind, start + first, start + last, other + other_first, other + other_last)
            if kept is not None and kept[0] == kind:  # one run over the end of a document
                code = (kind, kept[1], code[2], kept[3], code[4])
            elif kept is not None:
                yield kept
            kept = code
    if kept is not None:
        yield kept


def _documents(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Where the documents of a text begin and end."""
    starts = [0, *(number for number, line in enumerate(lines) if line == "---\n" and number)]
    return list(zip(starts, [*starts[1:], len(lines)], strict=True))


def _lines(data: bytes | None) -> list[str]:
    text = "" if data is None else data.decode("utf-8", "backslashreplace")
    *lines, last = text.split("\n")
    return [f"{line}\n" for line in lines] + ([last] if last else [])


def _label(name: str, data: bytes | None) -> str:
    return "/dev/null" if data is None else name
