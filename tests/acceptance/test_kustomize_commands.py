"""`kaitogen kustomize`: the legacy plugin on disk, what the doctor says, and the pieces for overlays."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kaitogen.integrations.kustomize import plugin
from tests.acceptance.command import KAITOGEN, Done, kaitogen

CONFIG = """\
apiVersion: kaitogen.io/v1alpha1
kind: {kind}
metadata:
  name: x
{more}"""
INLINE = """\
spec:
  intents:
    - apiVersion: kaitogen.io/v1alpha1
      kind: WorkspaceIntent
      metadata: {name: phi}
      spec: {placement: {instanceType: Standard_NC24ads_A100_v4}, inference: {model: phi-4}}
"""
BY_EXEC = '  annotations: {config.kubernetes.io/function: "exec: {path: kaitogen-krm}"}\n'
KINDS = {
    "WorkspaceIntent",
    "WorkspaceIntentSet",
    "WorkspaceGenerator",
    "WorkspaceTransformer",
    "WorkspaceValidator",
}


@pytest.fixture
def surroundings(tmp_path: Path) -> dict[str, str]:
    """A home, and a PATH with kaitogen and stand-ins for kustomize and kubectl."""
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    for name in ("kustomize", "kubectl"):
        (bin_ / name).write_text("#!/bin/sh\necho v5.8.1\n")
        (bin_ / name).chmod(0o755)
    (bin_ / "kaitogen-krm").symlink_to(KAITOGEN.with_name("kaitogen-krm"))
    (tmp_path / "home").mkdir()
    return {"PATH": f"{bin_}:/bin:/usr/bin", "HOME": str(tmp_path / "home"), "XDG_CONFIG_HOME": "", "KUSTOMIZE_PLUGIN_HOME": ""}  # fmt: skip


def build(tmp_path: Path, kustomization: str, **files: str) -> Path:
    folder = tmp_path / "build"
    folder.mkdir(exist_ok=True)
    for name, text in {**files, "kustomization": kustomization}.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder


def doctor(folder: Path, surroundings: dict[str, str]) -> Done:
    return kaitogen("kustomize", "doctor", folder, env=surroundings)


def test_install_lays_out_every_kind_and_uninstall_removes_only_that(tmp_path: Path) -> None:
    home = tmp_path / "plugins"
    other = home / "kaitogen.io" / "v1alpha1" / "other" / "Other"
    other.parent.mkdir(parents=True)
    other.write_text("#!/bin/sh\n")
    done = kaitogen("kustomize", "install", "--plugin-home", home)
    assert (done.code, done.text) == (0, f"export KUSTOMIZE_PLUGIN_HOME={home}\n")
    written = {path for path in home.rglob("*") if path.is_file()} - {other}
    assert {path.name for path in written} == KINDS
    for path in written:
        assert path.parent == home / "kaitogen.io" / "v1alpha1" / path.name.lower()
        interpreter = Path(path.read_text().splitlines()[0].removeprefix("#!"))
        assert interpreter.is_absolute()
        assert interpreter.samefile(sys.executable)
        assert stat.S_IMODE(path.stat().st_mode) == 0o755
    assert kaitogen("kustomize", "install", "--plugin-home", home).code == 0
    assert kaitogen("kustomize", "uninstall", "--plugin-home", home).code == 0
    assert [path for path in home.rglob("*") if path.is_file()] == [other]
    assert kaitogen("kustomize", "uninstall", "--plugin-home", home).code == 0


def test_dry_run_touches_nothing(tmp_path: Path) -> None:
    home = tmp_path / "plugins"
    done = kaitogen("kustomize", "install", "--plugin-home", home, "--dry-run")
    assert done.code == 0
    assert done.said.count("would write") == len(KINDS)
    assert not home.exists()
    kaitogen("kustomize", "install", "--plugin-home", home)
    assert (
        kaitogen("kustomize", "uninstall", "--plugin-home", home, "--dry-run").said.count("would remove") == 5
    )
    assert len([path for path in home.rglob("*") if path.is_file()]) == len(KINDS)


def test_install_writes_over_nobody_else_s_file(tmp_path: Path) -> None:
    path = tmp_path / "kaitogen.io" / "v1alpha1" / "workspacevalidator" / "WorkspaceValidator"
    path.parent.mkdir(parents=True)
    path.write_text("mine\n")
    done = kaitogen("kustomize", "install", "--plugin-home", tmp_path)
    assert done.code == 3
    assert "was not written by kaitogen" in done.said
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == [path]
    kaitogen("kustomize", "uninstall", "--plugin-home", tmp_path)
    assert path.read_text() == "mine\n"


def test_install_without_a_home_uses_the_one_that_kustomize_uses(surroundings: dict[str, str]) -> None:
    used = Path(surroundings["HOME"]) / "kustomize" / "plugin"
    used.mkdir(parents=True)
    done = kaitogen("kustomize", "install", env=surroundings)
    assert (done.code, done.text) == (0, "")
    assert {path.name for path in used.rglob("*") if path.is_file()} == KINDS


@pytest.mark.parametrize(
    "interpreter", ["/a folder/python", "/it's/python with blanks", "/" + "long/" * 40 + "python"]
)
def test_interpreter_that_a_first_line_cannot_name_is_started_by_a_shell(interpreter: str) -> None:
    lines = plugin.script("WorkspaceIntent", interpreter).splitlines()
    assert lines[0] == "#!/bin/sh"
    assert "'\\''" in lines[2] if "'" in interpreter else f"'{interpreter}'" in lines[2]


def test_plugin_started_by_a_shell_imports_nothing_of_the_kustomization(tmp_path: Path) -> None:
    text = plugin.script("WorkspaceIntent", "/a folder/python").replace("'/a folder/python'", sys.executable)
    (tmp_path / "plugin").write_text(text)
    (tmp_path / "yaml.py").write_text("raise SystemExit('imported')\n")
    (tmp_path / "config").write_text(CONFIG.format(kind="WorkspaceGenerator", more="") + INLINE)
    done = subprocess.run(
        ["sh", "plugin", "config"], cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"kind: Workspace\n" in done.stdout


def test_doctor_is_content_with_what_works(tmp_path: Path, surroundings: dict[str, str]) -> None:
    folder = build(tmp_path, "generators: [g.yaml]\n", g=CONFIG.format(kind="WorkspaceIntent", more=BY_EXEC))
    done = doctor(folder, surroundings)
    assert (done.code, done.said) == (0, "")
    assert f"kustomize build --enable-alpha-plugins --enable-exec {folder}\n" in done.text
    assert "no problems" in done.text


def test_doctor_names_a_plugin_that_is_not_there_and_what_installs_it(
    tmp_path: Path, surroundings: dict[str, str]
) -> None:
    folder = build(tmp_path, "generators: [g.yaml]\n", g=CONFIG.format(kind="WorkspaceIntent", more=""))
    done = doctor(folder, surroundings)
    assert done.code == 1
    assert "needs the legacy plugin" in done.text
    assert "run: kaitogen kustomize install" in done.text
    assert kaitogen("kustomize", "install", env=surroundings).code == 0
    assert doctor(folder, surroundings).code == 0


def test_doctor_names_a_function_of_another_version(tmp_path: Path, surroundings: dict[str, str]) -> None:
    (tmp_path / "bin" / "kaitogen-krm").unlink()
    for name, text in (("kaitogen-krm", "exit"), ("kaitogen", "echo 'kaitogen 0.0.1 (old)'")):
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    folder = build(tmp_path, "generators: [g.yaml]\n", g=CONFIG.format(kind="WorkspaceIntent", more=BY_EXEC))
    done = doctor(folder, surroundings)
    assert done.code == 1
    assert "which is kaitogen 0.0.1, and this is " in done.text
    assert "fix: run: pipx upgrade kaitogen; or put " in done.text


def _installed(surroundings: dict[str, str]) -> Path:
    kaitogen("kustomize", "install", env=surroundings)
    home = Path(surroundings["HOME"]) / ".config" / "kustomize" / "plugin"
    return home / "kaitogen.io" / "v1alpha1" / "workspaceintent" / "WorkspaceIntent"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("mode", "is not executable"),
        ("interpreter", "names /gone/python, which is not there"),
        ("none", "names no interpreter"),
        ("windows", "carriage return"),
        ("version", "was written by kaitogen 0.0.1"),
    ],
)
def test_doctor_names_a_plugin_that_cannot_start(
    fault: str, words: str, tmp_path: Path, surroundings: dict[str, str]
) -> None:
    folder = build(tmp_path, "generators: [g.yaml]\n", g=CONFIG.format(kind="WorkspaceIntent", more=""))
    path = _installed(surroundings)
    head, rest = path.read_text().split("\n", 1)
    if fault == "mode":
        path.chmod(0o644)
    elif fault == "version":
        path.write_text(f"{head}\n# kaitogen 0.0.1: x\n{rest}")
    else:
        head = {"interpreter": "#!/gone/python", "none": "", "windows": head + "\r"}[fault]
        path.write_text(f"{head}\n{rest}", newline="")
    done = doctor(folder, surroundings)
    assert done.code == 1
    assert words in done.text
    assert "fix: run: " in done.text


def test_doctor_names_the_home_that_hides_the_plugin(tmp_path: Path, surroundings: dict[str, str]) -> None:
    folder = build(tmp_path, "generators: [g.yaml]\n", g=CONFIG.format(kind="WorkspaceIntent", more=""))
    _installed(surroundings)
    surroundings["XDG_CONFIG_HOME"] = str(tmp_path / "xdg")
    (tmp_path / "xdg" / "kustomize" / "plugin").mkdir(parents=True)
    done = doctor(folder, surroundings)
    assert done.code == 1
    assert f"run: export KUSTOMIZE_PLUGIN_HOME={surroundings['HOME']}/.config/kustomize/plugin" in done.text


FAULTS = {
    "kubectl-has-no-exec": ("generators: [c.yaml]", "WorkspaceIntent", BY_EXEC, "kubectl has no --enable-exec"),
    "program-gone": ("generators: [c.yaml]", "WorkspaceIntent", BY_EXEC.replace("kaitogen-krm", "kaitogen-kmr"), "kaitogen-kmr, which is not on PATH"),
    "relative-program-gone": ("generators: [c.yaml]", "WorkspaceIntent", BY_EXEC.replace("kaitogen-krm", "./fn"), "runs ./fn, and there is no"),
    "no-command": ("generators: [c.yaml]", "WorkspaceIntent", BY_EXEC.replace("kaitogen-krm", "kaitogen"), "runs kaitogen without a command"),
    "both": ("generators: [c.yaml]", "WorkspaceIntent", BY_EXEC.replace('"exec', '"container: {image: x}, exec').replace('"container', '"{container').replace('krm}"', 'krm}}"'), "container wins"),
    "wrong-field": ("generators: [c.yaml]", "WorkspaceTransformer", BY_EXEC, "list it under transformers:"),
    "emptying-validator": ("transformers: [c.yaml]", "WorkspaceValidator", BY_EXEC, "empties the build without a word"),
    "echoing-validator": ("validators: [c.yaml]", "WorkspaceValidator", BY_EXEC + "spec: {echo: true}\n", "takes for a change"),
    "not-expanded": ("resources: [c.yaml]", "WorkspaceIntent", "", "no WorkspaceTransformer that expands them"),
    "prefix-without-references": ("{generators: [c.yaml], namePrefix: x-}", "WorkspaceIntent", BY_EXEC, "which names a Workspace holds"),
    "nothing": ("resources: []", "WorkspaceIntent", "", "calls kaitogen"),
    "nameless": ("generators: [c.yaml]", "WorkspaceIntent\nmetadata: {}\nx: ", "", "without metadata.name"),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_doctor_names_the_fault_and_the_remedy(
    case: str, tmp_path: Path, surroundings: dict[str, str]
) -> None:
    kustomization, kind, more, words = FAULTS[case]
    if case == "kubectl-has-no-exec":
        os.unlink(tmp_path / "bin" / "kustomize")
    text = (
        CONFIG.format(kind=kind, more=more)
        if case != "nameless"
        else "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntent\nmetadata: {}\n"
    )
    done = doctor(build(tmp_path, kustomization + "\n", c=text), surroundings)
    assert done.code == 1
    problem = next(line for line in done.text.splitlines() if words in line)
    assert problem.startswith(("problem", "         fix: "))
    assert "fix: " in done.text


@pytest.mark.parametrize(
    ("kustomization", "words"),
    [
        ("generators: [c.yaml\n", "kustomization.yaml:1: a flow list or mapping that is not closed"),
        ("generators: [gone.yaml]\n", "lists gone.yaml under generators:, and there is no"),
        ("generators: c.yaml\n", "is no list"),
        ("generators: [broken.yaml]\n", "broken.yaml:2: this is not YAML"),
        ("resources: [c.yaml]\n", "WorkspaceGenerator x in"),
    ],
)
def test_doctor_says_why_nothing_calls_kaitogen(
    kustomization: str, words: str, tmp_path: Path, surroundings: dict[str, str]
) -> None:
    config = CONFIG.format(kind="WorkspaceGenerator", more=BY_EXEC)
    done = doctor(build(tmp_path, kustomization, c=config, broken="a: [\n"), surroundings)
    assert done.code == 1
    problem = next(line for line in done.text.splitlines() if line.startswith("problem"))
    assert words in problem
    assert "calls kaitogen" not in done.text
    assert ("list it under generators:" in done.text) == ("resources" in kustomization)


def test_doctor_quotes_a_folder_whose_name_has_blanks(tmp_path: Path, surroundings: dict[str, str]) -> None:
    config = CONFIG.format(kind="WorkspaceIntent", more=BY_EXEC)
    folder = build(tmp_path, "generators: [c.yaml]\n", c=config).rename(tmp_path / "my models")
    assert f"--enable-exec '{folder}'\n" in doctor(folder, surroundings).text


def test_doctor_looks_into_bases(tmp_path: Path, surroundings: dict[str, str]) -> None:
    base = build(tmp_path, "generators: [c.yaml]\n", c=CONFIG.format(kind="WorkspaceIntent", more=""))
    top = tmp_path / "top"
    top.mkdir()
    (top / "kustomization.yaml").write_text("resources: [../build]\n")
    assert f"WorkspaceIntent x in {base} needs the legacy plugin" in doctor(top, surroundings).text
    shutil.rmtree(base)
    assert doctor(base, surroundings).code == 1


def test_components_are_listed_shown_and_written_out(tmp_path: Path) -> None:
    listed = kaitogen("kustomize", "components")
    assert listed.code == 0
    assert all(len(line.split(maxsplit=1)) == 2 for line in listed.text.splitlines())
    assert kaitogen("kustomize", "components", "-o", tmp_path).code == 0
    found = {line.split()[0] for line in listed.text.splitlines()}
    assert {path.name for path in tmp_path.iterdir()} == found
    shown = kaitogen("kustomize", "components", "throughput")
    assert shown.text == (tmp_path / "throughput" / "kustomization.yaml").read_text()
    (tmp_path / "expand.yaml").write_text("mine\n")
    done = kaitogen("kustomize", "components", "-o", tmp_path, "expand.yaml")
    assert (done.code, (tmp_path / "expand.yaml").read_text()) == (2, "mine\n")
    done = kaitogen("kustomize", "components", "througput")
    assert (done.code, "did you mean throughput?" in done.said) == (2, True)


def test_kustomization_needs_a_folder() -> None:
    done = kaitogen("render", "--kustomization")
    assert (done.code, "add -o FOLDER" in done.said) == (2, True)
