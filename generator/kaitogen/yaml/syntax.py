"""What the parser says of a text that is not YAML, in words for a person."""

import kaitogen.yaml.libyaml  # noqa: F401 - PyYAML without its half in Python

# isort: split
import sys

from yaml.error import YAMLError

from kaitogen.model import Diagnostic, Rule
from kaitogen.typed import Final
from kaitogen.yaml.lines import Lines

KG102 = Rule("KG102", "The text is not YAML", kind="invalid")

#: What the parser says, and what it means to a person. The first match counts.
_SYNTAX: Final = (
    ("special characters are not allowed", "a control character that YAML does not allow", "remove or escape it"),
    ("control characters are not allowed", "a control character that YAML does not allow", "remove or escape it"),
    ("'\\t'", "a tab where YAML wants spaces", "indent with spaces"),
    ("cannot start any token", "a character that cannot start a value here", "quote the value; indent with spaces, not tabs"),
    ("mapping values are not allowed", "a colon where no key can stand", "check the indentation, or quote a value that holds ': '"),
    ("could not find expected ':'", "a key without a colon", "write key: value"),
    ("did not find expected key", "a line that does not line up with the keys before it", "check the indentation and unclosed quotes"),
    ("did not find expected '-'", "a line that does not line up with the list before it", "check the indentation"),
    ("unexpected end of stream", "the text ends inside a quoted value", "close the quote"),
    ("did not find expected ',' or", "a flow list or mapping that is not closed", "close it with ] or }"),
    ("undefined tag handle", "a tag that is not read", "remove the tag"),
    ("escape", "an escape that YAML does not know", "use single quotes for text with backslashes"),
    ("block sequence entries are not allowed", "a list item where none can stand", "put the list on lines of its own"),
)  # fmt: skip


#: What is open still where the parser stops.
_OPEN: Final = ("unexpected end of stream", "did not find expected ',' or")


def syntax_flaw(error: YAMLError, text: str) -> Diagnostic:
    """What a parser's error means, with line and column. Where it stops at a forbidden character, it knows that alone."""
    problem = f"{getattr(error, 'problem', None) or getattr(error, 'reason', None) or error}"
    message, fix = next(
        (words for part, *words in _SYNTAX if part in problem),
        (f"this is not YAML: {problem.splitlines()[0][:120]}", "check the indentation and the quotes"),
    )
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if "could not find expected ':'" in problem and (begin := getattr(error, "context_mark", None)):
        mark = begin  # the parser goes on until a line that cannot belong to it
        message = f"{text[mark.index : mark.index + 40].splitlines()[0]} is a key without a colon"
    elif any(part in problem for part in _OPEN) and (begin := getattr(error, "context_mark", None)):
        # On another line than where it begins, the parser only ran out of text that it can read so.
        mark = begin if mark is None or begin.line != mark.line else mark
    elif mark is not None and text[mark.index : mark.index + 1] == "\t":
        message, fix = "a tab where YAML wants spaces", "indent with spaces"
    character = getattr(error, "character", None)
    at = text.find(chr(character)) if isinstance(character, int) and character <= sys.maxunicode else -1
    line = column = -1
    if mark is not None:
        line, column = Lines(text).place(mark.line, mark.column)
    elif at >= 0:
        line, column = text.count("\n", 0, at), at - (text.rfind("\n", 0, at) + 1)
    return KG102.in_file("", message, line=line + 1, column=column + 1, fix=fix)
