"""One Workspace to its size: both columns, the warnings where they part company, and the lever that helps most."""

from collections.abc import Mapping

from generator.model import Json, Target
from generator.rules.surroundings import Facts, Surroundings
from generator.sizing import kaito
from generator.sizing.model import Node, Sizing
from generator.sizing.subjects import Configs, subject


def size(
    workspace: Json,
    target: Target,
    config_maps: Mapping[tuple[str, str], Mapping[str, str]] | None = None,
    configs: Configs | None = None,
    node: Node | None = None,
) -> Sizing:
    """The size of a finished Workspace that the rules have let through.

    `config_maps` are those of the same output by (namespace, name), `configs` what the user said about models outside
    the catalogue, `node` the GPUs of the nodes that the selector finds under byo (`kaito.node_from_labels`).
    """
    facts = Facts(workspace, Surroundings(target, config_maps))
    said = kaito.settings(facts)
    known = subject(facts, configs or {})
    estimate = kaito.estimate(facts, known, node, said)
    name = facts.preset or "" if isinstance(known, str) else known.id
    return Sizing(name, estimate, None, "column B comes with the next change", None, ())
