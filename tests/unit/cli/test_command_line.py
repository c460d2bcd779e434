"""The fast parser and click, derived from one declaration, take the same lines the same way."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaitogen.cli import click_parser, registry
from kaitogen.cli.registry import COMMANDS, GROUPS, Command, find
from kaitogen.commands.options import Argument, Value
from kaitogen.commands.result import CommonOptions
from tests.draws import examples

#: A command, and the value of each of its options.
Line = tuple[Command, dict[str, Value]]
WORDS = [
    "a.intent.yaml",
    "-",
    "--",
    "dir",
    "yaml",
    "json",
    "3",
    "0.12",
    "count",
    "",
    "x=y",
    "-x",
    "--no-such",
    "-o",
    "explicit",
    "bash",
]


@st.composite
def lines(draw: st.DrawFn) -> list[str]:
    name = draw(st.sampled_from(sorted(COMMANDS)))
    options = CommonOptions.added_to(command_of(name).options)
    names = [word for option in options for word in (*option.names, *option.formerly)]
    choices = [choice for option in options for choice in option.choices]
    part = st.sampled_from(WORDS + names + choices) | st.builds(
        "{}={}".format, st.sampled_from(names), st.sampled_from(WORDS)
    )
    return [*name.split(), *draw(st.lists(part, max_size=6))]


@given(lines())
@examples(400)
def test_what_the_quick_parser_takes_click_takes_the_same_way(line: list[str]) -> None:
    plain = fast(line)
    if plain is not None:
        assert full(line) == plain


def command_of(name: str) -> Command:
    command = find(name)
    assert command is not None
    return command


def fast(line: Sequence[str]) -> Line | None:
    parsed = registry.parse(line)
    return None if parsed is None else (parsed[0], parsed[1].given)


def full(line: Sequence[str]) -> Line | int:
    parsed = click_parser.parse(line)
    return parsed if isinstance(parsed, int) else (parsed[0], parsed[1].given)


@pytest.mark.parametrize(
    "line",
    [
        ["render"],
        ["render", "a", "b"],
        ["render", "-o", "out", "--check", "a"],
        ["render", "--out=out", "--output-format=json", "-q", "--", "-a"],
        ["render", "-f", "b", "a", "--filename=c", "--format", "json", "--color", "never"],
        ["validate", "--feature-gate", "a=true", "--feature-gate", "b=false", "--expect", "3", "-"],
        ["init", "--strategy", "count", "x"],
        ["schema"],
        ["schema", "workspace", "--kaito", "0.9"],
        ["version"],
    ],
    ids=" ".join,
)
def test_everyday_lines_need_no_click(line: list[str]) -> None:
    plain = fast(line)
    assert plain is not None
    assert full(line) == plain


def test_what_an_option_adds_to_the_arguments_stands_behind_them() -> None:
    taken = fast(["render", "-f", "b", "a", "--filename=c"])
    assert taken is not None
    assert taken[1]["paths"] == ("a", "b", "c")


def test_every_group_is_described() -> None:
    assert GROUPS.keys() == {
        first for first, _, second in (name.partition(" ") for name in COMMANDS) if second
    }


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_declares_its_options_once(name: str) -> None:
    command = command_of(name)
    names = [one.name for one in command.options.parameters()]
    assert all(names)
    assert len(set(names)) == len(names)
    assert sum(isinstance(one, Argument) for one in command.options.parameters()) <= 1
    assert callable(command.run)


def test_an_option_reads_as_its_value_or_its_default() -> None:
    """A group of options that others share reads as an attribute of the command's own."""
    from kaitogen.commands.validate import Options

    options = Options(strict=True, kaito="0.9")
    assert (options.strict, options.quiet, options.form, options.paths) == (True, False, "text", ())
    assert (options.over.target.kaito, options.over.target.cloud.provider, options.age.max_age) == (
        "0.9",
        None,
        "14",
    )
    assert Options.form.names == ("--format",)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_shows_what_may_be_left_out(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    full([*name.split(), "--help"])
    usage = capfd.readouterr().out.partition("\n\n")[0]
    arguments = [one for one in command_of(name).options.parameters() if isinstance(one, Argument)]
    argument = arguments[0] if arguments else None
    assert usage.endswith("]") == (argument is None or not argument.required), usage


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert full([*name.split(), "--help"]) == 0
    said = " ".join(capfd.readouterr().out.split())
    assert COMMANDS[name][1] in said
    for option in command_of(name).options.parameters():
        assert all(word in said for word in option.names[-1:])
