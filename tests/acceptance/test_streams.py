"""What the command does with its streams and signals: nothing half, nothing unexplained."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.acceptance.command import KAITOGEN, interruptible, kaitogen

INTENT = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata: {name: phi}
spec:
  placement: {instanceType: Standard_NC24ads_A100_v4}
  inference: {model: phi-4}
"""


@pytest.fixture
def intent(tmp_path: Path) -> Path:
    path = tmp_path / "phi.intent.yaml"
    path.write_text(INTENT, encoding="utf-8")
    return path


def many(tmp_path: Path, number: int) -> Path:
    path = tmp_path / "many.intent.yaml"
    path.write_text(
        "---\n".join(INTENT.replace("phi}", f"phi-{n}}}") for n in range(number)), encoding="utf-8"
    )
    return path


def test_standard_input(intent: Path) -> None:
    from_file, from_pipe = kaitogen("render", intent), kaitogen("render", "-", stdin=INTENT.encode())
    assert from_pipe.code == 0
    assert from_pipe.output == from_file.output != b""


def test_closed_standard_input_is_said() -> None:
    done = subprocess.run(
        f"{KAITOGEN} render - <&-", shell=True, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 3
    assert "standard input" in done.stderr


def test_reader_that_stops_early_is_no_error(tmp_path: Path) -> None:
    path = many(tmp_path, 2000)
    command = f"set -o pipefail; {KAITOGEN} render {path} | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=600)
    assert (done.returncode, done.stdout, done.stderr) == (0, "apiVersion: kaito.sh/v1beta1\n", "")


def test_full_disk_behind_standard_output(intent: Path) -> None:
    command = f"{KAITOGEN} render {intent} >/dev/full"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 3
    assert done.stderr == "kaitogen: standard output cannot be written: no space left on device\n"


def test_closed_standard_output(intent: Path) -> None:
    done = subprocess.run(
        f"{KAITOGEN} render {intent} >&-",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 3
    assert "standard output cannot be written" in done.stderr


@pytest.mark.parametrize("line", ["--help", "--version", "render --help", "help render", "completion bash"])
@pytest.mark.parametrize(
    ("stream", "reason"), [(">/dev/full", "no space left on device"), (">&-", "bad file descriptor")]
)
def test_help_that_cannot_be_written(line: str, stream: str, reason: str) -> None:
    done = subprocess.run(
        f"{KAITOGEN} {line} {stream}", shell=True, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 3
    assert done.stderr == f"kaitogen: standard output cannot be written: {reason}\n"


@pytest.mark.parametrize("stream", ["2>/dev/full", "2>&-"])
def test_wrong_usage_that_cannot_be_said(stream: str) -> None:
    done = subprocess.run(
        f"{KAITOGEN} rendr {stream}", shell=True, capture_output=True, check=False, timeout=600
    )
    assert (done.returncode, done.stdout) == (2, b"")


def test_bytes_that_are_no_text_are_completed() -> None:
    command = (
        f"COMP_CWORD=3 COMP_WORDS=$'kaitogen plan --price \\xff' _KAITOGEN_COMPLETE=bash_complete {KAITOGEN}"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False, timeout=600)
    assert (done.returncode, done.stderr) == (0, b"")


def test_interrupt_gives_130_and_no_output(tmp_path: Path) -> None:
    process = interruptible(KAITOGEN, "render", "-")
    assert process.stdin is not None
    process.stdin.write(
        b"#" * 2**18
    )  # more than a pipe holds: it is reading once this is gone, and waits for us
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    output, said = process.communicate(timeout=600)
    assert (process.returncode, output, said) == (130, b"", b"")


def test_only_manifests_on_standard_output(intent: Path) -> None:
    intent.write_text(
        INTENT.replace(
            "instanceType: Standard_NC24ads_A100_v4", "count: 3, instanceType: Standard_NC24ads_A100_v4"
        )
    )
    done = kaitogen("render", intent)
    assert done.code == 0
    assert "warning" in done.said
    assert done.text.startswith("apiVersion: kaito.sh/v1beta1\n")
    assert "warning" not in done.text


def test_strict_lets_a_warning_stop_the_run(intent: Path) -> None:
    intent.write_text(
        INTENT.replace(
            "instanceType: Standard_NC24ads_A100_v4", "count: 3, instanceType: Standard_NC24ads_A100_v4"
        )
    )
    done = kaitogen("render", "--strict", intent)
    assert (done.code, done.output) == (1, b"")


def test_unreadable_file_is_the_surroundings_fault(tmp_path: Path) -> None:
    done = kaitogen("render", tmp_path / "no-such.intent.yaml")
    assert (done.code, done.output) == (3, b"")
    assert "no such file or directory" in done.said.splitlines()[0]


def test_path_with_control_characters_cannot_steer_the_terminal(tmp_path: Path) -> None:
    done = kaitogen("render", tmp_path / "evil\x1b[2J\n.intent.yaml")
    assert done.code == 3
    assert "\x1b" not in done.said
    assert "evil\\x1b[2J\\n.intent.yaml" in done.said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("rendr",), "Did you mean"),
        (("render", "--outt", "x"), "--out"),
        (("render", "--output-format", "toml"), "toml"),
        (("render", "-o"), "-o"),
        (("render", "--check"), "add -o FOLDER"),
        (("render", "--templates", "/no/such/folder"), "is not a folder"),
        ((), "Usage"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_usage_is_2_and_explained(arguments: tuple[str, ...], words: str, tmp_path: Path) -> None:
    (tmp_path / "a.intent.yaml").write_text(INTENT, encoding="utf-8")
    done = kaitogen(*arguments, cwd=tmp_path)
    assert (done.code, done.output) == (2, b"")
    assert words in done.said


def test_what_stops_a_run_is_one_line_that_stands_alone(tmp_path: Path) -> None:
    (tmp_path / "a.intent.yaml").write_text(INTENT, encoding="utf-8")
    done = kaitogen("render", "-o", "no\x1b[2Jfile/" + "x" * 300, cwd=tmp_path)
    assert done.code == 3
    [line] = done.said.splitlines()
    assert line.startswith("kaitogen: no\\x1b[2Jfile/xxx")
    assert line.endswith("…; check its permissions, or name another folder")
    assert len(line) <= 200


def test_pipes_that_do_not_block(tmp_path: Path) -> None:
    """A program that shares a pipe with us may have told the system not to wait at it."""
    text = many(tmp_path, 1000).read_bytes()
    its_input, our_input = os.pipe()
    our_output, its_output = os.pipe()
    for end in (its_input, its_output):
        os.set_blocking(end, False)
    process = subprocess.Popen(
        [KAITOGEN, "render", "-"], stdin=its_input, stdout=its_output, stderr=subprocess.PIPE
    )
    for end in (its_input, its_output):
        os.close(end)
    time.sleep(0.3)  # it finds nothing to read at first
    with open(our_input, "wb") as stream:
        stream.write(text)
    time.sleep(1.0)  # and nobody who reads
    with open(our_output, "rb") as stream:
        output = stream.read()
    assert process.communicate(timeout=600)[1] == b""
    assert process.returncode == 0
    assert output.count(b"kind: Workspace\n") == 1000
