"""A sample of the verdicts through the command, as a user's pipeline meets it."""

import json
from collections import Counter, defaultdict
from itertools import islice
from pathlib import Path
from typing import Final

from tests.acceptance.command import kaitogen
from tests.conformance import vectors
from tests.conformance.test_verdicts import OBJECTS, explained
from tests.conformance.vectors import FAULTS, Error, Vector
from tests.draws import WHOLE

#: Of each file about as many objects, spread over the whole.
_OF_EACH: Final = 250 if WHOLE else 30


def test_the_command_says_what_the_python_api_says(tmp_path: Path) -> None:
    """One run for each installation; every object in a file and a namespace of its own."""
    groups: dict[tuple[str, ...], dict[str, Vector]] = defaultdict(dict)
    for name in OBJECTS:
        step = max(1, sum(1 for _ in vectors.read(name)) // _OF_EACH)
        for number, vector in enumerate(islice(vectors.read(name), None, None, step)):
            if "old" not in vector and not any(explained(vector)):
                file = f"{name.partition('.')[0]}-{number}.yaml"
                groups[_options(vector)][file] = vector
    counts: Counter[str] = Counter()
    faults = []
    for options, members in groups.items():
        found = _validated(tmp_path, options, members)
        for file, vector in members.items():
            verdict = vectors.verdict(vector, found[file])
            counts[verdict] += 1
            if verdict in FAULTS:
                faults.append(f"{verdict}: {file}: {vector['base']}, {vector['change']}")
    assert faults == []
    assert counts.total() > 0.6 * _OF_EACH * len(OBJECTS)
    assert {"both admit", "both refuse", "pruned, told"} <= counts.keys()


def _options(vector: Vector) -> tuple[str, ...]:
    options = [
        "--kaito",
        vector["kaito"],
        "--provider",
        vector["provider"],
        "--node-provisioner",
        vector["provisioner"],
    ]
    for gate, on in vector["gates"].items():
        options += ["--feature-gate", f"{gate}={str(on).lower()}"]
    return tuple(options)


def _validated(folder: Path, options: tuple[str, ...], members: dict[str, Vector]) -> dict[str, list[Error]]:
    """The errors of each file by one run of the command."""
    for number, (file, vector) in enumerate(members.items()):
        _into_a_namespace_of_its_own(vector, f"n{number}")
        documents = [*vectors.beside(vector), vector["object"]]
        (folder / file).write_text("\n---\n".join(map(json.dumps, documents)), "utf-8")
    done = kaitogen("validate", "--format", "json", *options, *members, cwd=folder)
    found: dict[str, list[Error]] = defaultdict(list)
    assert done.output, done.said
    for one in json.loads(done.output)["findings"]:
        if one["severity"] == "error":
            found[one["file"]].append(Error(one["kind"], one["code"]))
    assert done.code == (1 if found else 0), done.said
    return found


def _into_a_namespace_of_its_own(vector: Vector, namespace: str) -> None:
    """So that no ConfigMap is taken for that of another object; what stands for a fault stays as it is."""
    metadata = vector["object"].get("metadata")
    if isinstance(metadata, dict) and metadata.get("namespace", "default") in ("default", "inf"):
        metadata["namespace"] = namespace
        for other in vectors.beside(vector):
            other["metadata"]["namespace"] = namespace
