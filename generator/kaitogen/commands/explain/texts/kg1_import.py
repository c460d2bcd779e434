"""Explanations of KG170 to KG179: importing finished Workspaces, and moving files to another KAITO version or style."""

from typing import Final

from kaitogen.commands.explain.texts.shapes import INTENT_FILE, MANIFEST_FILE, RIGHT, Example, Explanation

_HEAD: Final = "apiVersion: kaito.sh/v1beta1\nkind: Workspace\nmetadata:\n  name: phi-4\n"
_RESOURCE: Final = (
    "resource:\n  instanceType: Standard_NC24ads_A100_v4\n  labelSelector:\n    matchLabels: {apps: phi-4}\n"
)
_INFERENCE: Final = "inference:\n  preset: {name: phi-4}\n"
_RIGHT: Final = _HEAD + _RESOURCE + _INFERENCE
_BYO: Final = _RIGHT.replace("  instanceType: Standard_NC24ads_A100_v4\n", "")
_LIST: Final = "apiVersion: v1\nkind: List\nitems:\n"
_ITEM: Final = "".join(
    f"{'  - ' if not number else '    '}{line}\n" for number, line in enumerate(_RIGHT.splitlines())
)
_SETTINGS: Final = (
    "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata:\n  inference_config.yaml: |\n"
    "    vllm:\n      max-model-len: 16384\n"
)


def _import(text: str, options: str = "") -> Example:
    command = " ".join(word for word in ("kaitogen import", options, MANIFEST_FILE) if word)
    return Example({MANIFEST_FILE: text}, command)


def _fmt(note: str) -> Example:
    text = RIGHT.replace("{name: phi-4}", f"{{name: phi-4, annotations: {{note: {note}}}}}", 1)
    return Example({INTENT_FILE: text}, f"kaitogen fmt {INTENT_FILE}")


def _migrate(to: str, kaito: str, model: str) -> Example:
    text = RIGHT.replace("spec:\n", f'spec:\n  target: {{kaito: "{kaito}"}}\n').replace(
        "{model: phi-4}", f"{{model: {model}}}"
    )
    return Example({INTENT_FILE: text}, f"kaitogen migrate --to {to} {INTENT_FILE}")


IMPORT: Final = (
    Explanation(
        "KG170",
        "invalid",
        "There is no Workspace to import",
        "kaitogen import takes Workspaces of the group kaito.sh, in documents of their own or in a List, and passes all "
        "other kinds over. Here nothing was left, so that the file is most likely not the one that was meant.",
        "Name the files that hold Workspaces, or pipe them in from kubectl, helm or kustomize.",
        _import("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: phi-4}\n"),
        _import(_RIGHT),
    ),
    Explanation(
        "KG171",
        "invalid",
        "A Helm template that is not rendered yet",
        "The file still has template actions in double braces. What they stand for is known only once Helm has filled "
        "them in.",
        "Render the chart and pipe the result in: `helm template . | kaitogen import -`.",
        _import(_RIGHT.replace("name: phi-4\n", 'name: "{{ .Release.Name }}"\n', 1)),
        _import(_RIGHT),
    ),
    Explanation(
        "KG172",
        "invalid",
        "An item of a List that is no object",
        "The items of a List are objects, each with a kind. A list in a list, or a List in a List, is nothing that "
        "Kubernetes or kubectl writes.",
        "Put the objects into one List, or into documents of their own.",
        _import(_LIST + _ITEM + "  - [1, 2]\n"),
        _import(_LIST + _ITEM),
    ),
    Explanation(
        "KG173",
        "invalid",
        "A field that an intent cannot say",
        "kaitogen import renders what it wrote and compares it with the manifest, field by field. This field would come "
        "out otherwise: its value is one that KAITO takes but that an intent refuses, such as a count below 1, or it is "
        "one that no intent has.",
        "Take the field out of the manifest, or keep this Workspace as it is.",
        _import(_RIGHT.replace("resource:\n", "resource:\n  count: 0\n")),
        _import(_RIGHT.replace("resource:\n", "resource:\n  count: 1\n")),
    ),
    Explanation(
        "KG174",
        "note",
        "A ConfigMap that stays a file of its own",
        "A ConfigMap with settings goes into the intent where the intent would make exactly this one: name, labels and "
        "text, byte for byte. Otherwise a rendered Workspace would refer to another one, and its pods would start anew. "
        "The intent then refers to the ConfigMap by its name.",
        "Keep it beside the intents, or put its settings into the intent by hand.",
        _import(_RIGHT + "  config: settings\n" + _SETTINGS),
        _import(
            _RIGHT
            + "  config: phi-4-inference\n"
            + _SETTINGS.replace("name: settings", "name: phi-4-inference")
        ),
    ),
    Explanation(
        "KG175",
        "warning",
        "A Workspace that something else makes",
        "The Workspace has an owner, such as an InferenceSet, which writes it again whenever it differs. An intent for it "
        "would be a second writer, so it is passed over.",
        "Change what makes it; to take it over, remove that first.",
        _import(
            _RIGHT
            + "---\n"
            + _RIGHT.replace(
                "  name: phi-4\n", "  name: set-x\n  labels: {inferenceset.kaito.sh/created-by: set}\n", 1
            )
        ),
        _import(_RIGHT),
    ),
    Explanation(
        "KG176",
        "note",
        "The installation was taken from the Workspace",
        "A manifest does not say which KAITO it is for. Where no option says it either, a missing instance type means "
        "node provisioner byo, the table that has the instance type is that of the provider, and a partition means its "
        "feature gate. This changes no field of the Workspace, only which rules are held against it.",
        "Say it by --provider, --node-provisioner and --feature-gate.",
        _import(_BYO),
        _import(_BYO, "--node-provisioner byo"),
    ),
    Explanation(
        "KG177",
        "invalid",
        "A migration that kaitogen cannot decide",
        "What differs between two KAITO versions is changed where there is one way to say the same. Where there is none, "
        "as for a preset that left, the choice is yours. Nothing is written until it is made.",
        "Change the line as the finding says, then migrate again.",
        _migrate("0.12", "0.10", "falcon-7b"),
        _migrate("0.12", "0.10", "phi-4"),
    ),
    Explanation(
        "KG178",
        "warning",
        "A preset that has another name in the other version",
        "The model is the same, and the intent now has the name that the version takes. KAITO freezes the preset of a "
        "Workspace, its name included, so that one that runs refuses the update.",
        "Run the model under a new name beside the old one; kaitogen diff --against shows the steps.",
        _migrate("0.8", "0.12", "microsoft/phi-4"),
        _migrate("0.8", "0.12", "phi-4"),
    ),
    Explanation(
        "KG179",
        "invalid",
        "A file that cannot be laid out anew",
        "kaitogen fmt reads what it has written once more, and leaves a file as it is where that says anything else. So it "
        "is with a character that some readers take for the end of a line and others for a part of it, and with a file of more "
        "than 256 KiB.",
        "Write the value in double quotes, with escapes such as \\u2028.",
        _fmt('"two\u2028lines"'),
        _fmt('"two\\u2028lines"'),
    ),
)
