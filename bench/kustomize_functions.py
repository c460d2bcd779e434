"""kustomize with kaitogen inside, measured against kustomize alone with the same Workspaces ready-made."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

from bench import material, table
from bench.processes import Command, Failed, by_turns
from bench.settings import Bench

NUMBER = 100
#: Against the same build with a function that only prints: how kustomize calls one costs more than a plain build.
GENERATOR, TRANSFORMER = 1.4, 1.3
BUILD = ("build", "--enable-alpha-plugins", "--enable-exec")
_ROOT = Path(__file__).resolve().parent.parent
_CONFIGURATION = """\
apiVersion: kaitogen.io/v1alpha1
kind: {kind}
metadata:
  name: models
  annotations:
    config.kubernetes.io/function: |
      exec: {{path: {program}}}
"""
_FIELDS = {
    "WorkspaceGenerator": "generators: [models.yaml]\n",
    "WorkspaceTransformer": "resources: [{file}]\ntransformers: [models.yaml]\n",
}
_SPECS = {"WorkspaceGenerator": "spec:\n  files: [{file}]\n", "WorkspaceTransformer": ""}


def rows(bench: Bench) -> Iterator[table.Row]:
    """A build of 100 intents through the generator and through the transformer, beside a plain build."""
    kustomize = _kustomize()
    intents = material.one_file(bench.work / "functions", NUMBER)
    plain = material.rendered(bench.kaitogen, intents, bench.work / "functions-plain", bench.home)
    kaitogen, ready = bench.kaitogen.with_name("kaitogen-krm"), _ready_made(bench, plain)
    folders = [plain]
    folders += [_folder(bench, kind, intents, program) for program in (kaitogen, ready) for kind in _FIELDS]
    commands = [Command([str(kustomize), *BUILD, str(folder)], bench.work, NUMBER) for folder in folders]
    alone, generated, transformed, given, passed = by_turns(commands, bench.rounds.many * 3, bench.home)
    yield table.ratio("kustomize build of 100 intents, as generator", generated, alone, None)
    yield table.ratio("kustomize build of 100 intents, as transformer", transformed, alone, None)
    yield table.ratio(
        "a kustomize generator of 100 intents, against one that only prints", generated, given, GENERATOR
    )
    yield table.ratio(
        "a kustomize transformer of 100 intents, against one that only prints",
        transformed,
        passed,
        TRANSFORMER,
    )


def _kustomize() -> Path:
    """The pinned kustomize of the end-to-end tests, built where it is not there yet."""
    script = _ROOT / "scripts" / "build_tools.sh"
    done = subprocess.run([str(script), "kustomize"], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise Failed("kustomize could not be built; see above")
    return Path(done.stdout.strip())


def _ready_made(bench: Bench, plain: Path) -> Path:
    """A function that prints the finished Workspaces: what kustomize itself takes for calling any function."""
    program = bench.work / "ready-made"
    program.write_text(f"#!/bin/sh\nexec cat {plain / 'workspaces.yaml'}\n", encoding="utf-8")
    program.chmod(0o755)
    return program


def _folder(bench: Bench, kind: str, intents: Path, program: Path) -> Path:
    """A kustomization that has the program make the Workspaces of the intents."""
    folder = bench.work / f"functions-{kind}-{program.name}"
    folder.mkdir()
    (folder / intents.name).write_bytes(intents.read_bytes())
    text = _CONFIGURATION.format(kind=kind, program=program) + _SPECS[kind].format(file=intents.name)
    (folder / "models.yaml").write_text(text, encoding="utf-8")
    (folder / "kustomization.yaml").write_text(_FIELDS[kind].format(file=intents.name), encoding="utf-8")
    return folder
