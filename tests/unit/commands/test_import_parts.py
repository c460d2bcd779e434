"""Many Workspaces are proved some hundred at a time, with the same answer as together."""

import pytest

from kaitogen.commands.import_ import importer
from kaitogen.commands.import_.intent_set import set_of
from kaitogen.errors import InternalError
from kaitogen.model import Request, TargetOverrides
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.load import documents_of
from kaitogen.yaml.layout import laid_out

WORKSPACE = """\
apiVersion: kaito.sh/v1beta1
kind: Workspace
metadata: {{name: w{number}, namespace: chat, labels: {{team: t{team}}}}}
resource:
  {more}instanceType: Standard_NC24ads_A100_v4
  labelSelector: {{matchLabels: {{apps: w{number}}}}}
inference: {{preset: {{name: phi-4}}}}
"""


def _imported(number: int, *, wrong: int | None = None, as_set: str | None = None) -> importer.Imported:
    texts = (
        WORKSPACE.format(number=one, team=one % 2, more="count: 0\n  " if one == wrong else "")
        for one in range(number)
    )
    loaded = documents_of("all.yaml", "---\n".join(texts).encode())
    return importer.import_all(loaded, TargetOverrides(), as_set=as_set)


@pytest.mark.parametrize("as_set", [None, "fleet"])
@pytest.mark.parametrize("wrong", [None, 0, 4])
def test_in_parts_as_together(monkeypatch: pytest.MonkeyPatch, as_set: str | None, wrong: int | None) -> None:
    together = _imported(5, wrong=wrong, as_set=as_set)
    rendered: list[int] = []

    def counted(request: Request) -> object:
        rendered.append(len(request.documents))
        return generate(request)

    monkeypatch.setattr(importer, "generate", counted)
    monkeypatch.setattr(importer, "_AT_ONCE", 2)
    assert _imported(5, wrong=wrong, as_set=as_set) == together
    assert bool(together.texts) == (wrong is None)
    if wrong is None:
        assert max(rendered) == 2
        assert len(rendered) == (3 if as_set is None else 6)


@pytest.mark.parametrize("changed", ["entry", "default"])
def test_a_set_that_says_something_else_is_seen(monkeypatch: pytest.MonkeyPatch, changed: str) -> None:
    def another(name: str, intents: object) -> object:
        value = set_of(name, intents)  # type: ignore[arg-type]
        if changed == "entry":
            value["spec"]["workspaces"][-1]["metadata"]["name"] = "other"
        else:
            value["spec"]["defaults"]["spec"]["inference"]["model"] = "phi-4-mini-instruct"
        return value

    monkeypatch.setattr(importer, "set_of", another)
    monkeypatch.setattr(importer, "_AT_ONCE", 2)
    with pytest.raises(InternalError, match="the set does not say"):
        _imported(5, as_set="fleet")


def test_a_text_that_says_something_else_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        importer,
        "laid_out",
        lambda value, comments: laid_out(value, comments).replace("team: t1", "team: t2"),
    )
    monkeypatch.setattr(importer, "_AT_ONCE", 2)
    together = _imported(5)
    assert [one.rule.code for one in together.findings if one.severity == "error"] == ["KG173", "KG173"]


def test_what_was_read_is_let_go_of_before_a_set_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = documents_of("all.yaml", WORKSPACE.format(number=1, team=1, more="").encode())
    said: list[object] = []

    def seen(name: str, values: object) -> object:
        said.extend(document.value for document in loaded.documents)
        return set_of(name, values)  # type: ignore[arg-type]

    monkeypatch.setattr(importer, "set_of", seen)
    made = importer.import_all(loaded, TargetOverrides(), as_set="fleet")
    assert list(made.texts) == ["fleet.intent.yaml"]
    assert said == [{}]
