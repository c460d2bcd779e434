"""Diagnostics in words: the last line stands alone and is short, whatever the messages and paths are."""

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kaitogen.diagnostics import formats
from kaitogen.diagnostics.formats import FORMATS, Report, as_text, reporter
from kaitogen.kaito.rules.ignored import KG461
from kaitogen.kaito.rules.resource import KG405
from kaitogen.model import Diagnostic, Severity
from kaitogen.pipeline.load import KG101, KG601

TEXT = st.text(alphabet=st.characters(), max_size=400)
SEVERITIES: list[Severity] = ["error", "warning", "note"]
FINDINGS = st.lists(
    st.builds(
        Diagnostic,
        st.sampled_from([KG101, KG405, KG461, KG601]),
        st.sampled_from(SEVERITIES),
        path=st.tuples(TEXT),
        origin=st.none(),
        message=TEXT,
        fix=TEXT,
        found=TEXT,
        expected=TEXT,
        file=TEXT,
        line=st.integers(0, 10**12),
        column=st.integers(0, 10**12),
        source=TEXT,
    ),
    min_size=1, max_size=5,
)  # fmt: skip


def finding(message: str = "wrong", fix: str = "", **said: Any) -> Diagnostic:
    given = KG405.in_file("a.yaml", message, line=3, column=7, path=("spec",), fix=fix)
    return given._replace(**said)


@given(FINDINGS, st.booleans(), st.booleans(), st.sampled_from([None, False, True]))
def test_last_line_is_short_and_whole(
    findings: list[Diagnostic], strict: bool, wrote: bool, colour: bool | None
) -> None:
    said = as_text.write(Report(findings, strict=strict), colour=colour, wrote=wrote)
    *_, last, end = said.split("\n")
    assert end == ""
    assert len(last) <= as_text.LAST_LINE == 200
    assert last.startswith("kaitogen: ")
    assert last.isprintable()
    stopping = Report(findings, strict=strict).stopping
    if stopping and colour is None:
        assert stopping[0].code in last


@given(FINDINGS)
def test_no_words_steer_a_terminal(findings: list[Diagnostic]) -> None:
    plain = as_text.write(Report(findings), colour=False)
    assert all(line.isprintable() for line in plain.split("\n"))
    coloured = as_text.write(Report(findings), colour=True)
    for one in ("\x1b[1;31m", "\x1b[1;33m", "\x1b[1;36m", "\x1b[0m"):
        coloured = coloured.replace(one, "")
    assert coloured == plain


def test_last_line_names_code_place_and_fix() -> None:
    last = as_text.last_line(Report([finding("instanceType is missing", "add one")]))
    assert (
        last == "kaitogen: KG405 a.yaml:3:7: instanceType is missing; add one (1 error; nothing was written)"
    )


def test_what_to_do_outlives_a_long_message_and_a_long_path() -> None:
    last = as_text.last_line(
        Report([finding("w" * 500, "write Standard_NC24ads_A100_v4", file="d/" * 200 + "name.yaml")])
    )
    assert "name.yaml:3:7: " in last
    assert "; write Standard_NC24ads_A100_v4 (1 error; nothing was written)" in last
    assert last.count("…") == 2


def test_most_wanted_is_the_first_that_stops() -> None:
    findings = [finding("one", severity="warning"), finding("two"), finding("three")]
    assert "two" in as_text.last_line(Report(findings))
    assert "one" in as_text.last_line(Report(findings, strict=True))


def test_what_stops_nothing_is_counted() -> None:
    findings = [finding(severity="warning"), finding(severity="note"), finding(severity="warning")]
    assert as_text.last_line(Report(findings)) == "kaitogen: 2 warnings, 1 note"


def test_caret_stands_below_the_column() -> None:
    said = as_text.write(Report([finding(source="a: 1, b: wrong", column=10, line=12)]), colour=False)
    assert "    12 | a: 1, b: wrong\n       |          ^\n" in said


def test_long_line_is_cut_around_the_column() -> None:
    source = "x" * 300 + "WRONG" + "y" * 300
    lines = as_text.write(Report([finding(source=source, column=301)]), colour=False).split("\n")
    shown, caret = lines[1], lines[2]
    assert len(shown) < 120
    assert shown[caret.index("^")] == "W"


def test_tab_and_steering_characters_keep_the_caret_in_place() -> None:
    lines = as_text.write(Report([finding(source="a:\t\x1b[2Jwrong", column=8)]), colour=False).split("\n")
    assert lines[1][lines[2].index("^") :].startswith("wrong")


def test_no_source_line_where_nobody_watches() -> None:
    assert "^" not in as_text.write(Report([finding(source="a: b", column=4)]))


def test_long_message_and_long_fix_share_what_room_there_is() -> None:
    last = as_text.last_line(Report([finding("w" * 500, "f" * 500, file="p" * 500)] * 1000))
    assert len(last) == 200
    assert "w" * 30 in last
    assert "f" * 20 in last
    assert last.endswith("(1000 errors; nothing was written)")


def test_every_format_has_its_reporter_and_every_reporter_is_a_format() -> None:
    names = {path.stem.removeprefix("as_") for path in Path(formats.__file__).parent.glob("as_*.py")}
    # A ResourceList holds results as data; Argo CD is no format that anybody asks for.
    assert names == {*FORMATS, "argocd", "krm"}
    for name in {*FORMATS, "argocd"}:
        assert reporter(name).__module__ == f"{formats.__name__}.as_{name}"
