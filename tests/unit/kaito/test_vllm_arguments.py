"""How the tables of vLLM's arguments are made: from a small wheel with all that vLLM's own do, and from those that are there."""

import json
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from kaitogen.kaito.versions import RELEASES
from kaitogen.kaito.vllm.command_line import command_line
from scripts import derive_vllm_arguments as script

pytestmark = pytest.mark.checkout

ROOT = Path(__file__).resolve().parents[3]
ENGINE = """
from typing import TYPE_CHECKING, Optional
from vllm.config import CacheConfig, ModelConfig, get_attr_docs
if TYPE_CHECKING:
    from vllm.elsewhere import Methods
else:
    Methods = str

def get_kwargs(cls):
    for field in fields(cls):
        if is_dataclass(field): ...
        elif contains(dict) and contains(str):
            kwargs[name]["type"] = union_dict_and_str
        elif contains(int):
            if name == "max_model_len":
                kwargs[name]["type"] = human_readable_int_or_auto
            elif name in ("max_tokens", "bytes"):
                kwargs[name]["type"] = human_readable_int

def literal_to_kwargs(hints):
    kwarg = "metavar" if contains(str) else "choices"

class EngineArgs:
    @staticmethod
    def add_cli_args(parser):
        model_kwargs = get_kwargs(ModelConfig)
        group = parser.add_argument_group(title="ModelConfig")
        group.add_argument("--model", **model_kwargs["model"])
        group.add_argument("--max-model-len", **model_kwargs["max_model_len"])
        group.add_argument("--max-tokens", **model_kwargs["max_tokens"])
        group.add_argument("--dtype", "-d", **model_kwargs["dtype"])
        group.add_argument("--runner", **model_kwargs["runner"])
        group.add_argument("--quantization", **model_kwargs["quantization"])
        group.add_argument("--overrides", **model_kwargs["overrides"])
        cache_kwargs = get_kwargs(CacheConfig)
        group.add_argument("--share", **cache_kwargs["share"])
        group.add_argument("--caching", **{**cache_kwargs["caching"], "default": None})
        group.add_argument("--sizes", **cache_kwargs["sizes"])
        group.add_argument("--events", **cache_kwargs["events"])
        backend_kwargs = cache_kwargs["backend"]
        backend_kwargs["type"] = lambda s: s.lower()
        group.add_argument("--backend", **backend_kwargs)
        cache_kwargs["extra"]["type"] = optional_type(json.loads)
        group.add_argument("--extra", **cache_kwargs["extra"])
        parser.add_argument("--disable-stats", action="store_true", help="No statistics. None at all.")
        parser.add_argument("--log", action=argparse.BooleanOptionalAction)
        parser.add_argument("--level", choices=["low", "high"], type=str)
"""
CONFIG = '''
from dataclasses import dataclass
from typing import Any, Literal
from pydantic import Field
from .events import Events, Kind

Runner = Literal["auto", Kind]

@config
class ModelConfig:
    model: str = "a"
    """Name of the model. It is downloaded."""
    max_model_len: int = Field(default=None, ge=-1)
    max_tokens: int | None = None
    dtype: Literal["half", "auto"] = "auto"
    runner: Runner = "auto"
    quantization: Literal["awq"] | str | None = None
    overrides: dict[str, Any] | Callable = field(default_factory=dict)

@config
class CacheConfig:
    share: float = Field(default=0.9, gt=0, le=1)
    caching: bool | None = None
    sizes: list[int] | None = None
    events: Events | None = None
    backend: Literal["a", "b"] = "a"
    extra: dict[str, Any] | None = None
'''
EVENTS = "from typing import Literal\nKind = Literal['text', 'image']\n@config\nclass Events:\n    on: bool = False\n"
SERVER = """
from vllm.config import config
from vllm.utils import FlexibleArgumentParser

@config
class BaseArgs:
    host: str | None = None

@config
class FrontendArgs(BaseArgs):
    origins: list[str] = field(default_factory=list)
    eager: bool = False
    def add_cli_args(parser):
        frontend_kwargs = get_kwargs(FrontendArgs)
        frontend_kwargs["origins"]["type"] = json.loads

def make_arg_parser(parser):
    parser.add_argument("model_tag", type=str, nargs="?")
    parser.add_argument("--headless", action="store_true")
"""


def _wheel(folder: Path, version: str, *, engine: str = ENGINE, server: str = SERVER) -> None:
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"vllm-{version}-cp38-abi3-manylinux1_x86_64.whl", "w") as wheel:
        wheel.writestr("vllm/engine/arg_utils.py", engine)
        wheel.writestr("vllm/config/__init__.py", CONFIG)
        wheel.writestr("vllm/config/events.py", EVENTS)
        wheel.writestr(
            "vllm/utils.py", "class FlexibleArgumentParser:\n    def parse(self): create_nested_dict()\n"
        )
        wheel.writestr("vllm/entrypoints/openai/cli_args.py", server)


