"""The pages of docs/findings/: what is said of each code, with an example that gets it and one that does not."""

import os
import re

from kaitogen.diagnostics.suggest import distance
from kaitogen.diagnostics.wording import wrapped
from kaitogen.errors import InternalError
from kaitogen.files import shipped
from kaitogen.model import Json
from kaitogen.typed import Final, Iterator, Mapping, NamedTuple

#: What each kind means, for people who meet the word for the first time.
KINDS: Final = {
    "invalid": "kaitogen cannot take it. An error; no comment suppresses it.",
    "refused": "KAITO's API server or webhook rejects it. An error; no comment suppresses it.",
    "can't work": "KAITO admits it, and it can never become ready or be updated. An error; a comment with a reason "
    "suppresses it.",
    "warning": "It works, but not as it is written. A comment with a reason suppresses it.",
    "note": "Worth knowing, or for the cluster to decide; most are shown with --notes only.",
    "environment": "The machine, the network, git or a cluster is in the way. The exit code is 3.",
}

_BESIDE: Final = "Beside"
#: Sentences about the facts of a page by their labels, in their order.
_SENTENCES: Final = {
    "KAITO": "Holds for KAITO {}.",
    "Rule": "Rule {}.",
    "Source": "Source in KAITO: {}.",
    "Formerly": "Formerly {}.",
    "Said first by": "{} says it first, on every way that leads here.",
    _BESIDE: "The first example gets {} as well.",
    "See also": "See also {}.",
}
_FOLDER: Final = "docs/findings"
_NAME: Final = re.compile(r"(KG\d{3})\.md")
_CODE: Final = re.compile(r"KG\d{3}")
#: The whole page of a code that a rule was known by before.
_MOVED: Final = re.compile(r"# KG\d{3} is \[?(KG\d{3})")
_FACT: Final = re.compile(r"- ([A-Z][\w ]+): (.+)")
_FIX: Final = "**What to do.** "
_LINK: Final = re.compile(r"(?<!\\)\[([^\]]+)\]\([^)]+\)")
_ESCAPE: Final = re.compile(r"\\([<>*_\[\]])")


class Example(NamedTuple):
    """Files by name, and the command line that shows what becomes of them, run in their folder.

    `before` are lines of a shell that set up what the files alone cannot show. `beside` are
    the other codes that the example cannot do without.
    """

    files: Mapping[str, str]
    command: str
    before: str = ""
    beside: tuple[str, ...] = ()


class Page(NamedTuple):
    """What a page says, as plain text, and its Markdown. `kind` is that of the rule; `facts` are by their labels: KAITO, See also."""

    code: str
    kind: str
    title: str
    why: str
    fix: str
    facts: Mapping[str, str]
    failing: Example
    passing: Example
    markdown: str


def codes() -> list[str]:
    """Every code that has a page, in order; those that a rule was known by before are among them."""
    return sorted(
        match[1] for name in os.listdir(shipped.folder(_FOLDER)) if (match := _NAME.fullmatch(name))
    )


def find(code: str) -> Page | None:
    """The page of a code, of the one that it is now where it has changed; None where kaitogen has no such code."""
    name = f"{code}.md"
    if not _CODE.fullmatch(code) or not os.path.isfile(os.path.join(shipped.folder(_FOLDER), name)):
        return None
    text = shipped.read_text(_FOLDER, name)
    moved = _MOVED.match(text)
    return find(moved[1]) if moved else parse(text)


def all_pages() -> list[Page]:
    """The pages of all rules, in the order of their codes."""
    return [page for code in codes() if (page := find(code)) is not None and page.code == code]


def why_and_fix(code: str) -> tuple[str, str]:
    """The reason for a rule, and what to do about it."""
    page = find(code)
    return (page.why, page.fix) if page else ("", f"kaitogen explain {code}")


def nearest_code(word: str) -> str | None:
    """The code that was most likely meant by a word such as kg405, 405 or KG4O5."""
    digits = word.strip().upper().removeprefix("KG").replace("O", "0").replace("I", "1")
    if not digits or len(digits) > 5:
        return None
    # Equally near codes are many; a slip in the last digit is the likeliest, so the longest common start counts.
    meant = f"KG{digits}"

    def rank(code: str) -> tuple[int, int, str]:
        alike = len(os.path.commonprefix([meant, code]))  # noqa: RUF071 - of characters, which is what counts here
        return distance(meant, code), -alike, code

    nearest = min(codes(), key=rank)
    return nearest if distance(meant, nearest) <= 1 else None


