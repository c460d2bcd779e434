"""One judgement at every entrance: what a case or a mistake gives at one, it gives at all, objects and findings alike."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from kaitogen.cli import registry
from kaitogen.commands import render, validate
from kaitogen.commands.result import Outcome
from kaitogen.diagnostics.formats import Report
from kaitogen.integrations.argocd import generate
from kaitogen.integrations.krm import command as krm
from kaitogen.model import Diagnostic, Request
from kaitogen.pipeline.generate import prepare
from tests.acceptance.cases import Case, cases, name
from tests.acceptance.repositories import write

#: Code, file, line and column of each finding.
Found = set[tuple[str, str, int, int]]


class Answer(NamedTuple):
    """What one entrance said: the exit code, the objects it made, and what it found."""

    code: int
    objects: list[Any]
    found: Found


class Entrances:
    """Every command in this process, with the findings as they are before any format shortens them."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self._reported: list[Diagnostic] = []
        for module in (render, validate, generate, krm):
            patch.setattr(module, "Report", self._report)

    def _report(self, findings: Sequence[Diagnostic], *rest: Any, **named: Any) -> Report:
        self._reported += findings
        return Report(findings, *rest, **named)

    def _answer(self, run: Callable[[], Outcome]) -> Answer:
        self._reported.clear()
        outcome = run()
        objects = [one for one in yaml.safe_load_all(outcome.stdout.decode()) if one]
        found = {(one.code, _place(one.file), one.line, one.column) for one in self._reported}
        return Answer(outcome.exit_code, objects, found)

    def command(self, *words: str) -> Answer:
        parsed = registry.parse(words)
        assert parsed is not None, words
        return self._answer(lambda: parsed[0].run(parsed[1]))

    def argocd(self, parameters: Sequence[Mapping[str, Any]] = (), *options: str) -> Answer:
        self._patch.setenv("ARGOCD_APP_PARAMETERS", json.dumps(list(parameters)))
        return self.command("argocd", "generate", *options)

    def krm(self, spec: Mapping[str, Any], *, config: Path | None = None) -> Answer:
        """The KRM function; with a file for its configuration, the legacy plugin of kustomize."""
        function = {
            "apiVersion": "kaitogen.io/v1alpha1",
            "kind": "WorkspaceGenerator",
            "metadata": {"name": "models"},
            "spec": spec,
        }
        given = {
            "apiVersion": "config.kubernetes.io/v1",
            "kind": "ResourceList",
            "items": [],
            "functionConfig": function,
        }
        piped = b"" if config is not None else json.dumps(given).encode()
        self._patch.setattr(krm, "_input", lambda: piped)
        if config is not None:
            config.write_text(json.dumps(function), encoding="utf-8")
            return self.command("krm", str(config))
        answer = self.command("krm")
        return answer._replace(objects=answer.objects[0]["items"])


def _place(file: str) -> str:
    """A file; an option and a parameter are each no file of the user's."""
    return "" if file.startswith(("--", "parameter ", "functionConfig")) else file


@pytest.fixture
def entrances(monkeypatch: pytest.MonkeyPatch) -> Entrances:
    return Entrances(monkeypatch)


EVERY = [*cases("positive"), *cases("negative")]


