"""Explanations of KG601 to KG611: the machine did not play along."""

from typing import Final

from kaitogen.commands.explain.texts.shapes import INTENT_FILE, RIGHT, Example, Explanation

_FILES: Final = {INTENT_FILE: RIGHT}
_FLEET: Final = (
    "for number in $(seq 20000); do printf -- '---\\napiVersion: kaitogen.io/v1alpha1\\nkind: WorkspaceIntent\\n"
    "metadata: {name: phi-%s}\\nspec:\\n  placement: {instanceType: Standard_NC24ads_A100_v4}\\n"
    "  inference: {model: phi-4}\\n' $number; done > fleet.intent.yaml"
)

SURROUNDINGS: Final = (
    Explanation(
        "KG601",
        "environment",
        "A file that cannot be read",
        "The system refuses to open or to read the file, for the reason that the finding repeats: it is not there, its "
        "permissions forbid it, links lead in a circle. The other files are judged all the same, and the exit code is 3.",
        "Check the path and its permissions.",
        Example(_FILES, "kaitogen validate phi-5.intent.yaml"),
        Example(_FILES, f"kaitogen validate {INTENT_FILE}"),
    ),
    Explanation(
        "KG610",
        "environment",
        "Took too long and was stopped",
        "Argo CD ends a call that takes too long without giving a reason, so the plugin stops itself before that and "
        "says which file it was working on. The limit is --time-limit in plugin.yaml.",
        "Make the file smaller, or spread the intents over several applications.",
        Example({}, "kaitogen argocd generate --time-limit 1", _FLEET),
        Example(_FILES, "kaitogen argocd generate --time-limit 10"),
    ),
    Explanation(
        "KG611",
        "environment",
        "Needed too much memory and was stopped",
        "A sidecar that meets its memory limit is killed with every call it was working on, so the plugin stops the "
        "one call that asks for too much. The limit is --memory-limit in plugin.yaml.",
        "Make the file smaller, or spread the intents over several applications.",
        Example({}, "kaitogen argocd generate --memory-limit 64", _FLEET),
        Example(_FILES, "kaitogen argocd generate --memory-limit 1024"),
    ),
)
