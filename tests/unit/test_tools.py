"""Programs that the end-to-end tests run are built of the same modules, so that what they share is compiled once."""

import re
from pathlib import Path

import pytest

#: Those that are made of much the same: Kubernetes' own modules, and what these need. Argo CD is a few releases of
#: Kubernetes behind, and kpt with it.
ALIKE = (("cluster", "helm", "promtool"), ("argocd", "kpt"))


@pytest.mark.parametrize("names", ALIKE)
def test_what_they_share_is_of_one_version(root: Path, names: tuple[str, ...]) -> None:
    asked: dict[str, dict[str, str]] = {}
    for name in names:
        text = (root / "tests" / "e2e" / name / "go.mod").read_text(encoding="utf-8")
        versions = dict(re.findall(r"^\t(\S+) (v\S+)", text, re.MULTILINE))
        versions |= dict(re.findall(r"^\t(\S+) => \S+ (v\S+)", text, re.MULTILINE))
        for module, version in versions.items():
            asked.setdefault(module, {})[name] = version
    shared = {module: found for module, found in asked.items() if len(found) > 1}
    assert "k8s.io/client-go" in shared
    assert {module: found for module, found in shared.items() if len(set(found.values())) > 1} == {}
