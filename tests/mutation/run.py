"""Takes each place that raises a finding out of the package, and reports those that no test misses.

First the examples of the code are run, which is quick; what they do not notice is given to
the test files that name the code.
"""

import os
import re
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from tests.mutation.running import PACKAGE, PYTEST, ROOT, fails
from tests.mutation.sites import Site, sites, without


def main(arguments: list[str]) -> int:
    """Try all places, or those of the codes that are named."""
    wanted = [site for site in sites() if not arguments or site.code in arguments]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(zip(wanted, pool.map(_killed_by, wanted), strict=True))
    unnoticed = [site for site, by in results if not by]
    for site in unnoticed:
        sys.stdout.write(f"no test notices that {site} is gone\n")
    by_example = sum(by == "example" for _, by in results)
    codes = len({site.code for site in wanted})
    sys.stdout.write(
        f"{len(results)} places that raise {codes} codes: {by_example} noticed by their example, "
        f"{len(results) - by_example - len(unnoticed)} by another test, {len(unnoticed)} by none\n"
    )
    return 1 if unnoticed or not results else 0


def _killed_by(site: Site) -> str:
    if _fails(site, ["-m", "tests.mutation.examples_of", site.code]):
        return "example"
    files = _files_that_name(site.code)
    if not files:
        return ""
    healthy = [file for file in files if _healthy(file)]
    return "test" if healthy and _fails(site, [*PYTEST, *healthy]) else ""


@cache
def _healthy(file: str) -> bool:
    """Whether a test file passes as things are: what fails anyway notices nothing."""
    return not _fails(None, [*PYTEST, file])


def _fails(site: Site | None, command: Sequence[str]) -> bool:
    if site is None:
        return fails(command)
    source = (PACKAGE / site.module).read_text(encoding="utf-8")
    return fails(command, site.module, without(source, site.line, site.column))


def _files_that_name(code: str) -> list[str]:
    """The test files with the code in them, those with rows of rules by the file that judges them."""
    named = re.compile(rf"\b{code}\b")
    found: set[str] = set()
    for path in sorted((ROOT / "tests").glob("*/**/*.py")):
        if path.name.startswith(("test_", "rows_")) and named.search(path.read_text(encoding="utf-8")):
            name = path.relative_to(ROOT).as_posix()
            found.add("tests/unit/kaito/rules/test_rules.py" if "/rows_" in name else name)
    if any(
        named.search(path.read_text()) for path in (ROOT / "tests/cases").glob("*/*/expected-findings.json")
    ):
        found.add("tests/acceptance/test_cases.py")
    return sorted(name for name in found if "/test_" in name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
