"""Every rule of KAITO's names the place in KAITO's own source that it is from."""

import importlib
import re
from pathlib import Path

import pytest

import kaitogen
from kaitogen.kaito.versions import RELEASES
from kaitogen.model import Rule

PACKAGE = Path(kaitogen.__file__).parent
#: Changes that Kubernetes refuses, or that are about the comparison itself.
NOT_KAITOS = {"KG813", "KG824", "KG825", "KG826", "KG829"}
SOURCE = re.compile(
    r"(?:api|cmd|config|pkg|presets)/[\w./-]+\.(?:go|py|yaml)(?::[1-9][0-9]*)?@(v0\.[0-9]+\.[0-9]+)"
)


def _rules() -> dict[str, Rule]:
    modules = [
        importlib.import_module(".".join(("kaitogen", *path.relative_to(PACKAGE).with_suffix("").parts)))
        for path in sorted(PACKAGE.rglob("*.py"))
        if re.search(r"^KG[48]\d\d = (?:Rule|webhook)\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    return {
        rule.code: rule
        for module in modules
        for name, rule in vars(module).items()
        if isinstance(rule, Rule) and re.fullmatch(r"KG[48]\d\d", name)
    }


RULES = _rules()


def test_the_rules_are_all_here() -> None:
    assert len(RULES) > 100
    assert RULES.keys() >= NOT_KAITOS


@pytest.mark.parametrize("code", sorted(RULES.keys() - NOT_KAITOS))
def test_a_rule_names_its_file_at_a_release_that_it_holds_in(code: str) -> None:
    rule = RULES[code]
    match = SOURCE.fullmatch(rule.source)
    assert match is not None, rule.source
    tags = {release.tag: kaito for kaito, release in RELEASES.items()}
    kaito = tags[match[1]]
    minors = [
        int(version.partition(".")[2]) for version in (rule.since or "0.4", kaito, rule.until or "0.12")
    ]
    assert minors == sorted(minors)
    # The newest that has it, so that a reader finds today's code.
    assert kaito == (rule.until or "0.12")


@pytest.mark.parametrize("code", sorted(NOT_KAITOS))
def test_what_is_not_kaitos_names_no_source(code: str) -> None:
    assert RULES[code].source == ""