def parse(markdown: str) -> Page:
    """The page that a text is; InternalError where it lacks a part."""
    head, _, rest = markdown.partition("\n## This gets it\n")
    failing, _, passing = rest.partition("\n## This does not\n")
    title, *blocks = head.strip().split("\n\n")
    found = re.fullmatch(r"# (KG\d{3}): (.+)", title)
    facts = {match[1]: plain(match[2]) for match in map(_FACT.fullmatch, head.split("\n")) if match}
    fix = next((block.removeprefix(_FIX) for block in blocks if block.startswith(_FIX)), "")
    kind = facts.pop("Kind", "")
    if found is None or not (kind and fix and failing and passing):
        raise InternalError(f"docs/findings has a page that lacks a part: {title[:60]}")
    why = [block for block in blocks if not block.startswith((_FIX, "- "))]
    return Page(
        code=found[1],
        kind=kind,
        title=plain(found[2]),
        why="\n\n".join(map(plain, why)),
        fix=plain(fix),
        facts=facts,
        failing=_example(failing),
        passing=_example(passing),
        markdown=markdown,
    )


def plain(markdown: str) -> str:
    """Prose without links and escapes."""
    return _ESCAPE.sub(r"\1", _LINK.sub(r"\1", markdown))


def _example(section: str) -> Example:
    prose, _, rest = section.partition("```sh\n")
    shell, _, rest = rest.partition("\n```")
    *before, command = shell.split("\n")
    files: dict[str, str] = {}
    for block in re.findall(r"^```\w+\n(.*?)^```$", rest, re.DOTALL | re.MULTILINE):
        name, _, text = block.partition("\n")
        files[name.removeprefix("# ")] = text
    return Example(
        files=files,
        command=command,
        before="\n".join(before),
        beside=tuple(dict.fromkeys(_CODE.findall(plain(prose)))),
    )


def as_text(page: Page) -> str:
    """One page for a terminal, with a newline at its end."""
    lines = [f"{page.code} ({page.kind}): {page.title}", ""]
    for paragraph in page.why.split("\n\n"):
        lines += [*_wrapped(paragraph), ""]
    lines += [*_wrapped(f"What to do: {page.fix}"), "", *_wrapped(" ".join(_facts(page)))]
    for head, example in (("This gets it", page.failing), ("This does not", page.passing)):
        lines += ["", f"{head}:", ""]
        lines += [f"    $ {line}" for line in (*example.before.splitlines(), example.command) if line]
        for name, text in example.files.items():
            lines += ["", f"    # {name}"] if len(example.files) > 1 else [""]
            lines += [f"    {line}".rstrip() for line in text.splitlines()]
    return "\n".join(lines) + "\n"


def as_markdown(page: Page) -> str:
    """One page as a section of a larger text: its headings a level lower, and without links to its neighbours."""
    text = re.sub(r"^(?=##? (?:KG|This ))", "#", page.markdown, flags=re.MULTILINE)
    return _LINK.sub(r"\1", text)


def as_json(page: Page) -> Json:
    """One page for machines; `facts` are by the labels of the page, of which not every code has each."""
    names = ("code", "kind", "title", "why", "fix", "facts")
    return {name: getattr(page, name) for name in names}


def table() -> str:
    """One line for each rule: code, kind and title."""
    return "".join(f"{one.code}  {one.kind:<12}  {one.title}\n" for one in all_pages())


def _facts(page: Page) -> Iterator[str]:
    yield f"{page.kind.capitalize()}: {KINDS[page.kind]}"
    said = {**page.facts, _BESIDE: ", ".join(page.failing.beside)}
    for label, sentence in _SENTENCES.items():
        if said.get(label):
            yield sentence.format(said[label].strip("`"))


def _wrapped(text: str) -> list[str]:
    return wrapped(" ".join(text.split()), "", "", 88)
