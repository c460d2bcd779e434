"""Feed inputs that atheris makes, guided by the branches they reach: `make fuzz` (FUZZ_SECONDS=120)."""

import sys

import atheris

with atheris.instrument_imports():
    from tests.fuzz.driven import judged


def one_input(data: bytes) -> None:
    """The same bytes as a file of intents and as a finished manifest."""
    judged(data)
    judged(data, finished=True)


def main() -> None:
    """Run until the time that the arguments of libFuzzer say."""
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
