"""What Argo CD's form offers: the parameters, and for `argocd parameters` with what the intents found say now.

Called whenever somebody opens an application's page, so it always answers: on a broken
file with what is still known.
"""

import os

from kaitogen import schema
from kaitogen.commands import bounds
from kaitogen.commands.options import OptionGroup
from kaitogen.commands.result import Outcome
from kaitogen.diagnostics.wording import json_text
from kaitogen.integrations.argocd import folder
from kaitogen.integrations.argocd.folder import WITHIN
from kaitogen.integrations.argocd.parameters import PARAMETERS, Parameter
from kaitogen.kaito.objects import value_at
from kaitogen.model import Document, Json, Path, Request, path_text
from kaitogen.pipeline import environments
from kaitogen.pipeline.classify import entries
from kaitogen.pipeline.load import load
from kaitogen.typed import Final, Iterator

#: What the form offers of each intent found, to be set by path.
_OFFERED: Final[tuple[Path, ...]] = (
    ("spec", "placement", "count"),
    ("spec", "placement", "instanceType"),
    ("spec", "inference", "model"),
    ("spec", "tuning", "model"),
)
#: A page waits for the answer, so it comes soon, whatever lies in the folder.
SECONDS: Final = 5
MEBIBYTES: Final = 256


class Options(OptionGroup):
    """Of `kaitogen argocd parameters`."""

    within = WITHIN


def run(_options: Options) -> Outcome:
    """The announcements as a JSON list; never an error, since an error takes the whole page away."""
    return bounds.bounded(_answer, SECONDS, MEBIBYTES, lambda _finding: _listed(static()))


def _answer() -> Outcome:
    try:
        top = folder.root("application", os.environ.get(folder.SOURCE_PATH_VARIABLE, ""))
        documents = load(Request(folder.included((".",), top, "").paths)).documents
        intents = [intent for document in documents for _, intent in entries(document.value)]
        return _listed([_with_default(parameter, documents, intents) for parameter in PARAMETERS])
    except Exception:  # noqa: BLE001 - the form then shows what is always there
        return _listed(static())


def _listed(announced: list[dict[str, Json]]) -> Outcome:
    return Outcome(json_text(announced).encode("utf-8", "backslashreplace"))


def static() -> list[dict[str, Json]]:
    """The announcements that hold for every application, as plugin.yaml carries them."""
    return [_announced(parameter) for parameter in PARAMETERS]


def _announced(parameter: Parameter) -> dict[str, Json]:
    title, tooltip, choices = parameter.title, parameter.tooltip, parameter.choices
    if parameter.path:
        node = schema.document("intent.schema.json")
        for step in parameter.path:
            node = node["properties"][step]
        title, tooltip = node["title"], node["description"]
        choices = tuple(node.get("enum", ()))
    if choices:
        tooltip = f"{tooltip} One of: {', '.join(choices)}."
    return {
        "name": parameter.name,
        "title": title,
        "tooltip": tooltip,
        "collectionType": parameter.collection,
    }


def _with_default(parameter: Parameter, documents: list[Document], intents: list[Json]) -> dict[str, Json]:
    announced = _announced(parameter)
    if parameter.path:
        values = {value for intent in intents if isinstance(value := value_at(intent, parameter.path), str)}
        if len(values) == 1:
            announced["string"] = values.pop()
    elif parameter.name == "include":
        announced["array"] = list(dict.fromkeys(document.file for document in documents))
    elif parameter.name == "environment":
        source_path = os.environ.get(folder.SOURCE_PATH_VARIABLE, "")
        said, _ = folder.project(folder.root("application", source_path), source_path)
        known = said.environments if said is not None else None
        names = environments.names(known or environments.FOLDER)
        announced["tooltip"] += f" There are: {', '.join(names)}." if names else " There is none."
    elif parameter.name == "set":
        announced["map"] = dict(list(_offers(intents))[:200])
    return announced


def _offers(intents: list[Json]) -> Iterator[tuple[str, str]]:
    for intent in intents:
        name = value_at(intent, ("metadata", "name"))
        for path in _OFFERED:
            value = value_at(intent, path)
            if isinstance(name, str) and isinstance(value, str | int) and not isinstance(value, bool):
                yield f"{name}:{path_text(path)}", str(value)
