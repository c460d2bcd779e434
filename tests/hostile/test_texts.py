"""Hostile texts end in a finding, soon and with little memory, whether they are checked or rendered."""

from pathlib import Path

import pytest

from tests.draws import crossed
from tests.hostile.measured import MAX_MEBIBYTES, MAX_SECONDS, measured, refused
from tests.hostile.texts import FINISHED, RIGHT, TEXTS

COMMANDS = ("validate", "render")


@pytest.mark.parametrize(("name", "command"), crossed(TEXTS, COMMANDS))
def test_text_ends_in_a_finding(name: str, command: str, tmp_path: Path) -> None:
    (tmp_path / "bad.intent.yaml").write_bytes(TEXTS[name]())
    spent = measured([command, "bad.intent.yaml"], tmp_path)
    refused(spent, 1)
    assert "bad.intent.yaml" in spent.said


def test_the_same_text_without_what_is_wrong_passes(tmp_path: Path) -> None:
    """Without this, a command that refuses everything would pass all of the above."""
    (tmp_path / "good.intent.yaml").write_bytes(RIGHT)
    spent = measured(["render", "good.intent.yaml"], tmp_path)
    assert (spent.code, spent.said) == (0, "")
    assert spent.output.startswith(b"apiVersion: kaito.sh/")


@pytest.mark.parametrize("command", COMMANDS)
def test_one_bad_file_keeps_all_others_from_being_written(command: str, tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.intent.yaml").write_bytes(RIGHT.replace(b"phi-4}", b"phi-%d}" % number, 1))
    (tmp_path / "3.intent.yaml").write_bytes(TEXTS["alias bomb"]())
    refused(measured([command, "."], tmp_path), 1)


@pytest.mark.parametrize("command", [["fmt", "--check"], ["migrate", "--to", "0.11"], ["plan"]])
@pytest.mark.parametrize("name", ["nested by aliases", "aliases to one long text", "many directives"])
def test_other_commands_have_the_same_bounds(name: str, command: list[str], tmp_path: Path) -> None:
    (tmp_path / "bad.intent.yaml").write_bytes(TEXTS[name]())
    spent = measured([*command, "bad.intent.yaml"], tmp_path)
    assert spent.code == 1
    assert spent.output in (b"", b"0 Workspaces: 0 nodes, 0 GPUs (1 error)\n")
    assert "error KG1" in spent.said
    assert spent.mebibytes < MAX_MEBIBYTES


@pytest.mark.parametrize("name", ["defaults with a long text", "defaults with many values"])
def test_what_repeats_too_much_is_not_explained_either(name: str, tmp_path: Path) -> None:
    (tmp_path / "bad.intent.yaml").write_bytes(TEXTS[name]())
    spent = measured(["explain", "--where", "spec.inference", "bad.intent.yaml"], tmp_path)
    refused(spent, 1)
    assert "KG115" in spent.said


def test_many_wrong_manifests_are_not_all_judged(tmp_path: Path) -> None:
    (tmp_path / "made.yaml").write_bytes(b"---\n".join([FINISHED] * 20_000))
    spent = measured(["validate", "made.yaml"], tmp_path)
    refused(spent, 1)
    assert spent.said.count("KG401") < 500
    assert "KG125: this is wrong document 200 of the file" in spent.said


def test_findings_never_steer_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "bad.intent.yaml").write_bytes(TEXTS["escape sequences in a field"]())
    spent = measured(["validate", "bad.intent.yaml"], tmp_path)
    assert "\x1b" not in spent.said
    assert "[2J" in spent.said


@pytest.mark.parametrize("form", ["json", "github", "sarif", "junit"])
@pytest.mark.parametrize(
    "name", ["escape sequences in a field", "surrogate by an escape", "huge key", "many unknown fields"]
)
def test_formats_for_machines_hold_as_well(name: str, form: str, tmp_path: Path) -> None:
    (tmp_path / "bad.intent.yaml").write_bytes(TEXTS[name]())
    spent = measured(["validate", "--format", form, "bad.intent.yaml"], tmp_path)
    assert (spent.code, spent.said) == (1, "")
    assert b"KG1" in spent.output
    assert b"\x1b" not in spent.output
    assert spent.seconds < MAX_SECONDS
