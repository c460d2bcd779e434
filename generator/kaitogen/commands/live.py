"""From --live and its options to the way into a cluster."""

from kaitogen.commands.options import OptionGroup, flag, option
from kaitogen.errors import UsageError
from kaitogen.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from kaitogen.files.cluster import Access


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
