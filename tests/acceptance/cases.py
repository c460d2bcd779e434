"""The case folders under tests/cases/: input, options and what must come of them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

FOLDER = Path(__file__).resolve().parent.parent / "cases"


class Case(NamedTuple):
    """One folder. Its files are read from inside it, so that findings name them as a user would."""

    folder: Path

    @property
    def arguments(self) -> list[str]:
        options = self.folder / "options.yaml"
        said = yaml.safe_load(options.read_text(encoding="utf-8")) if options.is_file() else {}
        return [str(word) for word in said.get("args", [])]

    @property
    def expected(self) -> Path:
        return self.folder / "expected.yaml"

    @property
    def expected_findings(self) -> Path:
        return self.folder / "expected-findings.json"

    def findings(self) -> list[dict[str, Any]]:
        """The expected findings; none where the case names none."""
        path = self.expected_findings
        return list(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else []


def cases(kind: str) -> Sequence[Case]:
    """All cases of one kind, positive or negative, in order."""
    return [Case(path) for path in sorted((FOLDER / kind).iterdir()) if path.is_dir()]


def name(case: Case) -> str:
    return case.folder.name
