"""The language server of these tests: fetched by the project's own script, or they fail."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.editor.language_server import LanguageServer

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def language_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    script = ROOT / "scripts" / "fetch_language_server.sh"
    program = subprocess.run(
        ["sh", script, "--path"], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert Path(program).is_file(), f"no language server at {program}: `make e2e` fetches it"
    running = LanguageServer(Path(program), tmp_path_factory.mktemp("editor"))
    yield running
    running.close()
