"""Import is the inverse of render: every finished Workspace comes back as the same data, every rendered one as the same bytes."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings

from kaitogen.commands.import_.importer import import_all
from kaitogen.commands.import_.reading import target_of
from kaitogen.kaito.objects import canonical
from kaitogen.kaito.versions import KINDS
from kaitogen.model import KAITO_VERSIONS, Document, Origin, Request, TargetOverrides, UserObject
from kaitogen.pipeline.check import check_objects
from kaitogen.pipeline.emit import stream
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.load import documents_of
from kaitogen.yaml.reader import read
from kaitogen.yaml.writer import dump
from tests.acceptance.cases import Case, cases, name
from tests.unit.workspace_samples import sets, workspaces

VERSIONS = [(kaito, version) for kaito in KAITO_VERSIONS for version in ("v1alpha1", "v1beta1")]
#: Over all versions these are 2,000 and a few.
EXAMPLES = -(-2000 // len(VERSIONS))


def imported(text: str, wanted: TargetOverrides, *, as_set: str | None = None) -> dict[str, str]:
    done = import_all(documents_of("manifests.yaml", text.encode()), wanted, as_set=as_set)
    assert [one for one in done.findings if one.severity == "error"] == []
    return dict(done.texts)


def rendered(texts: Sequence[str]) -> str:
    documents = documents_of("intents.yaml", "---\n".join(texts).encode()).documents
    return stream(generate(Request(documents=tuple(documents))).manifests, "yaml")


def objects(text: str) -> list[Any]:
    return [canonical(raw.value) for raw in read(text)]


def by_name(found: Sequence[Any]) -> list[Any]:
    return sorted(
        found, key=lambda one: (one["kind"], one["metadata"].get("namespace", ""), one["metadata"]["name"])
    )


RENDERED = [case for case in cases("positive") if case.expected.is_file()]


@pytest.mark.parametrize("case", RENDERED, ids=name)
def test_what_was_rendered_comes_back_as_the_same_bytes(case: Case) -> None:
    manifests = case.expected.read_text(encoding="utf-8")
    wanted = TargetOverrides(*_installation(case))
    again = rendered(list(imported(manifests, wanted).values()))
    assert by_name(objects(again)) == by_name(objects(manifests))
    assert sorted(again.split("---\n")) == sorted(manifests.split("---\n"))


@pytest.mark.parametrize("case", RENDERED, ids=name)
def test_a_set_of_them_renders_to_the_same_bytes(case: Case) -> None:
    manifests = case.expected.read_text(encoding="utf-8")
    texts = imported(manifests, TargetOverrides(*_installation(case)), as_set="fleet")
    assert sorted(rendered(list(texts.values())).split("---\n")) == sorted(manifests.split("---\n"))


@pytest.mark.parametrize("case", RENDERED, ids=name)
def test_defaults_make_a_set_no_longer(case: Case) -> None:
    wanted = TargetOverrides(*_installation(case))
    made = imported(case.expected.read_text(encoding="utf-8"), wanted)
    intents = [next(read(text)).value for text in made.values()]
    entries = [{key: intent[key] for key in ("metadata", "spec")} for intent in intents]
    head = {
        "apiVersion": intents[0]["apiVersion"],
        "kind": "WorkspaceIntentSet",
        "metadata": {"name": "fleet"},
    }
    plain = dump({**head, "spec": {"workspaces": entries}})
    (text,) = imported(case.expected.read_text(encoding="utf-8"), wanted, as_set="fleet").values()
    assert len(text) <= len(plain)


def _installation(case: Case) -> tuple[Any, ...]:
    """What the case's intents say of the installation: the manifests no longer do."""
    texts = (path.read_bytes() for path in sorted(case.folder.rglob("*intent*")))
    documents = [one for text in texts for one in documents_of("a.intent.yaml", text).documents]
    specs = [manifest.spec for manifest in generate(Request(documents=tuple(documents))).manifests]
    target = specs[0].target
    return target.kaito, target.provider, target.node_provisioner, target.feature_gates


SET_VERSIONS = [
    (kaito, version)
    for version, feature in KINDS["InferenceSet"].items()
    for kaito in KAITO_VERSIONS
    if feature.holds(int(kaito[2:]))
]


@pytest.mark.parametrize(("kaito", "version"), SET_VERSIONS)
def test_every_set_of_a_version_comes_back_as_the_same_data(kaito: str, version: str) -> None:
    wanted = TargetOverrides(kaito)

    def accepted(data: Any) -> bool:
        """Whether KAITO takes it and can run it."""
        target, _ = target_of(data, wanted)
        judged = check_objects([UserObject(Origin(Document("a", 0, data)), data)], target)
        return not any(one.severity == "error" or one.code == "KG904" for one in judged)

    @settings(max_examples=-(-2000 // len(SET_VERSIONS)), database=None)
    @given(sets(kaito, version, accepted))
    def check(data: Any) -> None:
        first = rendered(list(imported(dump(data), wanted).values()))
        assert objects(first) == [canonical(data)]
        assert rendered(list(imported(first, wanted).values())) == first

    check()


@pytest.mark.parametrize(("kaito", "version"), VERSIONS)
def test_every_workspace_of_a_version_comes_back_as_the_same_data(kaito: str, version: str) -> None:
    wanted = TargetOverrides(kaito)

    def accepted(workspace: Any) -> bool:
        """Whether KAITO takes it and can run it."""
        target, _ = target_of(workspace, wanted)
        judged = check_objects([UserObject(Origin(Document("a", 0, workspace)), workspace)], target)
        return not any(one.severity == "error" for one in judged)

    @settings(max_examples=EXAMPLES, database=None)
    @given(workspaces(kaito, version, accepted))
    def check(workspace: Any) -> None:
        first = rendered(list(imported(dump(workspace), wanted).values()))
        assert objects(first) == [canonical(workspace)]
        assert rendered(list(imported(first, wanted).values())) == first

    check()
