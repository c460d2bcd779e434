"""Every command that writes, killed at every system call that changes a disk: old or new, and the next run makes it whole.

The gate kills it at one of five calls, which are others for each command; at one of nine where it asks a cluster.
"""

import atexit
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from kaitogen.files import atomic
from kaitogen.yaml.writer import dump
from tests.acceptance.command import kaitogen
from tests.draws import WHOLE
from tests.hostile.texts import RIGHT
from tests.hostile.traced import killed_at
from tests.samples import BASES
from tests.unit.files.cluster.scripted import answering, kubeconfig, page

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="ptrace")

OTHER: Final = RIGHT.replace(b"phi-4", b"phi-4-mini-instruct")
UNTIDY: Final = RIGHT.replace(b"kind: ", b"kind:    ")
FINISHED: Final = dump(BASES["serving"]).encode()
AT_011: Final = RIGHT.replace(b"spec:\n", b"spec:\n  target: {kaito: '0.11'}\n")
NODES: Final = b"""apiVersion: v1
kind: NodeList
items:
- metadata: {name: gpu-1, labels: {node.kubernetes.io/instance-type: Standard_NC24ads_A100_v4}}
  status: {capacity: {nvidia.com/gpu: "1"}, conditions: [{type: Ready, status: "True"}]}
"""
#: Who commits, and when.
WHO: Final = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Ada"), ("EMAIL", "ada@example.com"), ("DATE", "2026-11-26T10:00:00Z"))
}


class Writer(NamedTuple):
    """A command line, what is in its folder before, and which command lines ran there already."""

    line: str
    files: Mapping[str, bytes]
    before: tuple[str, ...] = ()
    #: The next run, where it is not the same line.
    again: str = ""
    #: Whether its files are those of a commit.
    committed: bool = False
    #: Whether it asks a cluster, which has one node.
    live: bool = False


WRITERS: Final = {
    "render -o": Writer(
        "render -q -o out a.intent.yaml",
        {"a.intent.yaml": RIGHT, "b.intent.yaml": OTHER},
        ("render -q -o out b.intent.yaml",),
    ),
    "render -o, new": Writer("render -q -o out a.intent.yaml", {"a.intent.yaml": RIGHT}),
    "render -o, beside folders of others": Writer(
        "render -q -o out a.intent.yaml",
        {"a.intent.yaml": RIGHT, "b.intent.yaml": OTHER, "out/others/c": b"c"},
        ("render -q -o out b.intent.yaml",),
    ),
    "render -o with the commit": Writer(
        "render -q -o out --hydrator-metadata a.intent.yaml",
        {"a.intent.yaml": RIGHT, "b.intent.yaml": OTHER},
        ("render -q -o out b.intent.yaml",),
        committed=True,
    ),
    "a receipt": Writer("render -q -o out --receipt receipt.json a.intent.yaml", {"a.intent.yaml": RIGHT}),
    "an image": Writer("render -q --oci-layout image a.intent.yaml", {"a.intent.yaml": RIGHT}),
    "an image again": Writer(
        "render -q --oci-layout image a.intent.yaml",
        {"a.intent.yaml": RIGHT, "b.intent.yaml": OTHER},
        ("render -q --oci-layout image b.intent.yaml",),
    ),
    "fmt": Writer("fmt a.intent.yaml b.intent.yaml", {"a.intent.yaml": UNTIDY, "b.intent.yaml": UNTIDY}),
    "migrate": Writer(
        "migrate --to 0.12 --write a.intent.yaml sub/b.intent.yaml",
        {"a.intent.yaml": AT_011, "sub/b.intent.yaml": AT_011},
    ),
    "import": Writer("import -q -o out a.yaml", {"a.yaml": FINISHED}),
    "nodes snapshot": Writer(
        "nodes snapshot nodes.yaml -o out.yaml --time 2026-11-26T10:00:00Z",
        {"nodes.yaml": NODES, "out.yaml": b"old"},
    ),
    "nodes snapshot --live": Writer(
        "nodes snapshot --live --kubeconfig kubeconfig -o out.yaml --time 2026-11-26T10:00:00Z",
        {"out.yaml": b"old"},
        live=True,
    ),
    "render --live, with what it was told": Writer(
        "render -q -o out a.intent.yaml --live --kubeconfig kubeconfig --save-inventory nodes.yaml",
        {"a.intent.yaml": RIGHT, "b.intent.yaml": OTHER, "nodes.yaml": b"old"},
        ("render -q -o out b.intent.yaml",),
        live=True,
    ),
    "init": Writer("init new.intent.yaml", {}, again="init --force new.intent.yaml"),
    "init --force": Writer("init --force new.intent.yaml", {"new.intent.yaml": b"old"}),
    "init --project": Writer("init --project", {}, again="init --project --force"),
    "kustomize install": Writer("kustomize install --plugin-home plugins", {}),
    "kustomize components": Writer("kustomize components -o pieces keep mig", {}),
    "argocd install": Writer("argocd install -o argocd", {}),
    "diff --write-migration": Writer(
        "diff -q b.intent.yaml --against a.intent.yaml --write-migration steps",
        {"a.intent.yaml": RIGHT, "b.intent.yaml": RIGHT.replace(b"NC24ads", b"NC48ads")},
    ),
}


