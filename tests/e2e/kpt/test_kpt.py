"""The function under kpt's own `fn eval`: files of a package are made, kept, replaced and judged."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.e2e.kustomize.conftest import function, write

pytestmark = [pytest.mark.e2e, pytest.mark.checkout]

ROOT = Path(__file__).resolve().parents[3]
KRM = Path(sys.executable).with_name("kaitogen-krm")


class Package(NamedTuple):
    """A package of one intent, and the kpt that works on it."""

    kpt: Path
    folder: Path

    def eval(self, *words: str | Path, code: int = 0) -> str:
        """Run the function over the package; what kpt says."""
        done = subprocess.run(
            [self.kpt, "fn", "eval", self.folder, "--exec", KRM, *words],
            env={"PATH": f"{KRM.parent}:{os.defpath}", "HOME": str(self.folder.parent)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}

    def load(self, name: str) -> Any:
        return yaml.safe_load((self.folder / name).read_text(encoding="utf-8"))


def intent(name: str) -> dict[str, Any]:
    return {
        "apiVersion": "kaitogen.io/v1alpha1",
        "kind": "WorkspaceIntent",
        "metadata": {"name": name},
        "spec": {
            "placement": {"instanceType": "Standard_NC24ads_A100_v4"},
            "inference": {"model": "phi-4"},
        },
    }


@pytest.fixture(scope="session")
def kpt() -> Path:
    """The pinned `fn` commands of kpt, built where they are missing; without them the suite fails, it never skips."""
    done = subprocess.run(
        ["sh", str(ROOT / "scripts" / "build_tools.sh"), "kpt"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=3000,
    )
    return Path(done.stdout.strip())


@pytest.fixture
def package(kpt: Path, tmp_path: Path) -> Package:
    folder = write(tmp_path / "package", phi=intent("phi"))
    (folder / "Kptfile").write_text("apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata: {name: package}\n")
    return Package(kpt, folder)


def test_generator_adds_a_workspace_and_is_the_same_twice(package: Package, tmp_path: Path) -> None:
    config = function("WorkspaceGenerator", spec={"intents": [intent("made")]}, run="")
    (tmp_path / "config.yaml").write_text(config, encoding="utf-8")
    package.eval("--fn-config", tmp_path / "config.yaml")
    once = package.files()
    assert once.keys() == {"Kptfile", "phi.yaml", "workspace_made.yaml"}
    assert "annotations" not in package.load("workspace_made.yaml")["metadata"]
    package.eval("--fn-config", tmp_path / "config.yaml")
    assert package.files() == once


def test_transformer_puts_a_workspace_in_the_place_of_its_intent(package: Package) -> None:
    package.eval("--", "mode=transform")
    once = package.files()
    assert once.keys() == {"Kptfile", "workspace_phi.yaml"}
    assert package.load("workspace_phi.yaml")["kind"] == "Workspace"
    package.eval("--", "mode=transform")
    assert package.files() == once


def test_comments_of_an_intent_go_to_its_workspace(package: Package) -> None:
    text = (package.folder / "phi.yaml").read_text(encoding="utf-8")
    commented = text.replace("name: phi\n", "name: phi # the small one\n", 1)
    (package.folder / "phi.yaml").write_text(f"# For the search team.\n{commented}", encoding="utf-8")
    package.eval("--", "mode=transform")
    made = package.files()["workspace_phi.yaml"].decode()
    assert made.startswith("# For the search team.\napiVersion: kaito.sh/")
    assert "  name: phi # the small one\n" in made
    assert "annotations" not in package.load("workspace_phi.yaml")["metadata"]


def test_validator_changes_nothing_and_its_findings_are_results(package: Package, tmp_path: Path) -> None:
    package.eval("--", "mode=transform")
    before = package.files()
    package.eval("--", "mode=validate", "expect=1")
    results = tmp_path / "results"
    said = package.eval("--results-dir", results, "--", "mode=validate", "expect=2", code=1)
    assert "[error] spec.expect: 2 Workspaces expected, 1 seen" in said
    (item,) = yaml.safe_load((results / "results.yaml").read_text(encoding="utf-8"))["items"]
    assert item["results"][0]["tags"] == {"code": "KG146"}
    assert "file" not in item["results"][0]
    assert package.files() == before


def test_wrong_intent_fails_and_leaves_the_package_as_it_was(package: Package) -> None:
    wrong = intent("phi")
    wrong["spec"]["placement"]["instanceTyp"] = "x"
    write(package.folder, phi=wrong)
    before = package.files()
    assert "did you mean instanceType?" in package.eval("--", "mode=transform", code=1)
    assert package.files() == before
