"""The objects that KAITO makes for a Workspace, by the version and provisioner of the target, and the model that it serves."""

from kaitogen.commands.plan.types import KaitoObject, PlannedWorkspace
from kaitogen.diagnostics.wording import from_to, number_of
from kaitogen.kaito import versions
from kaitogen.kaito.catalogue.skus import find_sku
from kaitogen.kaito.objects import part, text
from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.rules.inference_set import has_pool
from kaitogen.kaito.sizing.types import Estimate
from kaitogen.pipeline import companions
from kaitogen.typed import Final, Iterator

#: Kubernetes takes names of so many characters.
_LONGEST_NAME: Final = 63


def objects_of(planned: PlannedWorkspace) -> Iterator[KaitoObject]:
    """What will be there once KAITO has done its work, in the order of making; nothing where an error keeps it from that.

    What kaitogen makes beside it and what Kubernetes makes of its own count as well. Worked out where it is written: held
    for all Workspaces it would take a third of the memory of a plan.
    """
    if planned.fails:  # what is refused, or never gets its nodes, makes nothing that anyone could count on
        return
    ctx, name = planned.ctx, planned.spec.name
    settings = text(ctx.inference or ctx.tuning or {}, "config")
    if ctx.config_map(settings) is not None:
        written = any(text(part(data, "metadata"), "name") == settings for _, data in planned.manifests)
        owner = "kaitogen's own" if written else "your own"
        yield KaitoObject("ConfigMap", settings, f"{owner}, applied before")
    replicas = (planned.fewest, planned.replicas) if planned.is_set else None
    yield from _made(ctx, planned.sizing.estimate, replicas)
    if scaling := (planned.spec.fleet or {}).get("scaling"):
        made = "kaitogen's own" if scaling["by"] == "keda" else "by keda-kaito-scaler 0.6.2"
        yield KaitoObject("ScaledObject", name, made)
        # KEDA makes one of each ScaledObject.
        yield KaitoObject("HorizontalPodAutoscaler", f"keda-hpa-{name}", "by KEDA")
    for spec, data in planned.manifests:
        if (kind := companions.kind_of(data)) is not None:
            yield KaitoObject(kind.kind, text(data["metadata"], "name"), kind.note(spec))


def _made(
    ctx: RuleContext, estimate: Estimate, replicas: tuple[int, int] | None = None
) -> Iterator[KaitoObject]:
    if replicas is None:
        yield from _nodes(ctx, estimate)
        yield from _workload(ctx, estimate)
        return
    metadata = {**ctx.metadata, "name": f"{ctx.name}-XXXXX"}
    replica = RuleContext({**ctx.workspace, "metadata": metadata}, ctx.target, config_maps=ctx.config_maps)
    note = f"{from_to(*replicas)}, one for each replica, with all that follows"
    yield KaitoObject("Workspace", replica.name, note)
    yield from _made(replica, estimate)
    yield KaitoObject("ControllerRevision", f"{ctx.name}-XXXXX", "one for all replicas")
    yield from _pool(ctx)


def _pool(ctx: RuleContext) -> Iterator[KaitoObject]:
    """What a set gets where KAITO's gate for a Gateway is on: a chart that Flux installs, and what that chart makes.

    Source: pkg/inferenceset/inferenceset_controller.go:537@v0.12.0.
    """
    if not has_pool(ctx) or ctx.preset is None:
        return
    pool = f"{ctx.name}-inferencepool"
    for kind in ("OCIRepository", "HelmRelease"):
        yield KaitoObject(kind, pool, "for Flux")
    yield KaitoObject("InferencePool", pool, "by the chart, over all replicas")
    for kind in ("Deployment", "Service"):
        yield KaitoObject(kind, f"{pool}-epp", "by the chart")


def _nodes(ctx: RuleContext, estimate: Estimate) -> Iterator[KaitoObject]:
    if ctx.byo:
        return
    if ctx.provisioner == "karpenter":
        name = f"{text(ctx.metadata, 'namespace') or 'NAMESPACE'}-{ctx.name}"
        if len(name) > _LONGEST_NAME:
            name = f"{name[: _LONGEST_NAME - 10]}-XXXXXXXXX"
        yield KaitoObject("NodePool", name, "cluster-wide")
        return
    number = "one for each node" if estimate.nodes is None else f"{estimate.nodes}"
    yield KaitoObject("NodeClaim", "wsXXXXXXXXX", f"{number}, cluster-wide")


def _workload(ctx: RuleContext, estimate: Estimate) -> Iterator[KaitoObject]:
    name = ctx.name
    if ctx.tuning is not None:
        if not text(ctx.tuning, "config"):
            method = text(ctx.tuning, "method").lower() or "lora"
            yield KaitoObject("ConfigMap", f"{method}-params-template", "a copy of KAITO's own")
        yield KaitoObject("Job", name)
        yield KaitoObject("ControllerRevision", f"{name}-XXXXX")
        return
    if ctx.has(versions.CONFIG_TEMPLATE) and ctx.preset and not text(ctx.inference or {}, "config"):
        yield KaitoObject("ConfigMap", "inference-params-template", "a copy of KAITO's own")
    stateful = _stateful(ctx, estimate)
    pods = "" if estimate.nodes is None else number_of(estimate.nodes, "pod")
    yield KaitoObject("StatefulSet" if stateful else "Deployment", name, pods)
    balanced = ctx.annotations.get("kaito.sh/enablelb") == "True"
    yield KaitoObject("Service", name, "LoadBalancer" if balanced else "")
    if stateful:
        yield KaitoObject("Service", f"{name}-headless")
    kubernetes = f"and {name}-XXXXXXXXXX, which Kubernetes makes for the StatefulSet" if stateful else ""
    yield KaitoObject("ControllerRevision", f"{name}-XXXXX", kubernetes)
    if _keeps_weights(ctx):
        note = "one for each pod, where the StorageClass kaito-local-nvme-disk is there"
        yield KaitoObject("PersistentVolumeClaim", f"model-weights-volume-{name}-N", note)


def _stateful(ctx: RuleContext, estimate: Estimate) -> bool:
    """Before 0.8 only what was spread over several nodes, which 0.4 did with no model."""
    if ctx.has(versions.STATEFUL_SETS):
        return True
    return ctx.has(versions.SEVERAL_NODES) and estimate.runtime == "vllm" and (estimate.nodes or 1) > 1


def _keeps_weights(ctx: RuleContext) -> bool:
    """Only fast disks of nodes that KAITO provisions hold weights beyond a pod's life."""
    sku = find_sku(ctx.provider, ctx.instance_type) if ctx.preset is not None and not ctx.byo else None
    return sku is not None and sku.nvme
