"""From --live and its options to a cluster, with a word on standard error while a person waits for it."""

from typing import TYPE_CHECKING

from kaitogen.commands.options import OptionGroup, flag, option
from kaitogen.errors import UsageError

if TYPE_CHECKING:
    from kaitogen.files.cluster import Access, Cluster


class LiveOptions(OptionGroup):
    """Whether a command asks a live cluster, and how it is reached."""

    live = flag("--live", help="Ask the cluster itself; needs kaitogen[live].")
    kubeconfig = option(
        "--kubeconfig",
        metavar="FILE",
        help="Kubeconfig for --live; left out, KUBECONFIG, ~/.kube/config or the pod's own account.",
    )
    context = option("--context", metavar="NAME", help="Context of the kubeconfig for --live.")

    @property
    def asked(self) -> bool:
        """Whether a cluster is to be asked; UsageError where an option says how to, and --live is missing."""
        for name, value in (("kubeconfig", self.kubeconfig), ("context", self.context)):
            if value and not self.live:
                raise UsageError(f"--{name} says how to ask a cluster, and none is asked", fix="add --live")
        return self.live

    @property
    def access(self) -> "Access":
        """The way into the cluster that the options name."""
        from kaitogen.files.cluster import Access  # few runs ask a cluster

        return Access(self.kubeconfig, self.context)


class Asking:
    """A connected cluster for as long as the block runs: `with Asking(options.cluster) as cluster:`."""

    def __init__(self, options: LiveOptions) -> None:
        # Imported here: render declares the options above, and few runs ask a cluster.
        from kaitogen.commands.progress import Progress
        from kaitogen.commands.terminal import rewrites

        self._access = options.access
        self._progress = Progress("waiting for the cluster", watched=rewrites())

    def __enter__(self) -> "Cluster":
        from kaitogen.files.cluster import connect

        self._progress.start()
        try:
            self._cluster = connect(self._access, progress=self._progress.say)
        except BaseException:
            self._progress.stop()
            raise
        return self._cluster

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
        self._cluster.close()
