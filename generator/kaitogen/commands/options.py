"""How a command declares its options: as typed attributes of a class that stands beside it.

    class Options(OptionGroup):
        paths = arguments("PATH", help="Files or folders.")
        out = option("-o", "--out", metavar="FOLDER", help="Write into this folder.")
        cluster = Group(ClusterOptions)

Read on an instance, an attribute is the value of the command line or its default; read on the class,
it is the declaration, from which `parse` here and click (cli/click_parser.py) are both derived.
"""

from kaitogen.typed import Any, Final, Generic, Iterator, Literal, Sequence, TypeAlias, TypeVar, overload

Value: TypeAlias = str | bool | tuple[str, ...] | None

#: How the name of an option ends that adds to arguments.
_BY_OPTION: Final = "_by_option"

_V = TypeVar("_V", bound=Value)
_C = TypeVar("_C", bound=str)
_O = TypeVar("_O", bound="OptionGroup")


class Parameter(Generic[_V]):
    """An option or an argument.

    A default that is a bool makes an option that takes no value; one that is a tuple, an option or argument that
    may be repeated. `metavar` is FILE, FOLDER or PATH where completion should offer those, or a name that `cli/values.py` knows.
    `formerly` are names that it had before: they are taken still, and no help shows them.
    """

    name = ""

    def __init__(
        self,
        default: _V,
        help: str,
        *,
        names: tuple[str, ...] = (),
        formerly: tuple[str, ...] = (),
        metavar: str = "",
        choices: tuple[str, ...] = (),
    ) -> None:
        self.default = default
        #: Whether it is an option that takes no value, and whether each occurrence adds one.
        self.is_flag, self.repeatable = isinstance(default, bool), isinstance(default, tuple)
        self.help = help
        self.names = names
        self.formerly = formerly
        self.metavar = metavar
        self.choices = choices

    def __set_name__(self, _owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> "Parameter[_V]": ...
    @overload
    def __get__(self, instance: "OptionGroup", owner: type) -> _V: ...
    def __get__(self, instance: "OptionGroup | None", owner: type) -> "Parameter[_V] | _V":
        return self if instance is None else instance.given.get(self.name, self.default)


class Argument(Parameter[_V]):
    """The positional arguments of a command, `most` of them if it is not 0; `more` are names of an option that adds to them."""

    def __init__(
        self,
        default: _V,
        help: str,
        *,
        most: int = 0,
        required: bool = False,
        more: tuple[str, ...] = (),
        **declared: Any,
    ) -> None:
        super().__init__(default, help, **declared)
        self.most = most
        self.required = required
        self.more = more

    def by_option(self) -> "Parameter[tuple[str, ...]]":
        """The option that adds to them, whose values `folded` puts behind them."""
        made = repeatable(*self.more, metavar=self.metavar, help=f"One more {self.metavar}.")
        made.name = f"{self.name}{_BY_OPTION}"
        return made


class OptionGroup:
    """Base of the options of a command, and of options that several commands share (see `Group`)."""

    def __init__(self, **given: Any) -> None:
        self.given = given

    @classmethod
    def parameters(cls) -> Iterator[Parameter[Any]]:
        """The declarations in the order of the class, which is that of the help text."""
        for value in vars(cls).values():
            if isinstance(value, Parameter):
                yield value
            elif isinstance(value, Group):
                yield from value.group.parameters()


class Group(Generic[_O]):
    """Options that several commands share, as one attribute of a command's options."""

    def __init__(self, group: type[_O]) -> None:
        self.group = group

    def __get__(self, instance: OptionGroup, owner: type) -> _O:
        return self.group(**instance.given)


def flag(*names: str, help: str, formerly: tuple[str, ...] = ()) -> Parameter[bool]:
    """An option that takes no value."""
    return Parameter(False, help, names=names, formerly=formerly)


@overload
def option(
    *names: str, help: str, choices: tuple[_C, ...], default: _C, **declared: Any
) -> Parameter[_C]: ...
@overload
def option(*names: str, help: str, default: str, **declared: Any) -> Parameter[str]: ...
@overload
def option(*names: str, help: str, **declared: Any) -> Parameter[str | None]: ...
def option(*names: str, help: str, default: str | None = None, **declared: Any) -> Parameter[Any]:
    """An option that takes one value, declared as a Parameter is; the last one counts."""
    return Parameter(default, help, names=names, **declared)


def repeatable(*names: str, help: str, metavar: str) -> Parameter[tuple[str, ...]]:
    """An option that takes a value each time it is given."""
    return Parameter((), help, names=names, metavar=metavar)


@overload
def argument(metavar: str, *, help: str, required: Literal[True], **declared: Any) -> Argument[str]: ...
@overload
def argument(metavar: str, *, help: str, **declared: Any) -> Argument[str | None]: ...
def argument(metavar: str, *, help: str, **declared: Any) -> Argument[Any]:
    """The one positional argument of a command, declared as an Argument is."""
    return Argument(None, help, metavar=metavar, most=1, **declared)


def arguments(
    metavar: str, *, help: str, most: int = 0, more: tuple[str, ...] = ()
) -> Argument[tuple[str, ...]]:
    """The positional arguments of a command, any number of them or at most so many; more of them by an option of these names."""
    return Argument((), help, metavar=metavar, most=most, more=more)


def folded(given: dict[str, Any]) -> dict[str, Any]:
    """The values by name, those of an option that adds to arguments behind these: click knows no order between the two."""
    values = dict(given)
    for name in [name for name in values if name.endswith(_BY_OPTION)]:
        values[name.removesuffix(_BY_OPTION)] += values.pop(name)
    return values


def parse(group: type[_O], declared: Sequence[Parameter[Any]], line: Sequence[str]) -> _O | None:
    """The options of a plain line without the command's name; None where it is wrong, or asks for help.

    Importing click costs a quarter of a render; what gives None here goes to click, which explains it.
    """
    by_name = {name: one for one in declared for name in (*one.names, *one.formerly)}
    argument = next((one for one in declared if isinstance(one, Argument)), None)
    given: dict[str, Value] = {one.name: one.default for one in declared}
    arguments = 0
    options_ended = False
    rest = list(reversed(line))
    while rest:
        value = rest.pop()
        if value == "--" and not options_ended:
            options_ended = True
            continue
        parameter: Parameter[Any] | None = argument
        if options_ended or value == "-" or not value.startswith("-"):
            arguments += 1
        else:
            name, joined, value = value.partition("=")
            parameter = by_name.get(name)
            if parameter is None or (joined and (parameter.is_flag or not name.startswith("--"))):
                return None
            if not (joined or parameter.is_flag or rest):
                return None
            if not (joined or parameter.is_flag):
                value = rest.pop()
        if parameter is None or (parameter.choices and value not in parameter.choices):
            return None
        before = given[parameter.name]
        given[parameter.name] = parameter.is_flag or (
            (*before, value) if isinstance(before, tuple) else value
        )
    if argument is not None and (arguments > argument.most > 0 or (argument.required and not arguments)):
        return None
    return group(**folded(given))
