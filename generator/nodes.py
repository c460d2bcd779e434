"""Node selections to node names. Without facts about nodes a selection cannot be resolved, and says so."""

from generator.model import Located, Problem, Spec


def choose(specs: list[Spec]) -> tuple[list[Spec], list[Located]]:
    """The Specs whose nodes are named, and a problem for each one that selects nodes instead."""
    named: list[Spec] = []
    located: list[Located] = []
    for spec in specs:
        if spec.placement.selection is None:
            named.append(spec)
        else:
            message = "nodes are selected by labels, and there are no facts about nodes to select from"
            advice = "name the nodes in a list; kubectl get nodes --show-labels prints them"
            problem = Problem("KG301", "error", ("spec", "placement", "nodes"), message, advice)
            located.append(Located(spec.origin, problem))
    return named, located
