"""The browser of these tests: fetched by the project's own script, or they fail."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.plan.browser import Browser

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    script = ROOT / "scripts" / "fetch_browser.sh"
    program = subprocess.run(
        ["sh", script, "--path"], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert Path(program).is_file(), f"no browser at {program}: `make e2e` fetches it"
    running = Browser(Path(program), tmp_path_factory.mktemp("browser"))
    yield running
    running.close()
