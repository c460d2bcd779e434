"""The plain line of one command to its values, without click."""

from collections.abc import Sequence

from kaitogen.commands.option_types import Command, Option, Value, Values


def values_of(command: Command, arguments: Sequence[str]) -> Values | None:
    """The values of a command's options and argument; None where the line is not plain."""
    known = {name: option for option in command.options for name in option.names}
    values = defaults(command)
    positional: list[str] = []
    rest = list(reversed(arguments))
    while rest:
        word = rest.pop()
        if word == "--":
            positional += reversed(rest)
            break
        if word == "-" or not word.startswith("-"):
            positional.append(word)
            continue
        name, joined, value = word.partition("=")
        option = known.get(name)
        if option is None or (joined and not name.startswith("--")):
            return None
        if option.takes == "nothing":
            if joined:
                return None
            values[option.name] = True
            continue
        if not joined:
            if not rest:
                return None
            value = rest.pop()
        if not _store(values, option, value):
            return None
    return _with_argument(command, values, positional)


def defaults(command: Command) -> Values:
    """What every option and argument is where the line does not say."""
    values: Values = {option.name: _default(option) for option in command.options}
    if command.argument is not None:
        values[command.argument.name] = ()
    return values


def _default(option: Option) -> Value:
    if option.takes == "nothing":
        return False
    return () if option.takes == "values" else option.default


def _store(values: Values, option: Option, value: str) -> bool:
    if option.choices and value not in option.choices:
        return False
    before = values[option.name]
    values[option.name] = (*before, value) if isinstance(before, tuple) else value
    return True


def _with_argument(command: Command, values: Values, positional: list[str]) -> Values | None:
    argument = command.argument
    if argument is None:
        return None if positional else values
    if (argument.most and len(positional) > argument.most) or (argument.required and not positional):
        return None
    if argument.choices and any(word not in argument.choices for word in positional):
        return None
    values[argument.name] = tuple(positional)
    return values
