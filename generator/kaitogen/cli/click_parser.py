"""The command line in full: help, completion and every error about it, made by click from the commands' declarations."""

import sys
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, StringIO, TextIOWrapper

import click
from click.shell_completion import CompletionItem, get_completion_class

from kaitogen import __version__
from kaitogen.cli import registry, values
from kaitogen.cli.registry import COMPLETE_VARIABLE, Command
from kaitogen.commands.options import Argument, OptionGroup, Parameter, folded
from kaitogen.commands.result import CommonOptions, Outcome, deliver
from kaitogen.diagnostics import suggest
from kaitogen.errors import EXIT_OK, EXIT_USAGE
from kaitogen.schema import advice
from kaitogen.typed import Any, Final, Sequence

_PROGRAM: Final = "kaitogen"
_SETTINGS: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
_ABOUT: Final = "Turn short intent files into KAITO Workspace manifests."


def parse(line: Sequence[str]) -> tuple[Command, OptionGroup] | int:
    """The command and its options; or the exit code, where click's answer is all there is: written as every other product."""
    made, said = BytesIO(), StringIO()
    # Click writes text and, of a completion, bytes.
    printed = TextIOWrapper(made, "utf-8", "surrogateescape", write_through=True)
    with redirect_stdout(printed), redirect_stderr(said):
        answer = _answered(line)
    if not isinstance(answer, int):
        return answer
    return deliver(Outcome(made.getvalue(), said.getvalue(), answer))


def _answered(line: Sequence[str]) -> tuple[Command, OptionGroup] | int:
    try:
        result = group().main(
            list(line), prog_name=_PROGRAM, complete_var=COMPLETE_VARIABLE, standalone_mode=False
        )
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return EXIT_USAGE
    except click.ClickException as error:
        _hinted(error).show(sys.stderr)
        return EXIT_USAGE
    except click.Abort as error:
        raise KeyboardInterrupt from error
    except SystemExit as error:  # completion ends so
        return int(error.code or EXIT_OK)
    except UnicodeEncodeError:  # completion of what is no text, such as the name of a file in Latin-1
        return EXIT_OK
    return result if isinstance(result, tuple) else EXIT_OK


def completion_script(shell: str) -> str:
    """What a shell has to read so that it completes `kaitogen`."""
    made = get_completion_class(shell)
    assert made is not None, "the declaration offers only shells that click knows"
    return made(group(), {}, _PROGRAM, COMPLETE_VARIABLE).source()


def _hinted(error: click.ClickException) -> click.ClickException:
    """The error; where -o was meant as kubectl has it, with the option that says a format here."""
    if not isinstance(error, click.NoSuchOption) or error.ctx is None:
        return error
    if isinstance(error.ctx.command, click.Group):
        return _behind_the_command(error, error.ctx)
    has_formats = any("--format" in one.opts for one in error.ctx.command.get_params(error.ctx))
    if error.option_name != "-o" or not has_formats:
        return error
    return click.NoSuchOption("-o", "No such option '-o'. Did you mean '--format'?", ctx=error.ctx)


def _behind_the_command(error: click.NoSuchOption, context: click.Context) -> click.ClickException:
    """The error; where a command has that option, with the place that it belongs to."""
    path = context.command_path.removeprefix(_PROGRAM).strip()
    for name in registry.COMMANDS:
        command = registry.find(name) if name.startswith(path) else None
        if command and any(error.option_name in one.names for one in CommonOptions.added_to(command.options)):
            said = f"No such option '{error.option_name}' here. It stands behind a command: {_PROGRAM} {name} {error.option_name}"
            return click.NoSuchOption(error.option_name, said, ctx=context)
    return error


def group() -> click.Group:
    """All commands as click knows them."""
    top = click.Group(_PROGRAM, help=_ABOUT, context_settings=_SETTINGS, no_args_is_help=True)
    top = click.version_option(__version__, prog_name=_PROGRAM, message="%(prog)s %(version)s")(top)
    groups = {
        name: click.Group(name, help=about, no_args_is_help=True) for name, about in registry.GROUPS.items()
    }
    for group_ in groups.values():
        top.add_command(group_)
    for name, (_, summary) in registry.COMMANDS.items():
        first, _, second = name.partition(" ")
        (groups[first] if second else top).add_command(_Command(name, summary), second or first)
    return top


