"""What docs/replicas.md says of kubectl and the ConfigMap of a set, with a real kubectl: its order, and what it prunes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.cluster.conftest import BIN, ControlPlane, run

pytestmark = [pytest.mark.e2e, pytest.mark.cluster, pytest.mark.checkout]

INTENT = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata: {{name: {name}, labels: {{team: search}}}}
spec:
  replicas: 2
  placement: {{instanceType: Standard_NC24ads_A100_v4}}
  inference: {{model: phi-4, config: {{vllm: {{max-model-len: {length}}}}}}}
"""
PRUNES = ("apply", "-f", "-", "--prune", "-l", "team=search")
ALONE = tuple(f"--prune-allowlist=kaito.sh/v1beta1/{kind}" for kind in ("InferenceSet", "Workspace"))


def rendered(name: str = "phi", length: int = 8192) -> str:
    done = run(BIN / "kaitogen", "render", "-", stdin=INTENT.format(name=name, length=length))
    assert done.code == 0, done.said
    return done.output


@pytest.fixture
def applied(kaito: ControlPlane) -> Iterator[ControlPlane]:
    """A cluster with the set and its ConfigMap, as `kubectl apply -f` leaves them."""
    done = kaito.kubectl("apply", "-f", "-", stdin=rendered())
    assert done.code == 0, done.said
    yield kaito
    patch = '{"metadata": {"finalizers": null}}'
    kaito.kubectl("patch", "inferenceset", "phi", "--type=merge", "-p", patch)
    kaito.kubectl("delete", "inferenceset,configmap", "-l", "team=search")


def names(kaito: ControlPlane) -> list[str]:
    done = kaito.kubectl("get", "inferenceset,configmap", "-l", "team=search", "-o", "name")
    assert done.code == 0, done.said
    return sorted(
        line.rpartition("/")[2].rpartition("-inference-")[0] or line for line in done.output.split()
    )


def test_delete_by_file_takes_the_configmap_while_the_set_is_there(applied: ControlPlane) -> None:
    patch = '{"metadata": {"finalizers": ["inferenceset.finalizer.kaito.sh"]}}'
    assert applied.kubectl("patch", "inferenceset", "phi", "--type=merge", "-p", patch).code == 0
    assert applied.kubectl("delete", "--wait=false", "-f", "-", stdin=rendered()).code == 0
    assert names(applied) == ["inferenceset.kaito.sh/phi"]


def test_the_guide_deletes_the_set_and_then_the_rest(applied: ControlPlane) -> None:
    assert applied.kubectl("delete", "inferenceset", "phi", "--wait").code == 0
    assert names(applied) == ["phi"]
    done = applied.kubectl("delete", "--ignore-not-found", "-f", "-", stdin=rendered())
    assert (done.code, names(applied)) == (0, [])


@pytest.mark.parametrize(
    ("flags", "left"),
    [((), ["inferenceset.kaito.sh/phi"]), (ALONE, ["phi"])],
    ids=["by-itself", "as-the-guide-says"],
)
def test_pruning_by_itself_takes_the_configmap_and_leaves_the_set(
    flags: tuple[str, ...], left: list[str], applied: ControlPlane
) -> None:
    done = applied.kubectl(*PRUNES, *flags, stdin=rendered("other"))
    assert done.code == 0, done.said
    assert [name for name in names(applied) if "other" not in name] == left


def test_pruning_as_the_guide_says_keeps_the_configmap_that_replicas_mount(applied: ControlPlane) -> None:
    done = applied.kubectl(*PRUNES, *ALONE, stdin=rendered(length=4096))
    assert done.code == 0, done.said
    assert names(applied) == ["inferenceset.kaito.sh/phi", "phi", "phi"]


def test_the_guide_shows_these_flags(root: Path) -> None:
    page = (root / "docs" / "replicas.md").read_text(encoding="utf-8")
    assert f"  {' '.join(ALONE)}\n" in page
    assert "--prune -l team=search" in page


def test_a_number_that_is_no_longer_applied_falls_to_one(applied: ControlPlane) -> None:
    """What KG835 says, and its way out."""

    def number() -> str:
        return applied.kubectl("get", "inferenceset", "phi", "-o", "jsonpath={.spec.replicas}").output

    without = rendered().replace("  replicas: 2\n", "")
    assert number() == "2"
    assert applied.kubectl("apply", "-f", "-", stdin=without).code == 0
    assert number() == "1"
    assert applied.kubectl("apply", "-f", "-", stdin=rendered()).code == 0
    forgotten = applied.kubectl("apply", "set-last-applied", "-f", "-", stdin=without)
    assert forgotten.code == 0, forgotten.said
    assert applied.kubectl("apply", "-f", "-", stdin=without).code == 0
    assert number() == "2"


AROUND = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata: {name: phi, labels: {team: search}}
spec:
  replicas: 2
  endpoint: {service: true, gateway: {name: g, istio: true, pool: {picker: epp}}}
  disruption: {maxUnavailable: 1}
  monitoring: {podMonitor: true, alerts: true}
  placement: {instanceType: Standard_NC24ads_A100_v4}
  inference: {model: phi-4, config: {vllm: {max-model-len: 8192}}}
"""


def test_what_stands_around_a_set_goes_at_once_and_takes_nothing_with_it(kaito: ControlPlane) -> None:
    """In the reverse of the order of rendering, so that the set is there until the last of them has gone."""
    done = run(BIN / "kaitogen", "render", "-", stdin=AROUND)
    assert done.code == 0, done.said
    texts = done.output.split("---\n")
    kinds = [text.partition("kind: ")[2].partition("\n")[0] for text in texts]
    assert kinds[:2] == ["ConfigMap", "InferenceSet"]
    assert len(kinds) == 9
    assert kaito.kubectl("apply", "-f", "-", stdin=done.output).code == 0
    try:
        for text in reversed(texts[2:]):
            gone = kaito.kubectl("delete", "--wait", "--timeout=20s", "-f", "-", stdin=text)
            assert gone.code == 0, gone.said
            assert names(kaito) == ["inferenceset.kaito.sh/phi", "phi"]
    finally:
        assert kaito.kubectl("delete", "inferenceset", "phi", "--wait").code == 0
        kaito.kubectl("delete", "--ignore-not-found", "-f", "-", stdin=done.output)
