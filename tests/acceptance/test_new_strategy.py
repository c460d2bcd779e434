"""CONTRIBUTING's guide to a fourth strategy, followed word by word in a copy of the project."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.checkout

#: A fenced block that says which file it is, and whether it is the whole file or goes before a text in it.
BLOCK = re.compile(
    r"^```[a-z0-9]* *(?P<what>new|before)=(?P<file>\S+)(?: at='(?P<at>[^']+)')?\n(?P<text>.*?)^```$",
    re.M | re.S,
)


def test_the_guide_leads_to_a_working_strategy(root: Path, tmp_path: Path) -> None:
    copy = tmp_path / "project"
    shutil.copytree(
        root,
        copy,
        ignore=shutil.ignore_patterns(".git", ".venv", ".venvs", "build", "*cache*", "__pycache__", "cases"),
    )
    guide = (root / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Add a placement strategy")[2]
    blocks = list(BLOCK.finditer(guide.partition("\n## ")[0]))
    assert len(blocks) >= 5
    for block in blocks:
        path = copy / block["file"]
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        if block["what"] == "new":
            assert not text, f"{block['file']} is there already"
            path.write_text(block["text"], encoding="utf-8")
            continue
        assert text.count(block["at"]) == 1, f"{block['file']} says {block['at']!r} not just once"
        path.write_text(text.replace(block["at"], block["text"] + block["at"]), encoding="utf-8")
    for script in ("derive_set_schema", "compile_schemas", "compile_templates"):
        subprocess.run([sys.executable, f"scripts/{script}.py"], cwd=copy, check=True, env=_env(copy))
    done = _kaitogen(copy, "render", "spread.intent.yaml")
    assert done.returncode == 0, done.stderr
    assert "  count: 6\n" in done.stdout
    assert "topology.kubernetes.io/region: westeurope" in done.stdout
    scaffold = _kaitogen(copy, "init", "--strategy", "spread")
    assert scaffold.returncode == 0, scaffold.stderr
    assert "    strategy: spread\n" in scaffold.stdout


def _kaitogen(copy: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "kaitogen", *arguments],
        cwd=copy, env=_env(copy), capture_output=True, text=True, check=False,
    )  # fmt: skip


def _env(copy: Path) -> dict[str, str]:
    return {"PYTHONPATH": str(copy / "generator"), "PATH": "/usr/bin:/bin"}
