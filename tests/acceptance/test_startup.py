"""What a valid render loads: start-up is a feature, and one careless import is enough to lose it."""

import json
import subprocess
import sys
from pathlib import Path

#: Heavy, and needed only to explain, to compile templates, to talk to a cluster or to print help.
HEAVY = {
    "asyncio", "click", "collections", "ctypes", "dataclasses", "difflib", "enum", "functools", "hashlib", "http", "importlib.metadata", "importlib.resources",
    "inspect", "jinja2", "json", "jsonschema", "kubernetes", "logging", "pathlib", "random", "re", "referencing", "select", "shutil",
    "signal", "socket", "subprocess", "tempfile", "traceback", "typing", "unittest", "urllib", "xml",
    "yaml.constructor", "yaml.reader", "yaml.resolver", "yaml.scanner",
}  # fmt: skip
#: What regular expressions bring along: only settings, addresses and the like are judged by any.
EXPRESSIONS = {"collections", "enum", "functools", "re"}
#: As many of our own modules a plain render loads.
MODULES = 65
#: Our own rooms that a plain render has no use for.
ASIDE = {
    "kaitogen.cli.click_parser", "kaitogen.files.comparison", "kaitogen.commands.explain.pages", "kaitogen.files.output_folder", "kaitogen.diagnostics.formats.as_json",
    "kaitogen.diagnostics.suggest", "kaitogen.diagnostics.suppression", "kaitogen.pipeline.templating.subprocess_renderer", "kaitogen.pipeline.templating.environment",
}  # fmt: skip
#: KAITO does not read a count for a preset, which is a warning.
COUNTED = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata: {name: phi}
spec:
  placement: {count: 2, instanceType: Standard_NC24ads_A100_v4}
  inference: {model: phi-4}
"""
#: As kustomize hands it to a transformer: the intent, and an object of somebody else's.
RESOURCE_LIST = """\
apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web}
- apiVersion: kaitogen.io/v1alpha1
  kind: WorkspaceIntent
  metadata:
    name: phi
    annotations:
      kustomize.config.k8s.io/id: |
        kind: WorkspaceIntent
        name: phi
      internal.config.kubernetes.io/index: '1'
  spec:
    placement: {instanceType: Standard_NC24ads_A100_v4}
    inference: {model: phi-4}
functionConfig:
  apiVersion: kaitogen.io/v1alpha1
  kind: WorkspaceTransformer
  metadata: {name: models}
