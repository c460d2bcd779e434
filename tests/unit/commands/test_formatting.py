"""Formatting changes the looks of an intent alone: not its data, not a byte of what comes of it, and no comment's place."""

import json
import re
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaitogen.commands.fmt import formatted
from kaitogen.kaito.objects import in_key_order
from kaitogen.model import Request
from kaitogen.pipeline.emit import stream
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.load import documents_of, is_intent_file
from kaitogen.yaml import builder
from kaitogen.yaml.builder import events
from kaitogen.yaml.reader import read
from kaitogen.yaml.writer import dump, flow
from tests.acceptance.cases import FOLDER
from tests.draws import examples
from tests.unit.schema_samples import CUSTOM, SERVING, SET, TUNING

HEAD = "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntent\nmetadata:\n  name: x\n  annotations:\n"
INTENTS = sorted(path for path in FOLDER.glob("*/*/**/*") if path.is_file() and is_intent_file(path.name))


def laid_out(text: str) -> str:
    made, findings = formatted("a.intent.yaml", text.encode())
    assert findings == []
    assert formatted("a.intent.yaml", made.encode()) == (made, [])
    return made


def rendered(data: bytes) -> str:
    documents = tuple(documents_of("a.intent.yaml", data).documents)
    return stream(generate(Request(documents=documents)).manifests, "yaml")


@pytest.mark.parametrize("path", INTENTS, ids=lambda path: str(path.relative_to(FOLDER)))
def test_every_readable_intent_renders_to_the_same_bytes(path: Path) -> None:
    data = path.read_bytes()
    made, findings = formatted(path.name, data)
    if findings:  # nothing that can be read at all is left alone
        loaded = documents_of(path.name, data)
        assert loaded.findings or any(document.flaws for document in loaded.documents)
        return
    assert formatted(path.name, made.encode()) == (made, [])
    assert rendered(made.encode()) == rendered(data)


def shuffled(random: Random, value: Any) -> Any:
    """The value with the keys of all mappings in another order."""
    if isinstance(value, dict):
        return {key: shuffled(random, value[key]) for key in random.sample(sorted(value), len(value))}
    return [shuffled(random, item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("sample", [SERVING, CUSTOM, TUNING, SET], ids=("serving", "custom", "tuning", "set"))
@examples(25)
@given(seed=st.integers(0, 2**32))
def test_comments_stay_with_what_they_speak_of(sample: Any, seed: int) -> None:
    random = Random(seed)
    lines = dump(shuffled(random, sample)).splitlines()
    # What stands above a dash speaks of the whole item, whichever key comes first in it.
    of_keys = [at for at in range(1, len(lines)) if at % 2 == 0 or not lines[at].lstrip().startswith("- ")]
    spots = random.sample(of_keys, 6)
    text, about = [], {}
    for number, line in enumerate(lines):
        indent = " " * (len(line) - len(line.lstrip()))
        if number in spots and number % 2:
            text.append(f"{indent}# comment {number}")
        text.append(f"{line} # comment {number}" if number in spots and not number % 2 else line)
        about[f"# comment {number}"] = line.lstrip(" -")
    made = laid_out("\n".join(text) + "\n").splitlines()
    for number in spots:
        comment = f"# comment {number}"
        at = next(index for index, line in enumerate(made) if line.endswith(comment))
        beside = made[at].removesuffix(comment).strip(" -")
        below = next((line for line in made[at + 1 :] if not line.strip().startswith("#")), "")
        assert (beside or re.sub(r" +# comment.*", "", below).lstrip(" -")) == about[comment]


@pytest.mark.parametrize("sample", [SERVING, CUSTOM, TUNING, SET], ids=("serving", "custom", "tuning", "set"))
@given(seed=st.integers(0, 2**32))
@examples(25)
def test_the_order_of_keys_is_one(sample: Any, seed: int) -> None:
    intent = shuffled(Random(seed), sample)
    made = laid_out(dump(intent))
    keys = [line.partition(":")[0] for line in made.splitlines() if line[:1].isalpha()]
    assert keys == ["apiVersion", "kind", "metadata", "spec"]
    assert flow(in_key_order(next(read(made)).value)) == flow(in_key_order(intent))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a: 'b'", "a: b"),
        ("a: 'b: c'", 'a: "b: c"'),
        ("a: it's", "a: it's"),
        ("a: ~", "a: null"),
        ("a: 0.10", "a: 0.10"),
        ("a: 2024-01-01", 'a: "2024-01-01"'),
        ("a: &x b\n    c: *x", "a: &x b\n    c: *x"),
        ("a: &unused b", "a: &unused b"),
        ("a: {b: 1,\n        c: [d, e]}", "a:\n      b: 1\n      c: [d, e]"),
        ("a: {b: 1, c: [d, e]}", "a: {b: 1, c: [d, e]}"),
        ("a: |\n            b\n\n            # c\n", "a: |\n      b\n\n      # c"),
        ("a: |+\n      b\n\n    c: d", 'a: "b\\n\\n"\n    c: d'),
        ("a: b\n\n\n\n    c: d", "a: b\n\n    c: d"),
        ("a: b    # far", "a: b    # far"),
        ("a: b # near", "a: b  # near"),
        ("a: [b, # one\n        c]", "a:\n      - b  # one\n      - c"),
        ("a:\n    - b\n    # - c\n    d: e", "a:\n      - b\n    # - c\n    d: e"),
        ("a:\n      - b\n      # - c\n    d: e", "a:\n      - b\n      # - c\n    d: e"),
    ],
)
def test_style(written: str, expected: str) -> None:
    assert laid_out(f"{HEAD}    {written}\n") == f"{HEAD}    {expected}\n"


