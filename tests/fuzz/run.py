"""The plain fuzzer: inputs by number, the same in each run. `python -m tests.fuzz.run --count 100 [--first 0] [TARGET...]`."""

import argparse
import itertools
import sys
import time
from pathlib import Path

from tests.fuzz.inputs import corpus, examples, mutated
from tests.fuzz.targets import TARGETS


def main() -> int:
    """Feed each target its known inputs and then mutated ones; 1 where one failed, with the input kept in build/fuzz."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=0, help="mutated inputs for each target")
    parser.add_argument("--seconds", type=float, default=0, help="instead: go on for so long for each target")
    parser.add_argument("--first", type=int, default=0, help="the number of the first of them")
    parser.add_argument(
        "--examples", type=int, default=1, help="of the examples of the explanations one of so many"
    )
    parser.add_argument("targets", nargs="*", default=list(TARGETS))
    given = parser.parse_args()
    failed = 0
    for target in given.targets or TARGETS:
        begin = time.process_time()
        known = [*examples(target)[:: given.examples], *corpus(target)]
        stop = time.monotonic() + given.seconds
        done = 0
        for number in itertools.count(-len(known)):
            if (time.monotonic() >= stop) if given.seconds else number >= given.count:
                break
            data = known[number] if number < 0 else mutated(known, given.first + number)
            done += 1
            failed += _failed(target, data, given.first + number)
        _say(f"{target}: {done} inputs, {time.process_time() - begin:.1f} s of processor time")
    return int(failed > 0)


def _failed(target: str, data: bytes, number: int) -> bool:
    try:
        TARGETS[target][0](data)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        folder = Path("build/fuzz")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{target}-{number}").write_bytes(data)
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = "" if place is None else f"{Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}"
        _say(f"{target} {number}: {type(error).__name__} at {where}: {ascii(str(error))[:300]}")
        return True
    return False


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
