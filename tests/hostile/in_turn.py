"""Runs one command line on one bomb after another in one process, and says in a line of JSON what became of each.

Arguments: the root of the checkout, then the command line. The bombs are the files of the folder `bombs` in the
current one, and each is put in turn wherever a command would read it.
"""

import json
import sys
from pathlib import Path
from typing import Final

PLACES: Final = (
    "bomb.yaml", "environments/bomb.yaml", "project/.kaitogen.yaml", "templates/documents/bomb.yaml.j2"
)  # fmt: skip


def main() -> None:
    root, *words = sys.argv[1:]
    sys.path.insert(0, root)
    from tests.fuzz.commands import run

    for bomb in sorted(Path("bombs").iterdir()):
        for place in PLACES:
            Path(place).parent.mkdir(parents=True, exist_ok=True)
            Path(place).write_bytes(bomb.read_bytes())
        code, output, said = run(words)
        sys.stdout.write(json.dumps([bomb.name, code, len(output) + len(said), said[-300:]]) + "\n")


if __name__ == "__main__":
    main()
