"""Findings for machines: real outputs against the published schemas, and nothing a value could break out of."""

import json
import os
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator, Draft202012Validator

from kaitogen.diagnostics.formats import Report, reporter
from kaitogen.files import shipped
from kaitogen.model import Diagnostic, Suppressed
from kaitogen.schema import KG120
from tests.acceptance.command import Done, kaitogen
from tests.acceptance.streams import INTENT

FORMATS: Final = ("json", "github", "sarif", "junit")
SARIF: Final = Path(__file__).resolve().parents[1] / "schemas" / "sarif-2.1.0.json"

COUNTED: Final = INTENT.replace("  placement:\n", "  placement:\n    count: 3\n")
TAKEN_BACK: Final = INTENT.replace(
    "  placement:\n", "  placement:\n    count: 3  # kaitogen: ignore=KG461 the old cluster reads it: <&> \"100 %\"\n"
)  # fmt: skip


class Situation(NamedTuple):
    """Files, the command line for them, and how many findings are reported and suppressed."""

    files: dict[str, str]
    arguments: tuple[str, ...]
    code: int
    findings: int
    suppressed: int = 0


SITUATIONS: Final = {
    "none": Situation({"a.intent.yaml": INTENT}, ("a.intent.yaml",), 0, 0),
    "nothing seen": Situation({"a.yaml": "kind: Pod\n"}, ("a.yaml",), 0, 0),
    "a warning": Situation({"a.intent.yaml": COUNTED}, ("a.intent.yaml",), 0, 1),
    "a warning that counts": Situation({"a.intent.yaml": COUNTED}, ("--strict", "a.intent.yaml"), 1, 1),
    "suppressed": Situation({"a.intent.yaml": TAKEN_BACK}, ("a.intent.yaml",), 0, 0, 1),
    "blanks and letters": Situation(
        {"mein Ordner/größe, 100% #1:ünï 模型.intent.yaml": INTENT.replace("model: phi-4", "modle: phi-4")},
        ("mein Ordner/größe, 100% #1:ünï 模型.intent.yaml",), 1, 1,
    ),
    "a line end in the name": Situation(
        {"a\nb\r::error::c.intent.yaml": INTENT.replace("kind: WorkspaceIntent", "kind: Intent")},
        ("a\nb\r::error::c.intent.yaml",), 1, 1,
    ),
    "no line": Situation({}, ("no-such.intent.yaml",), 3, 1),
    "values that mean something elsewhere": Situation(
        {"a.intent.yaml": INTENT.replace("model: phi-4", "model: '<b>]]>&amp;%0A::error::\"x'")},
        ("a.intent.yaml",), 1, 1,
    ),
    "several": Situation(
        {"a.intent.yaml": COUNTED, "b.intent.yaml": INTENT.replace("apiVersion", "apiVersio").replace("phi-4", "phi-44")},
        (".",), 1, 2,
    ),
}  # fmt: skip
EVERY_SITUATION = pytest.mark.parametrize("situation", SITUATIONS.values(), ids=SITUATIONS)


def reported(situation: Situation, form: str, folder: Path) -> Done:
    for name, text in situation.files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    done = kaitogen("validate", "--format", form, *situation.arguments, cwd=folder)
    assert (done.code, done.said) == (situation.code, "")
    return done


