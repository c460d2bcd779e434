"""What a request lays over its intents: the same stage for every command, and what comes later wins."""

from pathlib import Path

import pytest

from kaitogen.model import Assignment, Document, Request, Result
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.load import documents_of
from kaitogen.pipeline.revisions import request_at
from tests.acceptance.repositories import committed, write

FLEET = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntentSet
metadata: {name: fleet}
spec:
  defaults:
    spec:
      placement: {instanceType: Standard_NC24ads_A100_v4, count: 1}
  workspaces:
    - metadata: {name: small}
      spec: {inference: {model: phi-4, runtime: transformers}}
    - metadata: {name: large}
      spec: {placement: {count: 2}, inference: {model: phi-4, runtime: transformers}}
"""
ENVIRONMENT = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntentSet
metadata: {name: production}
spec:
  defaults: {spec: {placement: {count: 3}}}
  workspaces:
    - metadata: {name: large}
      spec: {placement: {count: 4}}
"""
COUNT = ("spec", "placement", "count")
SOURCE = Document("--set", inline=True)


def environment(text: str = ENVIRONMENT) -> Document:
    return documents_of("production.yaml", text.encode()).documents[0]


def assignment(text: str, name: str | None = None) -> Assignment:
    return Assignment(name, COUNT, text=text, source=SOURCE)


def counts(result: Result) -> dict[str, int]:
    return {manifest.identity[3]: manifest.data["resource"]["count"] for manifest in result.manifests}


@pytest.mark.parametrize(
    ("environments", "assignments", "expected"),
    [
        ((), (), {"small": 1, "large": 2}),
        ((environment(),), (), {"small": 3, "large": 4}),
        ((environment(), environment(ENVIRONMENT.replace("4", "5"))), (), {"small": 3, "large": 5}),
        ((environment(),), (assignment("6"),), {"small": 6, "large": 6}),
        ((environment(),), (assignment("6"), assignment("7", "small")), {"small": 7, "large": 6}),
        ((), (assignment("7", "small"), assignment("6")), {"small": 6, "large": 6}),
    ],
    ids=["nothing", "an environment", "two environments", "all by path", "one by path", "the last one wins"],
)
def test_what_comes_later_replaces_what_comes_before(
    environments: tuple[Document, ...], assignments: tuple[Assignment, ...], expected: dict[str, int]
) -> None:
    documents = tuple(documents_of("fleet.intent.yaml", FLEET.encode()).documents)
    result = generate(Request(documents=documents, environments=environments, assignments=assignments))
    assert counts(result) == expected


def test_a_finding_stands_where_the_value_was_said(tmp_path: Path) -> None:
    write(tmp_path, {"fleet.intent.yaml": FLEET, "bad.yaml": ENVIRONMENT.replace("count: 4", "count: none")})
    paths = (str(tmp_path / "fleet.intent.yaml"),)
    bad = str(tmp_path / "bad.yaml")
    result = generate(Request(paths, environments=(bad,), assignments=(assignment("x", "small"),)))
    where = [(one.file, one.line, one.code) for one in result.findings]
    assert where == [(bad, 8, "KG122"), ("--set", 0, "KG122")]


def test_what_cannot_be_laid_over_anything_is_found(tmp_path: Path) -> None:
    write(tmp_path, {"fleet.intent.yaml": FLEET, "other.yaml": "kind: ConfigMap\n", "broken.yaml": "a: [\n"})
    files = tuple(str(tmp_path / name) for name in ("other.yaml", "broken.yaml", "missing.yaml"))
    request = Request((str(tmp_path / "fleet.intent.yaml"),), environments=files)
    result = generate(request._replace(assignments=(assignment("1", "medium"),)))
    assert sorted(one.code for one in result.findings) == ["KG102", "KG153", "KG154", "KG601"]


def test_the_environment_of_a_revision_is_as_old_as_its_intents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = committed(tmp_path, {"fleet.intent.yaml": FLEET, "production.yaml": ENVIRONMENT})
    committed(tmp_path, {"production.yaml": ENVIRONMENT.replace("3", "9")})
    monkeypatch.chdir(tmp_path)
    request = Request(("fleet.intent.yaml",), environments=("production.yaml",))
    assert counts(generate(request)) == {"small": 9, "large": 4}
    with request_at(before, request.paths, request) as then:
        assert counts(generate(then)) == {"small": 3, "large": 4}


LONG = "x" * 1_000_000


def many(number: int) -> tuple[Document, ...]:
    text = "---\n".join(
        f"apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntent\nmetadata: {{name: n{one}}}\nspec: {{}}\n"
        for one in range(number)
    )
    return tuple(documents_of("many.intent.yaml", text.encode()).documents)


def test_what_an_environment_repeats_is_bounded() -> None:
    text = ENVIRONMENT.replace("spec: {placement: {count: 3}}", f"metadata: {{annotations: {{a: {LONG}}}}}")
    environment = documents_of("environments/big.yaml", text.replace("large", "n1").encode()).documents[0]

    def codes(number: int) -> set[str]:
        request = Request(documents=many(number), environments=(environment,))
        return {one.code for one in generate(request).findings}

    assert "KG115" not in codes(200)
    assert "KG115" in codes(300)


def test_what_an_assignment_repeats_is_bounded() -> None:
    one = Assignment(None, ("metadata", "annotations", "a"), text=LONG, source=SOURCE, typed=False)
    wrong = [
        one
        for one in generate(Request(documents=many(300), assignments=(one,))).findings
        if one.code == "KG115"
    ]
    assert [one.message for one in wrong] == [
        "repeated in every intent, this and what came before are more than 256 MiB"
    ]
