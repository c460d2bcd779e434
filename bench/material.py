"""What is measured on: folders of intents, and folders of the same Workspaces for kustomize."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.processes import Failed, environment

INTENT = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata:
  name: {name}
  namespace: inference
  labels:
    team: team-{team}
spec:
  placement:
{placement}
  inference:
    model: {model}
"""
SET = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntentSet
metadata:
  name: fleet
spec:
  defaults:
    metadata:
      namespace: inference
    spec:
      placement:
        instanceType: Standard_NC24ads_A100_v4
      inference:
        model: phi-4
  workspaces:
"""
ENTRY = """\
    - metadata:
        name: {name}
        labels:
          team: team-{team}
"""
AUTO = """\
    instanceType: Standard_NC24ads_A100_v4"""
COUNT = """\
    strategy: count
    count: {number}
    instanceType: Standard_NC24ads_A100_v4
    labelSelector:
      matchLabels:
        apps: {name}"""
EXPLICIT = """\
    strategy: explicit
    nodes:
      - gpu-node-{number}
      - gpu-node-{number}-b
    instanceType: Standard_NC24ads_A100_v4"""
PLACEMENTS = (AUTO, COUNT, EXPLICIT)
MODELS = ("phi-4", "phi-4-mini-instruct", "qwen2.5-coder-7b-instruct", "mistral-7b-instruct")
SEPARATOR = "---\n"


def one(folder: Path) -> Path:
    """A folder with a single intent; its path."""
    folder.mkdir()
    path = folder / "one.intent.yaml"
    path.write_text(_intent(0), encoding="utf-8")
    return path


def one_file(folder: Path, number: int, first: int = 0) -> Path:
    """A folder with one file of so many intents from the `first` on, the three strategies by turns; its path."""
    folder.mkdir()
    path = folder / "many.intent.yaml"
    with path.open("w", encoding="utf-8") as out:
        for index in range(first, first + number):
            out.write(SEPARATOR + _intent(index))
    return path


def many_files(folder: Path, number: int) -> Path:
    """A folder with so many files of one intent each; the folder."""
    folder.mkdir()
    for index in range(number):
        (folder / f"{_name(index)}.intent.yaml").write_text(_intent(index), encoding="utf-8")
    return folder


def as_set(folder: Path, number: int) -> Path:
    """A folder with one set of so many Workspaces; its path."""
    folder.mkdir()
    path = folder / "set.intent.yaml"
    entries = (ENTRY.format(name=_name(index), team=index % 7) for index in range(number))
    path.write_text(SET + "".join(entries), encoding="utf-8")
    return path


def rendered(kaitogen: Path, intents: Path, folder: Path, home: Path) -> Path:
    """A folder for kustomize whose one resource file is what kaitogen makes of the intents; the folder."""
    folder.mkdir()
    with (folder / "workspaces.yaml").open("wb") as out:
        done = subprocess.run(
            [kaitogen, "render", intents],
            env=environment(home),
            stdout=out,
            stderr=subprocess.PIPE,
            check=False,
        )
    if done.returncode:
        raise Failed(
            f"kaitogen render ended with {done.returncode}:\n{done.stderr.decode(errors='replace')[-2000:]}"
        )
    (folder / "kustomization.yaml").write_text("resources:\n  - workspaces.yaml\n", encoding="utf-8")
    return folder


def taken_apart(whole: Path, folder: Path) -> Path:
    """The same resources as in the folder `whole`, one file each; the new folder."""
    folder.mkdir()
    names = []
    for number, text in enumerate(_documents(whole / "workspaces.yaml")):
        names.append(f"workspace-{number}.yaml")
        (folder / names[-1]).write_text(text, encoding="utf-8")
    listed = "".join(f"  - {name}\n" for name in names)
    (folder / "kustomization.yaml").write_text("resources:\n" + listed, encoding="utf-8")
    return folder


def _documents(path: Path) -> Iterator[str]:
    lines: list[str] = []
    with path.open(encoding="utf-8") as text:
        for line in text:
            if line != SEPARATOR:
                lines.append(line)
            elif lines:
                yield "".join(lines)
                lines = []
    if lines:
        yield "".join(lines)


def _name(index: int) -> str:
    return f"workspace-{index}"


def workspace(index: int) -> dict[str, Any]:
    """What another engine is given to make of it what kaitogen makes of an intent."""
    name, number, kind = _name(index), index % 4 + 1, PLACEMENTS[index % len(PLACEMENTS)]
    instance_type = "Standard_NC24ads_A100_v4"
    entry: dict[str, Any] = {"name": name, "team": f"team-{index % 7}", "model": MODELS[index % len(MODELS)]}
    entry |= {"instanceType": instance_type, "label": "apps", "value": name}
    if kind is COUNT:
        entry["count"] = number
    elif kind is EXPLICIT:
        entry |= {"count": 2, "nodes": [f"gpu-node-{number}", f"gpu-node-{number}-b"]}
        entry |= {"label": "node.kubernetes.io/instance-type", "value": instance_type}
    return entry


def _intent(index: int) -> str:
    name, number = _name(index), index % 4 + 1
    placement = PLACEMENTS[index % len(PLACEMENTS)].format(name=name, number=number)
    return INTENT.format(name=name, team=index % 7, placement=placement, model=MODELS[index % len(MODELS)])
