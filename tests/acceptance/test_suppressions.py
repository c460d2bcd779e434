"""`# kaitogen: ignore=CODE reason`: what it suppresses, what it cannot, and the trace it leaves."""

import json
from typing import Any, Final

import pytest

from tests.acceptance.command import kaitogen

INTENT: Final = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata:
  name: phi
spec:
  placement:
    strategy: count
    count: 3
    instanceType: Standard_NC24ads_A100_v4
  inference:
    model: phi-4
"""
COUNT: Final = "    count: 3\n"
IGNORE: Final = "# kaitogen: ignore=KG461"

#: Code and line.
Found = list[tuple[str, int]]


def report(text: str, *options: str) -> dict[str, Any]:
    done = kaitogen("validate", "--format", "json", *options, "-", stdin=text.encode())
    document: dict[str, Any] = json.loads(done.output)
    return document


def findings(text: str) -> Found:
    return [(one["code"], one["line"]) for one in report(text)["findings"]]


def suppressed(text: str) -> list[tuple[str, int, str]]:
    return [(one["code"], one["line"], one["reason"]) for one in report(text)["suppressed"]]


def with_count(text: str) -> str:
    return INTENT.replace(COUNT, text)


def test_the_finding_without_a_comment() -> None:
    assert (findings(INTENT), suppressed(INTENT)) == ([("KG461", 8)], [])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"    count: 3  {IGNORE} our 0.6 reads it\n", 8),
        (f"    {IGNORE} our 0.6 reads it\n{COUNT}", 9),
        (f"{IGNORE} our 0.6 reads it\n{COUNT}", 9),
        (f"    {IGNORE} our 0.6 reads it\n    # and more words\n\n{COUNT}", 11),
        (f"    #kaitogen:ignore = KG461   our 0.6 reads it  \n{COUNT}", 9),
        (f"    # kaitogen: ignore=KG999,KG461 our 0.6 reads it\n{COUNT}", 9),
        (f"    # kaitogen: ignore=KG461 , KG462 our 0.6 reads it\n{COUNT}", 9),
    ],
)
def test_comment_on_the_line_or_above_suppresses_it(text: str, line: int) -> None:
    whole = with_count(text)
    assert (findings(whole), suppressed(whole)) == ([], [("KG461", line, "our 0.6 reads it")])


def test_windows_line_ends() -> None:
    whole = with_count(f"    count: 3  {IGNORE} our 0.6 reads it\n").replace("\n", "\r\n")
    assert (findings(whole), suppressed(whole)) == ([], [("KG461", 8, "our 0.6 reads it")])


def test_comment_above_the_first_line_of_all() -> None:
    flow = (
        "{apiVersion: kaitogen.io/v1alpha1, kind: WorkspaceIntent, metadata: {name: phi}, spec: {placement: "
    )
    flow += "{count: 3, instanceType: Standard_NC24ads_A100_v4}, inference: {model: phi-4}}}\n"
    assert findings(flow) == [("KG461", 1)]
    assert findings(f"# nothing\n{flow}") == [("KG461", 2)]
    assert suppressed(f"{IGNORE} old clusters\n{flow}") == [("KG461", 2, "old clusters")]


@pytest.mark.parametrize(
    "text",
    [
        f"{COUNT}    {IGNORE} below\n",
        f"    {IGNORE} two lines above\n    # x\n",
        "    count: 3  # kaitogen: ignore=KG462 another code\n",
    ],
)
def test_comment_elsewhere_suppresses_nothing(text: str) -> None:
    if "count" not in text:
        text += f"    instanceType: Standard_NC24ads_A100_v4\n{COUNT}"
        whole = INTENT.replace(f"{COUNT}    instanceType: Standard_NC24ads_A100_v4\n", text)
    else:
        whole = with_count(text)
    assert [code for code, _ in findings(whole)] == ["KG461"]
    assert suppressed(whole) == []


@pytest.mark.parametrize("comment", [IGNORE, f"{IGNORE}  ", "# kaitogen: ignore=KG461,KG462"])
def test_comment_without_a_reason_is_refused(comment: str) -> None:
    whole = with_count(f"    count: 3  {comment}\n")
    assert sorted(findings(whole)) == [("KG130", 8), ("KG461", 8)]
    assert suppressed(whole) == []
    assert kaitogen("validate", "-", stdin=whole.encode()).code == 1


@pytest.mark.parametrize(
    "words", ["ignore KG461 because", "ignore=461 because", "ignore=KG461because", "please", ""]
)
def test_comment_that_is_not_understood_is_refused(words: str) -> None:
    whole = with_count(f"    count: 3  # kaitogen: {words}\n")
    assert sorted(findings(whole)) == [("KG130", 8), ("KG461", 8)]


def test_what_kaito_refuses_cannot_be_suppressed() -> None:
    whole = (
        INTENT.replace(COUNT, "")
        .replace("strategy: count", "strategy: auto")
        .replace("model: phi-4", "model: phi-44  # kaitogen: ignore=KG432 it will come")
    )
    assert sorted(findings(whole)) == [("KG131", 10), ("KG432", 10)]
    assert suppressed(whole) == []
    assert kaitogen("validate", "-", stdin=whole.encode()).code == 1


def test_what_is_no_sound_intent_cannot_be_suppressed() -> None:
    whole = with_count("    cuont: 3  # kaitogen: ignore=KG120 we like it so\n")
    assert ("KG131", 8) in findings(whole)
    assert ("KG120", 8) in findings(whole)


def test_what_can_never_run_can_be_suppressed() -> None:
    whole = (
        INTENT.replace(COUNT, "")
        .replace("strategy: count", "strategy: auto")
        .replace("name: phi\n", "name: 4-phi  # kaitogen: ignore=KG471 patched by our fork\n")
    )
    assert (findings(whole), suppressed(whole)) == ([], [("KG471", 4, "patched by our fork")])
    done = kaitogen("render", "-", stdin=whole.encode())
    assert (done.code, done.said) == (0, "")
    assert "name: 4-phi\n" in done.text


def test_text_that_looks_like_a_comment_is_none() -> None:
    """Inside quotes, a block of text or a word it is data, whatever it says."""
    data = INTENT.replace(
        "  name: phi\n",
        "  name: phi\n  annotations:\n"
        f'    a: "x {IGNORE}"\n'
        f"    b: 'x {IGNORE}'\n"
        "    c: x#kaitogen:ignore=KG461\n"
        f'    d: "x\n      {IGNORE}\n      "\n'
        f"    e: |\n      {IGNORE}\n      # kaitogen: nonsense\n\n      x\n"
        f"    f: >-\n      x\n        {IGNORE} with a reason\n",
    )
    assert [code for code, _ in findings(data)] == ["KG461"]


def test_comment_beside_text_is_one() -> None:
    for value in ("bob's", '"a # b"', "'it''s'", "|  # x\n      text", '"a\n      b"'):
        whole = with_count(f"    count: 3  {IGNORE} beside {{}}\n".replace("{}", "'quotes\"")).replace(
            "  name: phi\n", f"  name: phi\n  annotations:\n    a: {value}\n"
        )
        assert findings(whole) == []
        assert len(suppressed(whole)) == 1
    for value in ("bob's", '"it\'s # x"', "'x'"):
        whole = (
            INTENT.replace(COUNT, "")
            .replace("strategy: count", "strategy: auto")
            .replace(
                "  name: phi\n",
                f"  name: phi\n  annotations:\n    x: {value}  # kaitogen: ignore=KG999 nothing\n    z: {value}  # kaitogen: odd\n",
            )
            .replace("name: phi\n", "name: 4-phi\n")
        )
        assert sorted(findings(whole)) == [("KG130", 7), ("KG471", 4)]


def test_comment_on_the_line_of_a_block_of_text() -> None:
    whole = INTENT.replace(
        "  name: phi\n", "  name: phi\n  annotations:\n    a: |  # kaitogen: odd\n      x\n"
    )
    assert ("KG130", 6) in findings(whole)


def test_comment_after_a_block_of_text() -> None:
    whole = with_count(f"    {IGNORE} our 0.6 reads it\n{COUNT}").replace(
        "spec:\n", "  annotations:\n    a: |\n      x\n\nspec:\n"
    )
    assert findings(whole) == []
    last = with_count("") + f"    config:\n      vllm: {{}}\n    {IGNORE} nothing here\n"
    assert suppressed(last) == []


def test_only_its_own_document_and_file() -> None:
    quiet = with_count(f"    count: 3  {IGNORE} our 0.6 reads it\n")
    other = INTENT.replace("name: phi\n", "name: other\n")
    both = f"# first\n---\n{quiet}---\n{other}"
    assert findings(both) == [("KG461", 2 + 11 + 1 + 8)]
    assert suppressed(both) == [("KG461", 2 + 8, "our 0.6 reads it")]


def test_a_comment_in_a_document_behind_the_last_finding_is_passed_over() -> None:
    right = INTENT.replace("name: phi\n", "name: other\n").replace("strategy: count", "strategy: auto")
    right = right.replace(COUNT, f"    {IGNORE} our 0.6 reads it\n")
    assert findings(f"{INTENT}---\n{right}") == [("KG461", 8)]


FLEET: Final = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntentSet
metadata: {name: fleet}
spec:
  defaults:
    spec:
      placement:
        strategy: count
        count: 3  # kaitogen: ignore=KG461 our 0.6 reads it
        instanceType: Standard_NC24ads_A100_v4
      inference: {model: phi-4}
  workspaces:
    - metadata: {name: one}
    - metadata: {name: two}
    - metadata: {name: three}
      spec:
        placement:
          count: 4
"""


