"""Advice that says what to write is followed word by word: the finding is gone, and no error comes in its place."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import chdir
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import pytest
import yaml

from kaitogen.commands.explain import pages
from tests.acceptance import cases
from tests.acceptance.test_messages import MISTAKES
from tests.fuzz import commands

#: What is found at the key of a field, and not at its value.
AT_KEYS: Final = ("KG120", "KG401", "KG402", "KG483", "KG741")
#: Advice that reads as if it were mechanical, and why it is not.
OPEN: Final = {
    "KG219": "the first version that has a provisioner wants nodes by name",
    "KG323": "a quick selector that exists still finds only what the inventory has",
    "KG444": "the number stands in the text of a ConfigMap",
}
#: Cases that are about one finding of several that stand behind another.
BEHIND: Final = {"kg401-no-secret-in-v1alpha1"}
Found = dict[str, Any]
Document = dict[str, Any]


class Place(NamedTuple):
    """A field, by what holds it."""

    holder: Any
    key: Any


def steps(path: str) -> tuple[Any, ...]:
    """A path as findings write it: a.b, a[0], a["b.c"]."""
    found = re.findall(r"\[(\d+)\]|\[\"(.*?)\"\]|([^.\[]+)", path)
    return tuple(int(number) if number else quoted or plain for number, quoted, plain in found)


def place_of(document: Any, path: tuple[Any, ...]) -> Place | None:
    """The field at a path; None where what should hold it is not there."""
    for step in path[:-1]:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return None
    return Place(document, path[-1]) if path and isinstance(document, dict | list) else None


def write(place: Place, value: Any) -> bool:
    place.holder[place.key] = value
    return True


def remove(place: Place, name: str) -> bool:
    """The field itself, or one of that name in it or beside it."""
    holders: list[Any] = [
        place.holder,
        place.holder.get(place.key) if isinstance(place.holder, dict) else None,
    ]
    if name in ("it", place.key):
        del place.holder[place.key]
        return True
    for holder in holders:
        if isinstance(holder, dict) and name in holder:
            del holder[name]
            return True
    return False


def rename(place: Place, name: str) -> bool:
    """The field under another name, where it stood; what the name says already stays."""
    if not isinstance(place.holder, dict) or place.key not in place.holder or name in place.holder:
        return False
    entries = [(name if key == place.key else key, value) for key, value in place.holder.items()]
    place.holder.clear()
    place.holder.update(entries)
    return True


def rewrite(place: Place, fields: str) -> bool:
    """The field by another name, and with another value."""
    del place.holder[place.key]
    place.holder.update(yaml.safe_load(fields))
    return True


def bound(place: Place, number: str) -> bool:
    is_number = re.fullmatch(r"-?[\d.]+", str(place.holder[place.key]))
    return bool(is_number) and write(place, int(number))


def in_quotes(place: Place) -> bool:
    value = place.holder[place.key]
    return write(place, str(value).lower() if isinstance(value, bool) else str(value))


#: What advice says, and what it is to do so. What is said of a key renames it (`AT_KEYS`).
MECHANICAL: Final[tuple[tuple[str, Callable[[Place, re.Match[str]], bool]], ...]] = (
    (r"write (\w+) instead, as (\w+: \S+)", lambda place, found: rewrite(place, found[2])),
    (r"write (\w+) instead", lambda place, found: rename(place, found[1])),
    (r"write (-?\d+) or (?:more|less)(?:, without quotes)?", lambda place, found: bound(place, found[1])),
    (
        r"write (\w+): (\S+)(?: in quotes)?",
        lambda place, found: found[1] == place.key and write(place, yaml.safe_load(found[2])),
    ),
    (r'write "([\w.-]+)"(?: or "[\w.-]+")?', lambda place, found: write(place, found[1])),
    (r"write a number such as \"([\d.]+)\"", lambda place, found: write(place, found[1])),
    (r"write [a-z ]+,? such as (\d\w*)", lambda place, found: write(place, yaml.safe_load(found[1]))),
    (
        r"(?:write|use|did you mean) ([\w./-]+)\??(?: or [\w./-]+)*",
        lambda place, found: write(place, found[1]),
    ),
    (r"remove the quotes", lambda place, _: write(place, yaml.safe_load(str(place.holder[place.key])))),
    (r"put the value in quotes", lambda place, _: in_quotes(place)),
    (r"remove the annotation.*", lambda place, _: remove(place, "it")),
    (r"remove (\w+)(?:[;:] .*)?", lambda place, found: remove(place, found[1])),
)


def followed(fix: str, document: Document, path: tuple[Any, ...], *, at_key: bool) -> bool:
    """Do to the document what the advice says; False for advice that leaves something to a person."""
    place = place_of(document, path)
    if place is None:
        return False
    if found := re.fullmatch(r"(?:indent it: )?(\w+) belongs under ([\w.]+)", fix):
        return moved(document, place, found[1], found[2].split("."))
    if found := re.fullmatch(r"set (?:target\.)?(kaito|nodeProvisioner): \"?([\w.-]+)\"?(?: or newer)?", fix):
        document["spec"].setdefault("target", {})[found[1]] = found[2]
        return True
    if at_key and (found := re.fullmatch(r"(?:write|did you mean) ([\w./-]+)\??", fix)):
        return rename(place, found[1])
    for pattern, do in MECHANICAL:
        if found := re.fullmatch(pattern, fix):
            return do(place, found)
    return False


def added(fix: str, document: Document, path: tuple[Any, ...]) -> bool:
    """The same of advice to add a field to what stands at the path, or by its whole path."""
    found = re.fullmatch(
        r"add (?:(\w+)\.)?(\w+: [^:]+(?:: .+)?)", re.sub(r"^add [\w.]+, such as ", "add ", fix)
    )
    holder: Any = document
    for step in path:
        holder = holder[step] if isinstance(holder, dict | list) else None
    if found is None or not isinstance(holder, dict):
        return False
    if found[1]:
        holder = holder.setdefault(found[1], {})
    try:
        fields = yaml.safe_load(found[2])
    except yaml.YAMLError:
        return False
    if not isinstance(fields, dict):
        return False
    holder.update(fields)
    return True


def moved(document: Document, place: Place, key: str, under: list[str]) -> bool:
    value = place.holder.pop(key)
    holder: Any = document
    for step in under:
        if not isinstance(holder.get(step), dict):
            holder[step] = {}
        holder = holder[step]
    holder[key] = value
    return True


def documents_of(text: str) -> list[tuple[int, Any]]:
    """The documents with the lines that they begin at, from 1."""
    nodes: Iterator[Any] = yaml.compose_all(text, Loader=yaml.SafeLoader)
    starts = [node.start_mark.line + 1 for node in nodes if node]
    return list(zip(starts, [one for one in yaml.safe_load_all(text) if one is not None], strict=True))


def ways(fix: str) -> list[str]:
    """What advice offers, each of which is enough: `remove count, or use strategy: count`."""
    whole = [fix] if re.match("write .* or ", fix) else []
    parts = [one.removeprefix("or ") for one in re.split(r", (?=or )", fix) if one not in whole]
    # What a person has to fill in is no way that a program can go.
    return [one for one in (*whole, *parts) if "..." not in one and "<" not in one]


def mended(text: str, finding: Found, way: str) -> str | None:
    """The text with the advice of a finding followed; None where that is not mechanical, or the text is no plain YAML."""
    if "# kaitogen" in text or not finding["line"] or finding["code"] in OPEN:
        return None
    try:
        documents = documents_of(text)
    except (yaml.YAMLError, ValueError):
        return None
    mine = [value for start, value in documents if start <= finding["line"]]
    if not mine or not isinstance(mine[-1], dict):
        return None
    path = steps(finding["path"])
    try:
        at_key = finding["code"] in AT_KEYS or finding["message"].startswith("the key ")
        done = followed(way, mine[-1], path, at_key=at_key) or added(way, mine[-1], path)
    except (KeyError, IndexError, TypeError):
        return None
    return yaml.safe_dump_all([value for _, value in documents], sort_keys=False) if done else None


class Case(NamedTuple):
    """Files, the command line that finds something in them, and where they are from."""

    name: str
    files: dict[str, str]
    options: tuple[str, ...]


def examples() -> Iterator[Case]:
    """What gets a finding: the pages of the codes, the cases, and the typical mistakes."""
    for page in pages.all_pages():
        words = page.failing.command.split()
        if words[:2] == ["kaitogen", "validate"] and not page.failing.before and "-" not in words:
            yield Case(page.code, dict(page.failing.files), tuple(words[2:]))
    for case in cases.cases("negative"):
        texts = {
            path.name: path.read_text(encoding="utf-8", errors="replace")
            for path in case.folder.glob("*.y*ml")
            if path.name not in ("options.yaml", "expected.yaml")
        }
        if not case.arguments:
            yield Case(case.folder.name, texts, ())
    for name, (text, _, _) in MISTAKES.items():
        yield Case(name, {"a.intent.yaml": text}, ())


#: Codes whose own example has advice that a program can follow.
FOLLOWED: Final = [
    "KG120",
    "KG121",
    "KG122",
    "KG124",
    "KG201",
    "KG202",
    "KG203",
    "KG204",
    "KG206",
    "KG207",
    "KG216",
    "KG218",
    "KG221",
    "KG222",
    "KG223",
    "KG225",
    "KG226",
    "KG227",
    "KG230",
    "KG231",
    "KG232",
    "KG238",
    "KG239",
    "KG242",
    "KG251",
    "KG254",
    "KG304",
    "KG305",
    "KG318",
    "KG325",
    "KG329",
    "KG400",
    "KG402",
    "KG406",
    "KG407",
    "KG408",
    "KG409",
    "KG412",
    "KG414",
    "KG417",
    "KG421",
    "KG422",
    "KG435",
    "KG438",
    "KG447",
    "KG448",
    "KG449",
    "KG472",
    "KG479",
    "KG481",
    "KG483",
    "KG484",
    "KG485",
    "KG486",
    "KG494",
    "KG495",
    "KG497",
    "KG903",
    "KG905",
    "KG908",
    "KG922",
    "KG923",
]
EXAMPLES: Final = {case.name: case for case in examples()}


def findings_in(folder: Path, case: Case, files: dict[str, str]) -> list[Found]:
    """What the command finds, in this process, which is several times as fast as a fork for each of a thousand runs."""
    placed(folder, files)
    with chdir(folder):
        _, output, _ = commands.run(["validate", "--format", "json", *case.options])
    return list(json.loads(output)["findings"]) if output else []


def placed(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def identity(finding: Found) -> tuple[str, str, str]:
    return finding["code"], finding["file"], finding["path"]


def checked(folder: Path, case: Case) -> Iterator[tuple[str, str]]:
    """Each advice of the case that was followed: its code, and what is wrong with it (empty: nothing)."""
    before = findings_in(folder, case, case.files)
    known = {one["code"] for one in before}
    for finding in before:
        text = case.files.get(finding["file"])
        for way in ways(finding["fix"]):
            after = None if text is None else mended(text, finding, way)
            if after is None:
                continue
            found = findings_in(folder, case, {**case.files, finding["file"]: after})
            placed(folder, case.files)
            still = [one for one in found if identity(one) == identity(finding)]
            still = [one for one in still if one["message"] == finding["message"]]
            new = [one for one in found if one["severity"] == "error" and one["code"] not in known]
            wrong = [f"{one['code']} {one['message']}" for one in (*still, *new)]
            yield finding["code"], f"{finding['path']}: {way}: then {wrong[0]}" if wrong else ""


@cache
def results(name: str) -> tuple[tuple[str, str], ...]:
    """What came of each advice of the case of that name."""
    with TemporaryDirectory() as folder:
        (Path(folder) / ".git").mkdir()
        return tuple(checked(Path(folder), EXAMPLES[name]))


@pytest.mark.parametrize("name", sorted(EXAMPLES.keys() - BEHIND))
def test_advice_that_is_followed_leads_to_no_other_error(name: str) -> None:
    assert [f"{code} {wrong}" for code, wrong in results(name) if wrong] == []


@pytest.mark.parametrize("code", FOLLOWED)
def test_advice_stays_so_plain_that_it_can_be_followed(code: str) -> None:
    assert code in [followed for followed, _ in results(code)]
