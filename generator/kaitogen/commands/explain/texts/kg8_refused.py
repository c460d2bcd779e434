"""Explanations of KG801 to KG813: changes that KAITO refuses."""

from typing import Final

from kaitogen.commands.explain.texts.kg4_bases import BASES, annotated, preset, resource, selecting
from kaitogen.commands.explain.texts.kg4_inference import adapter
from kaitogen.commands.explain.texts.kg4_tuning import tuning
from kaitogen.commands.explain.texts.kg8_shapes import COMMAND, LABELLED, OLD_FILE, About, Case, explanation
from kaitogen.commands.explain.texts.shapes import MANIFEST_FILE, Example, Explanation
from kaitogen.yaml.writer import dump

_BAD: Final = {"inference": {"adapters": [adapter("My_Style")]}}
_MIG: Final = "--node-provisioner byo --feature-gate enableMIG=true"
_SECRET: Final = preset("llama-3.1-8b-instruct", "hf-token")


def _config_map(text: str, name: str = "settings") -> str:
    metadata = {"name": name}
    return dump(
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": metadata,
            "immutable": True,
            "data": {"n": text},
        }
    )


REFUSED: Final = (
    explanation(
        "KG801",
        About(
            "A Workspace that served turns to tuning, or the other way round",
            "KAITO decides once, when a Workspace is created, whether it serves a model or tunes one. An update that "
            "takes one away and gives the other is refused.",
        ),
        Case("serving", {}, {"inference": None, "tuning": BASES["tuning"]["tuning"]}),
        "U1",
    ),
    explanation(
        "KG802",
        About(
            "The number of nodes of a Workspace changes",
            "resource.count is fixed once the Workspace exists. A count that is taken away counts as 1, since KAITO's "
            "schema fills that in, so that removing count: 2 is a change as well.",
        ),
        Case("pod", resource(count=2), {}, {**LABELLED}),
        "U2",
    ),
    explanation(
        "KG803",
        About(
            "The partition of a Workspace's GPUs changes",
            "resource.partition is fixed once the Workspace exists, its absence included.",
            since="0.12",
        ),
        Case(
            "byo",
            resource(partition={"mode": "mig", "profile": "3g.40gb"}),
            resource(partition={"mode": "mig", "profile": "4g.40gb"}),
            options=_MIG,
        ),
        "U3",
    ),
    explanation(
        "KG804",
        About(
            "The instance type of a Workspace changes",
            "An instance type is fixed once it is set. Up to 0.7 it is fixed altogether, one that KAITO filled in "
            "included; since 0.8 one may be set where there was none, and under byo one may be taken away.",
        ),
        Case("serving", {}, resource(instanceType="Standard_NC48ads_A100_v4")),
        "U4",
    ),
    explanation(
        "KG805",
        About(
            "The label selector of a Workspace changes",
            "What a selector asks for is fixed once the Workspace exists; written as an expression In with one value it "
            "may be. A selector with any other expression can't be compared, so that every update of such a Workspace is "
            "refused, whatever it changes.",
        ),
        Case("serving", {}, selecting(matchLabels={"apps": "phi-4-mini"})),
        "U5",
    ),
    explanation(
        "KG806",
        About(
            "The preset of a Workspace changes",
            "The whole preset is fixed once the Workspace exists: the model's name, even from a short name to the full "
            "one, its secret, its access mode, and its options.",
        ),
        Case("serving", _SECRET, preset("llama-3.1-8b-instruct", "hf-token-2")),
        "U6",
    ),
    explanation(
        "KG807",
        About(
            "A pod template is added to a Workspace, or taken away",
            "A Workspace with a pod template of its own keeps one, and one without never gets one. What the template "
            "says may change, without effect (KG820).",
        ),
        Case("pod", {}, {"inference": {"template": None, **preset("phi-4")["inference"]}}, beside=("KG806",)),
        "U7",
    ),
    explanation(
        "KG809",
        About(
            "An update that does not get through because of an adapter",
            "KAITO looks closely at adapters only when a Workspace is updated, and then at all of them. One that was "
            "admitted at first can so block every later update, whatever it changes.",
            "Correct the adapter in the same change.",
        ),
        Case(
            "serving",
            _BAD,
            {**_BAD, **LABELLED},
            {"inference": {"adapters": [adapter()]}},
            beside=("KG491",),
        ),
        "U9",
    ),
    explanation(
        "KG810",
        About(
            "The model, the method or the input's name of a tuning changes",
            "The preset of a tuning, its method (in upper or lower case) and the name of its input are fixed once the "
            "Workspace exists. Where the data comes from and goes to may change: KAITO then runs the tuning anew.",
            "Make a Workspace of another name for the other tuning.",
        ),
        Case("tuning", {}, tuning(method="qlora")),
        "U10",
    ),
    explanation(
        "KG812",
        About(
            "The annotation model-streaming of a Workspace changes",
            "Where the gate ModelStreaming is on, kaito.sh/model-streaming is fixed once the Workspace exists, its "
            "absence included.",
            since="0.11 and 0.12",
        ),
        Case(
            "serving",
            {},
            annotated("kaito.sh/model-streaming", "disabled"),
            options="--feature-gate ModelStreaming=true",
        ),
        "U12",
    ),
    Explanation(
        "KG813",
        "refused",
        "An immutable ConfigMap changes",
        "A ConfigMap that says immutable: true is held to it by the API server: neither its data nor the word itself may "
        "change any more.",
        "Give the new content another name.",
        Example({OLD_FILE: _config_map("8"), MANIFEST_FILE: _config_map("16")}, COMMAND),
        Example({OLD_FILE: _config_map("8"), MANIFEST_FILE: _config_map("16", "settings-2")}, COMMAND),
    ),
)
