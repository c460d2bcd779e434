"""Runs the examples of one code; the exit code is 1 where they no longer are as they should be."""

import sys
import tempfile
from pathlib import Path

from kaitogen.commands.explain import pages
from tests.acceptance.examples import run, verdict


def main(code: str) -> int:
    one = pages.find(code)
    assert one is not None
    for example, fails in ((one.failing, True), (one.passing, False)):
        with tempfile.TemporaryDirectory() as folder:
            wrong = verdict(one, run(example, Path(folder)), fails=fails)
        if wrong:
            sys.stdout.write(wrong + "\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
