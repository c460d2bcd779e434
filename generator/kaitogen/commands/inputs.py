"""Values of a command line to a Request: what the stages work on."""

from kaitogen.commands.option_types import Value, Values
from kaitogen.errors import UsageError
from kaitogen.model import Request
from kaitogen.pipeline.load import MAX_BYTES


def request(values: Values) -> Request:
    """The request of a command with PATH arguments; EnvironmentFailure where standard input cannot be read."""
    paths = words(values["paths"]) or (".",)
    inventory = words(values.get("inventory"))
    if "-" in paths and "-" in inventory:
        raise UsageError("standard input can't be both the intents and the inventory", fix="name a file")
    piped = None
    if "-" in (*paths, *inventory):
        from kaitogen.files import standard_input  # most name files

        piped = standard_input.read(MAX_BYTES)
    return Request(
        paths,
        stdin=piped,
        templates=word(values.get("templates")),
        notes=bool(values.get("notes")),
        inventory=inventory,
    )


def words(value: Value) -> tuple[str, ...]:
    """The value of an argument or option that may stand several times."""
    return value if isinstance(value, tuple) else ()


def word(value: Value) -> str | None:
    """The value of an option that takes one."""
    return value if isinstance(value, str) else None