def test_in_a_set() -> None:
    """The defaults' comment speaks for the defaults' line, whoever has it from there; an entry's own line is its own."""
    assert findings(FLEET) == [("KG461", 18)]
    assert {(code, line) for code, line, _ in suppressed(FLEET)} == {("KG461", 9)}
    assert findings(FLEET.replace("count: 4", "count: 4  # kaitogen: ignore=KG461 this too")) == []


def test_in_a_finished_manifest() -> None:
    made = kaitogen("render", "-q", "-", stdin=INTENT.encode()).text
    assert [code for code, _ in findings(made)] == ["KG461"]
    quiet = made.replace("  count: 3\n", f"  count: 3  {IGNORE} our 0.6 reads it\n")
    assert findings(quiet) == []
    assert [reason for _, _, reason in suppressed(quiet)] == ["our 0.6 reads it"]


def test_counted_in_words_and_no_matter_to_strict() -> None:
    whole = with_count(f"    count: 3  {IGNORE} our 0.6 reads it\n")
    done = kaitogen("validate", "--strict", "-", stdin=whole.encode())
    assert (done.code, done.said) == (0, "kaitogen: 1 Workspace, no findings; 1 suppressed\n")


def test_render_obeys_it_as_well() -> None:
    whole = with_count(f"    count: 3  {IGNORE} our 0.6 reads it\n")
    assert "KG461" in kaitogen("render", "-", stdin=INTENT.encode()).said
    done = kaitogen("render", "--strict", "-", stdin=whole.encode())
    assert (done.code, done.said) == (0, "")
    assert done.output == kaitogen("render", "-q", "-", stdin=INTENT.encode()).output
    refused = kaitogen("render", "-", stdin=with_count(f"    count: 3  {IGNORE}\n").encode())
    assert (refused.code, refused.output) == (1, b"")
    assert "KG130" in refused.said.splitlines()[-1]


