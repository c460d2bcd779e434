"""Explanations of KG120 to KG131: fields that do not fit the schema, and comments that take findings back."""

from typing import Final

from kaitogen.commands.explain.texts.shapes import RIGHT, Explanation, intent, placed, text

_RIGHT: Final = text(RIGHT)
_COUNTED: Final = (
    "  placement:\n    instanceType: Standard_NC24ads_A100_v4\n    count: {}\n  inference: {{model: phi-4}}\n"
)

SCHEMA: Final = (
    Explanation(
        "KG120",
        "invalid",
        "An unknown field",
        "The schema lists every field of an intent, and a field that it does not have would have no effect. As a rule "
        "it is a slip of the pen, so the finding names the likely word.",
        "Correct the name of the field, or remove it. kaitogen schema intent lists them all.",
        intent("  placement: {instanceTyp: Standard_NC24ads_A100_v4}\n  inference: {model: phi-4}\n"),
        _RIGHT,
    ),
    Explanation(
        "KG121",
        "invalid",
        "A missing field",
        "The field is required: nothing sensible can be put in its place.",
        "Add the field.",
        text(RIGHT.replace("metadata: {name: phi-4}\n", "metadata: {namespace: inference}\n")),
        _RIGHT,
    ),
    Explanation(
        "KG122",
        "invalid",
        "A value of another type",
        "The field takes text, a number, a boolean, a list or a mapping, and the value is something else. The most "
        "frequent cause is a version such as 0.12 without quotes, which YAML reads as a number.",
        "Write the value as the type that is asked for; quote what is text.",
        placed("  target: {kaito: 0.12}\n  inference: {model: phi-4}\n"),
        placed('  target: {kaito: "0.12"}\n  inference: {model: phi-4}\n'),
    ),
    Explanation(
        "KG123",
        "invalid",
        "A word that is not on offer",
        "The field takes one of a few words, in this letter case.",
        "Write one of the words that the finding lists.",
        intent(
            "  placement: {strategy: automatic, instanceType: Standard_NC24ads_A100_v4}\n  inference: {model: phi-4}\n"
        ),
        intent(
            "  placement: {strategy: auto, instanceType: Standard_NC24ads_A100_v4}\n  inference: {model: phi-4}\n"
        ),
    ),
    Explanation(
        "KG124",
        "invalid",
        "A value out of range, or text of the wrong form",
        "A number is too small or too large, a text too long or empty, or it does not have the form that Kubernetes "
        "wants of a name, a label or an image. A field for the name of a Secret that holds a token instead ends here "
        "as well, and the token is not repeated.",
        "Write a value as the finding describes it.",
        intent(_COUNTED.format(0)),
        intent(_COUNTED.format(2), beside=("KG461",)),
    ),
    Explanation(
        "KG125",
        "invalid",
        "Something else that the schema refuses",
        "A list names the same thing twice, or two fields stand together that exclude each other. The finding says "
        "which.",
        "Keep one of the two.",
        placed(
            "  inference:\n    model: phi-4\n    config:\n      configMapName: shared\n      vllm: {max-model-len: 8192}\n"
        ),
        placed("  inference:\n    model: phi-4\n    config:\n      vllm: {max-model-len: 8192}\n"),
    ),
    Explanation(
        "KG130",
        "invalid",
        "A comment for kaitogen that it does not understand, or without a reason",
        "A finding may be taken back by a comment on its line or alone on the line above. The reason is for those who "
        "read the file next year, and it stays visible in the reports, so a comment without one does not count.",
        "Write # kaitogen: ignore=KG461 and the reason.",
        intent(_COUNTED.format("2  # kaitogen: ignore=KG461"), beside=("KG461",)),
        intent(_COUNTED.format("2  # kaitogen: ignore=KG461 the runtime follows later")),
    ),
    Explanation(
        "KG131",
        "invalid",
        "A comment that takes back what cannot be taken back",
        "Warnings can be taken back, and errors about what KAITO admits but can never run. What KAITO refuses it "
        "refuses whatever a comment says, and what is no valid intent has nothing to be made of.",
        "Remove the comment and correct the finding.",
        placed(
            "  # kaitogen: ignore=KG120 comes later\n  infer: {}\n  inference: {model: phi-4}\n",
            beside=("KG120",),
        ),
        _RIGHT,
    ),
)
