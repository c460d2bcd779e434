"""The language server of these tests: fetched by the project's own script, or they fail."""

from collections.abc import Iterator

import pytest

from tests.e2e.editor.language_server import LanguageServer
from tests.e2e.fetched import program


@pytest.fixture(scope="session")
def language_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    running = LanguageServer(
        program("fetch_language_server.sh", "language server"), tmp_path_factory.mktemp("editor")
    )
    yield running
    running.close()
