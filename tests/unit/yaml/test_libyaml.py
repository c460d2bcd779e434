"""The parser in C comes without PyYAML's Python half, which is there as always for whoever asks for it."""

import subprocess
import sys

import pytest

#: `yaml` must not be loaded before, as it is here.
START = "import sys; import kaitogen.yaml.builder; from kaitogen.yaml.reader import Unreadable, read; "
WHOLE = {"yaml.reader", "yaml.constructor", "yaml.resolver", "yaml.cyaml"}


def printed(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_reading_loads_none_of_it() -> None:
    loaded = printed(START + "[*read('a: [1, b]')]; print(*sys.modules)").split()
    assert "yaml._yaml" in loaded
    assert WHOLE.isdisjoint(loaded)


@pytest.mark.parametrize(
    "asked", ["import yaml", "from yaml import safe_load as _; import yaml", "import yaml.constructor, yaml"]
)
def test_whoever_asks_for_the_rest_has_it(asked: str) -> None:
    program = (
        START
        + f"{asked}; print(yaml.safe_load('a: [1, 2020-01-01]'), yaml.load('b: 1', Loader=yaml.CSafeLoader)); "
        "print(*yaml.dump({'c': None}).split(), yaml.__version__, *sys.modules)"
    )
    first, second = printed(program).splitlines()
    assert first == "{'a': [1, datetime.date(2020, 1, 1)]} {'b': 1}"
    assert second.startswith("c: null 6.")
    assert {*second.split()} >= WHOLE


def test_every_error_is_told_as_with_all_of_it() -> None:
    program = (
        f"{START}\nfor text in ('a: [', 'a: \\x01', '- a\\nb: c', 'a: &', '\\t- a', '&'):\n"
        "    try:\n        print([*read(text)])\n    except Unreadable as stop:\n        print(stop.flaw)"
    )
    said = printed(program)
    assert said.count("KG102") == len(said.splitlines()) == 6
    assert said == printed(f"import yaml; {program}")


def test_without_the_parser_in_c_the_one_in_python_reads() -> None:
    program = "import sys; sys.modules['yaml._yaml'] = None; " + START
    assert printed(program + "print([one.value for one in read('a: [1, b]')])") == "[{'a': [1, 'b']}]"
