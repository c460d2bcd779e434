"""`--update-expected` lets tests rewrite their expected files; never in CI, where it would hide a change."""

import pytest

from tests.plugins import in_ci


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-expected",
        action="store_true",
        help="write what the tests get into their expected files instead of comparing (refused in CI)",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--update-expected") and in_ci():
        raise pytest.UsageError("--update-expected is refused where CI is set")


@pytest.fixture(scope="session")
def update_expected(request: pytest.FixtureRequest) -> bool:
    """Whether a test should write its expected file instead of comparing with it."""
    return bool(request.config.getoption("--update-expected"))
