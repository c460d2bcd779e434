"""What KAITO does with a change of what a Workspace runs: U1 and U6 to U10, and what only new pods would see."""

from typing import Final

from kaitogen.kaito import versions
from kaitogen.kaito.objects import part
from kaitogen.kaito.rules.adapters import KG440, KG491, KG492, KG493, KG494
from kaitogen.kaito.updates.model import ABSENT, Difference, Judgement
from kaitogen.kaito.updates.pair import IN_PLACE, Pair, refused
from kaitogen.model import Rule

KG801 = Rule(
    "KG801", "A Workspace that served turns to tuning, or the other way round", kind="refused", since="0.4",
    source="api/v1beta1/workspace_validation.go:237@v0.12.0",
)  # fmt: skip
KG806 = Rule(
    "KG806", "The preset of a Workspace changes", kind="refused", since="0.4",
    source="api/v1beta1/workspace_validation.go:896@v0.12.0",
)  # fmt: skip
KG807 = Rule(
    "KG807", "A pod template is added to a Workspace, or taken away", kind="refused", since="0.4",
    source="api/v1beta1/workspace_validation.go:900@v0.12.0",
)  # fmt: skip
KG809 = Rule(
    "KG809", "An update that does not get through because of an adapter", kind="refused", since="0.4",
    source="api/v1beta1/workspace_validation.go:905@v0.12.0",
)  # fmt: skip
KG810 = Rule(
    "KG810", "The model, the method or the input's name of a tuning changes", kind="refused", since="0.4",
    source="api/v1beta1/workspace_validation.go:326@v0.12.0",
)  # fmt: skip
KG820 = Rule(
    "KG820", "A pod template changes without effect", kind="warning", since="0.4",
    source="pkg/workspace/controllers/workspace_controller.go:605@v0.12.0",
)  # fmt: skip
KG821 = Rule(
    "KG821", "A ConfigMap is given to a Workspace that runs, or taken from it", kind="warning", since="0.11",
    source="pkg/workspace/controllers/workspace_controller.go:669@v0.12.0",
)  # fmt: skip


_TWICE: Final = KG440
_AT_UPDATES: Final = frozenset((KG491, KG492, KG493, KG494))
_FROZEN: Final = "the whole preset is fixed once the Workspace exists: its name, its secret, its access mode and its options"


def judge(pair: Pair, difference: Difference) -> Judgement:
    """A change of `inference` or `tuning`, or below one of them."""
    workload = str(difference.path[0])
    if len(difference.path) == 1:
        return refused(KG801, "whether a Workspace serves or tunes is fixed once it exists")
    judged = _INFERENCE if workload == "inference" else _TUNING
    judgement = judged.get(str(difference.path[1]))
    return IN_PLACE if judgement is None else judgement(pair, difference)


def _preset(_pair: Pair, _difference: Difference) -> Judgement:
    return refused(KG806, _FROZEN)


def _template(_pair: Pair, difference: Difference) -> Judgement:
    if len(difference.path) == 2 and ABSENT in (difference.before, difference.after):
        return refused(KG807, "whether a pod template is given is fixed once the Workspace exists")
    why = "KAITO takes the new template and never touches the pods that run"
    return Judgement("no effect", why, KG820)


def _config(pair: Pair, difference: Difference) -> Judgement:
    if part(pair.after, "inference").get("template") is not None:
        return Judgement("no effect", "a pod template of your own is not given the ConfigMap", KG821)
    if pair.ctx.transformers:
        return Judgement(
            "restart", "the pods restart with the other ConfigMap, which transformers is not passed"
        )
    templated = pair.ctx.has(versions.CONFIG_TEMPLATE)
    if difference.before is ABSENT and not templated:
        why = "the ConfigMap is mounted and the pods restart, but their command stays and does not name it"
        return Judgement("no effect", why, KG821)
    if difference.after is ABSENT and not templated:
        why = "the pods restart without the ConfigMap, while their command stays and still names its file"
        return Judgement("restart", why, KG821)
    return Judgement(
        "restart", "the pods restart with the other ConfigMap; the number of nodes stays as it was estimated"
    )


def _adapters(pair: Pair, _difference: Difference) -> Judgement:
    objection = adapters_refused(pair)
    return objection or Judgement("restart", "the pods restart with the other adapters")


def adapters_refused(pair: Pair) -> Judgement | None:
    """Why KAITO refuses every update of a Workspace with these adapters (U8, U9); None where it does not."""
    if not pair.ctx.inference or not pair.ctx.inference.get("adapters"):
        return None
    from kaitogen.kaito.rules import adapters  # few have adapters

    for problem in adapters.judge(pair.ctx):
        if problem.rule == _TWICE:
            return Judgement("refused", problem.message, problem.rule, "U8", "error")
        if problem.rule in _AT_UPDATES:
            said = problem.message.partition(":")[0]
            return refused(KG809, f"{said}, and KAITO looks at all adapters at every update")
    return None


def _tuning_preset(_pair: Pair, _difference: Difference) -> Judgement:
    return refused(KG810, _FROZEN)


def _method(_pair: Pair, difference: Difference) -> Judgement:
    if str(difference.before).lower() == str(difference.after).lower():
        return Judgement("in place", "KAITO does not tell upper from lower case in the method", None, "U10")
    return refused(KG810, "the method of a tuning is fixed once the Workspace exists")


def _input(_pair: Pair, difference: Difference) -> Judgement:
    if difference.path[2:3] == ("name",) or len(difference.path) == 2:
        return refused(KG810, "the name of a tuning's input is fixed once the Workspace exists")
    return _rerun(_pair, difference)


def _output(pair: Pair, difference: Difference) -> Judgement:
    if difference.path == ("tuning", "output") and difference.after is ABSENT:
        return refused(KG810, "a tuning needs an output")
    return _rerun(pair, difference)


def _rerun(_pair: Pair, _difference: Difference) -> Judgement:
    return Judgement("restart", "KAITO deletes the Job and runs the tuning anew")


_INFERENCE: Final = {"preset": _preset, "template": _template, "config": _config, "adapters": _adapters}
_TUNING: Final = {
    "preset": _tuning_preset, "method": _method, "input": _input, "output": _output, "config": _rerun,
}  # fmt: skip
