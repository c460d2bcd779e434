"""The pages and the records of rules: complete in both directions, well written, and careful about what may be suppressed."""

import re
from pathlib import Path

import pytest

from kaitogen.commands.explain import command, pages
from kaitogen.commands.explain.pages import Page
from kaitogen.errors import InternalError
from kaitogen.files import shipped
from scripts.finding_pages import FAMILIES, rules
from tests.mutation.sites import sites

RULES = rules()
CODES = list(RULES)


def explained(code: str) -> Page:
    found = pages.find(code)
    assert found is not None
    return found


@pytest.mark.checkout
def test_every_rule_is_raised_somewhere() -> None:
    assert {site.code for site in sites()} == set(CODES)


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    assert [page.code for page in pages.all_pages()] == CODES


@pytest.mark.parametrize("code", CODES)
def test_a_page_is_whole(code: str) -> None:
    one = explained(code)
    assert one.code == code
    assert one.kind in ("invalid", "refused", "can't work", "warning", "note", "environment")
    assert one.title
    assert not one.title.endswith(".")
    assert len(one.title) <= 80
    assert one.why.endswith((".", ".)"))
    assert 1 <= len(re.findall(r"[.)](?: |$)", one.why)) <= 6
    assert one.fix.endswith((".", ")", "`"))
    assert one.facts.get("KAITO", "0.").startswith("0.")
    assert one.facts["See also"]
    assert one.failing.command.startswith(("kaitogen ", "ARGOCD_"))
    assert one.failing != one.passing


@pytest.mark.parametrize("code", [f"KG{number}" for number in range(401, 461)])
def test_a_page_has_the_number_of_kaitos_rule(code: str) -> None:
    assert explained(code).facts["Rule"].startswith(f"R{int(code[3:])} ")


@pytest.mark.parametrize("code", CODES)
def test_a_code_belongs_to_a_family_of_its_kind(code: str) -> None:
    rules = {"refused", "can't work", "warning", "note"}
    kinds = {
        "1": {"invalid", "warning", "note"},
        "2": {"invalid", *rules},
        "3": {"invalid", *rules},
        "4": rules,
        "6": {"environment"},
        "7": {"can't work", "warning", "note", "invalid"},
        "8": {"refused", "warning"},
        "9": rules,
    }
    assert code[2] in FAMILIES
    assert RULES[code].kind in kinds.get(code[2], {"invalid"})


def test_titles_tell_codes_apart() -> None:
    assert len({RULES[code].title for code in CODES}) == len(CODES)


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
        ("KG214", "error", False),
        ("KG131", "error", False),
        ("KG601", "error", False),
    ],
)
def test_only_what_works_in_kaito_or_is_admitted_can_be_suppressed(
    code: str, severity: str, may: bool
) -> None:
    found = RULES[code].in_file("a.yaml", "wrong")._replace(severity=severity)  # type: ignore[arg-type]  # a parameter
    assert found.suppressible is may


@pytest.mark.parametrize("code", CODES)
def test_an_error_can_be_suppressed_only_of_what_can_not_work(code: str) -> None:
    found = RULES[code].in_file("a.yaml", "wrong")._replace(severity="error")
    assert found.suppressible is (RULES[code].kind == "can't work")


@pytest.mark.parametrize(
    ("word", "near"),
    [("KG4O5", "KG405"), ("kg405", "KG405"), ("405", "KG405"), ("KG21", "KG210"), ("KG2144", "KG214")],
)
def test_a_slip_of_a_code_is_recognised(word: str, near: str) -> None:
    assert pages.nearest_code(word) == near


@pytest.mark.parametrize("word", ["", "KG", "KG999", "instanceType", "KG" + "4" * 5000])
def test_what_is_far_from_every_code_gets_no_guess(word: str) -> None:
    assert pages.nearest_code(word) is None


@pytest.mark.parametrize("code", ["KG210", "KG211"])
def test_a_code_that_a_rule_had_before_leads_to_its_page(code: str) -> None:
    page = pages.find(code)
    assert page is not None
    assert (page.code, page.facts["Formerly"]) == ("KG405", "KG210, KG211")


def test_an_unknown_code_has_no_page() -> None:
    assert pages.find("KG499") is None
    assert pages.find("README") is None


@pytest.mark.parametrize("code", CODES)
def test_text_fits_a_terminal_and_names_what_helps(code: str) -> None:
    one = explained(code)
    text = pages.as_text(one)
    prose = text.partition("This gets it:")[0]
    assert max(map(len, prose.splitlines()[1:])) <= 88
    for part in (one.code, one.title, one.failing.command, one.passing.command, *one.failing.files):
        assert part in text or len(one.failing.files) == 1
    assert one.facts.get("Rule", "") in text.replace("\n", " ")
    assert one.facts.get("KAITO", "") in text.replace("\n", " ")
    assert "](" not in prose


def test_markdown_escapes_what_is_markup() -> None:
    one = explained("KG470")
    assert "<name>" in one.why
    assert r"\<name\>" in pages.as_markdown(one)


def test_a_code_from_before_leads_to_the_page_of_today(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "KG405.md").write_text(explained("KG405").markdown, encoding="utf-8")
    (tmp_path / "KG999.md").write_text("# KG999 is KG405 now\n\nSee [KG405](KG405.md).\n", encoding="utf-8")
    monkeypatch.setattr(shipped, "folder", lambda _: str(tmp_path))
    found = pages.find("KG999")
    assert found is not None
    assert found.code == "KG405"
    assert [page.code for page in pages.all_pages()] == ["KG405"]
    outcome = command.run(command.Options(codes_or_files=("KG999",)))
    assert outcome.stdout.startswith(b"KG999 is KG405 now.\n\nKG405 (refused): ")


@pytest.mark.parametrize("part", ["- Kind: ", "**What to do.** ", "## This gets it", "## This does not"])
def test_a_page_without_one_of_its_parts_is_a_bug(part: str) -> None:
    text = explained("KG405").markdown
    with pytest.raises(InternalError, match="lacks a part: # KG405"):
        pages.parse(text.replace(part, ""))
