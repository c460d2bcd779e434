"""Every case folder through kustomize, by each way in: the same objects as from the command."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.cases import Case, cases, name
from tests.e2e.kustomize.conftest import Tools, by_identity, function, write

pytestmark = pytest.mark.e2e

#: Characters that kustomize cannot write, whoever made the object.
NOT_FOR_KUSTOMIZE = {"hostile-strings"}
#: Options of the command line alone have no counterpart in a build.
PLAIN = [
    case for case in cases("positive") if not case.arguments and case.folder.name not in NOT_FOR_KUSTOMIZE
]


def _copied(case: Case, folder: Path) -> list[str]:
    folder.mkdir()
    names = []
    for path in sorted(case.folder.iterdir()):
        if path.name.endswith((".intent.yaml", ".intent.yml", "intent.yaml")):
            shutil.copy(path, folder / path.name)
            names.append(path.name)
    assert names
    return names


def _expected(case: Case) -> dict[Any, Any]:
    text = case.expected.read_text(encoding="utf-8")
    return by_identity([one for one in yaml.safe_load_all(text) if one is not None])


def _settled(objects: list[Any]) -> dict[Any, Any]:
    """The objects without what depends on the order of a configuration's keys, which kustomize sorts.

    That order decides the text of a generated ConfigMap, and with it the hash in its name.
    """
    for one in objects:
        if one["kind"] == "ConfigMap":
            one["data"] = {key: yaml.safe_load(text) for key, text in one["data"].items()}
            one["metadata"]["name"] = _without_hash(one["metadata"]["name"])
        for workload in ("inference", "tuning"):
            if "config" in one.get(workload, {}):
                one[workload]["config"] = _without_hash(one[workload]["config"])
    return by_identity(objects)


def _without_hash(name: str) -> str:
    return re.sub(r"-[0-9a-f]{10}$", "-HASH", name)


def test_there_are_cases() -> None:
    assert len(PLAIN) > 30


@pytest.mark.parametrize("case", sorted(NOT_FOR_KUSTOMIZE))
def test_what_is_left_out_is_beyond_kustomize_itself(case: str, tools: Tools, tmp_path: Path) -> None:
    source = (cases("positive")[0].folder.parent / case / "expected.yaml").read_text(encoding="utf-8")
    folder = write(tmp_path / "build", objects=source, kustomization={"resources": ["objects.yaml"]})
    done = tools.build(folder)
    assert done.code == 1
    assert "control characters are not allowed" in done.said


@pytest.mark.parametrize("case", PLAIN, ids=name)
def test_generator_makes_what_the_command_makes(case: Case, tools: Tools, tmp_path: Path) -> None:
    files = _copied(case, tmp_path / "build")
    config = function("WorkspaceGenerator", spec={"files": files})
    folder = write(tmp_path / "build", config=config, kustomization={"generators": ["config.yaml"]})
    assert by_identity(tools.build(folder).objects) == _expected(case)


@pytest.mark.parametrize("case", PLAIN, ids=name)
def test_transformer_makes_what_the_command_makes(case: Case, tools: Tools, tmp_path: Path) -> None:
    files = _copied(case, tmp_path / "build")
    for path in map((tmp_path / "build").joinpath, files):
        if path.read_text(encoding="utf-8").startswith("{"):
            # JSON's escapes are not all YAML's, and kustomize reads resources as YAML.
            path.write_text(json.dumps(json.loads(path.read_bytes())))
    kustomization = {"resources": files, "transformers": ["config.yaml"]}
    folder = write(tmp_path / "build", config=function("WorkspaceTransformer"), kustomization=kustomization)
    assert _settled(tools.build(folder).objects) == _settled(list(_expected(case).values()))


@pytest.mark.parametrize("case", PLAIN, ids=name)
def test_legacy_plugin_of_kubectl_makes_what_the_command_makes(
    case: Case, tools: Tools, plugin_home: str, tmp_path: Path
) -> None:
    files = _copied(case, tmp_path / "build")
    config = function("WorkspaceGenerator", spec={"files": files}, run="")
    folder = write(tmp_path / "build", config=config, kustomization={"generators": ["config.yaml"]})
    done = tools.kubectl_build(folder, KUSTOMIZE_PLUGIN_HOME=plugin_home)
    assert by_identity(done.objects) == _expected(case)
