"""`validate --against`: refused changes as findings at the user's line, for hooks and pipelines."""

import json
from pathlib import Path

from tests.acceptance.repositories import committed, write
from tests.changes.running import kaitogen
from tests.changes.test_diff_command import LARGER
from tests.samples import RIGHT

POD = """\
apiVersion: kaito.sh/v1beta1
kind: Workspace
metadata: {name: pod}
resource:
  instanceType: Standard_NC24ads_A100_v4
  labelSelector: {matchLabels: {apps: pod}}
inference:
  template:
    spec:
      containers:
        - name: server
          image: registry.example.com/server:1
"""


def codes(folder: Path, line: str) -> list[str]:
    done = kaitogen(folder, f"validate {line} --format json")
    return [f"{one['file']}:{one['line']} {one['code']}" for one in json.loads(done.output)["findings"]]


def test_a_change_is_told_at_the_line_that_says_it(tmp_path: Path) -> None:
    committed(tmp_path, {"models/phi-4.intent.yaml": RIGHT, "w.yaml": POD})
    assert (
        kaitogen(tmp_path, "validate --against HEAD models w.yaml").said
        == "kaitogen: 2 Workspaces, no findings\n"
    )
    write(tmp_path, {"models/phi-4.intent.yaml": LARGER, "w.yaml": POD.replace("server:1", "server:2")})
    done = kaitogen(tmp_path, "validate --against HEAD models w.yaml")
    assert done.code == 1
    assert (
        "models/phi-4.intent.yaml:5:29: error KG804: resource.instanceType changes from Standard_NC24ads_A100_v4 to "
        "Standard_NC48ads_A100_v4; KAITO 0.12 refuses that: the instance type is fixed once it is set\n"
        "    at spec.placement.instanceType\n"
        "    fix: keep the old value, or run the change beside it under a new name: "
        "kaitogen diff --write-migration FOLDER writes the files\n"
    ) in done.said
    assert (
        "w.yaml:12:18: warning KG820: inference.template.spec.containers[server].image changes from "
        in done.said
    )
    assert kaitogen(tmp_path, "validate --against HEAD w.yaml").code == 0
    assert kaitogen(tmp_path, "validate --strict --against HEAD w.yaml").code == 1


def test_what_is_gone_is_told_at_what_it_stood_in(tmp_path: Path) -> None:
    counted = RIGHT.replace("placement: {", "placement: {count: 2, ", 1).replace(
        "model: phi-4}\n", "model: phi-4, runtime: transformers}\n"
    )
    committed(tmp_path, {"a.intent.yaml": counted})
    write(tmp_path, {"a.intent.yaml": counted.replace("count: 2, ", "")})
    assert codes(tmp_path, "--against HEAD") == ["a.intent.yaml:5 KG802"]


def test_a_comment_suppresses_what_has_no_effect_and_nothing_that_is_refused(tmp_path: Path) -> None:
    committed(tmp_path, {"w.yaml": POD, "a.intent.yaml": RIGHT})
    comment = "  # kaitogen: ignore=KG820 the next rollout takes it"
    write(tmp_path, {"w.yaml": POD.replace("server:1", f"server:2{comment}")})
    assert codes(tmp_path, "--against HEAD w.yaml") == []
    report = json.loads(kaitogen(tmp_path, "validate --against HEAD w.yaml --format json").output)
    assert [one["reason"] for one in report["suppressed"]] == ["the next rollout takes it"]
    write(tmp_path, {"a.intent.yaml": LARGER.replace("v4}", "v4}  # kaitogen: ignore=KG804 I know", 1)})
    assert codes(tmp_path, "--against HEAD a.intent.yaml") == [
        "a.intent.yaml:5 KG804",
        "a.intent.yaml:5 KG131",
    ]


def test_a_commit_that_corrects_a_mistake_gets_through(tmp_path: Path) -> None:
    committed(tmp_path, {"a.intent.yaml": RIGHT.replace("spec:", "spek:", 1), "b.intent.yaml": "a: ["})
    write(tmp_path, {"a.intent.yaml": RIGHT})
    (tmp_path / "b.intent.yaml").unlink()
    done = kaitogen(tmp_path, "validate --against HEAD .")
    assert done.code == 0
    assert done.said.count("warning KG829") == 2
    assert "a.intent.yaml: warning KG829: what HEAD:a.intent.yaml says is not compared" in done.said


def test_files_of_several_environments_are_each_compared_with_themselves(tmp_path: Path) -> None:
    """Finished manifests of two clusters have the same names."""
    committed(tmp_path, {"dev.yaml": POD, "prod.yaml": POD})
    write(tmp_path, {"dev.yaml": POD.replace("NC24ads", "NC48ads")})
    assert codes(tmp_path, "--against HEAD dev.yaml prod.yaml") == ["dev.yaml:5 KG804"]


def test_objects_of_one_name_cannot_be_compared_with_a_folder(tmp_path: Path) -> None:
    write(tmp_path, {"dev.yaml": POD, "prod.yaml": POD, "old/pod.yaml": POD})
    assert codes(tmp_path, "--against old dev.yaml prod.yaml") == ["prod.yaml:3 KG826"]


def test_an_object_that_moved_to_another_file_is_the_same(tmp_path: Path) -> None:
    committed(tmp_path, {"a.intent.yaml": RIGHT})
    (tmp_path / "a.intent.yaml").unlink()
    write(tmp_path, {"b.intent.yaml": LARGER})
    assert codes(tmp_path, "--against HEAD") == ["b.intent.yaml:5 KG804"]


def test_an_object_that_comes_or_goes_is_no_finding(tmp_path: Path) -> None:
    committed(tmp_path, {"a.intent.yaml": RIGHT})
    (tmp_path / "a.intent.yaml").unlink()
    write(tmp_path, {"b.intent.yaml": LARGER.replace("name: phi-4}", "name: b}", 1)})
    assert codes(tmp_path, "--against HEAD") == []


def test_formats_for_machines_carry_the_findings(tmp_path: Path) -> None:
    committed(tmp_path, {"a.intent.yaml": RIGHT})
    write(tmp_path, {"a.intent.yaml": LARGER})
    for form, words in (
        ("github", "::error file=a.intent.yaml,line=5,col=29,title=KG804"),
        ("sarif", '"ruleId": "KG804"'),
    ):
        assert words in kaitogen(tmp_path, f"validate --against HEAD --format {form}").output
