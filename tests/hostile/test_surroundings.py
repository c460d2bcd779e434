"""Hostile places to read from: endless pipes, links in circles, files that are none, files that go away."""

import os
import shutil
import socket
import subprocess
import threading
from pathlib import Path

import pytest

from tests.acceptance.command import KAITOGEN, kaitogen
from tests.draws import crossed
from tests.hostile.measured import MAX_MEBIBYTES, Spent, measured, refused, started
from tests.hostile.texts import RIGHT

GIBIBYTE = 2**30
COMMANDS = ("validate", "render")
WRONG = b"kind: WorkspaceIntent\n"


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("byte", [" ", "a", r"\n", r"\0"])
def test_a_gibibyte_through_a_pipe(command: str, byte: str, tmp_path: Path) -> None:
    spent = fed([command, "-"], f"head -c {GIBIBYTE} /dev/zero | tr '\\0' '{byte}'", tmp_path)
    refused(spent, 1)
    assert "KG109" in spent.said


def test_a_function_reads_no_more_than_it_may(tmp_path: Path) -> None:
    """What kustomize hands over has all objects of a build in it: more than a file, and no end of it."""
    spent = fed(["krm"], f"head -c {GIBIBYTE} /dev/zero", tmp_path)
    assert (spent.code, spent.output) == (1, b"")
    assert "KG109: more than 128 MiB came in" in spent.said
    assert spent.mebibytes < 2 * 128 + MAX_MEBIBYTES


