"""The command line in full: help, completion and every error about it, made by click from the table in `options`."""

import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

import click
from click.shell_completion import get_completion_class

from kaitogen import __version__
from kaitogen.cli.table import COMMANDS, Argument, Command, Option, Values
from kaitogen.errors import EXIT_OK, EXIT_USAGE

PROGRAM: Final = "kaitogen"
COMPLETE_VARIABLE: Final = "_KAITOGEN_COMPLETE"
_SETTINGS: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
_GROUPS: Final = {
    "argocd": "What the Argo CD plugin runs.",
    "kustomize": "Install kaitogen into kustomize, and find what is wrong there.",
    "models": "The models KAITO has presets for.",
    "nodes": "GPU nodes: list them, and keep an inventory.",
}
_ABOUT: Final = "Turn short intent files into KAITO Workspace manifests."


def parse(arguments: Sequence[str]) -> tuple[Command, Values] | int:
    """The command and its values; or the exit code, where click has said all there is to say."""
    try:
        result = group().main(
            list(arguments), prog_name=PROGRAM, complete_var=COMPLETE_VARIABLE, standalone_mode=False
        )
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return EXIT_USAGE
    except click.ClickException as error:
        error.show(sys.stderr)
        return EXIT_USAGE
    except click.Abort as error:
        raise KeyboardInterrupt from error
    return result if isinstance(result, tuple) else EXIT_OK


def completion_script(shell: str) -> str:
    """What a shell has to read so that it completes `kaitogen`."""
    made = get_completion_class(shell)
    assert made is not None, "the table offers only shells that click knows"
    return made(group(), {}, PROGRAM, COMPLETE_VARIABLE).source()


def group() -> click.Group:
    """All commands as click knows them."""
    top = click.Group(PROGRAM, help=_ABOUT, context_settings=_SETTINGS, no_args_is_help=True)
    top = click.version_option(__version__, prog_name=PROGRAM, message="%(prog)s %(version)s")(top)
    for command in COMMANDS.values():
        parent, name = top, command.name
        first, _, second = command.name.partition(" ")
        if second:
            parent, name = _subgroup(top, first), second
        parent.add_command(_command(command), name)
    return top


def _subgroup(top: click.Group, name: str) -> click.Group:
    found = top.commands.get(name)
    if not isinstance(found, click.Group):
        found = click.Group(name, help=_GROUPS[name], no_args_is_help=True)
        top.add_command(found, name)
    return found


def _command(command: Command) -> click.Command:
    params: list[click.Parameter] = [_option(option) for option in command.options]
    argument = command.argument
    if argument is not None:
        params.append(_argument(argument))
    words = (
        command.summary if argument is None else f"{command.summary}\n\n{argument.metavar}: {argument.help}"
    )
    return click.Command(
        command.name, callback=_handing_back(command), params=params, help=words, short_help=command.summary
    )


def _handing_back(command: Command) -> Callable[..., tuple[Command, Values]]:
    def hand_back(**values: Any) -> tuple[Command, Values]:
        if command.argument is not None and not isinstance(values[command.argument.name], tuple):
            value = values[command.argument.name]
            values[command.argument.name] = () if value is None else (value,)
        return command, values

    return hand_back


def _option(option: Option) -> click.Option:
    if option.takes == "nothing":
        return click.Option([*option.names, option.name], is_flag=True, default=False, help=option.help)
    return click.Option(
        [*option.names, option.name],
        type=_type(option.metavar, option.choices),
        metavar=option.metavar or None,
        multiple=option.takes == "values",
        default=() if option.takes == "values" else option.default,
        show_default=option.default is not None,
        help=option.help,
    )


def _argument(argument: Argument) -> click.Argument:
    shown = f"{argument.metavar}{'' if argument.most or argument.choices else '...'}"
    return click.Argument(
        [argument.name],
        type=_type(argument.metavar, argument.choices),
        metavar=shown if argument.required else f"[{shown}]",
        nargs=1 if argument.most == 1 else -1,
        required=argument.required,
    )


def _type(metavar: str, choices: Sequence[str]) -> "click.ParamType[Any]":
    """What completion offers; whether a path is there is for the stages to say, in their words."""
    if choices:
        return click.Choice(choices)
    if metavar in ("PATH", "FILE"):
        return click.Path()
    if metavar == "FOLDER":
        return click.Path(file_okay=False)
    return click.STRING
