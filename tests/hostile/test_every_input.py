"""What takes the machine as an intent does not take it as any other file or stream that kaitogen reads."""

import json
import sys
from pathlib import Path

import pytest

from tests.hostile import in_turn
from tests.hostile.measured import MAX_MEBIBYTES, MAX_SECONDS, started
from tests.hostile.texts import RIGHT

BOMBS = {
    "an alias to a long text": b'a: &a "' + b"x" * 100_000 + b'"\nb: [' + b"*a," * 10_000 + b"]\n",
    "directives": b"%TAG !a! b\n" * 20_000 + b"---\na: 1\n",
    "brackets": b"[" * 60_000,
    "documents": b"---\na: 1\n" * 20_000,
    "byte order marks": b"a: 1\n" + "\ufeff\n".encode() * 200_000,
    "question marks": b"{" + b"a?b: 1, " * 10_000 + b"}",
}
INPUTS = {
    "an inventory": ["plan", "a.intent.yaml", "--inventory", "bomb.yaml"],
    "prices": ["plan", "a.intent.yaml", "--price", "bomb.yaml"],
    "a budget": ["plan", "a.intent.yaml", "--budget", "bomb.yaml"],
    "an environment": ["render", "a.intent.yaml", "--environment", "bomb"],
    "a project file": ["render", "project"],
    "a receipt": ["verify", "bomb.yaml"],
    "a template": ["render", "a.intent.yaml", "--templates", "templates"],
    "another side": ["diff", "a.intent.yaml", "--against", "bomb.yaml"],
    "what kubectl printed": ["nodes", "snapshot", "bomb.yaml"],
    "finished manifests": ["import", "bomb.yaml"],
    "a file to lay out": ["fmt", "--check", "bomb.yaml"],
    "a file to migrate": ["migrate", "--to", "0.12", "bomb.yaml"],
}


IN_TURN = in_turn.__file__
ROOT = str(Path(__file__).parents[2])
#: In characters: what is wrong with so much is said of a part of it.
MAX_SAID = 1_000_000


@pytest.mark.parametrize("given", INPUTS)
def test_bombs(given: str, tmp_path: Path) -> None:
    (tmp_path / "bombs").mkdir()
    for name, bomb in BOMBS.items():
        (tmp_path / "bombs" / name).write_bytes(bomb)
    (tmp_path / "project").mkdir()
    for name in ("a.intent.yaml", "project/a.intent.yaml"):
        (tmp_path / name).write_bytes(RIGHT)
    spent = started([ROOT, *INPUTS[given]], tmp_path, program=(sys.executable, IN_TURN))
    assert spent.code == 0, spent.said[-2000:]
    results = [json.loads(line) for line in spent.output.splitlines()]
    assert [name for name, *_ in results] == sorted(BOMBS)
    for name, code, length, said in results:
        assert code in (0, 1, 3), (name, code, said)
        assert code == 0 or length, name
        assert length < MAX_SAID, name
    assert spent.mebibytes < MAX_MEBIBYTES
    assert spent.seconds < MAX_SECONDS
