"""Go's YAML as the judge: it reads what kaitogen writes as it was meant, and what kaitogen reads as kaitogen does, or that is refused."""

import itertools
import json
import random
import struct
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from kaitogen.model import Request
from kaitogen.pipeline.emit import stream
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.load import documents_of
from kaitogen.yaml.reader import Unreadable, read
from kaitogen.yaml.writer import dump
from tests.fuzz.inputs import mutated, seeds

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[3]
INPUTS = 6_000
#: What readers of YAML have taken for different things, at one time or another.
PARTS = [
    *("a", "-", "?", ":", "#", "'", '"', "\\", "|", ">", "%", "@", "`", "&", "*", "!", "~", "=", "<<", "---", "...", " ", "  "),
    *("\n", "\n\n", "\t", "\r", "\x00", "\x07", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\ufeff", "\ufffe", "\U0001f600", "\u202e"),
    *("yes", "No", "on", "OFF", "y", "null", "NULL", "true", "1_000", "0o17", "017", "0x1F", "0b1", "1e3", "1E400", "-.inf", ".NaN"),
    *("12:30:45", "2026-11-26", "2026-11-26T10:00:00Z", "9" * 25, "-0", "+1", "1.", ".5", "0.10", "{", "}", "[", "]", ",", "é", "x" * 90),
]  # fmt: skip


def answers(texts: Sequence[str]) -> list[dict[str, Any]]:
    """What Go makes of each text."""
    built = subprocess.run(
        ["sh", str(ROOT / "scripts" / "build_tools.sh"), "yaml"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    data = [text.encode() for text in texts]
    asked = b"".join(struct.pack(">I", len(one)) + one for one in data)
    done = subprocess.run([built.stdout.strip()], input=asked, capture_output=True, timeout=600, check=True)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == len(texts)
    return found


def accepted(text: str) -> list[Any] | None:
    """The documents that kaitogen reads, without the empty ones; None where anything is refused."""
    try:
        documents = list(read(text))
    except Unreadable:
        return None
    return (
        None
        if any(one.flaws for one in documents)
        else [one.value for one in documents if one.value is not None]
    )


def texts() -> Iterator[str]:
    """Mutated intents and objects, and short texts put together from what is read in different ways."""
    known = seeds("intents") + seeds("finished")
    for number in range(INPUTS):
        try:
            # Kubernetes' reader ends the last line of each document itself.
            yield mutated(known, number).decode().rstrip("\n") + "\n"
        except UnicodeDecodeError:
            continue
    for number in range(INPUTS):
        draw = random.Random(number)
        yield (
            draw.choice(("a: ", "- ", "", "a: |\n ", "{a: "))
            + "".join(draw.choices(PARTS, k=draw.randint(1, 6)))
            + "\n"
        )


def test_what_is_read_is_what_go_reads() -> None:
    ours = [(text, documents) for text in texts() if (documents := accepted(text)) is not None]
    assert len(ours) > INPUTS / 4
    different = []
    for (text, documents), answer in zip(ours, answers([text for text, _ in ours]), strict=True):
        for name in ("k8s", "v3"):
            theirs = [one for one in answer[name] or [] if one is not None]
            if answer[f"{name}Error"] or theirs != documents:
                different.append((name, text, documents, answer[f"{name}Error"] or theirs))
    assert not different, (len(different), different[:5])


def test_what_is_written_is_what_go_reads() -> None:
    values = [_value(random.Random(number), 3) for number in range(INPUTS)]
    values += [{"a": "".join(parts)} for parts in itertools.product(PARTS, PARTS)]
    found = zip(values, answers([dump({"a": value}) for value in values]), strict=True)
    different = [
        (name, value, dump({"a": value}), answer[f"{name}Error"] or answer[name])
        for value, answer in found
        for name in ("k8s", "v3")
        if answer[name] != [{"a": value}]
    ]
    assert not different, (len(different), different[:5])


def test_what_is_rendered_is_what_go_reads() -> None:
    made = []
    for number in range(INPUTS // 2):
        draw = random.Random(number)
        pod = {
            "containers": [
                {
                    "name": "a",
                    "image": "a/b:1",
                    "env": [{"name": "A", "value": _text(draw)}],
                    "args": [_text(draw)],
                }
            ]
        }
        intent: dict[str, Any] = {
            "apiVersion": "kaitogen.io/v1alpha1",
            "kind": "WorkspaceIntent",
            "metadata": {"name": "phi-4", "annotations": {"a": _text(draw), "b": _text(draw)}},
            "spec": {
                "placement": {"instanceType": "Standard_NC24ads_A100_v4"},
                "inference": {"template": {"spec": pod}},
            },
        }
        loaded = documents_of("a.intent.yaml", json.dumps(intent, ensure_ascii=number % 2 == 0).encode())
        result = generate(Request(documents=tuple(loaded.documents)))
        if not loaded.findings and result.ok:
            assert (
                number % 2
                or result.manifests[0].data["metadata"]["annotations"] == intent["metadata"]["annotations"]
            )
            made.append(([one.data for one in result.manifests], stream(result.manifests, "yaml")))
    assert len(made) > INPUTS / 8
    for (objects, text), answer in zip(made, answers([text for _, text in made]), strict=True):
        assert answer["k8s"] == answer["v3"] == objects, text


def _value(draw: random.Random, depth: int) -> Any:
    kind = draw.randrange(8 if depth else 6)
    if kind == 6:
        return [_value(draw, depth - 1) for _ in range(draw.randrange(4))]
    if kind == 7:
        return {_text(draw): _value(draw, depth - 1) for _ in range(draw.randrange(4))}
    return draw.choice([None, True, False, draw.randint(-(2**40), 2**40)]) if kind == 0 else _text(draw)


def _text(draw: random.Random) -> str:
    return "".join(draw.choices(PARTS, k=draw.randint(0, 6)))