def test_head_and_tail_of_a_document_stay_there() -> None:
    text = "# head\n\nkind: WorkspaceIntent\n# about the version\napiVersion: kaitogen.io/v1alpha1\n# tail\n"
    assert laid_out(text) == (
        "# head\n\n# about the version\napiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntent\n# tail\n"
    )


def test_documents_of_others_and_empty_ones_are_left_as_they_are() -> None:
    others = "# a\n---\nkind:   ConfigMap\nb: 'c'\n---\n# nothing\n---\n"
    intent = "spec: {}\nkind: WorkspaceIntent\n"
    made = laid_out(others + intent)
    assert made == others + "kind: WorkspaceIntent\nspec: {}\n"


def test_windows_line_ends_and_a_byte_order_mark_go() -> None:
    assert laid_out("\ufeffkind: WorkspaceIntent\r\nspec: {}\r\n") == "kind: WorkspaceIntent\nspec: {}\n"


@pytest.mark.parametrize("documents", [1, 3])
def test_a_file_is_parsed_three_times(documents: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read with limits, held as a tree, and read once more as the proof; however many documents it has."""
    parsed = []

    def counted(text: str) -> Any:
        parsed.append(text)
        return events(text)

    monkeypatch.setattr(builder, "events", counted)
    text = "---\n".join(["# head\nspec: {}\nkind: WorkspaceIntent  # what it is\n"] * documents)
    made, findings = formatted("a.intent.yaml", text.encode())
    assert findings == []
    assert parsed == [text, text, made]


def test_nothing_but_comments_stays_as_it_is() -> None:
    assert laid_out("# nothing yet\n") == "# nothing yet\n"


def test_what_somebody_escaped_stays_escaped() -> None:
    text = HEAD + '    a: "\\u202e\\/ \\xe9"\n    b: "\\x62"\n'
    assert laid_out(text) == HEAD + '    a: "\\u202e\\/ \\xe9"\n    b: b\n'


def test_json_with_a_character_in_two_escapes_is_laid_out() -> None:
    text = json.dumps(
        {"kind": "WorkspaceIntent", "metadata": {"name": "a", "annotations": {"b": "\N{GRINNING FACE}"}}}
    )
    assert laid_out(text) == (
        'kind: WorkspaceIntent\nmetadata: {name: a, annotations: {b: "\N{GRINNING FACE}"}}\n'
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a: [b: 1, {c: 2}]", "a: [b: 1, {c: 2}]"),
        ("a: >-\n       b\n       c \n\n\n    d: e", "a: >-\n      b\n      c \n\n\n    d: e"),
        ("a:\n      - - b\n        - c", "a:\n      - - b\n        - c"),
        ("a: +1\n    b: 0x1F", "a: 1\n    b: 0x1F"),
        ("a: &x 1\n    b: *x\n    c: &x 2\n    d: *x", "a: &x 1\n    b: *x\n    c: &x 2\n    d: *x"),
        ("a: 1\n      # deep\n\n    b: 2\n\n\n    c: 3", "a: 1\n    # deep\n\n    b: 2\n\n    c: 3"),
    ],
)
def test_layout_of_what_is_rare(written: str, expected: str) -> None:
    assert laid_out(f"{HEAD}    {written}\n") == f"{HEAD}    {expected}\n"


def test_an_alias_that_comes_before_its_anchor_takes_its_place() -> None:
    text = "kind: WorkspaceIntent\nspec:\n  target: &a {kaito: '0.12'}\nmetadata: {name: b, labels: *a}\n"
    assert laid_out(text) == (
        'kind: WorkspaceIntent\nmetadata: {name: b, labels: &a {kaito: "0.12"}}\nspec:\n  target: *a\n'
    )
