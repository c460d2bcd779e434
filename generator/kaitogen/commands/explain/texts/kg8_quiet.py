"""Explanations of KG811 to KG829: changes that KAITO takes without effect, and what is not compared."""

from typing import Final

from kaitogen.commands.explain.texts.kg4_bases import annotated
from kaitogen.commands.explain.texts.kg8_shapes import (
    COMMAND,
    DIFF,
    NEW_NAME,
    OLD_FILE,
    SERVING,
    About,
    Case,
    explanation,
)
from kaitogen.commands.explain.texts.shapes import MANIFEST_FILE, Example, Explanation

_POD: Final = {"spec": {"containers": [{"name": "server", "image": "registry.example.com/server:2"}]}}
_SETTINGS: Final = {"inference": {"config": "settings"}}

QUIET: Final = (
    explanation(
        "KG811",
        About(
            "A node class that the installation may not know",
            "With the provisioner karpenter KAITO asks at this change whether the class is in a list that only the "
            "installation knows; those of the chart are image-family-ubuntu and image-family-azure-linux. The class is "
            "read only when nodes are made, so that nothing that runs changes.",
            "Use a node class of the installation's list.",
            "warning",
            "0.12",
        ),
        Case(
            "serving",
            {},
            annotated("kaito.sh/node-class-name", "our-own"),
            options="--node-provisioner karpenter",
            beside=("KG409",),
        ),
        "U11",
    ),
    explanation(
        "KG820",
        About(
            "A pod template changes without effect",
            "KAITO takes the new template and makes the pods from it only once, when the Workspace is created. What "
            "runs stays as it was, and nothing says so.",
            NEW_NAME,
            "warning",
        ),
        Case("pod", {}, {"inference": {"template": _POD}}),
    ),
    explanation(
        "KG821",
        About(
            "A ConfigMap is given to a Workspace that runs, or taken from it",
            "The command of the pods is never changed, and it names the file of the ConfigMap only where there was one "
            "from the start. One that comes later is mounted and not read; one that goes leaves a command that "
            "names a file that is not there.",
            "Run the Workspace under another name to have its ConfigMap from the start.",
            "warning",
            "0.11 and 0.12; up to 0.10 there always was one",
        ),
        Case("serving", {}, _SETTINGS, more={"settings": ("vllm: {max-num-seqs: 64}",) * 2}),
    ),
    explanation(
        "KG822",
        About(
            "A ConfigMap changes under a Workspace that runs",
            "KAITO neither restarts pods for what a ConfigMap says nor counts its nodes again. Pods that start later read "
            "the new settings, so that those of one Workspace may differ.",
            "Give the ConfigMap another name, as kaitogen does with one that it makes: the pods then restart.",
            "warning",
        ),
        Case(
            "serving",
            _SETTINGS,
            _SETTINGS,
            more={"settings": ("vllm: {max-num-seqs: 64}", "vllm: {max-num-seqs: 32}")},
        ),
    ),
    explanation(
        "KG823",
        About(
            "An annotation that KAITO reads only once changes",
            "KAITO reads this annotation when it makes the nodes, the Service or the pods. It takes the change, and what "
            "runs stays as it was.",
            NEW_NAME,
            "warning",
        ),
        Case("serving", {}, annotated("kaito.sh/runtime", "transformers")),
    ),
    explanation(
        "KG824",
        About(
            "A Workspace gets another name or namespace",
            "For Kubernetes that is one Workspace that goes and another that comes. Nodes are given back and asked for "
            "anew and the model is loaded again; a GitOps tool that prunes does both at once, so that nothing serves "
            "meanwhile.",
            "Keep the name, or run both until the new one serves: `kaitogen diff --write-migration` writes the files.",
            "warning",
        ),
        Case("serving", {}, {"metadata": {"name": "phi-4-b"}}),
    ),
    Explanation(
        "KG825",
        "refused",
        "An object without a name, which cannot be compared",
        "Objects are told apart by API group, kind, namespace and name, so that one without metadata.name belongs to "
        "nothing on the other side. Kubernetes refuses it as well.",
        "Add metadata.name.",
        Example(
            {OLD_FILE: SERVING, MANIFEST_FILE: SERVING.replace("  name: phi-4\n", "  labels: {}\n", 1)},
            DIFF,
        ),
        Example({OLD_FILE: SERVING, MANIFEST_FILE: SERVING}, DIFF),
    ),
    Explanation(
        "KG826",
        "refused",
        "An object that one side of a comparison has twice",
        "Nobody can say which of the two is the one to compare with. Often the folders of several environments were "
        "named together, each of which has an object of that name.",
        "Name the files of one environment only.",
        Example({OLD_FILE: SERVING, MANIFEST_FILE: f"{SERVING}---\n{SERVING}"}, DIFF),
        Example({OLD_FILE: SERVING, MANIFEST_FILE: SERVING}, DIFF),
    ),
    Explanation(
        "KG829",
        "warning",
        "Something that is not compared, since it was not valid before",
        "What the other side of the comparison says here is no valid intent or object, so that nobody can tell what "
        "changed. A commit that corrects a mistake has to be able to pass, so this is no error.",
        "Nothing, where the change corrects it; otherwise compare with an older revision.",
        Example(
            {OLD_FILE: "apiVersion: kaito.sh/v1beta1\nkind: [\n", MANIFEST_FILE: SERVING},
            COMMAND,
        ),
        Example({OLD_FILE: SERVING, MANIFEST_FILE: SERVING}, COMMAND),
    ),
)
