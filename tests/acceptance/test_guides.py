"""CONTRIBUTING's guides to a fourth strategy and to a rule, followed word by word in a copy of the project."""

from pathlib import Path

import pytest

from tests.acceptance import guides

pytestmark = pytest.mark.checkout

RULE = "KG471"


def test_the_guide_leads_to_a_working_strategy(root: Path, tmp_path: Path) -> None:
    copy = guides.copy_of(root, tmp_path)
    blocks = guides.blocks_of("Add a placement strategy", root)
    assert len(blocks) >= 5
    if (copy / blocks[0].file).exists():
        guides.undo(blocks, copy)  # it has been followed here
    guides.follow(blocks, copy)
    for script in ("derive_set_schema", "compile_schemas", "compile_templates"):
        done = guides.run(copy, f"scripts/{script}.py")
        assert done.returncode == 0, done.stderr
    done = guides.run(copy, "-m", "kaitogen", "render", "examples/spread.intent.yaml")
    assert done.returncode == 0, done.stderr
    assert "  count: 6\n" in done.stdout
    assert "topology.kubernetes.io/region: westeurope" in done.stdout
    scaffold = guides.run(copy, "-m", "kaitogen", "init", "--strategy", "spread")
    assert scaffold.returncode == 0, scaffold.stderr
    assert "    strategy: spread\n" in scaffold.stdout
    tests = ("test_house_rules", "test_schema", "test_schema_files", "test_templates")
    files = [f"tests/unit/{name}.py" for name in tests]
    done = guides.run(
        copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files, "-k", "not words and not one_change"
    )
    assert done.returncode == 0, done.stdout


def test_the_guide_leads_to_a_working_rule(root: Path, tmp_path: Path) -> None:
    copy = guides.copy_of(root, tmp_path)
    blocks = guides.blocks_of("Add a rule", root)
    whole = {block.file: (root / block.file).read_text(encoding="utf-8") for block in blocks}
    page = copy / "docs" / "findings" / f"{RULE}.md"
    page.write_text(next(block.text for block in blocks if block.at is None), encoding="utf-8")
    guides.undo(blocks, copy)
    assert not any(RULE in (copy / file).read_text() for file in whole if file != f"docs/findings/{RULE}.md")
    workspace = whole[f"docs/findings/{RULE}.md"].partition("# workspace.yaml\n")[2].partition("```")[0]
    (copy / "workspace.yaml").write_text(workspace, encoding="utf-8")
    assert guides.run(copy, "-m", "kaitogen", "validate", "workspace.yaml").returncode == 0
    assert guides.run(copy, "-m", "kaitogen", "explain", RULE).returncode == 2
    guides.follow(blocks, copy)
    done = guides.run(copy, "scripts/finding_pages.py")
    assert done.returncode == 0, done.stdout
    assert {file: (copy / file).read_text(encoding="utf-8") for file in whole} == whole
    done = guides.run(copy, "-m", "kaitogen", "validate", "workspace.yaml")
    assert done.returncode == 1
    assert f"error {RULE}: " in done.stderr
    assert guides.run(copy, "-m", "kaitogen", "explain", RULE).stdout.startswith(f"{RULE} (can't work): ")
    tests = (
        "tests/unit/rules/test_rules.py",
        "tests/unit/test_explaining.py",
        "tests/acceptance/test_explain_examples.py",
    )
    done = guides.run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, "-k", RULE)
    assert done.returncode == 0, done.stdout
