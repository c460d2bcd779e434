"""The rules of the house that no linter knows: sizes, names, where things stand, and what start-up may cost."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.checkout

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "generator" / "kaitogen"
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
#: Names that say nothing about what is inside.
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}
DATA_FOLDERS = ("schemas", "templates", "overlays")
#: Made by scripts/, and held to their sources by `make check-generated`.
GENERATED = ("schema/compiled/*.py", "kaito/*/*_data.py", "pipeline/templating/shipped.py")
#: Where the run of a valid intent passes through; all that these import at their top is loaded every time.
START_UP = ("__main__", "cli/registry", "commands/render")
#: Each costs milliseconds or more, and nothing of it is needed to render a valid intent.
HEAVY = {
    "argparse",
    "click",
    "contextlib",
    "copy",
    "dataclasses",
    "datetime",
    "difflib",
    "enum",
    "hashlib",
    "inspect",
}
HEAVY |= {
    "jinja2",
    "json",
    "jsonschema",
    "kubernetes",
    "logging",
    "pathlib",
    "shutil",
    "subprocess",
    "tempfile",
}
#: A path of one developer's machine; the look-behind passes over addresses and relative paths.
MACHINE_PATH = re.compile(r"(?<![\w.*$})-])/(?:work|root|Users|opt/wheels)/")
#: A path that is not there, or not the same, on the next machine. Argo CD's images have their own fixed home.
ABSOLUTE_PATH = re.compile(r"""["'](?:/work|/tmp|/root|/home(?!/argocd/))/""")
#: At the top, made here and not written; .git is a file in a worktree.
MADE_HERE = {"build", "dist", "__pycache__", ".git"}


@cache
def _trees() -> dict[str, ast.Module]:
    """The modules of the package that people write, by path."""
    generated = {path for pattern in GENERATED for path in PACKAGE.glob(pattern)}
    written = sorted(set(PACKAGE.rglob("*.py")) - generated)
    return {_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in written}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_there_are_modules_to_judge() -> None:
    assert {"generator/kaitogen/pipeline/generate.py", "generator/kaitogen/__main__.py"} <= _trees().keys()


def test_files_are_short_enough_to_read_at_once() -> None:
    sizes = {name: len((ROOT / name).read_text(encoding="utf-8").splitlines()) for name in _trees()}
    assert {name: size for name, size in sizes.items() if size > MAX_FILE_LINES} == {}


def test_functions_are_short() -> None:
    sizes = {
        f"{name}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for name, tree in _trees().items()
        for node in _functions(tree)
    }
    assert {name: size for name, size in sizes.items() if size > MAX_FUNCTION_LINES} == {}


def test_files_start_by_saying_what_they_own() -> None:
    first = {name: (ast.get_docstring(tree) or "").partition("\n")[0] for name, tree in _trees().items()}
    assert [name for name, line in first.items() if not line.strip()] == []


def test_modules_have_telling_names() -> None:
    vague = [name for name in _trees() if VAGUE_NAMES & set(name.removesuffix(".py").split("/"))]
    # The contract of a family stands in its base: the one place where that word tells something.
    assert vague == ["generator/kaitogen/pipeline/strategies/base.py"]


@pytest.mark.parametrize("folder", DATA_FOLDERS)
def test_data_folder_stands_at_the_top_alone(folder: str) -> None:
    """A second one inside the package would win over the real one in a checkout."""
    assert (ROOT / folder).is_dir()
    assert not (PACKAGE / folder).exists()


@pytest.mark.parametrize("folder", DATA_FOLDERS)
def test_data_folder_holds_no_code(folder: str) -> None:
    """The editable install refuses Python files there, with a message nobody understands."""
    assert [_name(path) for path in (ROOT / folder).rglob("*.py*")] == []


def test_no_file_knows_a_machine() -> None:
    """What names a folder of someone's machine works, or makes sense, on that machine alone."""
    assert [found for path in _texts() for found in _lines_with(MACHINE_PATH, path)] == []
    assert [found for name in _trees() for found in _lines_with(ABSOLUTE_PATH, ROOT / name)] == []