def test_a_wheel_is_read_as_its_parser_is_made(tmp_path: Path) -> None:
    _wheel(tmp_path, "0.1.0")
    release = script.Wheel(next(tmp_path.glob("*.whl"))).release()
    assert release[:2] == (True, True)
    assert release.arguments == {
        "backend": {"takes": "text"},
        "caching": {"takes": "flag"},
        "disable-stats": {"takes": "switch"},
        "dtype": {"takes": "text", "choices": ("auto", "half")},
        "eager": {"takes": "flag"},
        "events": {"takes": "json", "none": True},
        "extra": {"takes": "json", "none": True},
        "headless": {"takes": "switch"},
        "host": {"takes": "text", "none": True},
        "level": {"takes": "text", "choices": ("high", "low")},
        "log": {"takes": "flag"},
        "max-model-len": {"takes": "size or auto", "least": -1},
        "max-tokens": {"takes": "size", "none": True},
        "model": {"takes": "text"},
        "origins": {"takes": "json"},
        "overrides": {"takes": "json or text"},
        "quantization": {"takes": "text", "none": True},
        "runner": {"takes": "text", "choices": ("auto", "image", "text")},
        "share": {"takes": "float", "above": 0, "most": 1},
        "sizes": {"takes": "int", "none": True},
    }


def test_a_new_wheel_changes_only_what_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "project"
    (project / "generator/kaitogen/kaito/vllm").mkdir(parents=True)
    (project / "schemas").mkdir()
    _wheel(tmp_path / "old", "0.1.0")
    later = ENGINE.replace('choices=["low", "high"]', 'choices=["low"]').replace('"--log"', '"--log-all"')
    _wheel(tmp_path / "new", "0.2.0", engine=later, server=SERVER.replace('"model_tag"', '"--tag"'))
    for wheels in ("old", "new"):
        monkeypatch.setattr(sys, "argv", ["derive", str(tmp_path / wheels), "--root", str(project)])
        assert script.main() == 0
    text = (project / script.TABLE).read_text(encoding="utf-8")
    assert '"0.1.0": (True, True),\n    "0.2.0": (False, True),' in text
    assert '"log": (("0.1.0", "0.1.0", "flag", {}),),' in text
    assert '("0.1.0", "0.1.0", "text", {"choices": ("high", "low")}),' in text
    assert '("0.2.0", "", "text", {"choices": ("low",)}),' in text
    assert '"model": (("0.1.0", "", "text", {}),),' in text
    fields = json.loads((project / script.SCHEMA).read_text(encoding="utf-8"))["properties"]
    assert fields["model"]["description"] == "Name of the model. (vLLM 0.1.0 to 0.2.0)"
    assert fields["disable-stats"]["description"] == "No statistics. (vLLM 0.1.0 to 0.2.0)"
    assert fields["log"]["description"].endswith("(vLLM 0.1.0 to 0.1.0)")


def test_without_a_wheel_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["derive", str(tmp_path), "--root", str(tmp_path)])
    assert script.main() == 1
    assert list(tmp_path.iterdir()) == []


def test_the_tables_are_what_the_script_writes_again(tmp_path: Path) -> None:
    """Read back and written once more, with no wheel at all, they stay as they are."""
    shutil.copy(ROOT / script.TABLE, tmp_path / "table.py")
    releases = script._read(tmp_path / "table.py")
    assert script._table(releases) == (ROOT / script.TABLE).read_text(encoding="utf-8")
    fields = json.loads((ROOT / script.SCHEMA).read_text(encoding="utf-8"))["properties"]
    words = {name: field["description"] for name, field in fields.items()}
    assert script._schema(releases, words) == (ROOT / script.SCHEMA).read_text(encoding="utf-8")


@pytest.mark.parametrize(("kaito", "arguments"), [("0.4", 136), ("0.7", 171), ("0.11", 261), ("0.12", 270)])
def test_the_vllm_of_each_kaito_is_in_the_tables(kaito: str, arguments: int) -> None:
    line = command_line(RELEASES[kaito].vllm)
    assert line is not None
    assert len({argument.name for argument, _ in line.names.values()}) == arguments


def test_every_release_pins_a_vllm_of_the_tables() -> None:
    assert [release.vllm for release in RELEASES.values() if command_line(release.vllm) is None] == []
    assert command_line("99.0") is None
