"""Whatever is written into any text of an intent, the objects that come of it keep their structure."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kaitogen.model import Document, Json, Request
from kaitogen.pipeline.emit import stream
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.load import load
from kaitogen.yaml.reader import read
from tests.draws import examples
from tests.unit.pipeline.test_templates import TEXT

CASES = Path(__file__).resolve().parents[2] / "cases" / "positive"


def intents() -> list[tuple[str, Json]]:
    """The intents of all positive cases, which say every field that there is."""
    loaded = [load(Request((str(folder),))) for folder in sorted(CASES.iterdir())]
    return [(f"{Path(document.file).parent.name} {document.number}", document.value)
            for each in loaded for document in each.documents]  # fmt: skip


def texts(value: Json, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all texts in a value."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict | list):
        for step, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from texts(item, (*path, step))


def shape(value: Json) -> Json:
    """The value with every text taken for the same, and every file of a dashboard, which is named after its intent.

    A limit of nodes goes by the size of the model, and is left out with that of a model that nobody knows.
    """
    if isinstance(value, dict):
        named = {key: item for key, item in value.items() if key != "nodeCountLimit"}
        return {"file" if key.endswith(".json") else key: shape(item) for key, item in named.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return "text" if isinstance(value, str) else value


def render(value: Json) -> str | None:
    """What comes of one intent; None where it is refused."""
    result = generate(Request(documents=(Document("test", 0, value, inline=True),)))
    return stream(result.manifests, "yaml") if result.ok else None


INTENTS = intents()


@pytest.mark.parametrize(("name", "intent"), INTENTS, ids=[name for name, _ in INTENTS])
@given(st.data())
@examples(12)
def test_no_text_changes_the_structure(name: str, intent: Json, data: st.DataObject) -> None:
    plain = render(intent)
    assert plain is not None
    path = data.draw(st.sampled_from(list(texts(intent))))
    changed = copy.deepcopy(intent)
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = data.draw(TEXT)
    text = render(changed)
    if text is None:
        return
    found = [raw.value for raw in read(text)]
    assert found == list(yaml.safe_load_all(text))
    assert [shape(one) for one in found] == [shape(one) for one in yaml.safe_load_all(plain)]
