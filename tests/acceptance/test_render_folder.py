"""`render -o DIR`: a folder that always holds one whole run's files, beside the files of others."""

import os
import resource
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.command import KAITOGEN, kaitogen

ENTRY = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata: {{name: {name}, namespace: inference}}
spec:
  placement: {{instanceType: Standard_NC24ads_A100_v4}}
  inference: {{model: phi-4, config: {{vllm: {{max-model-len: {length}}}}}}}
"""


def write(folder: Path, *names: str, length: int = 4096) -> Path:
    path = folder / "all.intent.yaml"
    path.write_text("---\n".join(ENTRY.format(name=name, length=length) for name in names), encoding="utf-8")
    return path


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def listed(folder: Path) -> list[str]:
    lines = (folder / ".kaitogen-files").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_one_file_for_each_object_under_a_stable_name(tmp_path: Path) -> None:
    done = kaitogen("render", write(tmp_path, "one"), "-o", tmp_path / "out")
    assert (done.code, done.output, done.said) == (0, b"", "")
    names = sorted(content(tmp_path / "out"))
    assert [name.rpartition("-")[0] or name for name in names] == [
        ".kaitogen-files",
        "inference_configmap_one-inference",
        "inference_workspace_one.yaml",
    ] or names[2] == "inference_workspace_one.yaml"
    assert listed(tmp_path / "out") == names[1:]


def test_objects_that_are_gone_are_removed_and_files_of_others_stay(tmp_path: Path) -> None:
    out = tmp_path / "out"
    kaitogen("render", write(tmp_path, "one", "two"), "-o", out)
    (out / "README.md").write_text("ours", encoding="utf-8")
    (out / "workspace_by-hand.yaml").write_text("by: hand\n", encoding="utf-8")
    os.symlink("README.md", out / "link")
    assert kaitogen("render", write(tmp_path, "two"), "-o", out).code == 0
    names = set(content(out))
    assert "inference_workspace_one.yaml" not in names
    assert {"README.md", "workspace_by-hand.yaml", "link", "inference_workspace_two.yaml"} <= names
    assert os.readlink(out / "link") == "README.md"


def test_folders_of_others_inside_stay_as_well(tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "notes").mkdir(parents=True)
    (out / "notes" / "why.md").write_text("because", encoding="utf-8")
    kaitogen("render", write(tmp_path, "one", "two"), "-o", out)
    assert kaitogen("render", write(tmp_path, "two"), "-o", out).code == 0
    assert (out / "notes" / "why.md").read_text(encoding="utf-8") == "because"
    assert not (out / "inference_workspace_one.yaml").exists()
    assert [name for name in os.listdir(out) if name.startswith(".kaitogen-")] == [".kaitogen-files"]


def test_into_the_current_folder(tmp_path: Path) -> None:
    path = write(tmp_path, "one", "two")
    out = tmp_path / "out"
    out.mkdir()
    assert kaitogen("render", path, "-o", ".", cwd=out).code == 0
    assert kaitogen("render", write(tmp_path, "two"), "-o", ".", cwd=out).code == 0
    assert "inference_workspace_two.yaml" in content(out)
    assert "inference_workspace_one.yaml" not in content(out)


def test_file_of_somebody_else_is_never_written_over(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "inference_workspace_one.yaml").write_text("by: hand\n", encoding="utf-8")
    done = kaitogen("render", write(tmp_path, "one"), "-o", out)
    assert done.code == 3
    assert "was not written by kaitogen" in done.said
    assert content(out) == {"inference_workspace_one.yaml": b"by: hand\n"}


@pytest.mark.parametrize("name", ["--check", "--dry-run"])
def test_what_a_check_advises_can_be_run_and_keeps_the_other_options(name: str, tmp_path: Path) -> None:
    command = ("render", write(tmp_path, "one"), "-o", tmp_path / "out", "--kustomization")
    said = kaitogen(*command, name).said
    assert said.endswith("; run kaitogen render -o as here, but without --check or --dry-run, to update it\n")
    assert kaitogen(*command).code == 0
    assert kaitogen(*command, name) == (0, b"", "")


@pytest.mark.parametrize("name", ["kustomization.yml", "Kustomization"])
def test_no_second_kustomization_is_written_which_kustomize_would_refuse(name: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / name).write_text("resources: [deployment.yaml]\n", encoding="utf-8")
    done = kaitogen("render", write(tmp_path, "one"), "-o", out, "--kustomization")
    assert done.code == 3
    assert f"{name} exists and was not written by kaitogen; move it away" in done.said
    assert content(out) == {name: b"resources: [deployment.yaml]\n"}
    assert kaitogen("render", write(tmp_path, "one"), "-o", out).code == 0


@pytest.mark.parametrize("evil", ["../victim", "/etc/victim", "sub/victim", ".git", "a\0b", "a\0b.yaml"])
def test_list_of_somebody_elses_making_removes_nothing_outside(tmp_path: Path, evil: str) -> None:
    out = tmp_path / "out"
    (out / "sub").mkdir(parents=True)
    victims = [tmp_path / "victim", out / "sub" / "victim", out / ".git"]
    for victim in victims:
        victim.write_text("precious", encoding="utf-8")
    (out / ".kaitogen-files").write_text(f"{evil}\n", encoding="utf-8")
    intent = write(tmp_path, "one")
    assert kaitogen("render", intent, "--check", "-o", out).code == 1
    assert kaitogen("render", intent, "-o", out).code == 0
    assert [victim.read_text(encoding="utf-8") for victim in victims] == ["precious"] * 3


@pytest.mark.parametrize("victim", ["README.md", "Makefile", "main.tf"])
def test_list_of_somebody_elses_making_removes_no_file_that_is_none_of_ours(
    tmp_path: Path, victim: str
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / victim).write_text("precious", encoding="utf-8")
    (out / ".kaitogen-files").write_text(f"{victim}\n", encoding="utf-8")
    done = kaitogen("render", write(tmp_path, "one"), "-o", "out", cwd=tmp_path)
    assert (done.code, done.output) == (3, b"")
    assert f".kaitogen-files names {victim}, which kaitogen does not make" in done.said
    assert sorted(os.listdir(out)) == sorted([".kaitogen-files", victim])
    (out / victim).unlink()
    assert kaitogen("render", write(tmp_path, "one"), "-o", out).code == 0


def test_same_again_touches_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    path = write(tmp_path, "one")
    kaitogen("render", path, "-o", out)
    before = {name: (out / name).stat() for name in os.listdir(out)}
    kaitogen("render", path, "-o", out)
    after = {name: (out / name).stat() for name in os.listdir(out)}
    assert {name: (stat.st_ino, stat.st_mtime_ns) for name, stat in before.items()} == {
        name: (stat.st_ino, stat.st_mtime_ns) for name, stat in after.items()
    }


def test_errors_leave_the_folder_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    kaitogen("render", write(tmp_path, "one"), "-o", out)
    before = content(out)
    done = kaitogen("render", write(tmp_path, "one", "one"), "-o", out)
    assert done.code == 1
    assert content(out) == before


def test_check_is_quiet_where_nothing_differs(tmp_path: Path) -> None:
    path = write(tmp_path, "one")
    kaitogen("render", path, "-o", tmp_path / "out")
    done = kaitogen("render", path, "-o", tmp_path / "out", "--check")
    assert (done.code, done.output, done.said) == (0, b"", "")


def test_check_shows_the_change_as_a_diff_that_patch_takes(tmp_path: Path) -> None:
    out = tmp_path / "out"
    kaitogen("render", write(tmp_path, "one", "two"), "-o", out)
    before = content(out)
    path = write(tmp_path, "two", "three", length=8192)
    done = kaitogen("render", path, "-o", "out", "--check", cwd=tmp_path)
    assert done.code == 1
    assert content(out) == before
    assert "+++ /dev/null" in done.text
    assert "--- /dev/null" in done.text
    assert "run kaitogen render -o" in done.said.splitlines()[-1]
    subprocess.run(["git", "apply"], input=done.output, cwd=tmp_path, check=True)
    wanted = tmp_path / "wanted"
    kaitogen("render", path, "-o", wanted)
    patched = {name: data for name, data in content(out).items() if name != ".kaitogen-files"}
    assert patched == {name: data for name, data in content(wanted).items() if name != ".kaitogen-files"}


def test_check_of_a_folder_that_is_not_there(tmp_path: Path) -> None:
    done = kaitogen("render", write(tmp_path, "one"), "-o", tmp_path / "out", "--check")
    assert done.code == 1
    assert not (tmp_path / "out").exists()


def test_full_disk_leaves_the_old_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    kaitogen("render", write(tmp_path, "one"), "-o", out)
    before = content(out)
    write(tmp_path, "one", "two", length=8192)
    done = subprocess.run(
        [KAITOGEN, "render", str(tmp_path / "all.intent.yaml"), "-o", str(out)],
        # Of a compiled module Python would leave a part, for everyone else.
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        # A file-size limit fails a write as a full disk does, and needs no disk of its own.
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)),
    )
    assert done.returncode == 3, done.stderr
    assert "could not be written" in done.stderr
    assert content(out) == before
    assert sorted(os.listdir(tmp_path)) == ["all.intent.yaml", "out"]


def test_output_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    done = kaitogen("render", write(tmp_path, "one"), "-o", tmp_path / "out")
    assert done.code == 3
    assert (tmp_path / "out").read_text(encoding="utf-8") == "a file"


def test_json_files(tmp_path: Path) -> None:
    import json

    assert (
        kaitogen("render", write(tmp_path, "one"), "-o", tmp_path / "out", "--output-format", "json").code
        == 0
    )
    data = json.loads((tmp_path / "out" / "inference_workspace_one.json").read_bytes())
    assert data["kind"] == "Workspace"


@pytest.mark.parametrize("check", [(), ("--check",)], ids=["write", "check"])
def test_file_where_the_folder_belongs(tmp_path: Path, check: tuple[str, ...]) -> None:
    (tmp_path / "out").write_text("ours", encoding="utf-8")
    done = kaitogen("render", write(tmp_path, "one"), "-o", "out", *check, cwd=tmp_path)
    assert (done.code, done.output) == (3, b"")
    assert done.said.startswith("kaitogen: out cannot be read: not a directory; ")
    assert "a file stands where the folder should be: name another" in done.said
    assert (tmp_path / "out").read_text(encoding="utf-8") == "ours"


def test_empty_name_of_a_folder_is_not_the_current_one(tmp_path: Path) -> None:
    """As `-o "$OUT"` gives one where the variable is not set."""
    done = kaitogen("render", write(tmp_path, "one"), "-o", "", cwd=tmp_path)
    assert (done.code, done.output) == (2, b"")
    assert "-o names no folder" in done.said
    assert os.listdir(tmp_path) == ["all.intent.yaml"]


@pytest.mark.parametrize(
    "words",
    [("render",), ("import",), ("nodes", "snapshot"), ("argocd", "install"), ("kustomize", "components")],
)
def test_a_dash_behind_o_makes_no_file_of_that_name(words: tuple[str, ...], tmp_path: Path) -> None:
    done = kaitogen(*words, "-o", "-", cwd=tmp_path)
    assert done.code == 2
    assert done.said.startswith("kaitogen: -o takes a name, and - is none; leave -o out to print")
    assert not (tmp_path / "-").exists()
