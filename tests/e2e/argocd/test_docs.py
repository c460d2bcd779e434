"""docs/argocd.md shows what happens: its files are written and its commands run; what needs a cluster is checked for its names."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.acceptance.documentation import Shown, parts
from tests.e2e.argocd.conftest import KAITOGEN, ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.checkout]
PAGE = ROOT / "docs" / "argocd.md"


def test_page_shows_what_happens(tmp_path: Path) -> None:
    commands = 0
    for part in parts(PAGE.read_text(encoding="utf-8")):
        if isinstance(part, Shown):
            path = tmp_path / part.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(part.text, encoding="utf-8")
            continue
        done = subprocess.run(
            ["bash", "-c", f"{{ {part.command}; }} 2>&1"],
            cwd=tmp_path,
            env={**os.environ, "LC_ALL": "C", "PATH": f"{KAITOGEN.parent}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.stdout == part.output, part.command
        commands += 1
    assert commands >= 7


def test_page_names_every_parameter_option_and_limit_as_it_is() -> None:
    from kaitogen.commands import bounds
    from kaitogen.integrations.argocd import generate, install, parameters

    page = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (string|array|map) \|", page, re.M)
    assert rows == [(one.name, one.collection) for one in parameters.PARAMETERS]
    options = [option.names[-1] for command in (generate, install) for option in command.Options.parameters()]
    assert [name for name in options if name not in page and name not in {"--print", "--out"}] == []
    default = generate.Options()
    assert (default.time_limit, default.memory_limit) == (str(generate.SECONDS), str(generate.MEBIBYTES))
    assert f"| {generate.SECONDS} s," in page
    assert f"| {generate.MEBIBYTES} MiB with" in page
    assert f"{bounds.HEADROOM} MiB more" in page


def test_commands_for_a_cluster_name_files_and_containers_that_there_are(tmp_path: Path) -> None:
    blocks = "\n".join(re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S))
    files = re.findall(r"install/(\S+\.yaml)", blocks)
    assert files
    assert [name for name in files if not (ROOT / name).is_file()] == []
    patch = yaml.safe_load((ROOT / "deploy/argocd/kustomize/repo-server.yaml").read_text(encoding="utf-8"))
    containers = {one["name"] for one in patch["spec"]["template"]["spec"]["containers"]}
    assert set(re.findall(r"--container (\S+)", blocks)) == containers
    assert set(re.findall(r"deployment/(\S+)", blocks)) == {patch["metadata"]["name"]}
