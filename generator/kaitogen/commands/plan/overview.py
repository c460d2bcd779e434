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


class Row(NamedTuple):
    """One Workspace as it stands in its row. What there is of it is put into words when the row is written."""

    planned: PlannedWorkspace

    @property
    def by(self) -> dict[str, str]:
        """What it can be grouped by."""
        planned = self.planned
        fields = {
            "namespace": planned.namespace,
            "type": planned.instance_type,
            "strategy": planned.strategy,
            "cluster": cluster_of(planned),
        }
        return {**fields, **{f"label.{key}": value for key, value in planned.spec.labels.items()}}

    @property
    def tone(self) -> str:
        """The tone of its verdict."""
        return _verdict(self.planned)[0]

    @property
    def verdict(self) -> str:
        """What becomes of it; its other findings stand beside that."""
        return _verdict(self.planned)[1]

    @property
    def cells(self) -> dict[str, str]:
        """What else stands in the row."""
        planned = self.planned
        return {
            "type": planned.instance_type or planned.spec.target.node_provisioner,
            "nodes": known(planned.nodes, planned.fewest_nodes),
            "gpus": known(planned.gpus, planned.fewest_gpus),
            "hour": "unknown" if planned.hourly is None else f"{planned.hourly:,.2f}",
        }


class Overview(NamedTuple):
    """All rows. `first` is what they are grouped by where nobody says otherwise, empty where there is nothing to group

    by; `team` is the label that names the team, empty where no Workspace has one.
    """

    rows: Sequence[Row]
    groupings: Sequence[Grouping]
    first: str
    team: str


def naturally(title: str) -> list[tuple[int, str]]:
    """The key that sorts a title with its numbers as numbers, so that w10 comes after w2."""
    return [(int(word), "") if word.isdecimal() else (-1, word) for word in _NUMBERS.split(title)]


def overview(plan: Plan) -> Overview:
    """The rows of a plan and their groupings."""
    rows = list(map(Row, sorted(plan.workspaces, key=lambda one: naturally(one.title))))
    groupings = _groupings(rows)
    labels = [one.key.removeprefix("label.") for one in groupings if one.key.startswith("label.")]
    team = next((key for key in labels if key.rpartition("/")[2] == _TEAM), "")
    wanted = (f"label.{team}", "namespace", "type", "strategy", "cluster")
    useful = {one.key for one in groupings if 1 < one.values <= _MOST_GROUPS}
    first = next((key for key in wanted if key in useful), "strategy")
    return Overview(rows, groupings, first, team)


def _verdict(planned: PlannedWorkspace) -> tuple[str, str]:
    """The tone and the word for what becomes of it."""
    memory, estimate = planned.sizing.memory, planned.sizing.estimate
    if planned.fails:
        return "bad", "error"
    if memory is None:
        return "plain", "size unknown" if estimate.nodes is None else estimate.runtime
    return _VERDICTS[memory.verdict]


def cluster_of(planned: PlannedWorkspace) -> str:
    """The installation that it is for."""
    target = planned.spec.target
    return f"KAITO {target.kaito} on {target.provider}, nodes by {target.node_provisioner}"


def _groupings(rows: Sequence[Row]) -> list[Grouping]:
    """What not all rows have alike, nor each of its own, and whatever happens the strategy; then labels by their keys."""
    titles = {
        "namespace": "namespace",
        "type": "instance type",
        "strategy": "strategy",
        "cluster": "cluster",
    }
    values: defaultdict[str, set[str]] = defaultdict(set)
    having: Counter[str] = Counter()
    for by in (row.by for row in rows):
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
