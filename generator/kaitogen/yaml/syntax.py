"""What is wrong with a text as YAML, in a person's words."""

import sys
from typing import Final

from yaml.error import YAMLError

from kaitogen.model import Diagnostic, Rule
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


def syntax_flaw(error: YAMLError, text: str, lines: Lines) -> Diagnostic:
    """What a parser's error means, with line and column."""
    said = f"{getattr(error, 'problem', None) or getattr(error, 'reason', None) or error}"
    known = next((words for part, *words in _SYNTAX if part in said), None)
    message, fix = known or (
        f"this is not YAML: {said.splitlines()[0][:120]}",
        "check the indentation and the quotes",
    )
    line, column = _place(error, text, lines)
    return KG102.in_file("", message, line=line, column=column, fix=fix)


def _place(error: YAMLError, text: str, lines: Lines) -> tuple[int, int]:
    """Line and column of a syntax error. The reader, which stops at forbidden characters, knows an offset alone."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        line, column = lines.place(mark.line, mark.column)
        return line + 1, column + 1
    character = getattr(error, "character", None)
    at = text.find(chr(character)) if isinstance(character, int) and character <= sys.maxunicode else -1
    if at < 0:
        return 0, 0
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1
