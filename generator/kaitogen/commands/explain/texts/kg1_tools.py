"""Explanations of KG140 to KG157: what kustomize, kpt and Argo CD hand over."""

from typing import Final

from kaitogen.commands.explain.texts.shapes import INTENT_FILE, RIGHT, Example, Explanation

_INTENT_LINES: Final = RIGHT.splitlines()
_LIST: Final = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
_WORKSPACE: Final = (
    "  - apiVersion: kaito.sh/v1beta1\n    kind: Workspace\n    metadata: {name: phi-4}\n"
    "    resource:\n      instanceType: Standard_NC24ads_A100_v4\n      labelSelector: {matchLabels: {apps: phi-4}}\n"
    "    inference: {preset: {name: phi-4}}\n"
)
_INTENT: Final = "\n".join(["  - " + _INTENT_LINES[0], *("    " + line for line in _INTENT_LINES[1:])]) + "\n"
_HEAD: Final = (
    "functionConfig:\n  apiVersion: kaitogen.io/v1alpha1\n  kind: {}\n  metadata: {{name: models}}\n"
)
_GENERATOR: Final = "WorkspaceGenerator"


def _krm(text: str, **files: str) -> Example:
    more = {f"{name}.intent.yaml": content for name, content in files.items()}
    return Example({"list.yaml": text, **more}, "kaitogen krm < list.yaml")


def _function(kind: str, spec: str = "", items: str = "") -> str:
    return _LIST + (f"items:\n{items}" if items else "items: []\n") + _HEAD.format(kind) + spec


def _argocd(parameters: str, **more: str) -> Example:
    files = {INTENT_FILE: RIGHT, **{name.replace("__", "/") + ".yaml": text for name, text in more.items()}}
    return Example(files, f"ARGOCD_APP_PARAMETERS='[{parameters}]' kaitogen argocd generate")


def _set(path: str, value: str) -> str:
    return f'{{"name": "set", "map": {{"{path}": "{value}"}}}}'


_RIGHT_SETTING: Final = _argocd('{"name": "kaito_version", "string": "0.12"}')
_ENVIRONMENT: Final = (
    "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntentSet\nmetadata: {name: production}\n"
    "spec:\n  defaults:\n    metadata: {namespace: production}\n"
)
_PRODUCTION: Final = '{"name": "environment", "string": "production"}'

