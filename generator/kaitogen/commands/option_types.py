"""What a command, an option and an argument are: the rows of the table in `options`."""

from typing import Literal, NamedTuple, TypeAlias

#: What an option takes: nothing, one value, or a value each time it is given.
Takes: TypeAlias = Literal["nothing", "value", "values"]
Value: TypeAlias = str | bool | tuple[str, ...] | None
Values: TypeAlias = dict[str, Value]


class Option(NamedTuple):
    """One option. `metavar` is `FILE` or `FOLDER` where completion should offer those."""

    name: str
    names: tuple[str, ...]
    help: str
    takes: Takes = "nothing"
    metavar: str = ""
    choices: tuple[str, ...] = ()
    default: str | None = None


class Argument(NamedTuple):
    """The positional arguments of a command: at most `most` of them (0: any number)."""

    name: str
    metavar: str
    help: str
    most: int = 0
    choices: tuple[str, ...] = ()
    required: bool = False


class Command(NamedTuple):
    """One command; its `name` may be two words for a command in a group."""

    name: str
    summary: str
    options: tuple[Option, ...] = ()
    argument: Argument | None = None
