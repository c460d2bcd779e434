"""Companions under a name that is taken: by an object that somebody wrote, or by what KAITO makes itself."""

import os

from kaitogen.diagnostics.wording import which
from kaitogen.kaito.objects import full_name, identity, is_of_kaito, list_items, part, place_of, text
from kaitogen.kaito.rules.context import cut
from kaitogen.kaito.versions import STATEFUL_SETS
from kaitogen.model import Diagnostic, Document, Json, Rule
from kaitogen.pipeline.classify import is_an_intent, is_companion
from kaitogen.pipeline.companions import kind_of
from kaitogen.pipeline.one_cluster import Placed
from kaitogen.typed import Callable, Final, Iterator, Sequence

KG240 = Rule("KG240", "An object that is written by hand as well", kind="invalid")
KG241 = Rule("KG241", "A Service that KAITO makes itself", kind="can't work", since="0.8",
             source="pkg/workspace/manifests/manifests.go:43@v0.12.0")  # fmt: skip

#: KAITO's kinds of which each object gets a Service of its name.
_WITH_SERVICE: Final = ("Workspace", "RAGEngine")


def of(every: Sequence[Placed], documents: Sequence[Document], *, everywhere: bool) -> Iterator[Diagnostic]:
    """KG240 and KG241 of the companions that intents make, among all objects of a run.

    What stands in one folder goes to one cluster, or `everywhere` is: all of it. `documents` are all that were read: what is
    a companion by its label is kaitogen's own, and no clash.
    """

    def place(document: Document) -> str:
        return "" if everywhere else os.path.dirname(document.file)

    written = {(place(one), *identity(data)): one for one in documents for data in _finished(one.value)}
    kaitos = _services(every, place)
    for data, origin, _, spec, _ in every:
        kind = None if spec is None else kind_of(data)
        if kind is None:
            continue
        here, own, name = origin.document, identity(data), full_name(data)
        other = written.setdefault((place(here), *own), here)
        # What one file makes twice is KG220.
        if other.file != here.file or not is_an_intent(other.value):
            message = f"{data['kind']} {name} would be written twice: it is in {which(other)} as well"
            fix = "remove one of the two, or rename the other one"
            yield KG240.at(kind.asked, message, fix=fix).of(origin)
        made = kaitos.get((place(here), *own[2:])) if data["kind"] == "Service" else None
        if made is not None:
            message = f"Service {name} is one that KAITO makes for {made[0]}, in {which(made[1])}"
            fix = "give the set or the other one another name"
            yield KG241.at(kind.asked, message, fix=fix).of(origin)


def _services(
    every: Sequence[Placed], place: Callable[[Document], str]
) -> dict[tuple[str, str, str], tuple[str, Document]]:
    """The Services that KAITO makes, by place, namespace and name: for whom, and where that is written."""
    found: dict[tuple[str, str, str], tuple[str, Document]] = {}
    for data, origin, target, *_ in every:
        if not is_of_kaito(data) or data["kind"] not in _WITH_SERVICE:
            continue
        where, (namespace, name) = place(origin.document), place_of(data)
        made = f"{data['kind']} {cut(full_name(data))}", origin.document
        found.setdefault((where, namespace, name), made)
        if data["kind"] == "Workspace" and target.has(STATEFUL_SETS):
            found.setdefault((where, namespace, f"{name}-headless"), made)
    return found


def _finished(value: Json) -> Iterator[Json]:
    """The objects of a document that kaitogen makes no other of; a List of kubectl's is looked into."""
    if not isinstance(value, dict) or is_an_intent(value):
        return
    if (items := list_items(value)) is not None:
        for item in items:
            yield from _finished(item)
    elif text(part(value, "metadata"), "name") and not is_companion(value):
        yield value
