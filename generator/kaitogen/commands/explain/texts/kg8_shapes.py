"""What the explanations of changes share: a Workspace as it was, as it is now, and the commands that compare."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from kaitogen.commands.explain.texts.kg4_bases import BASES
from kaitogen.commands.explain.texts.shapes import MANIFEST_FILE, Example, Explanation, Kind
from kaitogen.kaito.objects import canonical, merged
from kaitogen.yaml.writer import dump

OLD_FILE: Final = "before.yaml"
COMMAND: Final = f"kaitogen validate --against {OLD_FILE} {MANIFEST_FILE}"
DIFF: Final = f"kaitogen diff --against {OLD_FILE} {MANIFEST_FILE}"
SERVING: Final = dump(BASES["serving"])
LABELLED: Final = {"metadata": {"labels": {"team": "search"}}}
ALL: Final = "0.4 to 0.12"
WAY_OUT: Final = (
    "Keep the old value, or run the change beside the Workspace under a new name: `kaitogen diff --write-migration` "
    "writes the files for that."
)
NEW_NAME: Final = (
    "Run it under another name, or delete the Workspace and create it anew when it may stand still."
)


class Case(NamedTuple):
    """A Workspace as it was and as it is now, each as what is laid over one of the bases; `kept` is a change that may be."""

    base: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    kept: Mapping[str, Any] = LABELLED
    options: str = ""
    beside: tuple[str, ...] = ()
    more: Mapping[str, tuple[str, str]] = {}


class About(NamedTuple):
    """What an explanation says; most are of changes that KAITO refuses, in all its versions."""

    title: str
    why: str
    fix: str = WAY_OUT
    kind: Kind = "refused"
    since: str = ALL


def explanation(code: str, about: About, case: Case, rule: str = "") -> Explanation:
    """The explanation of a change, with its example both ways."""
    return Explanation(
        code, about.kind, about.title, about.why, about.fix,
        _example(case, case.after, case.beside), _example(case, {**case.before, **case.kept}, ()),
        about.since, rule,
    )  # fmt: skip


def _example(case: Case, over: Mapping[str, Any], beside: tuple[str, ...]) -> Example:
    old, new = (dump(canonical(merged(BASES[case.base], one))) for one in (case.before, over))
    for name, (then, now) in case.more.items():
        head = f"---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  inference_config.yaml: |\n"
        old += f"{head}    {then}\n"
        new += f"{head}    {now if over is case.after else then}\n"
    words = ("kaitogen validate", case.options, "--against", OLD_FILE, MANIFEST_FILE)
    return Example(
        {OLD_FILE: old, MANIFEST_FILE: new}, " ".join(word for word in words if word), beside=beside
    )
