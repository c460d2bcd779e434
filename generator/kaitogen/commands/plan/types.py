"""The values of a plan: Workspaces as KAITO will treat them, and the fleet that they make."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from kaitogen.kaito.objects import part, text
from kaitogen.kaito.sizing.costs import Cost, Prices, Usage
from kaitogen.kaito.sizing.instance_types import Choice
from kaitogen.kaito.sizing.types import Sizing
from kaitogen.model import Diagnostic, Json, Manifest, Spec


class Made(NamedTuple):
    """Objects of one kind that KAITO makes for a Workspace. `name` shows in capitals what nobody knows beforehand."""

    kind: str
    name: str
    note: str = ""


class Planned(NamedTuple):
    """One Workspace of a plan.

    `manifests` is all that is made from its intent, the Workspace included. `ignored` are those
    of its findings that are about fields which nobody reads. `made` is empty where an error keeps
    KAITO from its work. `command` is the line that puts the
    selected label on the named nodes, empty where KAITO finds nodes without it. `cost` is None
    without prices or where nobody knows the nodes, `choice` where nobody asked for it.
    """

    spec: Spec
    workspace: Mapping[str, Json]
    manifests: tuple[Manifest, ...]
    strategy: str
    sizing: Sizing
    made: tuple[Made, ...]
    command: str
    findings: tuple[Diagnostic, ...]
    ignored: tuple[Diagnostic, ...]
    cost: Cost | None = None
    choice: Choice | None = None

    @property
    def name(self) -> str:
        """The Workspace's name."""
        return text(part(self.workspace, "metadata"), "name")

    @property
    def namespace(self) -> str:
        """Its namespace; empty where the intent leaves it to whoever applies it."""
        return text(part(self.workspace, "metadata"), "namespace")

    @property
    def title(self) -> str:
        """Namespace and name, as people write them."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    @property
    def instance_type(self) -> str:
        """The instance type of the Workspace; empty where it has none."""
        return text(part(self.workspace, "resource"), "instanceType")

    @property
    def nodes(self) -> int | None:
        """How many nodes KAITO will want; None where nobody knows."""
        return self.sizing.estimate.nodes

    @property
    def gpus(self) -> int | None:
        """All GPUs of these nodes."""
        return self.sizing.estimate.gpus

    @property
    def usage(self) -> Usage | None:
        """What has to be paid for it; None where nobody knows, or where the user brings the nodes."""
        node = self.sizing.estimate.node
        if self.nodes is None or node is None or self.spec.target.byo:
            return None
        return Usage(self.instance_type, self.nodes, node.gpus)

    @property
    def fails(self) -> bool:
        """Whether a finding says that it can't work."""
        return any(one.severity == "error" for one in self.findings)


class Fleet(NamedTuple):
    """All Workspaces of a run. `elsewhere` are the findings that are about none of them, `findings` all there are.

    `cost` is what all nodes cost by `prices`, where those were given.
    """

    planned: tuple[Planned, ...]
    findings: tuple[Diagnostic, ...]
    elsewhere: tuple[Diagnostic, ...]
    prices: Prices | None = None
    cost: Cost | None = None

    @property
    def nodes(self) -> int:
        """The nodes of all Workspaces about which that is known."""
        return known(one.nodes for one in self.planned)

    @property
    def gpus(self) -> int:
        """The GPUs of all Workspaces about which that is known."""
        return known(one.gpus for one in self.planned)

    @property
    def unknown(self) -> int:
        """How many Workspaces nobody knows the GPUs of."""
        return sum(one.gpus is None for one in self.planned)

    def with_more(self, findings: Iterable[Diagnostic]) -> "Fleet":
        """The same with findings that are about none of the Workspaces."""
        more = tuple(findings)
        return self._replace(findings=(*self.findings, *more), elsewhere=(*self.elsewhere, *more))


def known(numbers: Iterable[int | None]) -> int:
    """The sum of what is known."""
    return sum(number for number in numbers if number is not None)
