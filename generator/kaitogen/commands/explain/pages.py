"""Explanations as text for a terminal, and as Markdown for docs/findings/."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kaitogen.commands.explain.texts.shapes import SERVER, Example, Explanation

_WIDTH: Final = 88
#: What each kind means, for people who meet the word for the first time.
KINDS: Final = {
    "invalid": "kaitogen cannot take it. An error; no comment takes it back.",
    "refused": "KAITO's API server or webhook rejects it. An error; no comment takes it back.",
    "can't work": "KAITO admits it, and it can never become ready or be updated. An error; a comment with a reason "
    "takes it back.",
    "warning": "It works, but not as it is written. A comment with a reason takes it back.",
    "note": "Worth knowing, or for the cluster to decide; most are shown with --notes only.",
    "environment": "The machine did not play along. The exit code is 3.",
}


def as_text(explanation: Explanation) -> str:
    """One explanation for a terminal, with a newline at its end."""
    one = explanation
    lines = [
        f"{one.code} ({one.kind}): {one.title}",
        "",
        *_wrapped(one.why),
        "",
        *_wrapped(f"What to do: {one.fix}"),
    ]
    lines += ["", *_wrapped(" ".join(_facts(one)))]
    for head, example in (("This gets it", one.failing), ("This does not", one.passing)):
        lines += ["", f"{head}:", ""]
        for line in _shell(example):
            lines.append(f"    $ {line}")
        for name, text in example.files.items():
            lines += ["", f"    # {name}"] if len(example.files) > 1 else [""]
            lines += [f"    {line}".rstrip() for line in text.splitlines()]
    return "\n".join(lines) + "\n"


def as_markdown(explanation: Explanation) -> str:
    """One explanation as a section of a page."""
    one = explanation
    parts = [
        f"## {one.code}: {_escaped(one.title)}",
        _escaped(one.why),
        f"**What to do.** {_escaped(one.fix)}",
        _escaped(" ".join(_facts(one))),
    ]
    for head, example in (("This gets it:", one.failing), ("This does not:", one.passing)):
        parts += [head, _fenced("sh", "\n".join(_shell(example)))]
        for name, text in example.files.items():
            parts.append(_fenced(_language(name), f"# {name}\n{text.rstrip()}"))
    return "\n\n".join(parts) + "\n"


def table(explanations: Sequence[Explanation]) -> str:
    """One line for each: code, kind and title."""
    return "".join(f"{one.code}  {one.kind:<12}  {one.title}\n" for one in explanations)


def _facts(one: Explanation) -> Iterator[str]:
    yield f"{one.kind.capitalize()}: {KINDS[one.kind]}"
    if one.since:
        yield f"Holds for KAITO {one.since}."
    if one.rule:
        yield f"Rule {one.rule} in the list of KAITO's admission rules."
    if one.instead:
        yield f"{one.instead} says it first, on every way that leads here."
    if one.failing.beside:
        yield f"The first example gets {', '.join(one.failing.beside)} as well."


def _shell(example: Example) -> list[str]:
    there = f"# There is an API server at {SERVER}, and it {example.server}." if example.server else ""
    return [line for line in (*example.before.splitlines(), there, example.command) if line]


def _wrapped(text: str) -> Iterator[str]:
    line = ""
    for word in text.split():
        if line and len(line) + len(word) + 1 > _WIDTH:
            yield line
            line = ""
        line = f"{line} {word}" if line else word
    yield line


def _escaped(text: str) -> str:
    return re.sub(r"([<>*_\[\]])", r"\\\1", text)


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```"


def _language(name: str) -> str:
    return "jinja" if name.endswith(".j2") else "yaml"
