"""The site is looked at in the browser that the plan's page is."""

from tests.e2e.plan.conftest import browser

__all__ = ["browser"]
