"""`kaitogen render --live`: the facts of the cluster in place of an inventory, and how they are kept."""

from kaitogen.commands.live import LiveOptions
from kaitogen.commands.nodes import source
from kaitogen.errors import UsageError
from kaitogen.files import atomic
from kaitogen.model import Document, Request
from kaitogen.yaml.writer import dump


def with_facts(request: Request, cluster: LiveOptions) -> Request:
    """The request with the nodes of the live cluster; UsageError where the options do not go together."""
    if not cluster.asked:
        fix = "add --live, or take an inventory with kaitogen nodes snapshot"
        raise UsageError("--save-inventory keeps the facts of a live cluster, and none is asked", fix=fix)
    return request._replace(inventory=(source.live_document(cluster), *request.inventory))


def save(request: Request, name: str | None) -> str:
    """Write the facts that were used into the file of --save-inventory, if there is one; what to say about it."""
    if name is None:
        return ""
    live = request.inventory[0]
    assert isinstance(live, Document), "the facts of the cluster come first"
    atomic.write_files({name: dump(live.value).encode()})
    return f"kaitogen: kept the facts about nodes in {name}\n"
