"""What every code of a finding means: the register behind `kaitogen explain`, docs/findings/ and suppressions."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from kaitogen.commands.explain.texts.kg1_import import IMPORT
from kaitogen.commands.explain.texts.kg1_reading import READING
from kaitogen.commands.explain.texts.kg1_schema import SCHEMA
from kaitogen.commands.explain.texts.kg1_tables import TABLES
from kaitogen.commands.explain.texts.kg1_tools import TOOLS
from kaitogen.commands.explain.texts.kg2 import RULES
from kaitogen.commands.explain.texts.kg3 import NODES
from kaitogen.commands.explain.texts.kg4_bases import BASES
from kaitogen.commands.explain.texts.kg4_inference import INFERENCE_PAIRS
from kaitogen.commands.explain.texts.kg4_resource import RESOURCE_PAIRS
from kaitogen.commands.explain.texts.kg4_traps import TRAP_PAIRS
from kaitogen.commands.explain.texts.kg4_tuning import TUNING_PAIRS
from kaitogen.commands.explain.texts.kg5 import TEMPLATES
from kaitogen.commands.explain.texts.kg6 import SURROUNDINGS
from kaitogen.commands.explain.texts.kg6_cluster import CLUSTER
from kaitogen.commands.explain.texts.kg6_git import GIT
from kaitogen.commands.explain.texts.kg7_against import AGAINST
from kaitogen.commands.explain.texts.kg7_budget import BUDGET
from kaitogen.commands.explain.texts.kg7_fit import FIT
from kaitogen.commands.explain.texts.kg8_quiet import QUIET
from kaitogen.commands.explain.texts.kg8_refused import REFUSED
from kaitogen.commands.explain.texts.shapes import (
    MANIFEST_FILE,
    RIGHT,
    Example,
    Explanation,
    Pair,
    placed,
    text,
)
from kaitogen.diagnostics.suggest import distance
from kaitogen.kaito.objects import canonical, merged
from kaitogen.kaito.rules.codes import CODES
from kaitogen.model import Severity
from kaitogen.yaml.writer import dump

#: The first digit of a code, and what the codes of that family are about.
FAMILIES: Final = {
    "1": "Reading and schema",
    "2": "Rules between the fields of an intent",
    "3": "Nodes",
    "4": "KAITO's own rules, and its traps",
    "5": "Templates",
    "6": "Surroundings",
    "7": "Plans: where sizes part company",
    "8": "Changes to what runs",
}
_PAIRS: Final = {**RESOURCE_PAIRS, **INFERENCE_PAIRS, **TUNING_PAIRS, **TRAP_PAIRS}
_WRITTEN: Final = {
    one.code: one
    for one in (
        *READING,
        *SCHEMA,
        *TOOLS,
        *TABLES,
        *IMPORT,
        *RULES,
        *NODES,
        *TEMPLATES,
        *SURROUNDINGS,
        *CLUSTER,
        *GIT,
        *FIT,
        *BUDGET,
        *AGAINST,
        *REFUSED,
        *QUIET,
    )
}
#: No option and no intent can say another cloud, so that a finished Workspace cannot show this rule.
_OTHER_CLOUD: Final = "KG426"
#: The key of a ConfigMap that KAITO reads settings from.
_SETTINGS_KEYS: Final = {"inference": "inference_config.yaml", "tuning": "training_config.yaml"}


def all_codes() -> tuple[str, ...]:
    """Every code that a finding can have, in order."""
    return tuple(sorted({*_WRITTEN, *CODES}))


def find(code: str) -> Explanation | None:
    """The explanation of a code; None where kaitogen has no such code."""
    return _WRITTEN.get(code) or (_of_a_rule(code) if code in CODES else None)


def suppressible(code: str, severity: Severity) -> bool:
    """Whether a comment may take such a finding back: what is less than an error, and what KAITO admits but can never run."""
    explanation = find(code)
    if explanation is None or explanation.kind in ("invalid", "environment"):
        return False
    return severity != "error" or explanation.kind == "can't work"


def nearest_code(word: str) -> str | None:
    """The code that was most likely meant by a word such as kg405, 405 or KG4O5."""
    digits = word.strip().upper().removeprefix("KG").replace("O", "0").replace("I", "1")
    if not digits or len(digits) > 5:
        return None
    # Equally near codes are many; a slip in the last digit is the likeliest, so the longest common start counts.
    ranked = sorted(
        all_codes(), key=lambda code: (distance(f"KG{digits}", code), -_common(digits, code[2:]), code)
    )
    return ranked[0] if distance(f"KG{digits}", ranked[0]) <= 1 else None


def _common(left: str, right: str) -> int:
    length = 0
    while length < min(len(left), len(right)) and left[length] == right[length]:
        length += 1
    return length


@cache
def _of_a_rule(code: str) -> Explanation:
    about = CODES[code]
    if code == _OTHER_CLOUD:
        failing = placed("  target: {provider: gcp}\n  inference: {model: phi-4}\n")
        passing, instead = text(RIGHT), "KG123"
    else:
        pair = _PAIRS[code]
        settings = pair.settings or (None, None)
        options = pair.options if pair.passing_options is None else pair.passing_options
        failing = Example(*_manifest(pair, pair.failing, settings[0], pair.options), beside=pair.beside)
        passing, instead = Example(*_manifest(pair, pair.passing, settings[1], options)), pair.instead
    return Explanation(
        code,
        about.kind,
        about.title,
        about.why,
        about.fix,
        failing,
        passing,
        about.versions,
        about.rule,
        instead,
    )


def _manifest(
    pair: Pair, over: Mapping[str, Any], settings: str | None, options: str
) -> tuple[dict[str, str], str]:
    """The files of an example and its command."""
    workspace = canonical(merged(BASES[pair.base], over))
    whole = dump(workspace)
    if settings is not None:
        key = _SETTINGS_KEYS["tuning" if "tuning" in workspace else "inference"]
        data = {key: settings} if settings else {"notes.txt": "no settings here"}
        whole += "---\n" + dump(
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": data}
        )
    command = " ".join(word for word in ("kaitogen validate", options, MANIFEST_FILE) if word)
    return {MANIFEST_FILE: whole}, command
