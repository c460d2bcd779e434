"""One Workspace to its size: the estimate and the memory, warnings where they disagree, and the change that helps most."""

from kaitogen.kaito.objects import ConfigMaps
from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.sizing import warnings
from kaitogen.kaito.sizing.memory import analyse, is_nvidia
from kaitogen.kaito.sizing.model_spec import Configs, model_spec
from kaitogen.kaito.sizing.node_estimator import context_of
from kaitogen.kaito.sizing.recommendations import recommend
from kaitogen.kaito.sizing.types import Analysis, Node, Sizing
from kaitogen.model import Json, Target


def size(
    workspace: Json,
    target: Target,
    config_maps: ConfigMaps | None = None,
    configs: Configs | None = None,
    node: Node | None = None,
) -> Sizing:
    """The size of a finished Workspace that the rules have let through.

    `config_maps` are those of the same output by (namespace, name), `configs` what the user said about models outside
    the catalogue, `node` the GPUs of the nodes that the selector finds under byo (`kaito.node_from_labels`).
    """
    ctx = RuleContext(workspace, target, config_maps=config_maps)
    analysis = analyse(ctx, model_spec(ctx, configs or {}), node, context_of(ctx))
    return Sizing(
        model=analysis.name,
        estimate=analysis.estimate,
        memory=analysis.memory,
        missing="" if analysis.memory is not None else _missing(analysis),
        recommendation=recommend(analysis),
        warnings=tuple(warnings.judge(analysis)),
    )


def _missing(analysis: Analysis) -> str:
    estimate, node = analysis.estimate, analysis.estimate.node
    if estimate.runtime != "vllm":
        return f"this is about vLLM, and {estimate.runtime} runs here"
    if estimate.unknown or isinstance(analysis.model, str):
        return estimate.unknown or str(analysis.model)
    if node is not None and not is_nvidia(analysis.ctx, node):
        return f"nothing has been measured of vLLM on {node.card}"
    return f"nothing that is published says how KAITO {estimate.kaito} divides the memory"
