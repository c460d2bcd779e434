"""Both hooks under real pre-commit, installed from a repository as a user's are, in a repository of a user's."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.acceptance.streams import INTENT

pytestmark = [pytest.mark.e2e, pytest.mark.checkout]

ROOT: Final = Path(__file__).resolve().parents[2]
PRE_COMMIT: Final = Path(sys.executable).with_name("pre-commit")
#: What pip and Python hear from the machine; nothing else of the caller's counts.
HEARD: Final = ("PIP_", "SSL_", "REQUESTS_", "HTTP_", "HTTPS_", "NO_PROXY", "http_", "https_", "no_proxy")

WRONG: Final = INTENT.replace("instanceType", "instanceTyp")
CONFIG: Final = """\
repos:
  - repo: {repository}
    rev: {revision}
    hooks:
      - id: kaitogen-validate
      - id: kaitogen-render-check
        args: [-o, manifests, intents]
"""


HOOKS: Final = ("check KAITO intents", "check rendered KAITO Workspaces", "format KAITO intents")


class Ran(NamedTuple):
    """Exit code, what was printed, and the outcome of each hook: Passed, Failed or Skipped."""

    code: int
    said: str
    outcome: Mapping[str, str]


class Repository(NamedTuple):
    """A repository with our hooks in its configuration."""

    folder: Path
    env: Mapping[str, str]

    def git(self, *words: str) -> str:
        return git(self.folder, self.env, *words)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.git("add", "--all")

    def commit(self) -> Ran:
        """`git commit` with the hooks in place."""
        return self._ran(["git", "commit", "--quiet", "--message", "a change"])

    def run(self, *words: str) -> Ran:
        return self._ran([str(PRE_COMMIT), "run", "--color", "never", *words])

    def _ran(self, words: list[str]) -> Ran:
        done = subprocess.run(
            words, cwd=self.folder, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, check=False, timeout=900,
        )  # fmt: skip
        outcome = {}
        for line in done.stdout.splitlines():
            for hook in HOOKS:
                if line.startswith(hook):
                    outcome[hook] = next(word for word in ("Passed", "Failed", "Skipped") if word in line)
        return Ran(done.returncode, done.stdout, outcome)


def git(folder: Path, env: Mapping[str, str], *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An empty home, a git that knows who commits, and the machine's way to a package registry."""
    home = tmp_path_factory.mktemp("home")
    env = {name: value for name, value in os.environ.items() if name.startswith(HEARD)}
    who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER")
           for what, value in (("NAME", "Somebody"), ("EMAIL", "somebody@example.com"))}  # fmt: skip
    # Without the hashes: what pre-commit installs is a clone, which has none.
    versions = home / "versions.txt"
    locked = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8").splitlines()
    pins = [line.rstrip(" \\") for line in locked if "--hash" not in line]
    versions.write_text("\n".join(pins), encoding="utf-8")
    paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return {**env, **who, "HOME": str(home), "PATH": paths, "LANG": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1",
            "PRE_COMMIT_COLOR": "never", "PRE_COMMIT_HOME": str(home / "hooks"),
            "PIP_CONSTRAINT": str(versions)}  # fmt: skip


