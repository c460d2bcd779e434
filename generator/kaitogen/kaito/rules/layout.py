"""How KAITO has vLLM spread a preset over GPUs, and the layouts in which vLLM does not start."""

from kaitogen.diagnostics.wording import number_of
from kaitogen.kaito import versions
from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.rules.sizing import estimate, node_size, on_one_gpu
from kaitogen.model import Diagnostic, Json, Rule
from kaitogen.typed import Final, Iterator, Mapping, NamedTuple

KG704 = Rule("KG704", "The GPUs do not divide the attention heads", kind="can't work", since="0.7",
             source="pkg/model/interface.go:562@v0.12.0")  # fmt: skip
KG709 = Rule("KG709", "The settings spread the model over more GPUs than there are", kind="can't work", since="0.7",
             source="presets/workspace/inference/vllm/inference_api.py:144@v0.12.0")  # fmt: skip

#: More GPUs or stages than any Workspace has.
_MOST: Final = 4096
#: In the order of a Layout.
_SIZES: Final = ("data-parallel-size", "tensor-parallel-size", "pipeline-parallel-size")


class Layout(NamedTuple):
    """How vLLM spreads a model: data-parallel replicas, tensor-parallel GPUs, pipeline stages. Their product is the GPUs."""

    data: int
    tensor: int
    pipeline: int


def judge(ctx: RuleContext, tokens: int, vllm: Mapping[str, Json]) -> Iterator[Diagnostic]:
    """What is known to be wrong with the layout of a model of the catalogue on an instance type of KAITO's tables."""
    model, size = ctx.model, node_size(ctx)
    nodes = estimate(ctx, tokens)
    if model is None or size is None or not nodes:
        return
    layout = with_settings(layout_of(ctx, model.weights, size, nodes), vllm)
    heads = 0
    if layout.tensor > 1:
        from kaitogen.kaito.catalogue.architectures import find_shape  # only where there are several GPUs

        shape = find_shape(model.id)
        heads = 0 if shape is None else shape.heads
    problem = fault(ctx, model.id, layout, nodes * size[0], nodes, heads=heads)
    if problem is not None:
        yield problem


def layout_of(ctx: RuleContext, weights: int, node: tuple[int, int], nodes: int) -> Layout:
    """How KAITO has vLLM spread the model on nodes of so many GPUs and bytes (pkg/model/interface.go:543@v0.12.0)."""
    gpus, memory = node
    if on_one_gpu(ctx):
        return Layout(1, 1, 1)
    half = weights * gpus * 2 < memory
    if nodes == 1 and ctx.has(versions.DATA_PARALLEL) and half:
        return Layout(gpus, 1, 1)
    return Layout(1, gpus, nodes)


def with_settings(layout: Layout, vllm: Mapping[str, Json]) -> Layout:
    """The layout with the sizes that a user sets, which win."""
    return Layout(*(whole(vllm, key, _MOST) or size for key, size in zip(_SIZES, layout, strict=True)))


def fault(
    ctx: RuleContext, name: str, layout: Layout, gpus: int, nodes: int, *, heads: int
) -> Diagnostic | None:
    """Why vLLM does not start in this layout on that many GPUs; `heads` is 0 where nobody knows the attention heads."""
    taken = layout.data * layout.tensor * layout.pipeline
    if taken > gpus:
        message = f"the settings spread {name} over {taken} GPUs, and KAITO asks for {number_of(nodes, 'node')} with {number_of(gpus, 'GPU')}: vLLM does not start"
        fix = "remove the parallel sizes from the settings, or take nodes with more GPUs"
        return KG709.at(("inference", "config"), message, fix=fix, found=str(taken), expected=str(gpus))
    if heads % layout.tensor:
        message = f"KAITO spreads {name} over {layout.tensor} GPUs, which do not divide its {heads} attention heads: vLLM refuses to start"
        fix = "take an instance type with another number of GPUs, or set tensor-parallel-size"
        path = ("resource", "instanceType") if "instanceType" in ctx.resource else ("resource",)
        return KG704.at(path, message, fix=fix, found=str(layout.tensor), expected=f"a divisor of {heads}")
    return None


def whole(vllm: Mapping[str, Json], key: str, most: int) -> int | None:
    """A setting that is a whole number from 1 to `most`; None for any other."""
    value = setting(vllm, key)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= most else None


def setting(vllm: Mapping[str, Json], key: str) -> Json:
    """A setting by its name with dashes, in either spelling that vLLM takes."""
    return vllm.get(key, vllm.get(key.replace("-", "_")))
