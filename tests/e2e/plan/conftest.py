"""The browser of these tests: fetched by the project's own script, or they fail."""

from collections.abc import Iterator

import pytest

from tests.e2e.fetched import program
from tests.e2e.plan.browser import Browser


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    running = Browser(program("fetch_browser.sh", "browser"), tmp_path_factory.mktemp("browser"))
    yield running
    running.close()
