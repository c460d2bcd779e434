"""The API servers of the explanations' examples: one for each thing that an example says its server does."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from kaitogen.model import Request
from kaitogen.pipeline.generate import generate
from tests.samples import INTENT_FILE
from tests.unit.files.cluster.scripted import CERTIFICATES, Reply, answering, page, refusal

#: Where the API server of an example is.
SERVER: Final = "127.0.0.1:6443"
_REFUSED: Final = (
    'nodes is forbidden: User "me" cannot list resource "nodes" in API group "" at the cluster scope'
)
_DOES: Final = {
    "lists one node": page("gpu-1"),
    "has a certificate of another authority": page("gpu-1"),
    "answers 401 Unauthorized": refusal(401, "Unauthorized"),
    "answers 403 Forbidden": refusal(403, _REFUSED),
    "knows no Workspaces": Reply(b"404 page not found\n", 404),
    "answers with a page of HTML": Reply(b"<html>Please log in</html>"),
    "answers 503 and asks to come back in an hour": refusal(503, Retry_After="3600"),
}


@contextmanager
def there(does: str, folder: Path) -> Iterator[None]:
    """The server at a free port, for the kubeconfig in the folder, which is rewritten to lead there."""
    reply = _same(folder) if does == "has the same Workspace" else _DOES[does]
    authority = "stranger" if "another authority" in does else "authority"
    shutil.copy(CERTIFICATES / f"{authority}.pem", folder / "authority.pem")
    kubeconfig = folder / "kubeconfig"
    with answering(reply) as server:
        text = kubeconfig.read_text(encoding="utf-8").replace(SERVER, server.address.removeprefix("https://"))
        kubeconfig.write_text(text, encoding="utf-8")
        yield


def _same(folder: Path) -> Reply:
    """What the intent in the folder makes, as a cluster has it."""
    made = generate(Request((str(folder / INTENT_FILE),)))
    return Reply({"metadata": {}, "items": [one.data for one in made.manifests]})
