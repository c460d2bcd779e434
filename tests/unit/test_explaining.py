"""The register of codes: complete in both directions, well written, and careful about what a comment may take back."""

import re
from pathlib import Path
from typing import get_args

import pytest

from kaitogen.commands.explain import pages, registry
from kaitogen.commands.explain.texts.shapes import Explanation, Kind

CODES = registry.all_codes()
PACKAGE = Path(__file__).resolve().parents[2] / "generator" / "kaitogen"


def explained(code: str) -> Explanation:
    found = registry.find(code)
    assert found is not None
    return found


@pytest.mark.checkout
def test_every_code_that_can_be_raised_is_explained_and_no_other() -> None:
    """Explanations themselves, and the register of KAITO's rules, do not count as raising."""
    raised: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        place = path.relative_to(PACKAGE).as_posix()
        if not place.startswith(
            ("commands/explain/texts/", "kaito/rules/codes", "commands/explain/registry.py")
        ):
            raised |= set(re.findall(r"""["'](KG\d{3})["']""", path.read_text(encoding="utf-8")))
    assert raised == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_an_explanation_is_whole(code: str) -> None:
    one = explained(code)
    assert one.code == code
    assert one.kind in get_args(Kind)
    assert one.title
    assert not one.title.endswith(".")
    assert len(one.title) <= 80
    assert one.why.endswith((".", ".)"))
    assert 1 <= len(re.findall(r"[.)](?: |$)", one.why)) <= 6
    assert one.fix.endswith((".", ")", "`"))
    assert not one.since.startswith("KAITO")
    assert one.failing.command.startswith(("kaitogen ", "ARGOCD_"))
    assert one.failing != one.passing


@pytest.mark.parametrize("code", CODES)
def test_a_code_belongs_to_a_family_of_its_kind(code: str) -> None:
    rules = {"refused", "can't work", "warning", "note"}
    kinds = {
        "1": {"invalid", "warning", "note"},
        "3": {"invalid", *rules},
        "4": rules,
        "6": {"environment"},
        "7": {"warning", "note", "invalid"},
        "8": {"refused", "warning"},
    }
    assert code[2] in registry.FAMILIES
    assert explained(code).kind in kinds.get(code[2], {"invalid"})


def test_titles_tell_codes_apart() -> None:
    assert len({explained(code).title for code in CODES}) == len(CODES)


@pytest.mark.parametrize(
    ("code", "severity", "may"),
    [
        ("KG461", "warning", True),
        ("KG461", "note", True),
        ("KG470", "error", True),
        ("KG470", "warning", True),
        ("KG405", "error", False),
        ("KG419", "error", False),
        ("KG419", "warning", True),
        ("KG120", "error", False),
        ("KG210", "error", False),
        ("KG131", "error", False),
        ("KG601", "error", False),
        ("KG999", "warning", False),
    ],
)
def test_only_what_works_in_kaito_or_is_admitted_can_be_taken_back(
    code: str, severity: str, may: bool
) -> None:
    assert registry.suppressible(code, severity) is may  # type: ignore[arg-type]  # a parameter of the test


@pytest.mark.parametrize("code", CODES)
def test_an_error_can_be_taken_back_only_of_what_can_not_work(code: str) -> None:
    assert registry.suppressible(code, "error") is (explained(code).kind == "can't work")


@pytest.mark.parametrize(
    ("word", "near"),
    [("KG4O5", "KG405"), ("kg405", "KG405"), ("405", "KG405"), ("KG21", "KG210"), ("KG2144", "KG214")],
)
def test_a_slip_of_a_code_is_recognised(word: str, near: str) -> None:
    assert registry.nearest_code(word) == near


@pytest.mark.parametrize("word", ["", "KG", "KG999", "instanceType", "KG" + "4" * 5000])
def test_what_is_far_from_every_code_gets_no_guess(word: str) -> None:
    assert registry.nearest_code(word) is None


def test_an_unknown_code_has_no_explanation() -> None:
    assert registry.find("KG499") is None


@pytest.mark.parametrize("code", CODES)
def test_text_fits_a_terminal_and_names_what_helps(code: str) -> None:
    one = explained(code)
    text = pages.as_text(one)
    prose = text.partition("This gets it:")[0]
    assert max(map(len, prose.splitlines()[1:])) <= 88
    for part in (one.code, one.title, one.failing.command, one.passing.command, *one.failing.files):
        assert part in text or len(one.failing.files) == 1
    assert one.rule in text
    assert one.since in text.replace("\n", " ")


def test_markdown_escapes_what_is_markup() -> None:
    one = explained("KG470")
    assert "<name>" in one.why
    assert r"\<name\>" in pages.as_markdown(one)
