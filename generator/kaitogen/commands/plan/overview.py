"""The overview of a plan: one row for each Workspace, in natural order, and by what the rows can be grouped."""

import re
from collections import Counter, defaultdict

from kaitogen.commands.plan.types import Plan, PlannedWorkspace
from kaitogen.commands.plan.view_model import known
from kaitogen.typed import Final, NamedTuple, Sequence

_NUMBERS: Final = re.compile(r"([0-9]{1,9})")
_VERDICTS: Final = {"fits": ("good", "fits"), "tight": ("warn", "tight"), "fails": ("bad", "does not fit")}
#: Groups are for looking over: with more than so many there is no overview.
_MOST_GROUPS: Final = 20
#: What a label is called that says whose a Workspace is, with or without a domain before it.
_TEAM: Final = "team"


class Grouping(NamedTuple):
    """Something that Workspaces have in common: a field or a label, and how many values of it there are."""

    key: str
    title: str
    values: int


class Overview(NamedTuple):
    """A row for each Workspace. `first` is what they are grouped by where nobody says otherwise, `team` the label that

    names the team; each is empty where there is none.
    """

    rows: Sequence[PlannedWorkspace]
    groupings: Sequence[Grouping]
    first: str
    team: str


def naturally(title: str) -> list[tuple[int, str]]:
    """The key that sorts a title with its numbers as numbers, so that w10 comes after w2."""
    return [(int(word), "") if word.isdecimal() else (-1, word) for word in _NUMBERS.split(title)]


def overview(plan: Plan) -> Overview:
    """The rows of a plan and their groupings."""
    rows = sorted(plan.workspaces, key=lambda one: naturally(one.title))
    groupings = _groupings(rows)
    labels = [one.key.removeprefix("label.") for one in groupings if one.key.startswith("label.")]
    team = next((key for key in labels if key.rpartition("/")[2] == _TEAM), "")
    wanted = (f"label.{team}", "namespace", "type", "strategy", "cluster")
    useful = {one.key for one in groupings if 1 < one.values <= _MOST_GROUPS}
    first = next((key for key in wanted if key in useful), "strategy")
    return Overview(rows, groupings, first, team)


def cells(planned: PlannedWorkspace) -> dict[str, str]:
    """What stands in its row: figures, what becomes of it, and the tone of that; its other findings stand beside."""
    memory, estimate, takes = planned.sizing.memory, planned.sizing.estimate, planned.takes
    if planned.fails:
        tone, verdict = "bad", "error"
    elif memory is not None:
        tone, verdict = _VERDICTS[memory.verdict]
    else:
        tone, verdict = "plain", "size unknown" if estimate.nodes is None else estimate.runtime
    return {
        "type": planned.instance_type or planned.spec.target.node_provisioner,
        "nodes": known(takes.nodes, takes.fewest_nodes),
        "gpus": known(takes.gpus, takes.fewest_gpus),
        "hour": "unknown" if planned.hourly is None else f"{planned.hourly:,.2f}",
        "tone": tone,
        "verdict": verdict,
    }


def groups_of(planned: PlannedWorkspace) -> dict[str, str]:
    """What it can be grouped by."""
    return {
        "namespace": planned.namespace,
        "type": planned.instance_type,
        "strategy": planned.strategy,
        "cluster": cluster_of(planned),
        **{f"label.{key}": value for key, value in planned.spec.labels.items()},
    }


def cluster_of(planned: PlannedWorkspace) -> str:
    """The installation that it is for."""
    target = planned.spec.target
    return f"KAITO {target.kaito} on {target.provider}, nodes by {target.node_provisioner}"


def _groupings(rows: Sequence[PlannedWorkspace]) -> list[Grouping]:
    """What not all rows have alike, nor each of its own, and whatever happens the strategy; then labels by their keys."""
    titles = {
        "namespace": "namespace",
        "type": "instance type",
        "strategy": "strategy",
        "cluster": "cluster",
    }
    values: defaultdict[str, set[str]] = defaultdict(set)
    having: Counter[str] = Counter()
    for by in map(groups_of, rows):
        having.update(by.keys())
        for key, value in by.items():
            values[key].add(value)
    labels = sorted(values.keys() - titles.keys())
    titles |= {key: f"{key.removeprefix('label.')} (label)" for key in labels}
    found = []
    for key, title in titles.items():
        number = len(values[key] | {""} if having[key] < len(rows) else values[key])
        always = key == "strategy" or key.rpartition("/")[2].removeprefix("label.") == _TEAM
        if always or 1 < number < max(len(rows), 3):
            found.append(Grouping(key, title, number))
    return found
