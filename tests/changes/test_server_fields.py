"""What servers and tools write on an object is nobody's intent: import leaves it out, and diff sees no change in it."""

from pathlib import Path

from tests.changes.running import kaitogen

DECLARED = """\
apiVersion: kaito.sh/v1beta1
kind: Workspace
metadata:
  name: phi-4
  namespace: inference
{labels}  annotations:
    config.kubernetes.io/depends-on: apps/namespaces/inference/Deployment/gateway
{annotations}{more}resource:
  instanceType: Standard_NC24ads_A100_v4
  labelSelector:
    matchLabels:
      apps: phi-4
inference:
  preset:
    name: phi-4
{status}"""
LABELS = (
    "helm.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/namespace", "kaito.sh/upgrade-to-version",
    "kustomize.toolkit.fluxcd.io/name", "kustomize.toolkit.fluxcd.io/namespace",
)  # fmt: skip
ANNOTATIONS = (
    "argocd.argoproj.io/installation-id", "argocd.argoproj.io/tracking-id", "config.k8s.io/id",
    "config.kubernetes.io/origin", "config.kubernetes.io/path", "internal.config.kubernetes.io/path",
    "kubectl.kubernetes.io/last-applied-configuration", "kustomize.toolkit.fluxcd.io/checksum",
    "meta.helm.sh/release-name", "meta.helm.sh/release-namespace", "workspace.kaito.io/hash",
    "workspace.kaito.io/revision",
)  # fmt: skip
MORE = """\
  uid: 0c5e5b5e-2f0c-4b52-9f5d-1a2b3c4d5e6f
  resourceVersion: "42"
  generation: 3
  creationTimestamp: "2026-01-01T00:00:00Z"
  managedFields: []
  finalizers: [workspace.finalizer.kaito.sh, foregroundDeletion]
"""
INTENT = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata:
  name: phi-4
  namespace: inference
  annotations:
    config.kubernetes.io/depends-on: apps/namespaces/inference/Deployment/gateway
spec:
  placement:
    instanceType: Standard_NC24ads_A100_v4
  inference:
    model: phi-4
"""


def _files(folder: Path) -> None:
    live = DECLARED.format(
        labels="  labels:\n" + "".join(f"    {key}: models\n" for key in LABELS),
        annotations="".join(f'    {key}: "7"\n' for key in ANNOTATIONS),
        more=MORE,
        status="status:\n  workerNodes: [a]\n",
    )
    (folder / "live.yaml").write_text(live, encoding="utf-8")
    (folder / "new.yaml").write_text(
        DECLARED.format(labels="", annotations="", more="", status=""), encoding="utf-8"
    )


def test_import_leaves_it_out_and_keeps_what_users_write(tmp_path: Path) -> None:
    _files(tmp_path)
    done = kaitogen(tmp_path, "import live.yaml")
    assert (done.code, done.output) == (0, INTENT), done.said


def test_diff_sees_no_change_in_it(tmp_path: Path) -> None:
    _files(tmp_path)
    done = kaitogen(tmp_path, "diff --against live.yaml new.yaml")
    assert done.code == 0, done.output
