"""What a folder of generated files would have to change, as a unified diff."""

from collections.abc import Iterator

from generator import folder
from generator.emit import Files


def differences(path: str, files: Files) -> str:
    """The diff from what the folder holds to these files; empty where both are the same."""
    content = folder.read(path)
    before = content.own | folder.others_named(path, content, files)
    return "".join(
        line for name in sorted(before.keys() | files.keys()) for line in _one(path, name, before, files)
    )


def _one(path: str, name: str, before: dict[str, bytes | None], files: Files) -> Iterator[str]:
    from difflib import unified_diff  # imported where something is compared

    old, new = before.get(name), files.get(name)
    if old == new:
        return
    for line in unified_diff(
        _lines(old), _lines(new), _label("a", path, name, old), _label("b", path, name, new)
    ):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(data: bytes | None) -> list[str]:
    return [] if data is None else data.decode("utf-8", "backslashreplace").splitlines(keepends=True)


def _label(side: str, path: str, name: str, data: bytes | None) -> str:
    return "/dev/null" if data is None else f"{side}/{path.strip('/')}/{name}"
