"""Quick selectors: names for common kinds of nodes, kaitogen's own and those of a team's file."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from kaitogen.model import INSTANCE_TYPE_LABEL, Diagnostic, Document, Json, Origin, Rule
from kaitogen.nodes.facts import LEFT_OUT, ZONE_LABEL
from kaitogen.nodes.selectors import NoSelector, Selector, equal, parse

KG324 = Rule("KG324", "A label expression that selects nothing", kind="invalid")


KIND: Final = "QuickSelectors"


class Quick(NamedTuple):
    """One named selector; `file` is the one that it stands in, empty for kaitogen's own."""

    name: str
    description: str
    selector: Selector
    file: str = ""


BUILT_IN: Final = {
    one.name: one
    for one in (
        Quick(
            "nc24",
            "one A100 of 80 GB on Azure",
            equal({INSTANCE_TYPE_LABEL: "Standard_NC24ads_A100_v4"}),
        ),
        Quick(
            "nc96",
            "four A100s of 80 GB on Azure",
            equal({INSTANCE_TYPE_LABEL: "Standard_NC96ads_A100_v4"}),
        ),
        Quick("gpu", "NVIDIA GPUs", equal({"accelerator": "nvidia"})),
        Quick(
            "gpu-amd64",
            "NVIDIA GPUs beside an x86 processor",
            equal({"accelerator": "nvidia", "kubernetes.io/arch": "amd64"}),
        ),
    )
}


class Refused(Exception):
    """A label expression that nothing can be selected by; `problem` says why, its path starting at the expression's mapping."""

    def __init__(self, problem: Diagnostic) -> None:
        super().__init__(problem.message)
        self.problem = problem


def asked(said: Mapping[str, Json]) -> Selector:
    """What `matchLabels`, `labels`, `instanceType` and `zone` of a selection ask for together."""
    fixed = dict(said.get("matchLabels") or {})
    parsed = _expression(said["labels"]) if "labels" in said else ()
    found = (*equal(fixed), *parsed)
    for field, label in (("instanceType", INSTANCE_TYPE_LABEL), ("zone", ZONE_LABEL)):
        if field in said:
            found += equal({label: said[field]})
    for requirement in found:
        if requirement.key.startswith(LEFT_OUT):
            message = f"an inventory of nodes leaves out the label {requirement.key[:80]}"
            field = "matchLabels" if requirement.key in fixed else "labels"
            advice = "select by a label that does not come and go with the software on the node"
            raise Refused(KG324.at((field,), message, fix=advice))
    return found


def _expression(text: str) -> Selector:
    """A label expression of a user's; Refused at its character where it is none."""
    try:
        return parse(text)
    except NoSelector as wrong:
        message = f"at character {wrong.column} of the label expression: {wrong.message}"
        raise Refused(KG324.at(("labels",), message, fix=wrong.fix)) from wrong


def of_document(document: Document, problems: list[Diagnostic]) -> Iterator[Quick]:
    """The selectors of a team's document that conforms to its schema."""
    for name, said in document.value["spec"]["selectors"].items():
        try:
            found = asked(said)
        except Refused as refused:
            path = ("spec", "selectors", name, *refused.problem.path)
            problems.append(refused.problem._replace(path=path).of(Origin(document)))
            continue
        yield Quick(name, said.get("description", ""), found, document.file)
