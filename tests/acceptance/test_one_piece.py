"""What an option of many commands does is the same at each."""

import json
import os
import pty
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.command import KAITOGEN, kaitogen
from tests.acceptance.streams import INTENT

RED, GREEN = "\x1b[1;31m", "\x1b[1;32m"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "phi.intent.yaml").write_text(INTENT, encoding="utf-8")
    (tmp_path / "aimed.yaml").write_text(
        INTENT.replace("spec:\n", 'spec:\n  target:\n    kaito: "0.11"\n'), encoding="utf-8"
    )
    (tmp_path / "old.yaml").write_text(INTENT.replace("NC24", "NC48"), encoding="utf-8")
    (tmp_path / "untidy.intent.yaml").write_text(
        INTENT.replace("apiVersion: kaitogen.io/v1alpha1\n", "") + "apiVersion: kaitogen.io/v1alpha1\n",
        encoding="utf-8",
    )
    return tmp_path


@pytest.mark.parametrize(
    "line",
    ["fmt untidy.intent.yaml", "migrate --to 0.12 --write aimed.yaml", "render -o out phi.intent.yaml"],
)
def test_dry_run_shows_what_check_fails_for_and_nothing_is_written(folder: Path, line: str) -> None:
    words = [word for word in line.split() if word != "--write"]
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    shown = kaitogen(*words, "--dry-run", cwd=folder)
    failed = kaitogen(*words, "--check", cwd=folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before
    assert (shown.code, shown.output) == (0, failed.output)
    assert (failed.code, shown.text[:4]) == (1, "--- ")
    assert kaitogen(*line.split(), cwd=folder).code == 0
    assert kaitogen(*words, "--check", cwd=folder).code == 0


@pytest.mark.parametrize("command", [("fmt",), ("migrate", "--to", "0.12")])
@pytest.mark.parametrize("option", ["--check", "--dry-run"])
def test_what_writes_nothing_cannot_write(folder: Path, command: tuple[str, ...], option: str) -> None:
    done = kaitogen(*command, option, "--write", "phi.intent.yaml", cwd=folder)
    assert done.code == 2
    assert f"{option} writes nothing, and --write does" in done.said


def test_dry_run_of_render_needs_a_folder(folder: Path) -> None:
    done = kaitogen("render", "--dry-run", cwd=folder)
    assert (done.code, done.output) == (2, b"")
    assert "--dry-run compares with a folder" in done.said


@pytest.mark.parametrize(
    "words", [["phi.intent.yaml"], ["-f", "phi.intent.yaml"], ["--filename=phi.intent.yaml"]]
)
def test_a_file_may_be_named_as_kubectl_has_it(folder: Path, words: list[str]) -> None:
    assert (
        kaitogen("render", *words, cwd=folder).output
        == kaitogen("render", "phi.intent.yaml", cwd=folder).output
    )


def test_old_names_are_taken_and_not_shown(folder: Path) -> None:
    new = kaitogen("render", "--format", "json", "phi.intent.yaml", cwd=folder)
    assert kaitogen("render", "--output-format=json", "phi.intent.yaml", cwd=folder).output == new.output
    assert "--output-format" not in kaitogen("render", "--help").text
    made = kaitogen("render", "phi.intent.yaml", cwd=folder).output
    sets = [kaitogen("import", option, "-", stdin=made).output for option in ("--set", "--as-set")]
    assert sets[0] == sets[1]
    assert b"WorkspaceIntentSet" in sets[0]


def test_quiet_leaves_out_what_is_no_error(folder: Path) -> None:
    for words in (["init", "a.intent.yaml"], ["migrate", "--to", "0.12"], ["models", "phi"]):
        assert kaitogen(*words, "-q", cwd=folder).said == ""
    wrong = kaitogen("init", "-q", "a.intent.yaml", cwd=folder)
    assert (wrong.code, "exists" in wrong.said) == (2, True)


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (["version"], "kaito"),
        (["explain", "KG405"], "findings"),
        (["explain"], "findings"),
        (["nodes", "quick"], "quick"),
        (["schema", "--list"], "schemas"),
        (["kustomize", "components"], "pieces"),
        (["models", "show", "phi-4"], "models"),
        (["skus", "A100"], "skus"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_scripts_read_json(words: list[str], key: str) -> None:
    done = kaitogen(*words, "--format", "json")
    found = json.loads(done.output)
    assert (done.code, found["version"]) == (0, 1)
    assert found[key]
    assert not kaitogen(*words).text.startswith("{")


def test_a_code_is_explained_for_machines_as_for_people() -> None:
    (page,) = json.loads(kaitogen("explain", "KG405", "--format", "json").output)["findings"]
    assert (page["code"], page["kind"]) == ("KG405", "refused")
    text = " ".join(kaitogen("explain", "KG405").text.split())
    assert page["title"] in text
    assert f"What to do: {' '.join(page['fix'].split())}" in text


def test_lists_are_sorted_as_asked() -> None:
    weights = [
        one["weights"]
        for one in json.loads(kaitogen("models", "--sort-by", "weights", "--format", "json").output)["models"]
    ]
    assert weights == sorted(weights)
    skus = json.loads(kaitogen("skus", "--sort-by", "name", "--format", "json").output)["skus"]
    names = [one["name"].lower() for one in skus]
    assert names == sorted(names)
    assert len(skus) > 30
    listed = [line.split()[0] for line in kaitogen("skus", "--sort-by", "name").text.splitlines()[1:]]
    assert [name.lower() for name in listed] == names


def test_help_says_what_the_option_does() -> None:
    assert kaitogen("help", "render").output == kaitogen("render", "--help").output
    assert kaitogen("help", "nodes", "list").output == kaitogen("nodes", "list", "--help").output
    assert kaitogen("help").output == kaitogen("--help").output
    assert kaitogen("help", "rendr").code == 2


def test_a_format_behind_o_is_shown_its_name(folder: Path) -> None:
    done = kaitogen("nodes", "list", "-o", "wide", cwd=folder)
    assert (done.code, done.output) == (2, b"")
    assert "Did you mean '--format'?" in done.said


DIFF: Final = ("diff", "--against", "old.yaml", "phi.intent.yaml")
PLAN: Final = ("plan", "phi.intent.yaml")


def at_a_terminal(*words: str, cwd: Path, **env: str) -> str:
    """Standard output of a run for which that is a terminal."""
    ours, theirs = pty.openpty()
    clean = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    subprocess.run(
        [KAITOGEN, *words], cwd=cwd, stdout=theirs, stderr=subprocess.DEVNULL, check=False,
        env={**clean, "TERM": "xterm", **env},
    )  # fmt: skip
    os.close(theirs)
    said = os.read(ours, 100_000).decode()
    os.close(ours)
    return said.replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("words", "painted"),
    [(DIFF, f"{RED}refused\x1b[0m"), (PLAN, f"{GREEN}fits, with every figure at its worst\x1b[0m")],
)
def test_verdicts_have_colours_where_a_person_reads_them(
    folder: Path, words: tuple[str, ...], painted: str
) -> None:
    piped = kaitogen(*words, cwd=folder).text
    assert "\x1b" not in piped
    coloured = at_a_terminal(*words, cwd=folder)
    assert painted in coloured
    for code in (RED, GREEN, "\x1b[1;33m", "\x1b[0m"):
        coloured = coloured.replace(code, "")
    assert coloured == piped
    assert at_a_terminal(*words, cwd=folder, NO_COLOR="1") == piped
    assert at_a_terminal(*words, "--color", "never", cwd=folder) == piped
    assert painted in kaitogen(*words, "--color", "always", cwd=folder).text
    assert "\x1b" not in kaitogen(*words, "--color=always", "--format", "json", cwd=folder).text


def test_findings_have_colours_where_they_are_asked_for(folder: Path) -> None:
    (folder / "bad.intent.yaml").write_text(INTENT.replace("Type", "Typ"), encoding="utf-8")
    assert kaitogen("validate", "bad.intent.yaml", "--color", "always", cwd=folder).said.startswith(RED)
    assert "\x1b" not in kaitogen("validate", "bad.intent.yaml", cwd=folder).said
