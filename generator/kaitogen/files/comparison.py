"""What files would have to change, as a unified diff."""

from kaitogen.model import Files


def differences(path: str, files: Files) -> str:
    """The diff from what the folder holds to these files; empty where both are the same."""
    from kaitogen.files import output_folder  # most comparisons are of single files

    content = output_folder.read(path)
    before = content.own | output_folder.others_named(path, content, files)
    return "".join(
        unified(f"{path.strip('/')}/{name}", before.get(name), files.get(name))
        for name in sorted(before.keys() | files.keys())
    )


def unified(name: str, old: bytes | None, new: bytes | None) -> str:
    """The diff of one file, None where it is not there; empty where both are the same."""
    if old == new:
        return ""
    from difflib import unified_diff  # imported where something is compared

    name = name.lstrip("/")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in unified_diff(_lines(old), _lines(new), _label(f"a/{name}", old), _label(f"b/{name}", new))
    )


def _lines(data: bytes | None) -> list[str]:
    return [] if data is None else data.decode("utf-8", "backslashreplace").splitlines(keepends=True)


def _label(name: str, data: bytes | None) -> str:
    return "/dev/null" if data is None else name
