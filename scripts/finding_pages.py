"""Fills in what the pages of docs/findings/ repeat from the records of the rules, and the index of all pages.

That is a page's title, its kind, the versions of KAITO, and the source; all else on a page is
written by hand. With --check nothing is written, and the exit code is 1 where a page differs.
"""

import importlib
import pkgutil
import re
import sys
from pathlib import Path

import kaitogen
from kaitogen.commands.explain.pages import KINDS
from kaitogen.model import NEWEST_KAITO, Rule

ROOT = Path(__file__).resolve().parents[1]

FOLDER = ROOT / "docs" / "findings"
#: The first digit of a code, and what the codes of that family are about.
FAMILIES = {
    "1": "Reading and schema",
    "2": "Rules between the fields of an intent",
    "3": "Nodes",
    "4": "KAITO's own rules, and its traps",
    "5": "Templates",
    "6": "Environment",
    "7": "Sizes, and the settings of what serves",
    "8": "Changes to what runs",
    "9": "Sets of Workspaces, and the other kinds of KAITO",
}
_INTRODUCTION = (
    "Every finding has a code that stays the same, and a page here: what it means, what to do, an example that "
    "gets the finding and one that does not. `kaitogen explain CODE` prints the page; a test runs each example."
)
_MADE = "<!-- Made by scripts/finding_pages.py from the records of the rules; do not edit. -->\n\n"
_KAITO = "https://github.com/kaito-project/kaito/blob"
_SPAN = r"0\.\d+(?: to 0\.\d+)?"


def rules() -> dict[str, Rule]:
    """The record of every rule by its code, from all modules of the package."""
    found: dict[str, Rule] = {}
    for module in pkgutil.walk_packages(kaitogen.__path__, "kaitogen."):
        if module.name != "kaitogen.__main__":
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, Rule):
                    assert found.setdefault(value.code, value) is value, f"{value.code} has two records"
    return dict(sorted(found.items()))


def versions(rule: Rule) -> str:
    """The versions of KAITO in which a rule holds: `0.8 to 0.12`; empty where none has to do with it."""
    last = rule.until or NEWEST_KAITO
    return rule.since if rule.since == last or not rule.since else f"{rule.since} to {last}"


def filled(rule: Rule, text: str) -> str:
    """A page with the lines that its rule's record decides."""
    escaped = re.sub(r"([<>*_\[\]])", r"\\\1", rule.title)
    text = re.sub(r"\A#.*", lambda _: f"# {rule.code}: {escaped}", text)
    text = re.sub(r"^- Kind: .*", lambda _: f"- Kind: {rule.kind}", text, count=1, flags=re.MULTILINE)
    more = re.search(rf"^- KAITO: (?:{_SPAN})?(.*)\n", text, re.MULTILINE)
    text = re.sub(r"^- (?:KAITO|Source|Formerly): .*\n", "", text, flags=re.MULTILINE)
    lines = {
        "KAITO": versions(rule) + (more[1] if more and rule.since else ""),
        "Source": _source(rule.source) if rule.source else "",
        "Formerly": ", ".join(rule.formerly),
    }
    inserted = "".join(f"- {label}: {value}\n" for label, value in lines.items() if value)
    return re.sub(r"^(- Kind: .*\n)", lambda kind: kind[1] + inserted, text, count=1, flags=re.MULTILINE)


def _source(source: str) -> str:
    """`path:line@tag` with a link to that line; what stands beside a place is left as it is."""
    return re.sub(
        r"([\w./-]+?)(?::(\d+))?@(v[\d.]+)",
        lambda at: f"[`{at[0]}`]({_KAITO}/{at[3]}/{at[1]}{'#L' + at[2] if at[2] else ''})",
        source,
    )


def pages() -> dict[str, str]:
    """Every page of the folder by its file's name, as it has to be."""
    known = rules()
    made = {"README.md": _index(known)}
    for rule in known.values():
        path = FOLDER / f"{rule.code}.md"
        made[path.name] = filled(rule, path.read_text("utf-8")) if path.exists() else ""
        for code in rule.formerly:
            made[f"{code}.md"] = f"# {code} is {rule.code} now\n\nSee [{rule.code}]({rule.code}.md).\n"
    return made


def _index(known: dict[str, Rule]) -> str:
    lines = ["# Findings", "", _INTRODUCTION, "", "| kind | what it means |", "|---|---|"]
    lines += [f"| {kind} | {meaning} |" for kind, meaning in KINDS.items()]
    for digit, about in FAMILIES.items():
        lines += [
            "",
            f"## KG{digit}xx: {about}",
            "",
            "| code | kind | what it is about | KAITO |",
            "|---|---|---|---|",
        ]
        for rule in known.values():
            if rule.code[2] == digit:
                lines.append(
                    f"| [{rule.code}]({rule.code}.md) | {rule.kind} | {rule.title} | {versions(rule)} |"
                )
    return _MADE + "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write the pages, or with --check say which are not as they should be."""
    if arguments not in ([], ["--check"]):
        print("usage: finding_pages.py [--check]")
        return 2
    wanted = pages()
    there = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}
    wrong = [f"docs/findings/{name}: write this page" for name, text in wanted.items() if not text]
    wrong += [f"docs/findings/{name}: no rule has this code" for name in sorted(there.keys() - wanted.keys())]
    for name, text in wanted.items():
        if text and there.get(name) != text:
            if arguments:
                wrong.append(
                    f"docs/findings/{name} does not agree with the record of its rule: run make generate"
                )
            else:
                (FOLDER / name).write_text(text, encoding="utf-8")
    print("".join(f"{line}\n" for line in wrong), end="")
    if not arguments:
        print(f"docs/findings/: {len(wanted)} pages")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
