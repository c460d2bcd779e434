"""Everything that installs the plugin, as data: plugin.yaml, the sidecar, Kustomize patches, Helm values, examples.

`plugin.yaml` and `deploy/argocd/` of the repository are written from here
(`kaitogen argocd install -o .`), and a test holds that they are what is written.
"""

from typing import Final, NamedTuple

from kaitogen import __version__
from kaitogen.files import shipped
from kaitogen.integrations.argocd.announce import static
from kaitogen.model import Json
from kaitogen.yaml.writer import dump

NAME: Final = "kaitogen"
#: Every key Argo CD reads in plugin.yaml; it drops a misspelt one without a word.
DISCOVERED_BY: Final = "intent.yaml"
KINDS: Final = ("InferenceSet", "RAGEngine", "Workspace")
CONFIG_FOLDER: Final = "/home/argocd/cmp-server/config"
SOCKET_FOLDER: Final = "/home/argocd/cmp-server/plugins"
_SERVER_FOLDER: Final = "/var/run/argocd"
_CONFIG_MAP: Final = "kaitogen-plugin"
_PLUGIN_FILE: Final = "plugin.yaml"
_HERE: Final = "deploy/argocd"


class Wanted(NamedTuple):
    """What of the installation can be chosen."""

    image: str = f"registry.example.com/kaitogen:{__version__}"
    discover: bool = False
    dynamic: bool = False


def files(wanted: Wanted) -> dict[str, str]:
    """All files by their path in the repository."""
    plugin = plugin_file(wanted)
    return {
        _PLUGIN_FILE: plugin,
        f"{_HERE}/plugin-discover.yaml": plugin_file(wanted._replace(discover=True)),
        f"{_HERE}/kustomize/kustomization.yaml": _said(_COMPONENT, _kustomization()),
        f"{_HERE}/kustomize/plugin.yaml": plugin,
        f"{_HERE}/kustomize/repo-server.yaml": _said(_PATCH, _repo_server(wanted)),
        f"{_HERE}/kustomize/argocd-cm.yaml": _said(_SETTINGS, _argocd_cm()),
        f"{_HERE}/helm/values.yaml": _said(_VALUES, _values(wanted)),
        f"{_HERE}/examples/application.yaml": _said(_APPLICATION, _application()),
        f"{_HERE}/examples/applicationset.yaml": _said(_SET, _application_set()),
    }


def plugin_file(wanted: Wanted) -> str:
    """plugin.yaml, or the variant that lets Argo CD detect applications."""
    return _said(_DETECTED if wanted.discover else _NAMED, _plugin(wanted))


def _plugin(wanted: Wanted) -> Json:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "ConfigManagementPlugin",
        "metadata": {"name": NAME},
        "spec": _plugin_spec(wanted),
    }


def _plugin_spec(wanted: Wanted) -> Json:
    spec: Json = {}
    if wanted.discover:
        spec["discover"] = {"fileName": DISCOVERED_BY}
    spec["generate"] = {"command": [NAME], "args": ["argocd", "generate"]}
    if wanted.dynamic:
        spec["parameters"] = {"dynamic": {"command": [NAME], "args": ["argocd", "parameters"]}}
    else:
        spec["parameters"] = {"static": static()}
    return spec


def _sidecar(wanted: Wanted, config_volume: str, config_file: str) -> Json:
    return {
        "name": NAME,
        "image": wanted.image,
        "command": [f"{_SERVER_FOLDER}/argocd-cmp-server"],
        "env": [
            {"name": "HOME", "value": "/tmp"},  # noqa: S108 - the sidecar's own volume
            {"name": "PYTHONDONTWRITEBYTECODE", "value": "1"},
            {"name": "PYTHONSAFEPATH", "value": "1"},
            {"name": "PYTHONNOUSERSITE", "value": "1"},
        ],
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 999,
            "readOnlyRootFilesystem": True,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "resources": {
            "requests": {"cpu": "100m", "memory": "128Mi"},
            "limits": {"memory": "2Gi"},
        },
        "volumeMounts": [
            {"name": "var-files", "mountPath": _SERVER_FOLDER},
            {"name": "plugins", "mountPath": SOCKET_FOLDER},
            {"name": "kaitogen-tmp", "mountPath": "/tmp"},  # noqa: S108 - the sidecar's own volume
            {"name": config_volume, "mountPath": f"{CONFIG_FOLDER}/{_PLUGIN_FILE}", "subPath": config_file},
        ],
    }


_DEFAULT_CONTAINER: Final = {"kubectl.kubernetes.io/default-container": "argocd-repo-server"}
_TMP_VOLUME: Final = {"name": "kaitogen-tmp", "emptyDir": {"sizeLimit": "2Gi"}}


def _repo_server(wanted: Wanted) -> Json:
    pod = {
        "automountServiceAccountToken": False,
        "containers": [_sidecar(wanted, _CONFIG_MAP, _PLUGIN_FILE)],
        "volumes": [_TMP_VOLUME, {"name": _CONFIG_MAP, "configMap": {"name": _CONFIG_MAP}}],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "argocd-repo-server"},
        # Patched in, the sidecar stands first, and kubectl would take its log for the repo server's.
        "spec": {"template": {"metadata": {"annotations": _DEFAULT_CONTAINER}, "spec": pod}},
    }