def test_sarif_marks_it_as_suppressed_in_the_source() -> None:
    whole = with_count(f"    count: 3  {IGNORE} our 0.6 reads it\n")
    done = kaitogen("validate", "--format", "sarif", "-", stdin=whole.encode())
    [result] = json.loads(done.output)["runs"][0]["results"]
    assert (result["ruleId"], result["suppressions"]) == (
        "KG461", [{"kind": "inSource", "justification": "our 0.6 reads it"}],
    )  # fmt: skip


def test_a_comment_is_judged_by_its_own_document_alone() -> None:
    odd = INTENT.replace(COUNT, "    # kaitogen: odd\n").replace("strategy: count", "strategy: auto")
    others = "apiVersion: v1\nkind: Service\nmetadata: {name: a}  # kaitogen: odd\n"
    assert findings(odd) == findings(others) == []
    text = f"{others}---\n{odd}---\n{INTENT.replace('name: phi', 'name: other', 1)}"
    assert [code for code, _ in findings(text)] == ["KG461"]


_LAST = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata: {name: phi}
spec:
  inference: {model: phi-4}
  placement: {strategy: count, instanceType: Standard_NC24ads_A100_v4,
    # kaitogen: ignore=KG461 our 0.6 reads it
    count: 3}"""


def test_on_a_last_line_that_does_not_end() -> None:
    assert (findings(_LAST), suppressed(_LAST)) == ([], [("KG461", 8, "our 0.6 reads it")])


def test_at_the_end_of_a_document_says_nothing_of_the_next() -> None:
    """KG495 is found at apiVersion, which stands first there."""
    old = (
        "apiVersion: kaito.sh/v1alpha1\nkind: Workspace\nmetadata: {name: phi}\n"
        "resource: {instanceType: Standard_NC24ads_A100_v4, labelSelector: {matchLabels: {apps: phi}}}\n"
        "inference: {template: {spec: {containers: [{name: server, image: registry.example.com/s:1}]}}}\n"
    )
    both = f"{old}# kaitogen: ignore=KG495 it is old\n---\n{old.replace('name: phi', 'name: psi')}"
    assert [(code, line) for code, line in findings(both) if code == "KG495"] == [("KG495", 1), ("KG495", 8)]
    assert suppressed(both) == []
