"""The shell steps of action.yml, run in a repository as a runner of GitHub would, with a `gh` that only notes its words."""

import json
import os
import re
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.e2e.ecosystem.steps import LARGER, ROOT, WRONG, Ran, repository, run

pytestmark = [pytest.mark.e2e, pytest.mark.checkout]

ACTION: Final[dict[str, Any]] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: Final = {step["name"]: step for step in ACTION["runs"]["steps"]}
BASH: Final = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")
INTENT: Final = "intents/phi.intent.yaml"


class Runner:
    """What a runner keeps between the steps of one job."""

    def __init__(self, folder: Path, temporary: Path) -> None:
        self.folder, self.temporary = folder, temporary
        self.path = os.environ["PATH"]
        for name in ("path", "summary", "output"):
            (temporary / name).touch()

    def step(self, name: str, **given: str) -> Ran:
        """Run a step with these inputs; the others are as the action says."""
        inputs = {key: str(one["default"]) for key, one in ACTION["inputs"].items()} | given
        env = {key: self._filled(text, inputs) for key, text in STEPS[name]["env"].items()}
        env |= {
            "RUNNER_TEMP": str(self.temporary), "GITHUB_ACTION_PATH": str(ROOT), "PATH": self.path,
            "GITHUB_PATH": str(self.temporary / "path"), "GITHUB_STEP_SUMMARY": str(self.temporary / "summary"),
            "GITHUB_OUTPUT": str(self.temporary / "output"), "GITHUB_REPOSITORY": "owner/models",
        }  # fmt: skip
        ran = run(BASH, STEPS[name]["run"], self.folder, env)
        added = (self.temporary / "path").read_text(encoding="utf-8").splitlines()
        self.path = os.pathsep.join([*reversed(added), os.environ["PATH"]])
        return ran

    def _filled(self, text: str, inputs: dict[str, str]) -> str:
        known = {f"inputs.{key}": one for key, one in inputs.items()} | {"github.event.number": "7"}
        return re.sub(r"\$\{\{ (\S+) }}", lambda found: known[found[1]], text)

    def read(self, name: str) -> str:
        return (self.temporary / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a runner in which the first step has installed kaitogen, by hashes."""
    temporary = tmp_path_factory.mktemp("runner")
    ran = Runner(temporary, temporary).step("Install kaitogen")
    assert ran.code == 0, ran.out
    return temporary


@pytest.fixture
def runner(installed: Path, tmp_path: Path) -> Runner:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    gh = temporary / "gh"
    gh.write_text('#!/bin/sh\nprintf "%s\\n" "$@" >"$RUNNER_TEMP/said"\n', encoding="utf-8")
    gh.chmod(0o755)
    made = Runner(repository(tmp_path / "models"), temporary)
    made.path = os.pathsep.join([str(temporary), str(installed / "kaitogen" / "bin"), os.environ["PATH"]])
    (temporary / "path").write_text(f"{installed / 'kaitogen' / 'bin'}\n{temporary}\n", encoding="utf-8")
    return made


def test_every_step_of_a_shell_is_run_here() -> None:
    shells = [name for name, step in STEPS.items() if "run" in step]
    assert shells == ["Install kaitogen", "Validate", "Plan", "Comment on the pull request"]
    assert {STEPS[name]["shell"] for name in shells} == {"bash"}


def test_first_step_installs_this_very_revision(installed: Path) -> None:
    assert (installed / "path").read_text(encoding="utf-8") == f"{installed}/kaitogen/bin\n"
    assert (installed / "kaitogen" / "bin" / "kaitogen").is_file()


def test_right_intents_pass_and_their_plan_is_in_the_summary(runner: Runner) -> None:
    assert runner.step("Validate", paths="intents").code == 0
    assert runner.step("Plan", paths="intents").code == 0
    assert "1 node, 1 GPU" in runner.read("summary")
    assert runner.read("output") == f"plan={runner.temporary}/kaitogen.md\n"


def test_a_wrong_intent_fails_the_job_at_its_line(runner: Runner) -> None:
    (runner.folder / INTENT).write_text(WRONG, encoding="utf-8")
    ran = runner.step("Validate", sarif="true", paths="intents")
    assert ran.code == 1
    assert f"::error file={INTENT},line=7,col=5," in ran.out
    (found,) = json.loads(runner.read("kaitogen.sarif"))["runs"][0]["results"]
    assert found["ruleId"] == "KG120"


def test_what_kaito_refuses_fails_the_job_and_stands_in_the_comment(runner: Runner) -> None:
    (runner.folder / INTENT).write_text(LARGER, encoding="utf-8")
    given = {"paths": "\nintents\n", "against": "main", "arguments": "--kaito 0.12"}
    assert runner.step("Validate", **given).code == 1
    assert runner.step("Plan", **given).code == 0
    assert runner.step("Comment on the pull request", **given).code == 0
    assert "KG806" in runner.read("kaitogen.md")
    assert runner.read("said").split() == [
        "pr", "comment", "7", "--repo", "owner/models", "--edit-last", "--create-if-none",
        "--body-file", f"{runner.temporary}/kaitogen.md",
    ]  # fmt: skip


def test_warnings_count_where_asked(runner: Runner) -> None:
    path = runner.folder / INTENT
    path.write_text(
        path.read_text("utf-8").replace("  placement:\n", "  placement:\n    count: 3\n"), "utf-8"
    )
    assert runner.step("Validate", paths="intents").code == 0
    assert runner.step("Validate", paths="intents", strict="true").code == 1


def test_a_wrong_command_line_is_no_empty_plan(runner: Runner) -> None:
    ran = runner.step("Plan", arguments="--kaito 9")
    assert ran.code == 1
    assert "'9' is not one of" in ran.out


def test_nothing_of_a_pull_request_is_pasted_into_a_script() -> None:
    """Its title, branch and files reach the shell as values of the environment alone."""
    assert [name for name, step in STEPS.items() if "${{" in step.get("run", "")] == []
