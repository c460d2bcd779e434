"""One Workspace to its size: both columns, the warnings where they part company, and the lever that helps most."""

from kaitogen.kaito.objects import ConfigMaps
from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.sizing import engine_args, recommendations, warnings
from kaitogen.kaito.sizing.analysis import Case, case_of
from kaitogen.kaito.sizing.model_spec import Configs
from kaitogen.kaito.sizing.types import Node, Sizing
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
    case = case_of(RuleContext(workspace, target, config_maps=config_maps), configs or {}, node)
    found = tuple(warnings.judge(case))
    missing = "" if case.memory is not None else _missing(case)
    return Sizing(case.name, case.estimate, case.memory, missing, recommendations.lever(case), found)


def _missing(case: Case) -> str:
    estimate = case.estimate
    if estimate.runtime != "vllm":
        return f"this is about vLLM, and {estimate.runtime} runs here"
    if estimate.unknown:
        return estimate.unknown
    if isinstance(case.known, str):
        return case.known
    card = estimate.node
    if card is not None and not engine_args.is_nvidia(case.ctx, card):
        return f"nothing has been measured of vLLM on {card.card}"
    return f"nothing that is published says how KAITO {estimate.kaito} divides the memory"