TOOLS: Final = (
    Explanation(
        "KG140",
        "invalid",
        "What came in is no ResourceList",
        "A KRM function is handed one document of kind ResourceList on standard input, with items and, as a rule, a "
        "functionConfig. kustomize and kpt make it; plain manifests are not one.",
        "Pipe a ResourceList in, or use kaitogen render for intent files.",
        _krm(RIGHT),
        _krm(_function(_GENERATOR, "  spec: {files: [phi-4.intent.yaml]}\n"), **{"phi-4": RIGHT}),
    ),
    Explanation(
        "KG141",
        "invalid",
        "kaitogen has no function of this kind",
        "The kind of the functionConfig says what to do: WorkspaceGenerator makes Workspaces of intents, "
        "WorkspaceTransformer replaces intents among the objects, WorkspaceValidator checks. A WorkspaceIntent or a "
        "ConfigMap may stand there as well.",
        "Correct the kind.",
        _krm(_function("WorkspaceGenerater", "  spec: {files: [phi-4.intent.yaml]}\n"), **{"phi-4": RIGHT}),
        _krm(_function(_GENERATOR, "  spec: {files: [phi-4.intent.yaml]}\n"), **{"phi-4": RIGHT}),
    ),
    Explanation(
        "KG142",
        "invalid",
        "A file outside of the kustomization's folder",
        "kustomize itself reads no file outside of the folder of a kustomization, so that what a build reads can be "
        "seen from its place. kaitogen holds to the same bound, links included.",
        "Copy the file into the folder, or list the generator in a kustomization beside it.",
        _krm(_function(_GENERATOR, "  spec: {files: [../phi-4.intent.yaml]}\n")),
        _krm(_function(_GENERATOR, "  spec: {files: [phi-4.intent.yaml]}\n"), **{"phi-4": RIGHT}),
    ),
    Explanation(
        "KG143",
        "invalid",
        "A file that is not there",
        "Paths start at the folder of the kustomization that is built. A function that runs in a container sees no "
        "files at all.",
        "Correct the path; for a container, put the intents under spec.intents.",
        _krm(_function(_GENERATOR, "  spec: {files: [phi-5.intent.yaml]}\n"), **{"phi-4": RIGHT}),
        _krm(_function(_GENERATOR, "  spec: {files: [phi-4.intent.yaml]}\n"), **{"phi-4": RIGHT}),
    ),
    Explanation(
        "KG144",
        "invalid",
        "The object that is made is there already",
        "The transformer was handed an intent and, beside it, an object of the same kind, namespace and name as the one "
        "it would make. Both together cannot be applied.",
        "Remove or rename one of the two.",
        _krm(_function("WorkspaceTransformer", items=_INTENT + _WORKSPACE)),
        _krm(_function("WorkspaceTransformer", items=_INTENT)),
    ),
    Explanation(
        "KG145",
        "invalid",
        "An intent that nobody turned into a Workspace",
        "kustomize skips functions without a word unless its flags for plugins are given. An intent among the built "
        "objects is the sign of it, and Kubernetes would refuse it as a kind that it does not know.",
        "List a WorkspaceTransformer under transformers:, and build with --enable-alpha-plugins --enable-exec.",
        _krm(_function("WorkspaceValidator", items=_INTENT)),
        _krm(_function("WorkspaceValidator", items=_WORKSPACE)),
    ),
    Explanation(
        "KG146",
        "invalid",
        "Another number of Workspaces than expected",
        "A validator with spec.expect guards against generators that were skipped: an empty result is valid, and "
        "GitOps would take it for the wish to remove everything.",
        "Correct expect; where a generator was skipped, build with --enable-alpha-plugins --enable-exec.",
        _krm(_function("WorkspaceValidator", "  spec: {expect: 2}\n", _WORKSPACE)),
        _krm(_function("WorkspaceValidator", "  spec: {expect: 1}\n", _WORKSPACE)),
    ),
    Explanation(
        "KG147",
        "invalid",
        "A generator that generates nothing",
        "The files that the generator names hold comments alone, or nothing. An empty result is valid to kustomize, and "
        "GitOps would take it for the wish to remove everything.",
        "Add an intent, or take the generator out of the kustomization.",
        _krm(_function(_GENERATOR, "  spec: {files: [phi-4.intent.yaml]}\n"), **{"phi-4": "# later\n"}),
        _krm(_function(_GENERATOR, "  spec: {files: [phi-4.intent.yaml]}\n"), **{"phi-4": RIGHT}),
    ),
    Explanation(
        "KG150",
        "invalid",
        "The plugin for Argo CD has no such parameter",
        "An Application says what it wants in spec.source.plugin, by parameters or by env entries that begin with "
        "KAITOGEN_. A name that the plugin does not know would have no effect.",
        "Use one of the names that the finding lists.",
        _argocd('{"name": "kaito", "string": "0.12"}'),
        _RIGHT_SETTING,
    ),
    Explanation(
        "KG151",
        "invalid",
        "A parameter that says something else than it can",
        "Argo CD knows parameters that are text, lists or mappings of text, and hands them over as they are written. "
        "Here the form, or the word itself, is not what the parameter takes.",
        "Write it as the finding says; quote numbers and booleans.",
        _argocd('{"name": "strict", "string": "maybe"}'),
        _argocd('{"name": "strict", "string": "true"}'),
    ),
    Explanation(
        "KG152",
        "invalid",
        "A path at which nothing can be set",
        "The parameter set takes paths below metadata or spec of an intent, such as spec.placement.count, after the "
        "name of a Workspace and a colon where it is for that one alone.",
        "Check the path against kaitogen schema intent.",
        _argocd(_set("placement.instanceType", "Standard_NC24ads_A100_v4")),
        _argocd(_set("spec.placement.instanceType", "Standard_NC24ads_A100_v4")),
    ),
    Explanation(
        "KG153",
        "invalid",
        "No intent of that name",
        "A value, or an entry of an environment's file, is meant for one Workspace, and none of the intents has that "
        "name. Without this finding a renamed Workspace would quietly lose what was said about it.",
        "Correct the name.",
        _argocd(_set("phi-5:spec.placement.instanceType", "Standard_NC24ads_A100_v4")),
        _argocd(_set("phi-4:spec.placement.instanceType", "Standard_NC24ads_A100_v4")),
    ),
    Explanation(
        "KG154",
        "invalid",
        "The file of an environment is not what it has to be",
        "environments/NAME.yaml is a WorkspaceIntentSet: what stands under spec.defaults is laid over every intent, and "
        "entries of spec.workspaces over the intents of that name.",
        "Write it as a WorkspaceIntentSet.",
        _argocd(_PRODUCTION, environments__production="metadata: {namespace: production}\n"),
        _argocd(_PRODUCTION, environments__production=_ENVIRONMENT),
    ),
    Explanation(
        "KG155",
        "invalid",
        "A path that leads out of the application's folder",
        "The sidecar holds the repositories of many teams. What a parameter names, and what links lead to, must lie "
        "in the application's own folder, so that nobody reads what belongs to others.",
        "Name files below the application's folder, relative to it.",
        _argocd('{"name": "include", "array": ["../other-team"]}'),
        _argocd(f'{{"name": "include", "array": ["{INTENT_FILE}"]}}'),
    ),
    Explanation(
        "KG156",
        "invalid",
        "Nothing to deploy",
        "An empty answer means success to Argo CD, and with pruning it would remove every Workspace of the "
        "application. So an empty result has to be asked for.",
        "Add an intent, or set the parameter allow_empty: true.",
        Example({INTENT_FILE: "# all models are retired\n"}, "kaitogen argocd generate"),
        Example(
            {INTENT_FILE: "# all models are retired\n"},
            'ARGOCD_APP_PARAMETERS=\'[{"name": "allow_empty", "string": "true"}]\' kaitogen argocd generate',
        ),
    ),
    Explanation(
        "KG157",
        "invalid",
        "A name that stands for nothing in the repository",
        "A parameter names a file, a folder, a pattern or an environment that is not in the application's folder as "
        "Argo CD handed it over; or a pattern that begins where there is more than can be looked at, so that "
        "intents might be missed, and their Workspaces pruned.",
        "Check the name; it is relative to the application's folder.",
        _argocd('{"name": "environment", "string": "staging"}', environments__production=_ENVIRONMENT),
        _argocd(_PRODUCTION, environments__production=_ENVIRONMENT),
    ),
)
