"""CONTRIBUTING's guides to a fourth strategy, to a rule and to a KAITO release, followed word by word in a copy of the project."""

import shutil
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
        done = guides.run(copy, "-m", f"scripts.{script}")
        assert done.returncode == 0, done.stderr
    done = guides.run(copy, "-m", "kaitogen", "render", "examples/spread.intent.yaml")
    assert done.returncode == 0, done.stderr
    assert "  count: 6\n" in done.stdout
    assert "topology.kubernetes.io/region: westeurope" in done.stdout
    scaffold = guides.run(copy, "-m", "kaitogen", "init", "--strategy", "spread")
    assert scaffold.returncode == 0, scaffold.stderr
    assert "    strategy: spread\n" in scaffold.stdout
    tests = ("test_house_rules", "schema/test_schema", "schema/test_schema_files", "pipeline/test_templates")
    files = [f"tests/unit/{name}.py" for name in tests]
    # Of the schemas, those of intents: no strategy changes one of KAITO's.
    chosen = "not words and not one_change and not v1alpha1 and not v1beta1"
    done = guides.run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files, "-k", chosen)
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
    done = guides.run(copy, "-m", "scripts.finding_pages")
    assert done.returncode == 0, done.stdout
    assert {file: (copy / file).read_text(encoding="utf-8") for file in whole} == whole
    done = guides.run(copy, "-m", "kaitogen", "validate", "workspace.yaml")
    assert done.returncode == 1
    assert f"error {RULE}: " in done.stderr
    assert guides.run(copy, "-m", "kaitogen", "explain", RULE).stdout.startswith(f"{RULE} (can't work): ")
    tests = (
        "tests/unit/kaito/rules/test_rules.py",
        "tests/unit/test_explaining.py",
        "tests/acceptance/test_explain_examples.py",
    )
    done = guides.run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, "-k", RULE)
    assert done.returncode == 0, done.stdout


GPU = "instanceType: Standard_NC24ads_A100_v4"
PRESET = """\
apiVersion: kaito.sh/v1beta1
kind: Workspace
metadata: {name: phi}
resource: {labelSelector: {matchLabels: {apps: phi}}, RESOURCE}
inference: {preset: {name: PRESET}, MORE}
"""


def test_the_guide_leads_to_the_next_release(root: Path, tmp_path: Path) -> None:
    copy = guides.copy_of(root, tmp_path)
    retired, field = "phi-4-mini-instruct", "priority"
    # Step 1: what `make facts` takes over from a folder, the CRDs with a new field and the catalogue without a preset.
    crds = copy / "tests/e2e/cluster/crds"
    shutil.copytree(crds / "v0.12.0", crds / "v0.13.0")
    crd = crds / "v0.13.0" / "kaito.sh_workspaces.yaml"
    config = "              config:\n                type: string\n              preset:\n"
    text = crd.read_text(encoding="utf-8")
    assert text.count(config) == 2
    crd.write_text(
        text.replace(
            config, config.replace("preset", f"{field}:\n                type: string\n              preset")
        )
    )
    models = copy / "generator/kaitogen/kaito/catalogue/models_data.py"
    row = f'"{retired}": ("microsoft/{retired}", 4, '
    text = models.read_text(encoding="utf-8")
    assert text.count(f"{row}0,") == 1
    models.write_text(text.replace(f"{row}0,", f"{row}13,"), encoding="utf-8")
    # Steps 2 and 3.
    guides.follow(guides.blocks_of("Add a KAITO release", root), copy)
    for script in (["derive_kaito_schemas", str(crds)], ["derive_set_schema"], ["compile_schemas"]):
        done = guides.run(copy, "-m", f"scripts.{script[0]}", *script[1:])
        assert done.returncode == 0, done.stderr

    def validated(kaito: str, preset: str, more: str = "", resource: str = "") -> str:
        """What is found in a Workspace for a version; no errors are an empty text."""
        made = PRESET.replace("PRESET", preset).replace("MORE", more).replace("RESOURCE", resource or GPU)
        (copy / "workspace.yaml").write_text(made, encoding="utf-8")
        byo = [] if not resource else ["--node-provisioner", "byo"]
        done = guides.run(copy, "-m", "kaitogen", "validate", "-q", "--kaito", kaito, *byo, "workspace.yaml")
        return done.stderr

    assert "up to 0.12" not in guides.run(copy, "-m", "kaitogen", "version").stdout
    assert validated("0.13", "phi-4") == ""
    # The retired preset.
    assert validated("0.12", retired) == ""
    assert f"KG432: KAITO 0.13 has no preset {retired}; it went with 0.13" in validated("0.13", retired)
    # The new field.
    assert f"a Workspace of KAITO 0.12 has no field inference.{field}" in validated(
        "0.12", "phi-4", f"{field}: high"
    )
    assert validated("0.13", "phi-4", f"{field}: high") == ""
    # The default that changed.
    mig = "partition: {mode: mig, profile: 7g.80gb}"
    assert "KG416" in validated("0.12", "phi-4", resource=mig)
    assert validated("0.13", "phi-4", resource=mig) == ""
    # Intents know it, and one for the release after it is told what to do.
    intent = (root / "examples" / "auto.intent.yaml").read_text(encoding="utf-8")
    for kaito, words in (("0.13", ""), ("0.14", "newer than what this kaitogen knows (up to 0.13)")):
        target = f'spec:\n  target:\n    kaito: "{kaito}"\n'
        (copy / "next.intent.yaml").write_text(intent.replace("spec:\n", target, 1), encoding="utf-8")
        done = guides.run(copy, "-m", "kaitogen", "validate", "-q", "next.intent.yaml")
        assert (done.returncode == 0) == (not words), done.stderr
        assert words in done.stderr
    # A field that nobody looked at does not pass in silence.
    tests = "tests/unit/kaito/rules/test_unread.py"
    done = guides.run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", tests, "-k", "0.13 and Workspace")
    assert f"['inference.{field}']" in done.stdout