@pytest.fixture(scope="module")
def hooks(surroundings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A repository that holds this checkout as it is now, and its one revision."""
    folder = tmp_path_factory.mktemp("kaitogen")
    listed = git(
        ROOT,
        surroundings,
        "-c",
        f"safe.directory={ROOT}",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    )
    for name in listed.split("\0"):
        source = ROOT / name
        if name and source.is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, folder / name)
    git(folder, surroundings, "init", "--quiet")
    git(folder, surroundings, "add", "--all")
    git(folder, surroundings, "commit", "--quiet", "--message", "all of it")
    return folder, git(folder, surroundings, "rev-parse", "HEAD")


@pytest.fixture
def repository(hooks: tuple[Path, str], surroundings: dict[str, str], tmp_path: Path) -> Repository:
    """A user's repository: an intent, what it renders to, and files that are no concern of ours."""
    made = Repository(tmp_path, surroundings)
    made.git("init", "--quiet")
    made.write(".pre-commit-config.yaml", CONFIG.format(repository=hooks[0], revision=hooks[1]))
    made.write("intents/phi.intent.yaml", INTENT)
    made.write("README.md", "Our models\n")
    made.write("values.yaml", "image: {tag: !!str 1}\n")
    kaitogen = Path(sys.executable).with_name("kaitogen")
    subprocess.run([kaitogen, "render", "-o", "manifests", "intents"], cwd=tmp_path, check=True)
    made.git("add", "--all")
    subprocess.run([PRE_COMMIT, "install"], cwd=tmp_path, env=surroundings, check=True, capture_output=True)
    return made


BOTH: Final = ("check KAITO intents", "check rendered KAITO Workspaces")


def both(first: str, second: str) -> dict[str, str]:
    return dict(zip(BOTH, (first, second), strict=True))


def test_right_intent_with_its_manifests_is_committed(repository: Repository) -> None:
    ran = repository.commit()
    assert (ran.code, ran.outcome) == (0, both("Passed", "Passed")), ran.said
    assert repository.git("log", "--format=%s") == "a change"


def test_wrong_intent_stops_the_commit_at_its_line(repository: Repository) -> None:
    repository.write("intents/phi.intent.yaml", WRONG)
    ran = repository.commit()
    assert ran.code == 1
    assert ran.outcome["check KAITO intents"] == "Failed"
    assert "intents/phi.intent.yaml:7:5: error KG120: " in ran.said
    assert "did you mean" in ran.said or "instanceType" in ran.said


def test_change_that_kaito_refuses_stops_the_commit(repository: Repository) -> None:
    """As docs/ci.md has it: the hook compares with what was there before."""
    assert repository.commit().code == 0
    config = (repository.folder / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    hook = "      - id: kaitogen-validate\n"
    repository.write(
        ".pre-commit-config.yaml", config.replace(hook, f"{hook}        args: [--against, HEAD]\n")
    )
    repository.write("intents/phi.intent.yaml", INTENT.replace("NC24ads", "NC48ads"))
    ran = repository.commit()
    assert ran.code == 1
    assert ran.outcome["check KAITO intents"] == "Failed"
    assert "intents/phi.intent.yaml:7:19: error KG804: " in ran.said


def test_stale_manifests_stop_the_commit_with_a_diff(repository: Repository) -> None:
    repository.write("intents/phi.intent.yaml", INTENT.replace("phi-4", "phi-4-mini-instruct"))
    ran = repository.commit()
    assert (ran.code, ran.outcome) == (1, both("Passed", "Failed")), ran.said
    assert "-    name: phi-4\n+    name: phi-4-mini-instruct\n" in ran.said


def test_manifest_that_was_changed_by_hand_stops_the_commit(repository: Repository) -> None:
    assert repository.commit().code == 0
    manifest = repository.folder / "manifests" / "workspace_phi.yaml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("phi-4", "phi-44"), encoding="utf-8")
    repository.git("add", "--all")
    ran = repository.commit()
    assert (ran.code, ran.outcome) == (1, both("Skipped", "Failed")), ran.said


def test_files_of_others_trigger_neither(repository: Repository) -> None:
    assert repository.commit().code == 0
    for name in (
        "values.yaml",
        "intents.yaml",
        "my-intent.yaml.txt",
        "intent.json",
        "chart/workspace.yaml",
        "notes.md",
    ):
        repository.write(name, "a: b\n" if name.endswith("yaml") else "{}\n")
    ran = repository.commit()
    assert (ran.code, ran.outcome) == (0, both("Skipped", "Skipped")), ran.said


@pytest.mark.parametrize(
    "name", ["intents/intent.yaml", "intents/deep/er/other.intent.yml", "intents/a b.intent.yaml"]
)
def test_every_name_of_an_intent_triggers(repository: Repository, name: str) -> None:
    repository.write(name, WRONG.replace("name: phi\n", "name: other\n"))
    ran = repository.run("kaitogen-validate")
    assert (ran.code, ran.outcome) == (1, {"check KAITO intents": "Failed"}), ran.said
    assert f"{name}:7:5: error KG120: " in ran.said


def test_only_the_intents_that_change_are_read(repository: Repository) -> None:
    repository.write("intents/phi.intent.yaml", WRONG)
    repository.git("commit", "--quiet", "--no-verify", "--message", "in a hurry")
    repository.write("intents/other.intent.yaml", INTENT.replace("name: phi\n", "name: other\n"))
    assert repository.run("kaitogen-validate").code == 0
    assert repository.run("kaitogen-validate", "--all-files").code == 1


def test_an_intent_out_of_order_is_put_in_order_and_stops_the_commit_once(repository: Repository) -> None:
    config = repository.folder / ".pre-commit-config.yaml"
    text = config.read_text(encoding="utf-8")
    repository.write(config.name, text.replace("    hooks:\n", "    hooks:\n      - id: kaitogen-fmt\n"))
    repository.write(
        "intents/phi.intent.yaml", "kind: WorkspaceIntent\n" + INTENT.replace("kind: WorkspaceIntent\n", "")
    )
    ran = repository.commit()
    assert (ran.code, ran.outcome) == (1, {"format KAITO intents": "Failed", **both("Passed", "Passed")}), (
        ran.said
    )
    assert (repository.folder / "intents/phi.intent.yaml").read_text(encoding="utf-8") == INTENT
    repository.git("add", "--all")
    ran = repository.commit()
    assert (ran.code, ran.outcome) == (0, {"format KAITO intents": "Passed", **both("Passed", "Passed")}), (
        ran.said
    )