def _texts() -> Iterator[Path]:
    """The project's own files."""
    for top in ROOT.iterdir():
        if top.name in MADE_HERE or (top.is_dir() and top.name.startswith(".") and top.name != ".ci"):
            continue
        below = top.rglob("*") if top.is_dir() else [top]
        yield from (path for path in below if path.is_file() and "__pycache__" not in path.parts)


def _lines_with(pattern: re.Pattern[str], path: Path) -> Iterator[str]:
    if path == Path(__file__):
        return
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        if pattern.search(line):
            yield f"{_name(path)}:{number}: {line.strip()[:100]}"


def test_what_needs_real_tools_stands_where_make_e2e_looks() -> None:
    marked = re.compile(r"pytest\.mark\.(?:e2e|cluster)\b")
    tests = [
        path.relative_to(ROOT)
        for path in (ROOT / "tests").rglob("test_*.py")
        if marked.search(path.read_text("utf-8"))
    ]
    assert tests
    assert [path for path in tests if path.parts[1] != "e2e"] == []


def test_nothing_heavy_is_imported_at_start_up() -> None:
    pending = [f"generator/kaitogen/{name}.py" for name in START_UP]
    seen: set[str] = set()
    heavy: set[str] = set()
    while pending:
        name = pending.pop()
        if name in seen or name not in _trees():
            continue
        seen.add(name)
        for module in _imported_at_top(_trees()[name]):
            heavy |= {f"{name}: {module}"} if module.partition(".")[0] in HEAVY else set()
            place = "generator/" + module.replace(".", "/")
            pending += [f"{place}.py", f"{place}/__init__.py"]
    assert heavy == set()
    assert {"generator/kaitogen/pipeline/generate.py", "generator/kaitogen/yaml/reader.py"} <= seen


def _imported_at_top(tree: ast.Module) -> Iterator[str]:
    """The modules that a file imports whenever it is imported itself, packages above them included."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            parts = name.split(".")
            yield from (".".join(parts[:length]) for length in range(1, len(parts) + 1))


def _large_values() -> set[str]:
    """Names of our named tuples and dataclasses with more than four fields."""
    found = set()
    for tree in _trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and _is_value(node):
                fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
                found |= {node.name} if len(fields) > 4 else set()
    return found


def _is_value(node: ast.ClassDef) -> bool:
    return any("NamedTuple" in ast.unparse(base) for base in node.bases) or any(
        "dataclass" in ast.unparse(decorator) for decorator in node.decorator_list
    )


def test_large_values_are_built_with_keywords() -> None:
    """Nobody can read ten positions; two may name what the value is about."""
    large = _large_values()
    found = set()
    for name, tree in _trees().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            starred = any(isinstance(part, ast.Starred) for part in node.args)
            if called in large and (len(node.args) > 2 or starred):
                found.add(f"{name}:{node.lineno} {called}")
    assert found == set()


#: What may write below a user's folder; the others write into temporary folders of their own.
WRITERS = {"files/atomic.py", "files/output_folder.py"}
SCRATCH = {"pipeline/revisions.py", "pipeline/templating/subprocess_renderer.py"}


def test_files_are_written_in_one_place() -> None:
    """A second way to write is a second set of faults: half a file, a link lost, a file of somebody else's."""
    found = {
        name.removeprefix("generator/kaitogen/")
        for name, tree in _trees().items()
        if any(isinstance(node, ast.Call) and _writes(node) for node in ast.walk(tree))
    }
    assert found == WRITERS | SCRATCH


def _writes(call: ast.Call) -> bool:
    name = ast.unparse(call.func)
    if name == "open":
        return any(
            isinstance(mode, ast.Constant) and set(str(mode.value)) & set("wxa") for mode in call.args[1:2]
        )
    return name.rpartition(".")[2] in {"mkstemp", "write_text", "write_bytes"} or name in {
        "os.replace",
        "os.rename",
        "os.link",
    }
