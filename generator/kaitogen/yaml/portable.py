"""What libyaml reads, and the YAML readers of Kubernetes' tools (all written in Go) refuse or take for something else.

Found by comparing both on random texts (tests/e2e/yaml). Most texts hold none of it, and do not come here.
"""

import kaitogen.yaml.libyaml  # noqa: F401 - PyYAML without its half in Python

# isort: split
import re

from yaml import events

from kaitogen.model import Diagnostic, Rule
from kaitogen.typed import Any, Callable, Final

KG117 = Rule("KG117", "YAML that Kubernetes' tools do not read", kind="invalid")

#: The one that a text may begin with is gone before it is read.
_BYTE_ORDER_MARK: Final = r"(?:\A|(?<=[\n\r\x85\u2028\u2029]))[ \t]*\ufeff"
#: A comment may follow, and nothing else (apimachinery, pkg/util/yaml/decoder.go:305@v0.34.0).
_AFTER_DIVIDER: Final = r"(?m)^---[^\S\r\n]*(?=[^\s#])"
_STARTS: Final = (events.MappingStartEvent, events.SequenceStartEvent)
_ENDS: Final = (events.MappingEndEvent, events.SequenceEndEvent)


def first(text: str) -> Diagnostic | None:
    """What ends the reading of a text at once, before it is parsed; None where nothing does."""
    found = re.search(_BYTE_ORDER_MARK, text)
    if found is not None:
        fix = "remove it: a text may begin with one, and have no other"
        return _flaw(text, found.end() - 1, "a byte order mark stands at the beginning of a line", fix)
    found = re.search(_AFTER_DIVIDER, text)
    if found is not None:
        return _flaw(
            text, found.end(), "something stands behind --- on its line", "put it on a line of its own"
        )
    return None


def _flaw(text: str, at: int, message: str, fix: str) -> Diagnostic:
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return KG117.in_file("", message, line=line, column=column, fix=fix)


def watched(get: Callable[[], Any], note: Callable[[Rule, Any, str, str], None]) -> Callable[[], Any]:
    """The same events, with a note about each that Go's readers do not take so."""
    flow = 0

    def next_event() -> Any:
        nonlocal flow
        event = get()
        if isinstance(event, _STARTS):
            flow += flow > 0 or event.flow_style is True
        elif isinstance(event, _ENDS):
            flow -= flow > 0
        elif isinstance(event, events.DocumentStartEvent):
            if event.version or event.tags:
                message = "a line that begins with % stands above the document"
                note(KG117, event, message, "remove it: no directive is needed")
        elif isinstance(event, events.ScalarEvent) and flow and not event.style and "?" in event.value:
            message = f"{event.value[:60]} has a question mark between brackets or braces"
            note(KG117, event, message, "put it into quotes")
        return event

    return next_event