def json_schema() -> Draft202012Validator:
    schema = json.loads(shipped.read_text("schemas", "findings.schema.json"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def sarif_schema() -> Draft4Validator:
    return Draft4Validator(json.loads(SARIF.read_text(encoding="utf-8")))


@EVERY_SITUATION
def test_json_conforms_to_its_published_schema(situation: Situation, tmp_path: Path) -> None:
    document = json.loads(reported(situation, "json", tmp_path).output)
    json_schema().validate(document)
    assert len(document["findings"]) == situation.findings
    assert len(document["suppressed"]) == situation.suppressed
    for one in document["findings"]:
        assert (tmp_path / one["file"]).is_file() == bool(situation.files)


def test_json_schema_is_printed_and_refuses_another_shape() -> None:
    schema = json.loads(kaitogen("schema", "findings").output)
    assert schema == json_schema().schema
    right = json.loads(reporter("json")(Report((finding("x"),), (Suppressed(finding("y"), "why"),))))
    validator = Draft202012Validator(schema)
    validator.validate(right)
    for part, key in (
        (right, "findings"),
        (right["findings"][0], "line"),
        (right["suppressed"][0], "reason"),
    ):
        value = part.pop(key)
        assert not validator.is_valid(right)
        part[key] = value
        part["extra"] = 1
        assert not validator.is_valid(right)
        del part["extra"]


@EVERY_SITUATION
def test_sarif_conforms_to_the_standards_schema(situation: Situation, tmp_path: Path) -> None:
    log = json.loads(reported(situation, "sarif", tmp_path).output)
    sarif_schema().validate(log)
    [run] = log["runs"]
    plain = [one for one in run["results"] if "suppressions" not in one]
    assert len(plain) == situation.findings
    assert len(run["results"]) - len(plain) == situation.suppressed
    for one in run["results"]:
        assert run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"]
        uri = one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri)
        assert os.path.exists(os.path.join(os.fsencode(tmp_path), unquote_to_bytes(uri))) == bool(
            situation.files
        )
        region = one["locations"][0]["physicalLocation"].get("region")
        assert bool(region) == bool(situation.files)


def test_sarif_schema_refuses_what_is_no_sarif(tmp_path: Path) -> None:
    log = json.loads(reported(SITUATIONS["a warning"], "sarif", tmp_path).output)
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert not sarif_schema().is_valid(log)


def test_sarif_says_why_something_is_suppressed(tmp_path: Path) -> None:
    log = json.loads(reported(SITUATIONS["suppressed"], "sarif", tmp_path).output)
    [result] = log["runs"][0]["results"]
    assert result["ruleId"] == "KG461"
    [suppression] = result["suppressions"]
    assert suppression == {"kind": "inSource", "justification": 'the old cluster reads it: <&> "100 %"'}


def suite(done: Done) -> ET.Element:
    """The one test suite, after checking what readers of JUnit count on."""
    top = ET.fromstring(done.output)
    assert top.tag == "testsuites"
    [found] = top
    cases = list(found)
    assert found.tag == "testsuite"
    assert {case.tag for case in cases} == {"testcase"}
    assert found.get("tests") == str(len(cases))
    assert found.get("failures") == str(len(found.findall("testcase/failure")))
    assert (found.get("errors"), found.get("skipped")) == ("0", "0")
    for case in cases:
        assert case.get("name")
        assert case.get("classname")
        assert {child.tag for child in case} <= {"failure", "system-out"}
    return found


@EVERY_SITUATION
def test_junit_has_a_case_for_each_finding(situation: Situation, tmp_path: Path) -> None:
    found = suite(reported(situation, "junit", tmp_path))
    assert len(found) == situation.findings + 1
    assert (found.get("failures") != "0") == (situation.code != 0)
    for failure in found.findall("testcase/failure"):
        assert failure.get("message")
        assert re.fullmatch(r"KG\d{3}", failure.get("type", ""))


#: A workflow command as GitHub reads it: up to the first :: that follows the properties.
COMMAND: Final = re.compile(r"::(error|warning|notice) ((?:[a-z]+=[^,:]*)(?:,[a-z]+=[^,:]*)*)::(.*)")


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    found = []
    for line in text.splitlines():
        match = COMMAND.fullmatch(line)
        assert match is not None, line
        properties = dict(pair.split("=", 1) for pair in match[2].split(","))
        found.append(
            (match[1], {key: decoded(value) for key, value in properties.items()}, decoded(match[3]))
        )
    return found


def decoded(text: str) -> str:
    for code, char in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(code, char)
    return text


@EVERY_SITUATION
def test_github_has_a_command_for_each_finding(situation: Situation, tmp_path: Path) -> None:
    found = commands(reported(situation, "github", tmp_path).text)
    assert len(found) == situation.findings
    for _, properties, message in found:
        assert (tmp_path / properties["file"]).is_file() == bool(situation.files)
        assert ("line" in properties) == ("col" in properties) == bool(situation.files)
        assert properties["title"].startswith("KG")
        assert message


@pytest.mark.parametrize("form", FORMATS)
def test_file_name_that_is_no_text(form: str, tmp_path: Path) -> None:
    """A name that is not UTF-8 is still a name; every format stays readable."""
    name = b"caf\xe9.intent.yaml"
    with open(os.path.join(os.fsencode(tmp_path), name), "w", encoding="utf-8") as file:
        file.write(COUNTED)
    done = kaitogen("validate", "--format", form, ".", cwd=tmp_path)
    assert done.code == 0
    text = done.output.decode()
    if form == "junit":
        suite(done)
    elif form == "github":
        assert len(commands(text)) == 1
    else:
        (json_schema() if form == "json" else sarif_schema()).validate(json.loads(text))
    assert {"json": r"caf\udce9", "github": r"caf\udce9", "sarif": "caf%E9", "junit": r"caf\udce9"}[
        form
    ] in text


def finding(words: str, line: int = 1, severity: Any = "error") -> Diagnostic:
    found = KG120.in_file(words or "-", words or "-", line=line, column=line, path=(words,), fix=words)
    return found._replace(severity=severity)


ANY_TEXT: Final = st.text(alphabet=st.characters(), max_size=40)
ANY_FINDING: Final = st.builds(
    finding, ANY_TEXT, st.integers(0, 10**6), st.sampled_from(["error", "warning", "note"])
)


@given(st.lists(ANY_FINDING, max_size=3), st.lists(ANY_FINDING, max_size=2), ANY_TEXT, st.booleans())
def test_no_words_break_a_format(
    findings: list[Diagnostic], suppressed: list[Diagnostic], reason: str, strict: bool
) -> None:
    report = Report(tuple(findings), tuple(Suppressed(one, reason or "-") for one in suppressed), 1, strict)
    made = {form: reporter(form)(report).encode("utf-8", "backslashreplace") for form in FORMATS}
    assert len(json.loads(made["json"])["findings"]) == len(findings)
    assert len(json.loads(made["sarif"])["runs"][0]["results"]) == len(findings) + len(suppressed)
    assert len(suite(Done(0, made["junit"], ""))) == len(findings) + 1
    lines = made["github"].split(b"\n")[:-1]
    assert len(lines) == len(findings)
    assert all(line.startswith((b"::error ", b"::warning ", b"::notice ")) for line in lines)


def test_expectation_is_said_beside_the_format(tmp_path: Path) -> None:
    (tmp_path / "a.intent.yaml").write_text(INTENT, encoding="utf-8")
    done = kaitogen("validate", "--format", "json", "--expect", "2", ".", cwd=tmp_path)
    assert done.code == 1
    assert json.loads(done.output)["workspaces"] == 1
    assert (
        done.said
        == "kaitogen: --expect: 2 Workspaces expected, 1 seen; a generator or transformer may have been skipped\n"
    )


@pytest.mark.parametrize("form", FORMATS)
def test_no_kind_of_an_object_steers_a_terminal_or_breaks_a_format(form: str, tmp_path: Path) -> None:
    evil = {
        "apiVersion": "kaito.sh/v1beta1",
        "kind": 'Workspace\x1b[2J\x9b\u202e\u2028"<&',
        "metadata": {"name": "a"},
    }
    (tmp_path / "a.json").write_text(json.dumps(evil))
    done = kaitogen("validate", "--format", form, "a.json", cwd=tmp_path)
    assert all(char.isprintable() or char == "\n" for char in done.text + done.said)
    if form == "junit":
        ET.fromstring(done.output)
