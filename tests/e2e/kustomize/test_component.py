"""The component that `kaitogen argocd install` keeps up to date, laid over Argo CD's manifests by kubectl."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.acceptance.test_argocd_install import load

pytestmark = [pytest.mark.e2e, pytest.mark.checkout]

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("above", ["", "namespace: argocd\n"], ids=["plain", "base-with-a-namespace"])
def test_component_lays_itself_over_a_repo_server(tmp_path: Path, above: str) -> None:
    """By the kustomize inside kubectl, over the parts of Argo CD's own manifests that it changes."""
    shutil.copytree(ROOT / "deploy/argocd/kustomize", tmp_path / "kaitogen")
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "kustomization.yaml").write_text(f"{above}resources: [argocd.yaml]\n")
    (tmp_path / "kustomization.yaml").write_text(
        "namespace: argocd\nresources: [base]\ncomponents: [kaitogen]\n"
        "images: [{name: registry.example.com/kaitogen, newName: my/kaitogen, newTag: '1'}]\n"
    )
    (tmp_path / "base" / "argocd.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm}\ndata: {url: https://argocd.example.com}\n---\n"
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: argocd-repo-server}\nspec:\n  template:\n    spec:\n"
        "      containers:\n        - {name: argocd-repo-server, image: 'quay.io/argoproj/argocd:v3.3.0'}\n"
        "      volumes:\n        - {name: var-files, emptyDir: {}}\n        - {name: plugins, emptyDir: {}}\n"
    )
    built = subprocess.run(
        [Path(sys.executable).with_name("kubectl"), "kustomize", tmp_path],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    objects = {
        (one["kind"], one["metadata"]["name"].rpartition("-")[0]): one for one in yaml.safe_load_all(built)
    }
    pod = objects["Deployment", "argocd-repo"]["spec"]["template"]["spec"]
    assert [one["name"] for one in pod["containers"]] == ["kaitogen", "argocd-repo-server"]
    annotations = objects["Deployment", "argocd-repo"]["spec"]["template"]["metadata"]["annotations"]
    assert annotations == {"kubectl.kubernetes.io/default-container": "argocd-repo-server"}
    assert pod["containers"][0]["image"] == "my/kaitogen:1"
    volumes = {one["name"]: one for one in pod["volumes"]}
    assert {one["name"] for one in pod["containers"][0]["volumeMounts"]} <= set(volumes)
    config_map = objects["ConfigMap", "kaitogen-plugin"]
    assert volumes["kaitogen-plugin"]["configMap"]["name"] == config_map["metadata"]["name"]
    assert yaml.safe_load(config_map["data"]["plugin.yaml"]) == load("plugin.yaml")
    assert objects["ConfigMap", "argocd"]["data"]["url"] == "https://argocd.example.com"
    assert {one["metadata"]["namespace"] for one in objects.values()} == {"argocd"}
