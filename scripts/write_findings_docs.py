"""Writes docs/findings/ from the explanations that `kaitogen explain` prints.

With --check nothing is written, and the exit code is 1 where a page is not what its source makes.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "generator")]

from kaitogen.commands.explain import pages as texts  # noqa: E402 - the path must be set first
from kaitogen.commands.explain import registry  # noqa: E402
from kaitogen.commands.explain.texts.shapes import Explanation  # noqa: E402

FOLDER = ROOT / "docs" / "findings"
MADE = "<!-- Made by scripts/write_findings_docs.py from generator/kaitogen/commands/explain/texts/; do not edit. -->\n\n"
INTRODUCTION = (
    "Every finding has a code that stays the same. `kaitogen explain CODE` prints what stands here, with an example "
    "that gets the finding and one that does not; each example is run by a test, both ways."
)
#: A page holds at most as many codes; a longer family is cut at its tens.
LONG = 30


def pages() -> dict[str, str]:
    """Every page of the folder by its file's name."""
    everything = [found for code in registry.all_codes() if (found := registry.find(code))]
    made = {"README.md": _front(everything)}
    for name, about, members in _groups(everything):
        body = "\n".join(texts.as_markdown(one) for one in members)
        made[f"{name}.md"] = f"{MADE}# {_range(members)}: {about}\n\n[All findings](README.md)\n\n{body}"
    return made


def _groups(everything: list[Explanation]) -> list[tuple[str, str, list[Explanation]]]:
    groups = []
    for digit, about in registry.FAMILIES.items():
        family = [one for one in everything if one.code[2] == digit]
        if len(family) <= LONG:
            groups.append((f"kg{digit}xx", about, family))
            continue
        for ten in sorted({one.code[3] for one in family}):
            members = [one for one in family if one.code[3] == ten]
            groups.append((f"kg{digit}{ten}x", about, members))
    return groups


def _range(members: list[Explanation]) -> str:
    first, last = members[0].code, members[-1].code
    return first if first == last else f"{first} to {last}"


def _front(everything: list[Explanation]) -> str:
    lines = [
        "# Findings",
        "",
        INTRODUCTION,
        "",
        "| kind | what it means |",
        "|---|---|",
        *(f"| {kind} | {meaning} |" for kind, meaning in texts.KINDS.items()),
    ]
    pages_of = {one.code: name for name, _, members in _groups(everything) for one in members}
    for digit, about in registry.FAMILIES.items():
        lines += [
            "",
            f"## KG{digit}xx: {about}",
            "",
            "| code | kind | what it is about | KAITO |",
            "|---|---|---|---|",
        ]
        for one in everything:
            if one.code[2] == digit:
                link = f"{pages_of[one.code]}.md#{anchor(one)}"
                rule = f"{one.rule}, {one.since}" if one.rule else one.since
                lines.append(f"| [{one.code}]({link}) | {one.kind} | {one.title} | {rule} |")
    return MADE + "\n".join(lines) + "\n"


def anchor(one: Explanation) -> str:
    """What GitHub makes of a section's heading."""
    heading = f"{one.code}: {one.title}".lower()
    return "".join("-" if char == " " else char for char in heading if char.isalnum() or char in " -_")


def main(arguments: list[str]) -> int:
    """Write the pages, or with --check say which are not as they should be."""
    wanted = pages()
    there = {path.name for path in FOLDER.glob("*.md")}
    stale = sorted(there - wanted.keys())
    if arguments == ["--check"]:
        wrong = [
            name
            for name, text in wanted.items()
            if name not in there or (FOLDER / name).read_text("utf-8") != text
        ]
        for name in sorted([*wrong, *stale]):
            print(
                f"docs/findings/{name} is not what generator/kaitogen/commands/explain/texts/ makes: run make generate"
            )
        return 1 if wrong or stale else 0
    if arguments:
        print("usage: write_findings_docs.py [--check]")
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    for name in stale:
        (FOLDER / name).unlink()
    print(f"docs/findings/: {len(wanted)} pages")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