"""
PROBE = """
import sys
before = set(sys.modules)
from kaitogen import __main__ as entry
code = entry.run(sys.argv[1:])
loaded = sorted(set(sys.modules) - before)
import json
print(json.dumps([code, loaded]), file=sys.stderr)
"""


def loaded_by(
    *arguments: str | Path, given: str = "", folder: Path | None = None, **variables: str
) -> set[str]:
    command = [sys.executable, "-S", "-c", PROBE, *map(str, arguments)]
    paths = [path for path in sys.path if path]
    done = subprocess.run(
        command,
        input=given.encode(),
        capture_output=True,
        check=True,
        cwd=folder,
        env={"PYTHONPATH": ":".join(paths), "PATH": "/usr/bin:/bin", **variables},
    )
    code, loaded = json.loads(done.stderr.decode().splitlines()[-1])
    assert code == 0, done.stderr.decode()
    return set(loaded)


def heavy(loaded: set[str]) -> set[str]:
    return {name for name in loaded if name in HEAVY | ASIDE or name.partition(".")[0] in HEAVY}


def test_a_valid_render_loads_nothing_heavy(root: Path) -> None:
    loaded = loaded_by("render", root / "examples" / "auto.intent.yaml")
    assert heavy(loaded) == set()
    assert "yaml" not in loaded
    ours = {name for name in loaded if name.startswith("kaitogen.")}
    assert "kaitogen.pipeline.generate" in ours
    # Each module costs a hundredth of the start: one more is a decision, made by writing it down here.
    assert len(ours) <= MODULES
    assert not {
        name for name in ours if name.startswith("kaitogen.schema.compiled.") and "workspace" in name
    } - {"kaitogen.schema.compiled.workspace_0_12_v1beta1"}


def test_a_valid_manifest_is_checked_without_jsonschema(root: Path, tmp_path: Path) -> None:
    from tests.acceptance.command import kaitogen

    path = tmp_path / "workspace.yaml"
    path.write_bytes(kaitogen("render", root / "examples" / "auto.intent.yaml").output)
    assert heavy(loaded_by("validate", path)) == set()


def test_inline_configuration_loads_the_hash_and_regular_expressions_alone(root: Path) -> None:
    loaded = loaded_by("render", root / "examples" / "fleet.intent.yaml")
    assert {name.partition(".")[0] for name in heavy(loaded)} == {"hashlib", *EXPRESSIONS}


def test_the_list_of_commands_loads_none_of_them() -> None:
    loaded = loaded_by("--help")
    assert "click" in loaded
    assert {name for name in loaded if name.startswith("kaitogen.commands.")} == {
        "kaitogen.commands.options",
        "kaitogen.commands.result",
    }


def test_what_is_found_in_an_intent_is_placed_without_regular_expressions(tmp_path: Path) -> None:
    path = tmp_path / "intent.yaml"
    path.write_text(COUNTED, encoding="utf-8")
    loaded = loaded_by("render", path)
    assert "kaitogen.diagnostics.placing" in loaded
    assert heavy(loaded) == {"kaitogen.diagnostics.suppression"}


def test_several_intents_in_one_cluster_load_nothing_heavy(tmp_path: Path) -> None:
    path = tmp_path / "intents.yaml"
    path.write_text(f"{COUNTED}---\n{COUNTED.replace('phi}', 'other}')}", encoding="utf-8")
    loaded = loaded_by("render", path)
    assert "kaitogen.pipeline.one_cluster" in loaded
    assert heavy(loaded) == {"kaitogen.diagnostics.suppression"}
    # The rules of sets are for those who have any, and bring regular expressions along.
    assert "kaitogen.kaito.rules.inference_set" not in loaded


def test_a_function_of_kustomize_loads_nothing_heavy() -> None:
    loaded = loaded_by("krm", given=RESOURCE_LIST)
    assert "kaitogen.integrations.krm.command" in loaded
    assert heavy(loaded) == set()


def test_a_call_of_argo_cd_with_a_target_loads_nothing_heavy(root: Path, tmp_path: Path) -> None:
    (tmp_path / "intent.yaml").write_bytes((root / "examples" / "auto.intent.yaml").read_bytes())
    target = '[{"name": "kaito_version", "string": "0.12"}]'
    loaded = loaded_by("argocd", "generate", folder=tmp_path, ARGOCD_APP_PARAMETERS=target)
    assert "kaitogen.pipeline.overlay" in loaded
    assert heavy(loaded) == set()
    # What says findings, and what reads a project file, is for those who have any.
    assert not {name for name in loaded if name.startswith("kaitogen.diagnostics.formats.")}
    assert "kaitogen.pipeline.project" not in loaded
    assert "yaml" not in loaded


def test_a_command_loads_no_other(root: Path) -> None:
    loaded = loaded_by("render", root / "examples" / "auto.intent.yaml")
    assert {name for name in loaded if name.startswith(("kaitogen.commands.", "kaitogen.integrations"))} == {
        f"kaitogen.commands.{name}" for name in ("inputs", "options", "render", "result")
    }


def test_formatting_loads_no_introspection(tmp_path: Path) -> None:
    intent = tmp_path / "a.intent.yaml"
    intent.write_text(f"# Why.\n{COUNTED}")
    assert not loaded_by("fmt", intent) & {"ast", "dataclasses", "inspect", "tokenize"}
    assert intent.read_text().startswith("# Why.\n")
