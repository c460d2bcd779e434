"""What a run reads: the options for it, and the Request that they make."""

from typing import TYPE_CHECKING, Final

from kaitogen.commands.options import arguments, option, repeatable
from kaitogen.errors import UsageError
from kaitogen.model import Request
from kaitogen.pipeline.load import MAX_BYTES

if TYPE_CHECKING:
    from kaitogen.commands.max_age import AgeOptions

PATHS: Final = arguments(
    "PATH", help="Files, folders (every intent.yaml and *.intent.yaml below them), or - for standard input."
)
TEMPLATES: Final = option(
    "--templates", metavar="FOLDER", help="A folder of templates that are laid over the shipped ones."
)
INVENTORY: Final = repeatable(
    "--inventory",
    metavar="FILE",
    help="Facts about nodes (kaitogen nodes snapshot writes them), or quick selectors of your own.",
)


def request(
    paths: tuple[str, ...],
    *,
    inventory: tuple[str, ...] = (),
    age: "AgeOptions | None" = None,
    templates: str | None = None,
) -> Request:
    """The request of a command with PATH arguments, the current folder where there are none.

    `age` is how old the facts of the inventory may be, None where any age will do: what is rendered must not
    depend on the day. EnvironmentFailure where standard input is named and cannot be read.
    """
    paths = paths or (".",)
    if "-" in paths and "-" in inventory:
        raise UsageError("standard input can't be both the intents and the inventory", fix="name a file")
    piped = None
    if "-" in (*paths, *inventory):
        from kaitogen.files import standard_input  # most name files

        piped = standard_input.read(MAX_BYTES)
    return Request(
        paths=paths,
        stdin=piped,
        inventory=inventory,
        oldest=age.oldest if age is not None and inventory else "",
        templates=templates,
    )
