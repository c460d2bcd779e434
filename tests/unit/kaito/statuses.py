"""Objects of a real controller of KAITO 0.12 at moments that their names say, as kubectl printed them."""

import json
from pathlib import Path
from typing import Any, Final

_LINES: Final = (Path(__file__).parent / "statuses.jsonl").read_text(encoding="utf-8").splitlines()
STATUSES: Final[dict[str, dict[str, Any]]] = {row["name"]: row["object"] for row in map(json.loads, _LINES)}
