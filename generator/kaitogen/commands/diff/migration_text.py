"""The README of a way out: what to commit in which step, what it takes meanwhile, and which traps lie beside the way."""

from collections.abc import Sequence
from typing import Final, NamedTuple

_HEAD: Final = """\
# How to get there without a pause

KAITO refuses these changes to Workspaces that exist. Each Workspace is run a second time under
a new name, takes over, and the old one goes: two commits, in this order.
"""
_TRAPS: Final = """\
## Traps

- **One commit for each step.** Where the old Workspace goes in the commit that brings the new one, Argo CD prunes the
  first while the second still waits for its nodes, and nothing serves.
- **Argo CD, prune.** Step 2 removes the old Workspace only where the Application prunes; otherwise delete it by hand, or its
  GPUs stay. The annotation `argocd.argoproj.io/sync-options: Prune=confirm` on the old one has Argo CD ask first.
- **Argo CD, Replace and Force.** Never use these sync options to push a refused change through: they delete the
  Workspace, and its nodes with it, before anything else serves.
- **Argo CD, waves.** With sync waves or hooks a sync ends only when the new Workspace is healthy, and no newer commit gets
  through before that.
- **kustomize, namePrefix and nameSuffix.** Changing one renames every Workspace at once: all are deleted and made anew.
  Rename one by one as here, and leave the prefix alone.
- **kustomize, patches and labels.** What a patch or a label transformer writes into resource.labelSelector, instanceType or
  count of a Workspace that runs is refused like any other change of it.
- **Clients** that ask the Service of the Workspace itself lose it with the Workspace: move them to the Service of step 1
  before step 2.
"""


class Step(NamedTuple):
    """One Workspace on its way: the names, files and costs (held, needed, meanwhile) that the text is about."""

    old: str
    new: str
    namespace: str
    written_in: str
    old_file: str
    new_file: str
    traffic: str
    is_intent: bool
    costs: tuple[str, str, str]
    cautions: tuple[str, ...]


def readme(steps: Sequence[Step]) -> str:
    """The whole text."""
    return "\n".join([_HEAD, *(_one(step) for step in steps), _TRAPS])


def _one(step: Step) -> str:
    held, needed, meanwhile = step.costs
    lines = [
        f"## {step.old} becomes {step.new}",
        "",
        "| | nodes and GPUs |",
        "|---|---|",
        f"| {step.old} holds | {held} |",
        f"| {step.new} needs | {needed} |",
        f"| **both, until step 2** | **{meanwhile}** |",
        "",
        *_first(step),
        "",
        *_second(step),
        *(
            ["", "Before you start:", "", *(f"- {caution}" for caution in step.cautions)]
            if step.cautions
            else []
        ),
    ]
    return "\n".join(lines) + "\n"


def _first(step: Step) -> list[str]:
    ending = ".intent.yaml" if step.is_intent else ".yaml"
    lines = [
        "**Step 1, the new one beside the old one.**",
        "",
        f"1. Take the change back in `{step.written_in}`: `{step.old_file}` has {step.old} as it runs.",
        f"2. Add `{step.new_file}` as `{step.new}{ending}`.",
    ]
    if step.traffic:
        lines.append(
            f"3. Add `step-1{step.traffic}`, a Service that leads to {step.old} so far, and move clients to it."
        )
    return [
        *lines,
        f"{len(lines) - 1}. Commit, and wait until the new one is ready:",
        "",
        "   ```sh",
        f"   kubectl{_namespace(step)} wait --for=condition=WorkspaceSucceeded --timeout=60m workspace/{step.new}",
        "   ```",
    ]


def _second(step: Step) -> list[str]:
    lines = [f"**Step 2, {step.new} takes over.**", ""]
    if step.traffic:
        lines.append(
            f"1. Put `step-2{step.traffic}` in the place of the Service of step 1: it leads to {step.new}."
        )
    number = len(lines) - 1
    return [
        *lines,
        f"{number}. Remove {step.old} from `{step.written_in}`, and commit.",
        f"{number + 1}. See that it and its nodes are gone:",
        "",
        "   ```sh",
        f"   kubectl{_namespace(step)} get workspace {step.old} --ignore-not-found",
        "   ```",
    ]


def _namespace(step: Step) -> str:
    return f" -n {step.namespace}" if step.namespace else ""
