"""kubectl's lists in pieces: the same values as of the whole text, however it is cut, and refusals where it is none."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaitogen.yaml import stream
from kaitogen.yaml.reader import Unreadable

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


@given(st.lists(VALUES, max_size=5), st.integers(1, 60), st.sampled_from([None, 2]), st.booleans())
def test_items_of_a_list(values: list[Any], size: int, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(
        {"apiVersion": "v1", "items": values, "kind": "List"}, indent=indent, ensure_ascii=ascii_only
    )
    assert list(stream.items(pieces(text.encode("utf-8", "surrogatepass"), size))) == values


@given(
    st.dictionaries(st.text(max_size=4).filter(lambda key: key != "items"), VALUES, max_size=4),
    st.integers(1, 60),
)
def test_an_object_without_items_comes_whole(value: dict[str, Any], size: int) -> None:
    assert list(stream.items(pieces(json.dumps(value).encode(), size))) == [value]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "{ is expected, and here is the end"),
        (b"[]", "{ is expected"),
        (b'{"items": [1, 2', "no JSON|, is expected"),
        (b'{"items": [1 2]}', ", is expected"),
        (b'{"items": [1,]}', "no JSON"),
        (b'{"items" 1}', ": is expected"),
        (b'{"items": []} x', "unexpected 'x'"),
        (b'{"items": [\xff]}', "not UTF-8"),
        (b'{"items": [' + b"[" * 100_000, "nested too deep"),
        (b'{"a": nope}', "no JSON"),
    ],
)
def test_what_is_no_list_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(Unreadable) as refused:
        list(stream.items(pieces(data, 1 << 16)))
    assert any(word in refused.value.flaw.message for word in words.split("|")), refused.value.flaw.message


def test_an_endless_list_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MAX_BYTES", 1 << 20)

    def forever() -> Iterator[bytes]:
        yield b'{"items": [0'
        while True:
            yield b",1" * 1000

    with pytest.raises(Unreadable) as refused:
        for _ in stream.items(forever()):
            pass
    assert refused.value.flaw.message == "larger than 1 MiB"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"items": [{"a": [' + "[]," * 200 + "0]}]}", "more than 100 values in one item"),
        ('{"items": [{' + ",".join(f'"k{number}": 0' for number in range(200)) + "}]}", "more than 100 values in one item"),
        ('{"items": [' + "[]," * 600 + "0]}", "more than 1,000 values in one file"),
        ("{" + ",".join(f'"k{number}": "{"x" * 2**16}"' for number in range(20)) + "}", "more than 1 MiB beside the items"),
    ],
)  # fmt: skip
def test_what_would_fill_the_memory_is_refused(
    monkeypatch: pytest.MonkeyPatch, text: str, words: str
) -> None:
    """What is small as a text is large as values, so these are counted, of one item and of all that is kept."""
    monkeypatch.setattr(stream, "_MOST_VALUES", 100)
    monkeypatch.setattr(stream, "_MAX_VALUE", 2**20)
    with pytest.raises(Unreadable) as refused:
        list(stream.items(pieces(text.encode(), 256), 1000))
    assert refused.value.flaw.message == words


def test_many_small_items_are_as_many_as_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_MOST_VALUES", 100)
    text = '{"items": [' + '{"a": [1, 2]},' * 2000 + '{"a": []}]}'
    assert sum(1 for _ in stream.items(pieces(text.encode(), 256))) == 2001
