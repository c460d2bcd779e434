"""Texts that are piped into `kaitogen validate`, and what it finds in them."""

import json
from typing import Final

from tests.acceptance.command import kaitogen

INTENT: Final = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata:
  name: phi
spec:
  placement:
    instanceType: Standard_NC24ads_A100_v4
  inference:
    model: phi-4
"""
MADE: Final = """\
apiVersion: kaito.sh/v1beta1
kind: Workspace
metadata:
  name: phi
resource:
  instanceType: Standard_NC24ads_A100_v4
  labelSelector:
    matchLabels:
      apps: phi
inference:
  preset:
    name: phi-4
"""
WRONG: Final = MADE.replace("name: phi-4", "name: phi-44")

#: Code and line of each finding.
Found = list[tuple[str, int]]


def findings(text: str, *options: str, code: int | None = None) -> Found:
    """What is found in a text on standard input, and how many Workspaces were seen."""
    done = kaitogen("validate", "--format", "json", *options, "-", stdin=text.encode())
    reported = json.loads(done.output)
    found = [(one["code"], one["line"]) for one in reported["findings"]]
    assert done.code == (
        code if code is not None else int(any(one["severity"] == "error" for one in reported["findings"]))
    )
    return found


def seen(text: str) -> int:
    done = kaitogen("validate", "--format", "json", "-", stdin=text.encode())
    return int(json.loads(done.output)["workspaces"])


def line(text: str, mark: str) -> int:
    [number] = [number for number, words in enumerate(text.split("\n"), 1) if mark in words]
    return number
