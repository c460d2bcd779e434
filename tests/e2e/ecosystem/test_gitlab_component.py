"""The job of the GitLab component, its inputs filled in as GitLab does, run by a plain shell."""

import os
import re
import sys
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.e2e.ecosystem.steps import LARGER, ROOT, Ran, repository, run

pytestmark = [pytest.mark.e2e, pytest.mark.checkout]

TEXT: Final = (ROOT / "deploy" / "gitlab" / "templates" / "kaitogen.yml").read_text(encoding="utf-8")
INPUTS: Final[dict[str, Any]] = next(yaml.safe_load_all(TEXT))["spec"]["inputs"]


def job(folder: Path, **given: str) -> Ran:
    def value(found: re.Match[str]) -> str:
        default = INPUTS[found[1]]["default"]
        return given.get(found[1], str(default).lower() if isinstance(default, bool) else default)

    filled = re.sub(r"\$\[\[ inputs\.(\S+) ]]", value, TEXT)
    (one,) = list(yaml.safe_load_all(filled))[1].values()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return run(["sh", "-ec"], "\n".join(one["script"]), folder, {**one["variables"], "PATH": path})


def test_right_intents_pass_with_a_plan_and_a_report(tmp_path: Path) -> None:
    folder = repository(tmp_path)
    ran = job(folder, paths="intents", arguments="--kaito 0.12")
    assert ran.code == 0, ran.out
    assert "1 node, 1 GPU" in (folder / "kaitogen.md").read_text(encoding="utf-8")
    assert 'failures="0"' in (folder / "kaitogen.xml").read_text(encoding="utf-8")


def test_what_kaito_refuses_fails_the_job_and_is_reported(tmp_path: Path) -> None:
    folder = repository(tmp_path)
    (folder / "intents/phi.intent.yaml").write_text(LARGER, encoding="utf-8")
    assert job(folder, paths="intents", against="main").code == 1
    assert "KG806" in (folder / "kaitogen.md").read_text(encoding="utf-8")
    assert "KG806" in (folder / "kaitogen.xml").read_text(encoding="utf-8")


def test_warnings_count_where_asked(tmp_path: Path) -> None:
    folder = repository(tmp_path)
    path = folder / "intents/phi.intent.yaml"
    path.write_text(
        path.read_text("utf-8").replace("  placement:\n", "  placement:\n    count: 3\n"), "utf-8"
    )
    assert job(folder, paths="intents").code == 0
    assert job(folder, paths="intents", strict="true").code == 1


def test_a_wrong_command_line_is_no_empty_plan(tmp_path: Path) -> None:
    ran = job(repository(tmp_path), arguments="--kaito 9")
    assert ran.code == 1
    assert "'9' is not one of" in ran.out
