"""`kaitogen render --live`: the facts of the cluster in place of an inventory, and how they are kept."""

from kaitogen.commands import inputs
from kaitogen.commands.nodes import source
from kaitogen.commands.option_types import Values
from kaitogen.errors import UsageError
from kaitogen.files import atomic
from kaitogen.model import Document, Request
from kaitogen.yaml.writer import dump


def with_facts(request: Request, values: Values) -> Request:
    """The request with the nodes of the live cluster; UsageError where the options do not go together."""
    if not source.is_live(values):
        fix = "add --live, or take an inventory with kaitogen nodes snapshot"
        raise UsageError("--save-inventory keeps the facts of a live cluster, and none is asked", fix=fix)
    return request._replace(inventory=(source.live_document(values), *request.inventory))


def save(request: Request, values: Values) -> str:
    """Write the facts that were used into the file of --save-inventory, if there is one; what to say about it."""
    name = inputs.word(values["save_inventory"])
    if name is None:
        return ""
    live = request.inventory[0]
    assert isinstance(live, Document), "the facts of the cluster come first"
    atomic.write_files({name: dump(live.value).encode()})
    return f"kaitogen: kept the facts about nodes in {name}\n"