@cache
def cluster() -> str:
    """The address of an API server that stays for the other tests of this process."""
    running = ExitStack()
    atexit.register(running.close)
    return running.enter_context(answering(page("gpu-1"))).address


#: What asks a cluster loads a large library each time, and most of its runs are for the night.
QUICK: Final = [
    pytest.param(name, marks=pytest.mark.night) if one.live else name for name, one in WRITERS.items()
]


def placed(folder: Path, writer: Writer) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    for name, data in writer.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    folder.mkdir(exist_ok=True)
    if writer.live:
        kubeconfig(folder, cluster())
    if writer.committed:
        for words in ("init -q", "add .", "commit -q -m one"):
            subprocess.run(["git", *words.split()], cwd=folder, env={**os.environ, **WHO}, check=True)
    for line in writer.before:
        assert kaitogen(*line.split(), cwd=folder).code == 0
    return folder


def shown(folder: Path, *, left_over: bool = True) -> dict[str, bytes]:
    """What the files of a folder hold, but when a cluster was asked."""
    return {
        path.relative_to(folder).as_posix(): re.sub(rb"(?m)^  taken: .*", b"", path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and ".git" not in path.parts
        and (left_over or not any(part.startswith((atomic.PREFIX, ".kaitogen-stage")) for part in path.parts))
    }


@pytest.mark.parametrize("name", WRITERS)
def test_killed_at_every_call(name: str, tmp_path: Path) -> None:
    writer = WRITERS[name]
    line = writer.line.split()
    prepared, folder = placed(tmp_path / "prepared", writer), tmp_path / "work"
    old = shown(prepared)
    shutil.copytree(prepared, folder, symlinks=True)
    done = kaitogen(*line, cwd=folder)
    assert done.code in (0, 1), done.said
    new = shown(folder)
    assert new != old
    number, step = (0, 1) if WHOLE else (sum(name.encode()) % 5, 9 if writer.live else 5)
    while True:
        number += step
        shutil.rmtree(folder)
        shutil.copytree(prepared, folder, symlinks=True)
        if killed_at(number, line, folder) is not None:
            break
        for path, data in shown(folder, left_over=False).items():
            assert data in (old.get(path), new.get(path)), (number, path, data[:80])
        again = kaitogen(*(writer.again.split() or line), cwd=folder)
        assert again.code == done.code, (number, again.said)
        assert shown(folder) == new, (number, sorted(shown(folder)))
    assert number > 5
    assert shown(folder) == new
