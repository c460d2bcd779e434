"""Equal ideas have equal names at every command, and one name means one thing."""

from collections import defaultdict
from typing import Any

import pytest

from kaitogen.cli.registry import COMMANDS, find
from kaitogen.commands.options import Argument, Parameter
from kaitogen.commands.result import CommonOptions

#: What a value is called differs where it is something else: an inventory is one file, what is written else a folder.
METAVARS = {"--out", "--against"}
#: Commands that print a list or facts, which scripts ask for as JSON.
FOR_SCRIPTS = (
    "render", "validate", "plan", "diff", "status", "models", "skus", "explain", "schema", "nodes list", "nodes quick",
    "kustomize components", "version",
)  # fmt: skip
LISTS = ("models", "skus", "nodes list")


def options_of(name: str) -> list[Parameter[Any]]:
    command = find(name)
    assert command is not None
    return CommonOptions.added_to(command.options)


def by_name(name: str) -> dict[str, Parameter[Any]]:
    return {word: one for one in options_of(name) for word in one.names}


def test_a_name_takes_the_same_and_has_the_same_short_form_everywhere() -> None:
    kinds: defaultdict[str, set[object]] = defaultdict(set)
    for name in COMMANDS:
        for word, one in by_name(name).items():
            metavar = "" if word in METAVARS | {"-o"} else one.metavar
            kinds[word].add((one.names, one.is_flag, one.repeatable, metavar))
    assert {word: found for word, found in kinds.items() if len(found) > 1} == {}


def test_no_name_of_today_is_an_old_name_elsewhere_of_the_same_command() -> None:
    for name in COMMANDS:
        formerly = [word for one in options_of(name) for word in one.formerly]
        assert len(set(formerly)) == len(formerly)
        assert not set(formerly) & by_name(name).keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_what_goes_together_is_there_together(name: str) -> None:
    names = by_name(name).keys()
    assert {"-q", "--quiet", "--color", "--time-limit", "--memory-limit", "--output-limit"} <= names
    assert ("--check" in names) <= ("--dry-run" in names)
    assert ("--write" in names) <= ({"--check", "--dry-run"} <= names)
    assert ("--live" in names) == ("--kubeconfig" in names) == ("--context" in names)
    assert ("--max-age" in names) == ("--today" in names)
    if "--environment" in names:
        assert {"--set", "--kaito", "--provider", "--node-provisioner", "--feature-gate"} <= names
    paths = [one for one in options_of(name) if isinstance(one, Argument) and one.metavar == "PATH"]
    assert bool(paths) == ("-f" in names)


@pytest.mark.parametrize("name", FOR_SCRIPTS)
def test_scripts_get_json(name: str) -> None:
    form = by_name(name)["--format"]
    assert "json" in form.choices
    assert form.default in ("text", "yaml")


def test_every_list_can_be_sorted_by_name() -> None:
    for name in COMMANDS:
        option = by_name(name).get("--sort-by")
        assert (option is not None) == (name in LISTS)
        assert option is None or "name" in option.choices


def test_every_format_is_called_format() -> None:
    for name in COMMANDS:
        wrong = [one.names for one in options_of(name) if one.choices and set(one.choices) >= {"json"}]
        assert all(names in ((), ("--format",)) for names in wrong), name
