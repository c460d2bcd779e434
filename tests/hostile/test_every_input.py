"""What takes the machine as an intent does not take it as any other file or stream that kaitogen reads."""

from pathlib import Path

import pytest

from tests.hostile.measured import MAX_MEBIBYTES, MAX_SECONDS, measured
from tests.hostile.texts import RIGHT

BOMBS = {
    "an alias to a long text": b'a: &a "' + b"x" * 100_000 + b'"\nb: [' + b"*a," * 10_000 + b"]\n",
    "directives": b"%TAG !a! b\n" * 20_000 + b"---\na: 1\n",
    "brackets": b"[" * 60_000,
    "documents": b"---\na: 1\n" * 60_000,
    "byte order marks": b"a: 1\n" + "\ufeff\n".encode() * 200_000,
    "question marks": b"{" + b"a?b: 1, " * 50_000 + b"}",
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


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("given", INPUTS)
def test_a_bomb(given: str, bomb: str, tmp_path: Path) -> None:
    for name in (
        "bomb.yaml",
        "environments/bomb.yaml",
        "project/.kaitogen.yaml",
        "templates/documents/bomb.yaml.j2",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(BOMBS[bomb])
    for name in ("a.intent.yaml", "project/a.intent.yaml"):
        (tmp_path / name).write_bytes(RIGHT)
    spent = measured(INPUTS[given], tmp_path)
    assert "Traceback" not in spent.said, spent.said[-2000:]
    assert spent.code in (0, 1, 3), (spent.code, spent.said[-2000:])
    assert spent.code == 0 or spent.said or spent.output
    assert spent.mebibytes < MAX_MEBIBYTES
    assert spent.seconds < MAX_SECONDS
