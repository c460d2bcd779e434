"""What an editor shows of an intent, asked of a real yaml-language-server that has schemas/editor.schema.json alone."""

import itertools
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.editor.language_server import LanguageServer

pytestmark = [pytest.mark.e2e, pytest.mark.checkout]

ROOT: Final = Path(__file__).resolve().parents[3]
SCHEMA: Final = ROOT / "schemas" / "editor.schema.json"
INTENT: Final = "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntent\nmetadata:\n  name: a\n"
SET: Final = INTENT.replace("WorkspaceIntent", "WorkspaceIntentSet")
_NUMBERS = itertools.count()


def opened(server: LanguageServer, folder: Path, text: str) -> tuple[list[str], Path, int, int]:
    """A document with the schema, opened: what is underlined, its path, and the place of the mark | in it."""
    text = f"# yaml-language-server: $schema={SCHEMA.as_uri()}\n{text}"
    before, _, after = text.partition("|")
    path = folder / f"{next(_NUMBERS)}.intent.yaml"
    line = before.count("\n")
    return server.open(path, before + after), path, line, len(before) - before.rfind("\n") - 1


@pytest.mark.parametrize(
    ("text", "label", "words"),
    [
        (INTENT + "spec:\n  |", "replicas", "How many copies of the model serve."),
        (INTENT + "spec:\n  inference:\n    model: |", "phi-4", "A preset of KAITO 0.12: 27.31 GiB of weights"),
        (INTENT + "spec:\n  inference:\n    model: mi|", "microsoft/phi-4", "Hugging Face: "),
        (INTENT + "spec:\n  tuning:\n    model: |", "phi-4", "A preset of KAITO 0.12"),
        (INTENT + "spec:\n  placement:\n    instanceType: |", "Standard_NC96ads_A100_v4", "azure: 4 x "),
        (INTENT + "spec:\n  placement:\n    instanceType: |", "p4d.24xlarge", "aws: 8 x "),
        (INTENT + "spec:\n  placement:\n    nodes:\n      select:\n        quick: |", "nc96", "A100"),
        (INTENT + "spec:\n  inference:\n    config:\n      vllm:\n        |", "max-model-len", "vLLM"),
        (INTENT + "  annotations:\n    |", "kaito.sh/runtime", "Read by KAITO since 0.4."),
        (INTENT.replace("Intent\n", "I|\n"), "WorkspaceIntentSet", ""),
        (SET + "spec:\n  defaults:\n    spec:\n      inference:\n        model: |", "phi-4", "A preset of KAITO 0.12"),
        (SET + "spec:\n  workspaces:\n    - metadata:\n        name: b\n      |", "spec", ""),
    ],
)  # fmt: skip
def test_completion(
    language_server: LanguageServer, tmp_path: Path, text: str, label: str, words: str
) -> None:
    _, path, line, column = opened(language_server, tmp_path, text)
    offered = language_server.completions(path, line, column)
    assert words in offered[label]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (INTENT + "spec:\n  repl|icas: 2\n", "How many copies of the model serve."),
        (INTENT + "spec:\n  placement:\n    cou|nt: 2\n", "Becomes resource.count."),
        (SET + "spec:\n  def|aults: {}\n", "What all entries share"),
    ],
)
def test_hover(language_server: LanguageServer, tmp_path: Path, text: str, words: str) -> None:
    _, path, line, column = opened(language_server, tmp_path, text)
    assert words in language_server.hover(path, line, column)


@pytest.mark.parametrize("example", sorted(path.name for path in (ROOT / "examples").glob("*.intent.yaml")))
def test_nothing_is_underlined_in_an_example(
    language_server: LanguageServer, tmp_path: Path, example: str
) -> None:
    text = (ROOT / "examples" / example).read_text(encoding="utf-8")
    said, *_ = opened(language_server, tmp_path, text)
    assert said == []
    # As its own first line says it, beside the schemas of the checkout.
    assert language_server.open(ROOT / "examples" / example, text) == []
    assert language_server.hover(ROOT / "examples" / example, text[: text.index("kind:")].count("\n"), 2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("spec:\n  inference:\n    model: a-model-of-nobody\n", ""),
        ("spec:\n  placement:\n    instanceType: Standard_Of_Tomorrow\n  inference: {model: phi-4}\n", ""),
        ("spec:\n  inference:\n    modle: phi-4\n", "Property modle is not allowed."),
        ("spec:\n  replicas: many\n  inference: {model: phi-4}\n", "^auto$"),
    ],
)
def test_what_is_underlined(language_server: LanguageServer, tmp_path: Path, text: str, words: str) -> None:
    said, *_ = opened(language_server, tmp_path, INTENT + text)
    assert [words in one for one in said] == ([True] if words else [])
