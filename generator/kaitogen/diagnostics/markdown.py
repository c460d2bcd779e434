"""Text of users in Markdown, shown as it is: it makes no markup, breaks no table and calls nobody."""

from typing import Final

from kaitogen.diagnostics.wording import cut, printable

#: What Markdown, HTML in it or GitHub would take for more than text.
_ESCAPES: Final = str.maketrans(
    {
        "\\": "\\\\",
        "`": "\\`",
        "*": "\\*",
        "_": "\\_",
        "[": "\\[",
        "]": "\\]",
        "|": "\\|",
        "~": "\\~",
        "#": "\\#",
        "<": "&lt;",
        "&": "&amp;",
        "@": "&#64;",
    }
)


def plain(text: str, most: int = 0) -> str:
    """The text on one line, with at most so many characters (0: all of them)."""
    line = printable(text)
    return (cut(line, most) if most else line).translate(_ESCAPES)