@pytest.mark.parametrize("case", EVERY, ids=name)
def test_a_case_is_judged_alike_at_every_entrance(
    case: Case, entrances: Entrances, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(case.folder)
    rendered = entrances.command("render", *case.arguments)
    answers = {
        "argocd": entrances.argocd(),
        "krm": entrances.krm({"files": ["."]}),
        "legacy": entrances.krm({"files": ["."]}, config=tmp_path / "config.yaml"),
    }
    for entrance, answer in answers.items():
        assert answer.found == rendered.found, entrance
        assert [_bare(one) for one in answer.objects] == rendered.objects, entrance
    if any(code == "KG110" for code, *_ in rendered.found):
        return  # validate looks at the finished manifests of a folder that has no intents
    # Several folders may be named to validate, which need not go to one cluster.
    judged = entrances.command("validate", *case.arguments)
    assert judged.found | {one for one in rendered.found if one[0] == "KG220"} == rendered.found


def _bare(data: Any) -> Any:
    """An object without what kpt and kustomize keep their books in."""
    annotations = data["metadata"].get("annotations", {})
    own = {key: value for key, value in annotations.items() if "config.kubernetes.io/" not in key}
    metadata = {key: value for key, value in data["metadata"].items() if key != "annotations"}
    return {**data, "metadata": {**metadata, **({"annotations": own} if own else {})}}


# --- one repository, three environments, four clusters --------------------------------------

FLEET = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntentSet
metadata:
  name: fleet
spec:
  defaults:
    metadata:
      namespace: models
      labels: {team: search}
    spec:
      placement: {instanceType: Standard_NC24ads_A100_v4}
  workspaces:
    - metadata: {name: chat}
      spec:
        inference:
          model: phi-4
          config: {vllm: {max-model-len: 8192}}
    - metadata: {name: coder}
      spec:
        inference: {model: qwen2.5-coder-7b-instruct}
"""
TUNING = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata: {name: tuned, namespace: models}
spec:
  placement: {instanceType: Standard_NC24ads_A100_v4}
  tuning:
    model: phi-3-mini-128k-instruct
    method: qlora
    input: {urls: ["https://example.com/data.parquet"]}
    output: {image: registry.example.com/tuned:1, imagePushSecret: push}
"""
_HEAD = "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntentSet\nmetadata: {name: %s}\nspec:\n"
DEV = (_HEAD % "dev") + "  defaults: {metadata: {labels: {stage: dev}}}\n  drop: [tuned]\n"
STAGING = (_HEAD % "staging") + "  defaults: {metadata: {labels: {stage: staging}}}\n"
PROD = (
    (_HEAD % "prod")
    + """\
  defaults: {metadata: {labels: {stage: prod}}}
  workspaces:
    - metadata: {name: chat}
      spec:
        placement: {instanceType: Standard_NC48ads_A100_v4}
  add:
    - metadata: {name: large}
      spec:
        placement: {instanceType: Standard_NC96ads_A100_v4}
        inference: {model: qwen2.5-coder-32b-instruct}
"""
)
PROJECT = """\
apiVersion: kaitogen.io/v1alpha1
kind: Project
spec:
  target: {kaito: "0.11", provider: azure}
"""
FILES = {
    "fleet.intent.yaml": FLEET,
    "tuning/tuned.intent.yaml": TUNING,
    "environments/dev.yaml": DEV,
    "environments/staging.yaml": STAGING,
    "environments/prod.yaml": PROD,
    ".kaitogen.yaml": PROJECT,
}
ENVIRONMENTS = ("dev", "prod", "staging")


class Cluster(NamedTuple):
    """Where the models run: the options of a command, and the parameters of the Application."""

    options: tuple[str, ...]
    parameters: tuple[Mapping[str, Any], ...]


def text(name: str, value: str) -> Mapping[str, str]:
    return {"name": name, "string": value}


CLUSTERS = (
    Cluster(
        ("--environment", "dev", "--kaito", "0.12"),
        (text("environment", "dev"), text("kaito_version", "0.12")),
    ),
    Cluster(("--environment", "staging"), (text("environment", "staging"),)),
    Cluster(
        ("--environment", "prod", "--set", "chat:metadata.labels.region=eu"),
        (text("environment", "prod"), {"name": "set", "map": {"chat:metadata.labels.region": "eu"}}),
    ),
    Cluster(
        ("--environment", "prod", "--kaito", "0.10", "--provider", "azure"),
        (text("environment", "prod"), text("kaito_version", "0.10"), text("provider", "azure")),
    ),
)
FLEET_FILE, TUNED, IN_DEV, IN_STAGING, IN_PROD, IN_PROJECT = FILES
#: The file, what stands there, and the mistake in its place.
MISTAKES = (
    (FLEET_FILE, "model: phi-4\n", "model: phi-44\n"),
    (FLEET_FILE, "max-model-len", "max-modle-len"),
    (FLEET_FILE, "name: coder", "name: chat"),
    (FLEET_FILE, "name: coder", "name: Coder"),
    (FLEET_FILE, "name: chat", "name: 4chat"),
    (FLEET_FILE, "team: search", "team: true"),
    (FLEET_FILE, "team: search", "team: a b"),
    (FLEET_FILE, "instanceType", "instanceTyp"),
    (FLEET_FILE, "Standard_NC24ads_A100_v4", "standard_nc24ads_a100_v4"),
    (FLEET_FILE, "Standard_NC24ads_A100_v4", "Standard_NC25ads_A100_v4"),
    (FLEET_FILE, "Standard_NC24ads_A100_v4", "p4d.24xlarge"),
    (FLEET_FILE, "namespace: models", "namespace: Models"),
    (FLEET_FILE, "{model: qwen2.5-coder-7b-instruct}", "{}"),
    (FLEET_FILE, "inference: {model", "inference {model"),
    (FLEET_FILE, "{model: qwen2.5-coder-7b-instruct}", "{model: qwen2.5-coder-7b-instruct, runtime: vlm}"),
    (FLEET_FILE, "  workspaces:", "  workspace:"),
    (FLEET_FILE, "kind: WorkspaceIntentSet", "kind: WorkspaceIntentSets"),
    (FLEET_FILE, "  defaults:", "\tdefaults:"),
    (FLEET_FILE, "{max-model-len: 8192}", "{max-model-len: 8192, max-model-len: 4096}"),
    (TUNED, "method: qlora", "method: qlra"),
    (TUNED, "model: phi-3", "model: phi-33"),
    (TUNED, "imagePushSecret: push", "imagePushSecret: ''"),
    (TUNED, "output:", "outputs:"),
    (TUNED, "name: tuned,", "name: coder,"),
    (TUNED, "  tuning:", "  inference: {model: phi-4}\n  tuning:"),
    (TUNED, "https://example.com/data.parquet", "no address"),
    (IN_DEV, "drop: [tuned]", "drop: [tunde]"),
    (IN_DEV, "drop: [tuned]", "drop: tuned"),
    (IN_DEV, "stage: dev", "stage: 1"),
    (IN_STAGING, "defaults", "default"),
    (IN_STAGING, "kind: WorkspaceIntentSet", "kind: WorkspaceIntent"),
    (IN_STAGING, "spec:\n", "spec: [\n"),
    (IN_PROD, "name: chat", "name: caht"),
    (IN_PROD, "NC48ads", "NC47ads"),
    (IN_PROD, "name: large", "name: coder"),
    (IN_PROD, "qwen2.5-coder-32b-instruct", "qwen2.5-coder-33b-instruct"),
    (
        IN_PROD,
        "placement: {instanceType: Standard_NC96",
        "placement: {count: two, instanceType: Standard_NC96",
    ),
    (IN_PROJECT, '"0.11"', "0.11"),
    (IN_PROJECT, '"0.11"', '"0.13"'),
    (IN_PROJECT, "provider: azure", "provider: aws"),
)


def test_there_are_forty_mistakes_in_every_file() -> None:
    assert len(set(MISTAKES)) == 40
    assert {file for file, _, _ in MISTAKES} == set(FILES)
    assert all(FILES[file].count(old) for file, old, _ in MISTAKES)


def test_the_repository_is_right_in_every_cluster(
    entrances: Entrances, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, FILES)
    monkeypatch.chdir(tmp_path)
    for cluster in CLUSTERS:
        rendered = entrances.command("render", *cluster.options)
        assert (rendered.code, rendered.found) == (0, set())
        assert entrances.argocd(cluster.parameters) == rendered
    assert entrances.command("validate", "--environment", "all") == Answer(0, [], set())


@pytest.mark.parametrize("mistake", MISTAKES, ids=range(1, len(MISTAKES) + 1))
def test_ci_says_of_a_mistake_what_argo_cd_says(
    mistake: tuple[str, str, str], entrances: Entrances, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, old, new = mistake
    write(tmp_path, {**FILES, file: FILES[file].replace(old, new)})
    monkeypatch.chdir(tmp_path)
    for cluster in CLUSTERS:
        argocd = entrances.argocd(cluster.parameters)
        judged = entrances.command("validate", *cluster.options)
        assert (judged.code, judged.found) == (argocd.code, argocd.found), cluster
    of_all: Found = set()
    codes = set()
    for environment in ENVIRONMENTS:
        answer = entrances.argocd([text("environment", environment)])
        of_all |= answer.found
        codes.add(answer.code)
    judged = entrances.command("validate", "--environment", "all")
    assert judged.found == of_all
    assert judged.found
    assert judged.code == max(codes)


LAYERS = ("--environment", "prod", "--kaito", "0.12", "--set", "metadata.labels.tier=gold")


def test_intents_that_another_tool_laid_over_make_the_same(
    entrances: Entrances, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kustomize patches intents before a function gets them: with the same layers they make the same objects."""
    from kaitogen.commands import inputs, overlays

    write(tmp_path, FILES)
    monkeypatch.chdir(tmp_path)
    rendered = entrances.command("render", *LAYERS)
    parsed = registry.parse(("render", *LAYERS))
    assert parsed is not None
    options = parsed[1]
    assert isinstance(options, render.Options)
    request = overlays.single(inputs.within_project(Request((".",))), options.over)
    patched = [document.value for document in prepare(request).intents]
    for config in (None, tmp_path / "config.yaml"):
        answer = entrances.krm({"intents": patched}, config=config)
        assert [_bare(one) for one in answer.objects] == rendered.objects
    assert rendered.objects
