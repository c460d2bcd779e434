"""The quick parser and click, made from one table, take the same lines the same way."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaitogen.cli import click_parser, dispatch, fast_parser
from kaitogen.cli.table import COMMANDS, Command, Values

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
    command = COMMANDS[name]
    names = [word for option in command.options for word in option.names] or ["--"]
    choices = [choice for option in command.options for choice in option.choices]
    part = st.sampled_from(WORDS + names + choices) | st.builds(
        "{}={}".format, st.sampled_from(names), st.sampled_from(WORDS)
    )
    return [*name.split(), *draw(st.lists(part, max_size=6))]


@given(lines())
@settings(max_examples=400)
def test_what_the_quick_parser_takes_click_takes_the_same_way(line: list[str]) -> None:
    plain = fast_parser.parse(line)
    if plain is not None:
        assert full(line) == plain


def full(line: Sequence[str]) -> tuple[Command, Values] | int:
    return click_parser.parse(line)


@pytest.mark.parametrize(
    "line",
    [
        ["render"],
        ["render", "a", "b"],
        ["render", "-o", "out", "--check", "a"],
        ["render", "--out=out", "--output-format=json", "-q", "--", "-a"],
        ["validate", "--feature-gate", "a=true", "--feature-gate", "b=false", "--expect", "3", "-"],
        ["init", "--strategy", "count", "x"],
        ["schema"],
        ["schema", "workspace", "--kaito", "0.9"],
        ["version"],
    ],
    ids=" ".join,
)
def test_everyday_lines_need_no_click(line: list[str]) -> None:
    plain = fast_parser.parse(line)
    assert plain is not None
    assert full(line) == plain


def test_every_command_has_a_function() -> None:
    assert dispatch._RUNNERS.keys() == COMMANDS.keys()


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_shows_what_may_be_left_out(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    full([*name.split(), "--help"])
    usage = capsys.readouterr().out.partition("\n\n")[0]
    argument = COMMANDS[name].argument
    assert usage.endswith("]") == (argument is None or not argument.required), usage


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert full([*name.split(), "--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert COMMANDS[name].summary in said
    for option in COMMANDS[name].options:
        assert option.names[-1] in said
