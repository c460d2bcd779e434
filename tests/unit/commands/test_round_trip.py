"""Import is the inverse of render: every finished Workspace comes back as the same data, every rendered one as the same bytes."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

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
from tests.draws import examples
from tests.unit.workspace_samples import sets, workspaces

VERSIONS = [(kaito, version) for kaito in KAITO_VERSIONS for version in ("v1alpha1", "v1beta1")]


def drawn(parts: int) -> settings:
    """So many draws for each of the parts that the whole is 2,000 and a few."""
    return examples(-(-2000 // parts))


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

    @drawn(len(SET_VERSIONS))
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

    @drawn(len(VERSIONS))
    @given(workspaces(kaito, version, accepted))
    def check(workspace: Any) -> None:
        first = rendered(list(imported(dump(workspace), wanted).values()))
        assert objects(first) == [canonical(workspace)]
        assert rendered(list(imported(first, wanted).values())) == first

    check()


WINDOW = {"enabled": True, "window": {"schedule": "0 2 * * 6", "duration": "4h"}}
SCHEDULE = {"start": "0 8 * * 1-5", "end": "0 18 * * 1-5", "timezone": "Europe/Berlin", "replicas": 2}
TRIGGER = {"type": "prometheus", "metadata": {"serverAddress": "http://prometheus", "query": "up", "threshold": "5"}}  # fmt: skip
COOLDOWNS = st.sampled_from([{}, {"cooldown": {"up": 60}}, {"cooldown": {"up": 0, "down": 300}}])
METRICS = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(["waiting", "vllm:num_requests_waiting", "yes", "1e3"]), "up": st.integers(5, 9), "down": st.sampled_from([0, 1, 2.5, -1])},
        optional={"type": st.sampled_from(["gauge", "histogram"])},
    ),
    min_size=1, max_size=3, unique_by=lambda one: one["name"],
)  # fmt: skip
OWN = st.builds(
    lambda bounds, metrics, cooldown, window: {"by": "keda-kaito-scaler", "min": bounds[0], "max": bounds[1], "metrics": metrics, **cooldown, **window},
    st.sampled_from([(1, 2), (1, 5), (3, 3)]), METRICS, COOLDOWNS, st.sampled_from([{}, {"evaluationWindow": 0}, {"evaluationWindow": 30}]),
)  # fmt: skip
KEDA = st.builds(
    lambda bounds, goes_by, cooldown: {"by": "keda", "min": bounds[0], "max": bounds[1], **goes_by, **cooldown},
    st.sampled_from([(1, 2), (1, 5), (2, 100)]),
    st.sampled_from([{"schedule": [SCHEDULE]}, {"triggers": [TRIGGER]}, {"schedule": [SCHEDULE, {**SCHEDULE, "replicas": 1}], "triggers": [TRIGGER, TRIGGER]}]),
    COOLDOWNS,
)  # fmt: skip
SPECS = st.fixed_dictionaries(
    {
        "inference": st.sampled_from([
            {"model": "phi-4"},
            {"model": "phi-4", "accessSecret": "hf", "config": {"vllm": {"max-model-len": 4096}}},
            {"model": "phi-4", "adapters": [{"source": {"name": "style", "image": "example.com/style:1"}, "strength": "0.5"}]},
            {"template": {"spec": {"containers": [{"name": "main", "image": "example.com/main:1"}]}}},
        ]),
        "placement": st.sampled_from([
            {"instanceType": "Standard_NC24ads_A100_v4"},
            {"instanceType": "Standard_NV36ads_A10_v5", "labelSelector": {"matchLabels": {"pool": "a"}}},
        ]),
    }
)  # fmt: skip
METADATA = st.sampled_from([{}, {"labels": {"team": "search"}}, {"namespace": "models", "annotations": {"example.com/owner": "me"}}])  # fmt: skip


@pytest.mark.parametrize("kaito", sorted({kaito for kaito, _ in SET_VERSIONS}))
@pytest.mark.parametrize("kind", ["replicas", "keda", "keda-kaito-scaler"])
def test_every_intent_of_a_set_comes_back_to_the_same_bytes(kaito: str, kind: str) -> None:
    newest = KINDS["InferenceSet"]["v1beta1"].holds(int(kaito[2:]))
    if kind == "keda-kaito-scaler" and not newest:
        return
    words = {"keda": KEDA, "keda-kaito-scaler": OWN}.get(kind)
    numbers: st.SearchStrategy[Any] = st.fixed_dictionaries(
        {"replicas": st.integers(1, 5)} if words is None else {"scaling": words},
        optional={"upgrade": st.just(WINDOW)} if newest else {},
    )

    @drawn(12)
    @given(METADATA, SPECS, numbers)
    def check(metadata: Any, spec: Any, number: Any) -> None:
        value = {
            "apiVersion": "kaitogen.io/v1alpha1",
            "kind": "WorkspaceIntent",
            "metadata": {"name": "phi", **metadata},
            "spec": {"target": {"kaito": kaito}, **number, **spec},
        }
        made = generate(Request(documents=(Document("intent", value=value, inline=True),)))
        assume(made.ok)  # older versions refuse some of it
        first = stream(made.manifests, "yaml")
        texts = list(imported(first, TargetOverrides(kaito)).values())
        assert rendered(texts) == first
        (again,) = (one.value["spec"] for one in read("---\n".join(texts)))
        assert {"replicas", "scaling"} & again.keys() == {"replicas" if words is None else "scaling"}

    check()
