"""One target with inputs that atheris makes, guided by the branches they reach: `run_atheris.py TARGET` and libFuzzer's arguments."""

import pkgutil
import sys
from importlib import import_module
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["kaitogen"]):
    import kaitogen

    # What is loaded only once it is needed has to be loaded here to be guided by.
    for module in pkgutil.walk_packages(kaitogen.__path__, "kaitogen."):
        import_module(module.name)
    from tests.fuzz.inputs import seeds
    from tests.fuzz.targets import TARGETS


def main() -> None:
    """Write what the target starts from into the first folder of the arguments, and run until the time that they say."""
    target = sys.argv.pop(1)
    corpus = next(Path(argument) for argument in sys.argv[1:] if not argument.startswith("-"))
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds(target)):
        (corpus / f"seed-{number}").write_bytes(seed)
    atheris.Setup(sys.argv, TARGETS[target][0])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
