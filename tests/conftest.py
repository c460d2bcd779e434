"""What holds for every test: how Hypothesis runs, and which plugins watch over the run."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import draws
from tests.acceptance import forks

pytest_plugins = ("tests.plugins.no_network", "tests.plugins.no_skips", "tests.plugins.update_expected")

# A failure must be the same one the second time, and a slow machine is no failure.
settings.register_profile(
    "whole", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
for name in ("same", "quick"):
    settings.register_profile(name, settings.get_profile("whole"), max_examples=draws.count(100))
# To look for what nobody has seen yet: other samples in each run.
settings.register_profile("random", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(draws.PROFILE)


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder that holds tests/, examples/ and the rest."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session", autouse=True)
def _forks() -> Iterator[None]:
    """The process that commands are forked from ends with the tests, whose coverage it hands on."""
    yield
    forks.end()
