"""The limits that every command has: a run that meets one ends with a finding, and writes nothing."""

from pathlib import Path

import pytest

from kaitogen.cli.registry import COMMANDS, find
from kaitogen.commands.result import CommonOptions
from tests.acceptance.command import kaitogen
from tests.acceptance.test_argocd import SET, write


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set that takes seconds, and tens of MiB."""
    return _set_of(100_000, tmp_path_factory.mktemp("large"))


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set that makes some MiB."""
    return _set_of(6_000, tmp_path_factory.mktemp("wide"))


def _set_of(count: int, folder: Path) -> Path:
    entries = "".join(f"    - metadata: {{name: n{number}}}\n" for number in range(count))
    write(folder / "large.intent.yaml", SET.partition("  workspaces:")[0] + "  workspaces:\n" + entries)
    return folder


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_them(name: str) -> None:
    command = find(name)
    assert command is not None
    names = [one.name for one in CommonOptions.added_to(command.options)]
    assert {"time_limit", "memory_limit", "output_limit"} <= set(names)
    assert len(names) == len(set(names))


@pytest.mark.parametrize("command", ["render", "validate"])
def test_time_limit_names_the_file(large: Path, command: str) -> None:
    # On a busy machine the start alone may take a second, and there is no file yet to name.
    done = kaitogen(command, "--time-limit", "2", "large.intent.yaml", cwd=large)
    assert (done.code, done.output) == (3, b"")
    assert "large.intent.yaml" in done.said
    assert "error KG610: took more than 2 s" in done.said


@pytest.mark.parametrize("command", ["render", "validate"])
def test_memory_limit_names_the_file(large: Path, command: str) -> None:
    done = kaitogen(command, "--memory-limit", "32", "large.intent.yaml", cwd=large)
    assert (done.code, done.output) == (3, b"")
    assert done.said.startswith("large.intent.yaml: error KG611: needed more than 32 MiB of memory")


def test_output_limit_counts_what_is_printed(wide: Path) -> None:
    assert (
        b"kind: Workspace\n"
        in kaitogen("render", "--output-limit", "20", "large.intent.yaml", cwd=wide).output
    )
    done = kaitogen("render", "--output-limit", "1", "large.intent.yaml", cwd=wide)
    assert (done.code, done.output) == (3, b"")
    assert done.said.startswith("standard output: error KG612: more than 1 MiB to write")


def test_output_limit_counts_what_goes_into_a_folder(wide: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = kaitogen("render", "--output-limit", "1", "-o", out, "large.intent.yaml", cwd=wide)
    assert (done.code, done.output) == (3, b"")
    assert "error KG612" in done.said
    assert not out.exists()


@pytest.mark.parametrize("option", ["--time-limit", "--memory-limit", "--output-limit"])
@pytest.mark.parametrize("word", ["0", "x", "1.5", "-1", "1000000", "\u0663"])
def test_a_limit_is_a_number(option: str, word: str, large: Path) -> None:
    done = kaitogen("version", f"{option}={word}", cwd=large)
    assert (done.code, done.output) == (2, b"")
    assert done.said == f"kaitogen: {option} takes a number from 1 to 100000, not {word}\n"
