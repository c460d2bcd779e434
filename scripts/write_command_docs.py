"""Write docs/commands.md, every command with its options, from their declarations; or check that the committed page is current."""

import sys
from collections.abc import Iterator
from typing import Any

from kaitogen.cli.registry import COMMANDS, find
from kaitogen.commands.options import Argument, Parameter
from kaitogen.commands.result import CommonOptions
from scripts import generated_files
from scripts.generated_files import ROOT

PAGE = ROOT / "docs" / "commands.md"
HEAD = """\
# Every command and option

<!-- Written by scripts/write_command_docs.py from the declarations of the commands; do not edit. -->

`kaitogen help COMMAND` says the same. One idea has one name at every command:

| you want | you write | where |
|---|---|---|
"""
OF_ALL = """
## Options of every command

Only manifests and reports go to standard output; what is said about them goes to standard error. Exit codes: 0 fine,
1 findings or differences, 2 wrong usage, 3 the environment failed, 4 a bug of kaitogen, 5 of `status` that nothing is
wrong and not everything is ready, 130 interrupted.

"""
#: What users want, and the options that say it.
IDEAS = {
    "another form of what is printed": ("--format",),
    "it in files": ("-o", "--out"),
    "files named as kubectl has it": ("-f", "--filename"),
    "a look at what would be written": ("--dry-run",),
    "a failure where something would be written": ("--check",),
    "files of yours changed": ("--write",),
    "errors alone": ("-q", "--quiet"),
    "colours, or none": ("--color",),
    "another order": ("--sort-by",),
    "warnings that fail": ("--strict",),
    "a comparison": ("--against",),
    "the cluster asked": ("--live",),
    "facts about nodes": ("--inventory",),
    "another KAITO": ("--kaito",),
    "a namespace": ("-n", "--namespace"),
}


def main() -> int:
    """Write the page, or compare it."""
    check = generated_files.arguments(__doc__).check
    return generated_files.settle({PAGE: "".join(_page())}, check=check)


def _page() -> Iterator[str]:
    yield HEAD
    common = list(CommonOptions.parameters())
    commands = {name: _options_of(name) for name in COMMANDS}
    of_all = [(one.name, one.default) for one in common]
    for idea, names in IDEAS.items():
        where = [name for name, options in commands.items() if any(one.names == names for one in options)]
        shown = "every command" if len(where) == len(commands) else ", ".join(f"`{name}`" for name in where)
        assert where, f"no command has {names}"
        yield f"| {idea} | {_names(names)} | {shown} |\n"
    yield OF_ALL
    yield from _table(common)
    for name, options in commands.items():
        own = [one for one in options if (one.name, one.default) not in of_all]
        yield f"\n## {name}\n\n{COMMANDS[name][1]}\n"
        if own:
            yield "\n"
            yield from _table(own)


def _options_of(name: str) -> list[Parameter[Any]]:
    command = find(name)
    assert command is not None, "it is listed"
    return CommonOptions.added_to(command.options)


def _table(options: list[Parameter[Any]]) -> Iterator[str]:
    yield "| option | takes | what it does |\n|---|---|---|\n"
    for one in options:
        name = f"`{one.metavar}`" if isinstance(one, Argument) else _names(one.names)
        taken = ", ".join(f"`{choice}`" for choice in one.choices)
        if not (taken or one.is_flag or isinstance(one, Argument)):
            taken = f"`{one.metavar}`"
        default = f" Default: `{one.default}`." if isinstance(one.default, str) else ""
        cells = (name, taken, f"{one.help}{default}")
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    sys.exit(main())
