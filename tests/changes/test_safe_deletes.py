"""A set outlived by its ConfigMap: sequences of commits and deletes, played by each tool's order against a model of KAITO 0.12.

The model is what keeps GPUs for ever in a cluster: the set's webhook refuses every write of a set whose ConfigMap is
gone, also that of the controller's own, which deletes replicas and lets the set go only after one.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import pytest

from kaitogen.model import Document, Request
from kaitogen.pipeline.generate import generate

Object = Mapping[str, Any]
Key = tuple[str, str]

_SYNC: Final = "argocd.argoproj.io/sync-options"
_FLUX: Final = "kustomize.toolkit.fluxcd.io/prune"
#: What `kubectl apply --prune` prunes where nothing else is said: kinds of Kubernetes' own, such as ConfigMaps.
_KUBECTL_PRUNES: Final = ("ConfigMap",)
#: The revisions of a repository that follow upon the first one, in which a set has a configuration.
_LATER: Final[dict[str, dict[str, Any] | None]] = {
    "another configuration": {"vllm": {"max-model-len": 4096}},
    "no configuration": {},
    "no intent": None,
}


class Refused(Exception):
    """The webhook's answer."""


class Cluster:
    """Objects by kind and name, the webhook of sets, and their controller, which comes when it is called."""

    def __init__(self) -> None:
        self.objects: dict[Key, Object] = {}
        self.deleting: set[Key] = set()
        #: The ConfigMap that each replica mounts, by its set.
        self.replicas: dict[Key, list[str | None]] = {}
        self.lost: list[str] = []

    def apply(self, data: Object) -> None:
        self._admit(data)
        self.objects[_key(data)] = data

    def delete(self, key: Key) -> None:
        if key not in self.objects:
            return
        if key[0] == "InferenceSet":
            self.deleting.add(key)
            return
        del self.objects[key]
        if any(key[1] in mounted for mounted in self.replicas.values()):
            self.lost.append(key[1])

    def reconcile(self) -> None:
        for key, data in list(self.objects.items()):
            if key[0] != "InferenceSet":
                continue
            try:
                self._admit(data)
            except Refused:
                continue
            if key in self.deleting:
                del self.objects[key], self.replicas[key]
                self.deleting.remove(key)
                continue
            own = self.replicas.setdefault(key, [])
            own += [_config(data)] * (data["spec"]["replicas"] - len(own))

    @property
    def gpus_are_held(self) -> bool:
        """Whether a set that somebody deleted is there still."""
        self.reconcile()
        return bool(self.deleting)

    def _admit(self, data: Object) -> None:
        config = _config(data) if data["kind"] == "InferenceSet" else None
        if config and ("ConfigMap", config) not in self.objects:
            raise Refused(config)


def _key(data: Object) -> Key:
    return data["kind"], data["metadata"]["name"]


def _config(data: Object) -> str | None:
    found: str | None = data["spec"]["template"]["inference"].get("config")
    return found


def _revision(config: dict[str, Any] | None) -> list[Object]:
    """What kaitogen makes of the intent at a revision, in the order in which it prints it; nothing of no intent."""
    if config is None:
        return []
    inference = {"model": "phi-4", **({"config": config} if config else {})}
    value = {
        "apiVersion": "kaitogen.io/v1alpha1",
        "kind": "WorkspaceIntent",
        # Whoever lets Argo CD prune the set does not mean its ConfigMap.
        "metadata": {"name": "phi", "annotations": {_SYNC: "Prune=true"}},
        "spec": {
            "replicas": 2,
            "placement": {"instanceType": "Standard_NC24ads_A100_v4"},
            "inference": inference,
        },
    }
    result = generate(Request(documents=(Document("phi", value=value, inline=True),)))
    assert result.ok, result.findings
    return [manifest.data for manifest in result.manifests]


_FIRST: Final[dict[str, Any]] = {"vllm": {"max-model-len": 8192}}
Step = Callable[[], None]


def _says(data: Object, key: str) -> str:
    return str(data["metadata"].get("annotations", {}).get(key, ""))


def _by_waves(objects: Sequence[Object]) -> list[Object]:
    """Argo CD's order: waves, then kinds of Kubernetes' own before all others."""
    wave = "argocd.argoproj.io/sync-wave"
    return sorted(objects, key=lambda one: (int(_says(one, wave) or 0), one["kind"] != "ConfigMap"))