def fed(line: list[str], script: str, folder: Path) -> Spent:
    """A run that has what a script of the shell writes as its standard input."""
    source = subprocess.Popen(["/bin/sh", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert source.stdout is not None
    spent = started(line, folder, source.stdout.fileno())
    source.stdout.close()
    source.wait()
    return spent


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/dev/full", "/dev/tty0-is-none"])
def test_devices_are_not_read(command: str, path: str, tmp_path: Path) -> None:
    refused(measured([command, path], tmp_path))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_pipe_that_nobody_writes_to_is_not_waited_for(command: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.intent.yaml")
    refused(measured([command, "pipe.intent.yaml"], tmp_path), 1)
    refused(measured([command, "."], tmp_path), 1)


def test_a_socket_is_not_read(tmp_path: Path) -> None:
    # The path of a socket has little room, and that of the test's folder is long.
    before = os.getcwd()
    os.chdir(tmp_path)
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind("s.intent.yaml")
            refused(measured(["validate", "."], tmp_path), 1, 3)
    finally:
        os.chdir(before)


@pytest.mark.parametrize("command", COMMANDS)
def test_links_in_a_circle(command: str, tmp_path: Path) -> None:
    (tmp_path / "a.intent.yaml").symlink_to("b.intent.yaml")
    (tmp_path / "b.intent.yaml").symlink_to("a.intent.yaml")
    refused(measured([command, "a.intent.yaml"], tmp_path), 3)
    refused(measured([command, "."], tmp_path), 3)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_link_to_the_folder_it_is_in(command: str, tmp_path: Path) -> None:
    (tmp_path / "round").symlink_to(".")
    refused(measured([command, "."], tmp_path), 1)
    (tmp_path / "wrong.intent.yaml").write_bytes(WRONG)
    spent = measured([command, "."], tmp_path)
    refused(spent, 1)
    assert "round" not in spent.said


@pytest.mark.parametrize("target", ["/etc/passwd", "../outside.intent.yaml", "/proc/self/environ"])
def test_a_link_out_of_the_folder_shows_nothing_of_what_it_leads_to(target: str, tmp_path: Path) -> None:
    (tmp_path / "outside.intent.yaml").write_bytes(b"top-secret\n")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "in.intent.yaml").symlink_to(target)
    spent = measured(["validate", "folder"], tmp_path)
    refused(spent, 1)
    assert "KG112" in spent.said
    assert not [word for word in ("top-secret", "root:", "PATH=") if word in spent.said]


@pytest.mark.parametrize("command", COMMANDS)
def test_folders_named_like_files(command: str, tmp_path: Path) -> None:
    (tmp_path / "phi.intent.yaml" / "intent.yaml").mkdir(parents=True)
    refused(measured([command, "."], tmp_path), 1)
    refused(measured([command, "phi.intent.yaml"], tmp_path), 1)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_as_a_folder(command: str, tmp_path: Path) -> None:
    (tmp_path / "a.intent.yaml").write_bytes(RIGHT)
    spent = measured([command, "a.intent.yaml/b.intent.yaml"], tmp_path)
    refused(spent, 3)
    assert "not a directory" in spent.said


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "path", ["/proc/self/mem", "/proc/self/task/1/none", "x" * 300, "x/" * 3000 + "y", ""]
)
def test_files_that_even_root_cannot_read(command: str, path: str, tmp_path: Path) -> None:
    spent = measured([command, path], tmp_path)
    refused(spent, 3)
    assert "error KG601: cannot be read: " in spent.said


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_that_is_gone_when_it_is_opened(command: str, tmp_path: Path) -> None:
    """A dangling link is what a folder looks like whose file went away after it was listed."""
    (tmp_path / "gone.intent.yaml").symlink_to("nowhere")
    (tmp_path / "here.intent.yaml").write_bytes(RIGHT)
    refused(measured([command, "."], tmp_path), 3)


def test_files_that_come_and_go_while_they_are_read(tmp_path: Path) -> None:
    over = threading.Event()

    def churn() -> None:
        number = 0
        while not over.is_set():
            folder = tmp_path / f"folder-{number % 7}"
            folder.mkdir(exist_ok=True)
            (folder / "intent.yaml").write_bytes(
                RIGHT.replace(b"phi-4}", b"phi-%d}" % number, 1)[: number % 500]
            )
            shutil.rmtree(tmp_path / f"folder-{(number + 3) % 7}", ignore_errors=True)
            number += 1

    thread = threading.Thread(target=churn)
    thread.start()
    try:
        runs = [measured(["render", "."], tmp_path) for _ in range(10)]
    finally:
        over.set()
        thread.join()
    for spent in runs:
        assert spent.code in (0, 1, 3), spent.said
        assert spent.code == 0 or spent.output == b""
        assert "Traceback" not in spent.said


NAMES = (
    [b"a\nb.intent.yaml", b"a\r.intent.yaml", b"\x1b[31mred.intent.yaml", b"\xff\xfe.intent.yaml",
     b"-r.intent.yaml", b" .intent.yaml", "\u202egnp.intent.yaml".encode(), b"'$(id)'.intent.yaml", b"%s%n{}.intent.yaml"]
)  # fmt: skip


@pytest.mark.parametrize(("name", "command"), crossed(NAMES, COMMANDS))
def test_names_that_break_lines_or_steer_terminals(command: str, name: bytes, tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/" + name, "wb") as file:
        file.write(WRONG)
    for path in (name, b"."):
        spent = measured([command, "--", path], tmp_path)
        refused(spent, 1)
        heads = [line for line in spent.said.splitlines() if "error KG" in line]
        assert len(heads) >= 2
        assert all(".intent.yaml:1:" in line for line in heads)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_as_deep_as_paths_can_be(command: str, tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    for _ in range(600):
        os.mkdir("d" * 20, dir_fd=here)
        below = os.open("d" * 20, os.O_RDONLY | os.O_DIRECTORY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    try:
        refused(measured([command, "."], tmp_path), 3)
    finally:
        subprocess.run(["rm", "-rf", str(tmp_path / ("d" * 20))], check=True)


def test_the_same_file_by_many_names_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.intent.yaml").write_bytes(RIGHT)
    for number in range(50):
        os.link(tmp_path / "a.intent.yaml", tmp_path / f"{number}.intent.yaml")
    spent = measured(["render", "."], tmp_path)
    assert (spent.code, spent.said) == (0, "")
    assert spent.output.count(b"kind: Workspace\n") == 1


def test_standard_input_that_is_closed(tmp_path: Path) -> None:
    program = ("/bin/sh", "-c", 'exec "$0" "$@" <&-', str(KAITOGEN))
    done = kaitogen("validate", "-", cwd=tmp_path, program=program)
    assert (done.code, done.output) == (3, b"")
    assert "standard input" in done.said


TERABYTE = 2**40
#: A terabyte that is read after all must not take the machine.
BOUNDED = ("/bin/sh", "-c", 'ulimit -v 2000000; exec "$0" "$@"', str(KAITOGEN))
#: What is written where a run looks at what was there before: a file of nothing but a hole takes no room on a disk.
LOOKED_AT = {
    "a file of the list": ("out/a.yaml", ["render", "--check", "-o", "out", "."]),
    "a file that is none of ours": ("out/workspace_phi-4.yaml", ["render", "--check", "-o", "out", "."]),
    "the list": ("out/.kaitogen-files", ["render", "-o", "out", "."]),
    "the list, to compare": ("out/.kaitogen-files", ["render", "--check", "-o", "out", "."]),
    "an index": ("out/index.json", ["render", "--oci-layout", "out", "."]),
    "an index, to compare": (
        "out/index.json",
        ["render", "--check", "--oci-layout", "out", "-o", "else", "."],
    ),
    "a receipt": ("out/receipt", ["render", "--check", "-o", "else", "--receipt", "out/receipt", "."]),
    "a receipt of another": ("out/receipt", ["verify", "out/receipt"]),
    "facts": ("out/nodes", ["nodes", "snapshot", "out/nodes"]),
    "a kubeconfig": ("out/config", ["nodes", "list", "--live", "--kubeconfig", "out/config"]),
    "a configuration of kustomize's": ("out/config", ["krm", "out/config"]),
    "a plugin": ("out/plugin.yaml", ["argocd", "doctor", "--config-dir-path", "out"]),
    "a pattern of the plugin": ("out/argocd/plugin.yaml", ["argocd", "install", "-o", "out/argocd"]),
}


@pytest.mark.parametrize("given", LOOKED_AT)
def test_files_of_a_terabyte_are_not_read_whole(given: str, tmp_path: Path) -> None:
    name, line = LOOKED_AT[given]
    (tmp_path / "a.intent.yaml").write_bytes(RIGHT)
    place = tmp_path / name
    place.parent.mkdir(parents=True)
    if given == "a file of the list":
        (place.parent / ".kaitogen-files").write_text("a.yaml\n", encoding="utf-8")
    with open(place, "wb") as file:
        file.truncate(TERABYTE)
    spent = started(line, tmp_path, program=BOUNDED)
    assert spent.code in (1, 3), spent.said
    assert "Traceback" not in spent.said
    assert "MiB" in spent.said or given == "a plugin"
    assert spent.mebibytes < MAX_MEBIBYTES
    assert place.stat().st_size == TERABYTE


def test_a_file_of_ours_however_large_is_replaced_unread(tmp_path: Path) -> None:
    (tmp_path / "a.intent.yaml").write_bytes(RIGHT)
    assert measured(["render", "-o", "out", "."], tmp_path).code == 0
    (made,) = (tmp_path / "out").glob("*.yaml")
    before = made.read_bytes()
    with open(made, "r+b") as file:
        file.truncate(TERABYTE)
    spent = started(["render", "-o", "out", "."], tmp_path, program=BOUNDED)
    assert (spent.code, spent.said) == (0, "")
    assert spent.mebibytes < MAX_MEBIBYTES
    assert made.read_bytes() == before


@pytest.mark.parametrize(
    "line",
    [
        ["nodes", "snapshot", "pipe"],
        ["nodes", "snapshot", "pipe", "--merge", "pipe"],
        ["nodes", "list", "--live", "--kubeconfig", "pipe"],
        ["krm", "pipe"],
        ["status", "-f", "pipe"],
        ["plan", "--price", "pipe"],
        ["plan", "--model-config", "pipe"],
        ["import", "pipe"],
        ["verify", "pipe"],
    ],
    ids=" ".join,
)
def test_no_option_waits_for_a_pipe(line: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.intent.yaml").write_bytes(RIGHT)
    os.mkfifo(tmp_path / "pipe")
    spent = measured(line, tmp_path)
    assert spent.code in (1, 2, 3), spent.said
    assert "Traceback" not in spent.said
