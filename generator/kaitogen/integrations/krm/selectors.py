"""Selectors that stayed behind when kustomize gave Workspaces other names."""

from collections.abc import Iterable, Iterator
from typing import Final

from kaitogen.kaito.objects import value_at
from kaitogen.model import Diagnostic, Document, Origin, Rule, Target

KG755 = Rule("KG755", "One selector for Workspaces that were renamed after it was written", kind="warning")

#: The label of the selector that an intent without one gets; its value is the name.
_LABEL: Final = "apps"
#: The last minor version in which KAITO counts the nodes of others also where it provisions them itself.
_COUNTS_ALL: Final = 10
_PATH: Final = ("resource", "labelSelector")
_FIX: Final = "rename the intents instead: list their kustomization with the prefix under generators:, or use a transformer"


def shared(documents: Iterable[Document], target: Target) -> Iterator[Diagnostic]:
    """Workspaces with a name around that of their selector, which others have too.

    Their nodes are the same where KAITO goes by the selector alone: under byo, and up to 0.10 always
    (pkg/utils/workspace/workspace.go, pkg/nodeprovision/byo-provisioner/byo_provisioner.go:68@v0.12.0).
    """
    if not target.byo and target.minor > _COUNTS_ALL:
        return
    by_label: dict[str, list[Document]] = {}
    for document in documents:
        labels = value_at(document.value, (*_PATH, "matchLabels"))
        if document.value.get("kind") == "Workspace" and isinstance(labels, dict) and [*labels] == [_LABEL]:
            by_label.setdefault(str(labels[_LABEL]), []).append(document)
    for label, alike in by_label.items():
        for document in alike:
            name = _name(document)
            other = next((_name(one) for one in alike if one is not document), "")
            if name != label and label in name and other:
                message = f"it selects {_LABEL}={label[:60]}, and so does {other[:60]}: each may take the nodes of the other"
                yield KG755.at(_PATH, message, fix=_FIX).of(Origin(document))


def _name(document: Document) -> str:
    return str(value_at(document.value, ("metadata", "name")))
