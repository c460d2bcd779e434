"""What a status is about: the Workspaces and sets that intents make or files hold, or without any all that a cluster has."""

from dataclasses import dataclass

from kaitogen.commands.diff.live_objects import DEFAULT_NAMESPACE
from kaitogen.commands.import_.reading import target_of
from kaitogen.commands.plan.build import PlanOptions, build_plan
from kaitogen.commands.plan.types import PlannedWorkspace
from kaitogen.commands.status.sources import Source
from kaitogen.kaito.objects import CREATED_BY, is_replica, part, text
from kaitogen.kaito.server_fields import declared
from kaitogen.kaito.updates.model import Item, items_of, settings_name
from kaitogen.model import Diagnostic, Document, Origin, Result, TargetOverrides, UserObject
from kaitogen.pipeline.companions import intent_name, kind_of
from kaitogen.typed import Iterable, Iterator


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """One Workspace or set with `others`, what goes with it, as written; or as found in the cluster, where nothing is written.

    `planned` is None where it cannot be planned.
    """

    item: Item
    others: tuple[Item, ...] = ()
    planned: PlannedWorkspace | None = None
    written: bool = True

    @property
    def kind(self) -> str:
        """Workspace or InferenceSet."""
        return self.item.identity[1]

    @property
    def name(self) -> str:
        """Its name."""
        return self.item.identity[3]

    def namespace(self, source: Source, given: str | None) -> str:
        """Where it is looked for: its own namespace, else the one that is given, else where the source alone has one of its name."""
        own = self.item.identity[2] or given
        if own:
            return own
        if source.is_whole:
            return DEFAULT_NAMESPACE
        listing = source.workspaces if self.kind == "Workspace" else source.inference_sets
        found = {
            text(one["metadata"], "namespace") for one in listing() if one["metadata"]["name"] == self.name
        }
        return found.pop() if len(found) == 1 else DEFAULT_NAMESPACE


def written(result: Result, options: PlanOptions) -> tuple[list[Unit], list[Diagnostic]]:
    """What the files of a run hold, in their order, and what keeps an object from being looked for."""
    target = options.objects_target
    assert target is not None, "a status takes finished objects"
    items, unnamed = items_of(result, target)
    plan = build_plan(result, options)
    planned = {one.identity: one for one in plan.workspaces}
    serving = [one for one in items if one.serves and not is_replica(one.data)]
    units: list[Unit] = []
    taken: set[int] = set()
    for item in serving:
        if item.spec is None:
            others = tuple(_beside(item, items))
        else:
            whole = id(item.spec) not in taken
            others = tuple(one for one in items if whole and one.spec is item.spec and not one.serves)
            taken.add(id(item.spec))
        units.append(Unit(item=item, others=others, planned=planned.get(item.identity)))
    return units, unnamed


def found(source: Source, namespace: str | None, overrides: TargetOverrides) -> Iterator[Unit]:
    """All that a source has, sets first; a Workspace that is a replica of one of them is told with it."""
    sets = source.inference_sets(namespace)
    owners = {(text(one["metadata"], "namespace"), one["metadata"]["name"]) for one in sets}
    for data in (*sets, *source.workspaces(namespace)):
        metadata = data["metadata"]
        set_name = part(metadata, "labels").get(CREATED_BY)
        if data["kind"] == "Workspace" and (text(metadata, "namespace"), set_name) in owners:
            continue
        target, _ = target_of(data, overrides)
        own = declared(data)
        origin = Origin(Document(source.name, value=own, inline=True))
        result = Result(manifests=(), findings=(), objects=(UserObject(origin, own),))
        plan = build_plan(result, PlanOptions(objects_target=target))
        planned = next(iter(plan.workspaces), None)
        yield Unit(item=Item(own, target, origin), planned=planned, written=False)


def _beside(item: Item, items: Iterable[Item]) -> Iterator[Item]:
    """Of finished objects those that go with one: the ConfigMap that it names, and what kaitogen wrote in its name."""
    settings = settings_name(item.data)
    for one in items:
        if one.identity[2] != item.identity[2] or one.serves:
            continue
        own = kind_of(one.data) is not None and intent_name(one.data) == item.identity[3]
        if own or (one.is_config_map and one.identity[3] == settings):
            yield one
