"""What the options of `kaitogen validate` change."""

import json
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.command import kaitogen
from tests.acceptance.streams import INTENT, MADE, WRONG, findings


def test_version_changes_the_answer() -> None:
    hugging_face = MADE.replace("name: phi-4\n", "name: example/model\n")
    assert ("KG432", 12) in findings(hugging_face, "--kaito", "0.4")
    assert findings(hugging_face, "--kaito", "0.12") == []


def test_provider_changes_the_answer() -> None:
    assert findings(MADE, "--provider", "azure") == []
    assert findings(MADE, "--provider", "aws") == [("KG427", 6)]


def test_node_provisioner_changes_the_answer() -> None:
    assert findings(MADE, "--node-provisioner", "byo") == [("KG405", 6)]
    without = MADE.replace("  instanceType: Standard_NC24ads_A100_v4\n", "")
    assert findings(without, "--node-provisioner", "byo") == []
    assert findings(without, "--node-provisioner", "karpenter") == [("KG405", 5)]


PARTED: Final = MADE.replace(
    "  instanceType: Standard_NC24ads_A100_v4\n", "  partition: {mode: mig, profile: 7g.80gb}\n"
)


def test_feature_gate_changes_the_answer() -> None:
    assert findings(PARTED, "--node-provisioner", "byo") == [("KG416", 6)]
    assert findings(PARTED, "--node-provisioner", "byo", "--feature-gate", "enableMIG=true") == []
    assert findings(PARTED, "--node-provisioner", "byo", "--feature-gate", "enableMIG=true",
                    "--feature-gate", "enableMIG=false") == [("KG416", 6)]  # fmt: skip


def test_options_lie_over_what_intents_say() -> None:
    """What is judged is what would be made for that installation, whatever the intent says itself."""
    said = INTENT.replace("spec:\n", 'spec:\n  target: {kaito: "0.12", provider: azure}\n', 1)
    assert ("KG427", 8) in findings(said, "--provider", "aws")
    assert ("KG405", 8) in findings(said, "--node-provisioner", "byo")
    hugging_face = said.replace("model: phi-4", "model: example/model")
    assert [code for code, _ in findings(hugging_face, "--kaito", "0.4")] == ["KG432"]
    assert findings(hugging_face, "--kaito", "0.12") == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--feature-gate", "enableMIG"), "NAME=true"),
        (("--feature-gate", "enableMIG=on"), "NAME=true"),
        (("--feature-gate", "enableMig2=true"), "enableMIG"),
        (("--feature-gate", "nonsense=true"), "no feature gate nonsense"),
        (("--expect", "two"), "--expect"),
        (("--expect", "-1"), "--expect"),
        (("--expect", "9" * 5000), "--expect"),
        (("--kaito", "0.99"), "0.99"),
        (("--provider", "gcp"), "gcp"),
        (("--format", "xml"), "xml"),
        (("--kaito", "0.6", "--node-provisioner", "byo"), "it came with 0.7; give --kaito 0.7 or newer"),
    ],
)
def test_wrong_options_are_wrong_usage(options: tuple[str, ...], words: str) -> None:
    done = kaitogen("validate", *options, "-", stdin=MADE.encode())
    assert (done.code, done.output) == (2, b"")
    assert words in done.said


def test_a_provisioner_that_came_later_is_told_and_judged_as_one_that_makes_nodes() -> None:
    options = ("--kaito", "0.10", "--node-provisioner", "karpenter", "--format", "json", "-")
    done = kaitogen("validate", *options, stdin=MADE.encode())
    (finding,) = json.loads(done.output)["findings"]
    assert done.code == 0
    assert finding["message"] == "KAITO 0.10 has no node provisioner karpenter; it came with 0.11"
    assert (finding["severity"], finding["file"]) == ("warning", "--node-provisioner")


@pytest.mark.parametrize(("number", "code"), [(0, 1), (1, 1), (2, 0), (3, 1)])
def test_expectation_counts_what_was_seen(tmp_path: Path, number: int, code: int) -> None:
    (tmp_path / "a.intent.yaml").write_text(INTENT, encoding="utf-8")
    (tmp_path / "made.yaml").write_text(f"{MADE}---\napiVersion: v1\nkind: Service\n", encoding="utf-8")
    done = kaitogen("validate", "--expect", str(number), "a.intent.yaml", "made.yaml", cwd=tmp_path)
    assert done.code == code
    assert ("expected, 2 seen" in done.said) == bool(code)
    assert len(done.said.splitlines()[-1]) <= 200


def test_intent_that_a_build_left_as_it_is_counts_for_nothing() -> None:
    """A transformer that kustomize skipped leaves intents behind, and these are no Workspaces yet."""
    done = kaitogen("validate", "--expect", "2", "-", stdin=f"{INTENT}---\n{MADE}".encode())
    assert done.code == 1
    assert "1 seen, and 1 intent not expanded" in done.said
    assert kaitogen("validate", "--expect", "1", "-", stdin=f"{INTENT}---\n{MADE}".encode()).code == 0


def test_nothing_seen_is_what_expectation_guards_against() -> None:
    nothing = b"apiVersion: v1\nkind: Service\n"
    assert kaitogen("validate", "-", stdin=nothing).said == "kaitogen: 0 Workspaces, no findings\n"
    assert kaitogen("validate", "--expect", "1", "-", stdin=nothing).code == 1


COUNTED: Final = MADE.replace("resource:\n", "resource:\n  count: 3\n")


def test_strict_lets_warnings_count() -> None:
    assert findings(COUNTED, code=0) == [("KG461", 6)]
    assert findings(COUNTED, "--strict", code=1) == [("KG461", 6)]


def test_notes_only_on_request() -> None:
    without = MADE.replace("  instanceType: Standard_NC24ads_A100_v4\n", "")
    assert findings(without, "--node-provisioner", "byo") == []
    codes = {
        code for code, _ in findings(without, "--node-provisioner", "byo", "--notes", "--strict", code=0)
    }
    assert codes >= {"KG423", "KG424", "KG425"}


def test_quiet_shows_errors_only() -> None:
    quiet = kaitogen("validate", "--quiet", "-", stdin=COUNTED.encode())
    assert (quiet.code, quiet.said) == (0, "")
    both = f"{COUNTED}---\n{WRONG.replace('name: phi', 'name: other', 1)}"
    said = kaitogen("validate", "-q", "-", stdin=both.encode()).said
    assert "KG432" in said
    assert "KG461" not in said
    assert "KG461" in kaitogen("validate", "-q", "--strict", "-", stdin=COUNTED.encode()).said


def test_all_is_well_is_said_on_standard_error(tmp_path: Path) -> None:
    done = kaitogen("validate", "-", stdin=f"{INTENT}---\n{MADE}".encode())
    assert (done.code, done.output, done.said) == (0, b"", "kaitogen: 2 Workspaces, no findings\n")
