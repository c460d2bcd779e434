"""The console script `kaitogen-krm`: the command `kaitogen krm` under a name that kustomize finds on PATH."""

import sys
from typing import NoReturn

from generator.adapters import entry


def main() -> NoReturn:
    """The same start and end as every command has."""
    sys.argv.insert(1, "krm")
    entry.main()


if __name__ == "__main__":
    main()
