"""The plugin of Argo CD: from the call in an application's folder to its manifests, beside a plain render."""

import os
from collections.abc import Iterator
from pathlib import Path

from bench import material, table
from bench.processes import Command, by_turns
from bench.settings import Bench

#: Reading the parameters and arming the limits may cost so much, and no more.
GOAL = 1.15
#: What Argo CD would run itself for one application; a process that watches another is a part of ours.
KUSTOMIZE = 0.75


def rows(bench: Bench) -> Iterator[table.Row]:
    """One application of 1, 100 and 1,000 files of one intent each, with a target from a parameter."""
    yield from _one(bench)
    for number, rounds in ((100, bench.rounds.many * 3), (1_000, bench.rounds.many)):
        folder = material.many_files(bench.work / f"argocd-{number}", number)
        commands = [_plugin(bench, folder, number), _render(bench, folder, number)]
        plugin, render = by_turns(commands, rounds, bench.home)
        yield table.ratio(f"Argo CD plugin, {number:,} intents, against render", plugin, render, GOAL)


def _one(bench: Bench) -> Iterator[table.Row]:
    folder = material.many_files(bench.work / "argocd-1", 1)
    plain = material.rendered(bench.kaitogen, folder, bench.work / "argocd-1-rendered", bench.home)
    commands = [_plugin(bench, folder, 1), _render(bench, folder, 1), bench.kustomize(plain, 1)]
    plugin, render, kustomize = by_turns(commands, bench.rounds.one, bench.home)
    yield table.ratio("Argo CD plugin, 1 intent, against kubectl kustomize", plugin, kustomize, KUSTOMIZE)
    yield table.ratio("Argo CD plugin, 1 intent, against render", plugin, render, None)


def _plugin(bench: Bench, folder: Path, number: int) -> Command:
    said = '[{"name": "kaito_version", "string": "0.12"}]'
    env = [f"ARGOCD_APP_PARAMETERS={said}", "ARGOCD_APP_NAME=models", f"PATH={os.defpath}"]
    return Command(["/usr/bin/env", *env, str(bench.kaitogen), "argocd", "generate"], folder, number)


def _render(bench: Bench, folder: Path, number: int) -> Command:
    return Command(["/usr/bin/env", f"PATH={os.defpath}", str(bench.kaitogen), "render"], folder, number)
