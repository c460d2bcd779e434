"""Files that other systems read, each held against the schema that its reader publishes."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
import yaml

pytestmark = [pytest.mark.e2e, pytest.mark.checkout]

ROOT: Final = Path(__file__).resolve().parents[3]
CHECK: Final = Path(sys.executable).with_name("check-jsonschema")
#: Schema by the files that it is for; check-jsonschema carries them, so nothing is fetched.
FILES: Final = {
    "action.yml": "github-actions",
    ".github/workflows/*.yml": "github-workflows",
    ".github/dependabot.yml": "dependabot",
    ".github/ISSUE_TEMPLATE/config.yml": "github-issue-config",
    ".github/ISSUE_TEMPLATE/[!c]*.yml": "github-issue-forms",
}
COMPONENT: Final = ROOT / "deploy" / "gitlab" / "templates" / "kaitogen.yml"


def check(schema: str, *files: Path) -> str:
    """What is wrong; empty where nothing is."""
    done = subprocess.run(
        [CHECK, "--builtin-schema", schema, *files], capture_output=True, text=True, check=False, timeout=120
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize(("pattern", "schema"), FILES.items(), ids=FILES)
def test_file_is_what_its_reader_takes(pattern: str, schema: str) -> None:
    files = sorted(ROOT.glob(pattern))
    assert files
    assert check(f"vendor.{schema}", *files) == ""


def test_no_job_runs_for_ever() -> None:
    files = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    assert check("custom.github-workflows-require-timeout", *files) == ""


def test_a_wrong_file_would_be_found(tmp_path: Path) -> None:
    wrong = tmp_path / "action.yml"
    wrong.write_text((ROOT / "action.yml").read_text("utf-8").replace("composite", "composit"), "utf-8")
    assert "composit" in check("vendor.github-actions", wrong)


def test_gitlab_takes_both_documents_of_the_component(tmp_path: Path) -> None:
    documents = list(yaml.safe_load_all(COMPONENT.read_text(encoding="utf-8")))
    assert [sorted(one) for one in documents] == [["spec"], ["$[[ inputs.job-name ]]"]]
    for number, one in enumerate(documents):
        path = tmp_path / f"{number}.yml"
        path.write_text(yaml.safe_dump(one), encoding="utf-8")
        assert check("vendor.gitlab-ci", path) == ""
