"""From --live and its options to a cluster, with a word on standard error while a person waits for it."""

from kaitogen.commands.inputs import word
from kaitogen.commands.option_types import Values
from kaitogen.commands.progress import Progress
from kaitogen.commands.terminal import rewrites
from kaitogen.errors import UsageError
from kaitogen.files.cluster import Access, Cluster, connect


def wanted(values: Values) -> bool:
    """Whether a cluster is to be asked; UsageError where an option says how to, and --live is missing."""
    for name in ("kubeconfig", "context"):
        if values.get(name) is not None and not values.get("live"):
            raise UsageError(f"--{name} says how to ask a cluster, and none is asked", fix="add --live")
    return bool(values.get("live"))


def access(values: Values) -> Access:
    """The way into the cluster that the options name."""
    return Access(word(values.get("kubeconfig")), word(values.get("context")))


class Asking:
    """A connected cluster for as long as the block runs: `with Asking(values) as cluster:`."""

    def __init__(self, values: Values) -> None:
        self._access = access(values)
        self._progress = Progress("waiting for the cluster", watched=rewrites())

    def __enter__(self) -> Cluster:
        self._progress.start()
        try:
            self._cluster = connect(self._access, told=self._progress.say)
        except BaseException:
            self._progress.stop()
            raise
        return self._cluster

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
        self._cluster.close()