class _Command(click.Command):
    """One command as click knows it; its module is imported when its options are asked for, and not for the list."""

    def __init__(self, name: str, summary: str) -> None:
        super().__init__(name, short_help=summary)
        self._full_name = name
        self._summary = summary

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The options as the module of the command declares them."""
        if not self.params:
            declared = sorted(
                CommonOptions.added_to(self._command().options), key=lambda one: isinstance(one, Argument)
            )
            self.params = [_argument(one) if isinstance(one, Argument) else _option(one) for one in declared]
        return super().get_params(ctx)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The summary, and what the argument is."""
        paragraphs = [self._summary]
        for one in self._command().options.parameters():
            paragraphs += [f"{one.metavar}: {one.help}"] if isinstance(one, Argument) else []
        self.help = "\n\n".join(paragraphs)
        super().format_help_text(ctx, formatter)

    def invoke(self, ctx: click.Context) -> tuple[Command, OptionGroup]:
        """The command with its options, for the caller to run."""
        command = self._command()
        return command, command.options(**folded(ctx.params))

    def _command(self) -> Command:
        command = registry.find(self._full_name)
        assert command is not None, "it was listed"
        return command


class _Option(click.Option):
    """An option that is also taken by the names that it had before, of which no help speaks."""

    def __init__(self, declared: Parameter[Any], **settings: Any) -> None:
        super().__init__([*declared.names, declared.name], help=declared.help, **settings)
        self._formerly = declared.formerly

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """Tell the parser all names."""
        shown = self.opts
        self.opts = [*shown, *self._formerly]
        super().add_to_parser(parser, ctx)
        self.opts = shown


def _option(declared: Parameter[Any]) -> click.Option:
    if declared.is_flag:
        return _Option(declared, is_flag=True, default=False)
    return _Option(
        declared,
        type=_type(declared),
        metavar=declared.metavar or None,
        multiple=declared.repeatable,
        default=declared.default,
        show_default=isinstance(declared.default, str),
    )


def _argument(declared: Argument[Any]) -> click.Argument:
    shown = f"{declared.metavar}{'' if declared.most else '...'}"
    return click.Argument(
        [declared.name],
        type=_type(declared),
        metavar=shown if declared.required else f"[{shown}]",
        nargs=-1 if declared.repeatable else 1,
        required=declared.required,
    )


def _type(declared: Parameter[Any]) -> "click.ParamType[Any]":
    """What completion offers; whether a path is there is for the stages to say."""
    if declared.choices:
        return _Choice(declared.choices)
    if declared.metavar in ("PATH", "FILE"):
        return click.Path()
    if declared.metavar == "FOLDER":
        return click.Path(file_okay=False)
    return _Offered(declared.metavar)


class _Choice(click.Choice[str]):
    """One of a few words; of a version that is newer than all of them it says so."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """What is said of another word."""
        words: list[Any] = list(self.choices)
        if newest := advice.newer_than(value, words):
            return f"{value!r} is newer than what this kaitogen knows (up to {newest}); upgrade kaitogen, or write {newest}"
        near = suggest.nearest(str(value), self.choices)
        return super().get_invalid_choice_message(value, ctx) + (f" Did you mean '{near}'?" if near else "")


class _Offered(click.types.StringParamType):
    """Text for which a shell offers what is known, and files where it may be one."""

    def __init__(self, metavar: str) -> None:
        self._metavar = metavar

    def shell_complete(
        self, _ctx: click.Context, _param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """What begins with what is written."""
        words = values.offered(self._metavar)
        items = [CompletionItem(word, help=about) for word, about in words if word.startswith(incomplete)]
        return items + [CompletionItem(incomplete, type="file")] * ("FILE" in self._metavar)