def _argocd(cluster: Cluster, old: Sequence[Object], new: Sequence[Object]) -> list[Step]:
    """A sync with pruning, once at its worst: ConfigMaps are pruned before sets, as nothing in one wave has an order."""
    kept = {_key(one) for one in new}
    gone = [one for one in _by_waves(old) if _key(one) not in kept and "Prune=false" not in _says(one, _SYNC)]
    return [*(_apply(cluster, one) for one in _by_waves(new)), *(_delete(cluster, one) for one in gone)]


def _argocd_application_deleted(cluster: Cluster, old: Sequence[Object], new: Sequence[Object]) -> list[Step]:
    """With its finalizer, which deletes all that the Application has."""
    return [_delete(cluster, one) for one in _by_waves(old) if "Delete=false" not in _says(one, _SYNC)]


def _flux(cluster: Cluster, old: Sequence[Object], new: Sequence[Object]) -> list[Step]:
    kept = {_key(one) for one in new}
    gone = [one for one in old if _key(one) not in kept and _says(one, _FLUX) != "disabled"]
    return [*(_apply(cluster, one) for one in new), *(_delete(cluster, one) for one in gone)]


def _kubectl_prune(prunes: Sequence[str]) -> Callable[..., list[Step]]:
    def steps(cluster: Cluster, old: Sequence[Object], new: Sequence[Object]) -> list[Step]:
        kept = {_key(one) for one in new}
        gone = [one for one in old if _key(one) not in kept and one["kind"] in prunes]
        return [*(_apply(cluster, one) for one in new), *(_delete(cluster, one) for one in gone)]

    return steps


def _as_the_guide_says(cluster: Cluster, old: Sequence[Object], new: Sequence[Object]) -> list[Step]:
    """`kubectl delete inferenceset --wait`, and then `kubectl delete -f` of all."""
    sets = [_delete(cluster, one) for one in old if one["kind"] == "InferenceSet"]
    return [*sets, cluster.reconcile, *(_delete(cluster, one) for one in old)]


def _kubectl_delete(cluster: Cluster, old: Sequence[Object], new: Sequence[Object]) -> list[Step]:
    """`kubectl delete -f`: one after the other as they stand there, and only then it waits."""
    return [_delete(cluster, one) for one in old]


def _kubectl_delete_reversed(cluster: Cluster, old: Sequence[Object], new: Sequence[Object]) -> list[Step]:
    return _kubectl_delete(cluster, old[::-1], new)


def _apply(cluster: Cluster, data: Object) -> Step:
    return lambda: cluster.apply(data)


def _delete(cluster: Cluster, data: Object) -> Step:
    return lambda: cluster.delete(_key(data))


def _play(tool: Callable[..., list[Step]], later: dict[str, Any] | None, *, quick: bool) -> Cluster:
    """The first revision as it runs, then the later one by a tool, with a controller that keeps up or comes at the end."""
    cluster = Cluster()
    first = _revision(_FIRST)
    for data in first:
        cluster.apply(data)
    cluster.reconcile()
    for step in tool(cluster, first, _revision(later)):
        step()
        if quick:
            cluster.reconcile()
    return cluster


SAFE: Final = {
    "Argo CD": _argocd,
    "Argo CD, Application deleted": _argocd_application_deleted,
    "Flux": _flux,
    "kubectl apply --prune of KAITO's kinds alone": _kubectl_prune(("InferenceSet", "Workspace")),
    "set first": _as_the_guide_says,
}


@pytest.mark.parametrize("quick", [True, False])
@pytest.mark.parametrize("later", _LATER)
@pytest.mark.parametrize("tool", SAFE)
def test_a_configmap_outlives_its_set_and_its_replicas(tool: str, later: str, quick: bool) -> None:
    cluster = _play(SAFE[tool], _LATER[later], quick=quick)
    assert (cluster.gpus_are_held, cluster.lost) == (False, [])
    ends = _LATER[later] is None or tool in ("Argo CD, Application deleted", "set first")
    assert any(kind == "InferenceSet" for kind, _ in cluster.objects) != ends


def test_what_the_guide_warns_of_is_so() -> None:
    """And why the order of the output is no way out: set first is refused, and deleted first is not deleted in time."""
    assert _play(_kubectl_delete, None, quick=True).gpus_are_held
    assert _play(_kubectl_delete_reversed, None, quick=False).gpus_are_held
    assert _play(_kubectl_prune(_KUBECTL_PRUNES), _LATER["another configuration"], quick=True).lost
    with pytest.raises(Refused):
        Cluster().apply(_revision(_FIRST)[-1])