def _kustomization() -> Json:
    return {
        "apiVersion": "kustomize.config.k8s.io/v1alpha1",
        "kind": "Component",
        "configMapGenerator": [{"name": _CONFIG_MAP, "files": [_PLUGIN_FILE]}],
        "patches": [{"path": "repo-server.yaml"}, {"path": "argocd-cm.yaml"}],
    }


def customizations() -> dict[str, str]:
    """What argocd-cm needs to know about KAITO's kinds: health, and the defaults its CRD fills in."""
    scripts = {
        f"resource.customizations.health.kaito.sh_{kind}": shipped.read_text(
            "deploy", f"argocd/health/kaito.sh/{kind}/health.lua"
        )
        for kind in KINDS
    }
    defaults = [
        ".resource | select(.count == 1) | .count",
        '.inference.preset | select(.accessMode == "public") | .accessMode',
        '.tuning.preset | select(.accessMode == "public") | .accessMode',
    ]
    return {
        **scripts,
        "resource.customizations.ignoreDifferences.kaito.sh_Workspace": dump({"jqPathExpressions": defaults}),
    }


def _argocd_cm() -> Json:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "argocd-cm"},
        "data": customizations(),
    }


def _values(wanted: Wanted) -> Json:
    # The chart makes the ConfigMap argocd-cmp-cm with the key NAME.yaml and adds the head of plugin.yaml.
    return {
        "configs": {
            "cm": customizations(),
            "cmp": {"create": True, "plugins": {NAME: _plugin_spec(wanted)}},
        },
        "repoServer": {
            "automountServiceAccountToken": False,
            "extraContainers": [_sidecar(wanted, "argocd-cmp-cm", f"{NAME}.yaml")],
            "volumes": [_TMP_VOLUME, {"name": "argocd-cmp-cm", "configMap": {"name": "argocd-cmp-cm"}}],
        },
    }


_SYNC: Final = {
    "automated": {"prune": True, "selfHeal": True},
    "syncOptions": ["CreateNamespace=true", "ServerSideApply=true", "SkipDryRunOnMissingResource=true"],
}


def _application() -> Json:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": "models", "namespace": "argocd"},
        "spec": {
            "project": "default",
            "source": {
                "repoURL": "https://git.example.com/platform/models.git",
                "targetRevision": "main",
                "path": "models",
                "plugin": {"name": NAME, "parameters": [{"name": "kaito_version", "string": "0.12"}]},
            },
            "destination": {"server": "https://kubernetes.default.svc", "namespace": "inference"},
            "syncPolicy": _SYNC,
        },
    }


def _application_set() -> Json:
    template = {
        "metadata": {"name": "models-{{.cluster.name}}"},
        "spec": {
            "project": "default",
            "source": {
                "repoURL": "https://git.example.com/platform/models.git",
                "targetRevision": "main",
                "path": "models",
                "plugin": {
                    "name": NAME,
                    "parameters": [
                        {"name": "environment", "string": "{{.environment}}"},
                        {"name": "kaito_version", "string": "{{.kaito}}"},
                        {"name": "node_provisioner", "string": "{{.nodeProvisioner}}"},
                    ],
                },
            },
            "destination": {"server": "{{.cluster.server}}", "namespace": "inference"},
            "syncPolicy": _SYNC,
        },
    }
    files_of = {"repoURL": "https://git.example.com/platform/models.git", "revision": "main"}
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "ApplicationSet",
        "metadata": {"name": "models", "namespace": "argocd"},
        "spec": {
            "goTemplate": True,
            "goTemplateOptions": ["missingkey=error"],
            "generators": [{"git": {**files_of, "files": [{"path": "clusters/*/kaitogen-cluster.yaml"}]}}],
            "syncPolicy": {"preserveResourcesOnDeletion": True},
            "template": template,
        },
    }


def _said(words: str, value: Json) -> str:
    return "".join(f"# {line}\n" for line in words.split("\n")) + dump(value)


_MADE: Final = (
    "Written by `kaitogen argocd install`; a change belongs into its options, or into a patch of your own."
)
_NAMED: Final = (
    f"The Argo CD plugin. Applications name it: plugin: {{name: {NAME}}}. See docs/argocd.md.\n{_MADE}"
)
_DETECTED: Final = (
    f"The plugin for those who want applications with an {DISCOVERED_BY} in their folder to be detected. It costs a\n"
    f"second copy of the repository for each application, and each one without a source type of its own is asked.\n{_MADE}"
)
_COMPONENT: Final = (
    f"Adds the sidecar, its plugin.yaml and KAITO's health to an Argo CD that Kustomize installs.\n{_MADE}"
)
_PATCH: Final = f"The sidecar in the repo server.\n{_MADE}"
_SETTINGS: Final = f"How Argo CD judges KAITO's kinds.\n{_MADE}"
_VALUES: Final = f"Values for the chart argo/argo-cd: helm upgrade --reuse-values -f values.yaml.\n{_MADE}"
_APPLICATION: Final = f"One application: every intent below models/.\n{_MADE}"
_SET: Final = (
    "One application for each clusters/NAME/kaitogen-cluster.yaml, a file such as\n"
    "  cluster: {name: weu-1, server: https://weu-1.example.com}\n"
    '  environment: prod\n  kaito: "0.12"\n  nodeProvisioner: azure-gpu-provisioner\n'
    f"all over the same intents below models/.\n{_MADE}"
)
