"""A RAGEngine beside a model: what its intent says of it, with the address of the model and how much fits into a question.

It is a Deployment and a Service of its own name, so that it cannot have the name of the model, whose Service has that.
"""

from kaitogen.kaito.catalogue.models import find_model
from kaitogen.kaito.objects import part
from kaitogen.kaito.rules.layout import setting
from kaitogen.kaito.versions import RAG_WITHOUT_NODES
from kaitogen.model import Diagnostic, Json, Path, Rule, Spec, Target
from kaitogen.typed import Final, Iterator

KG251 = Rule("KG251", "A RAGEngine that needs nodes of its own", kind="invalid", since="0.4", until="0.10",
             source="api/v1beta1/ragengine_validation.go@v0.10.0")  # fmt: skip
KG252 = Rule("KG252", "A RAGEngine that cannot know how much its model reads", kind="invalid")
KG253 = Rule("KG253", "A RAGEngine beside replicas without one address", kind="invalid")
KG258 = Rule("KG258", "A RAGEngine that asks more than its model reads", kind="warning", since="0.11",
             source="presets/ragengine/inference/inference.py:190@v0.12.0")  # fmt: skip

#: Where an intent says it.
PLACE: Final[Path] = ("spec", "ragEngine")
SUFFIX: Final = "-rag"
#: What a RAGEngine asks: it refuses an address without this (presets/ragengine/inference/inference.py:281@v0.12.0).
_CHAT: Final = "/v1/chat/completions"
_ORDER: Final = ("embedding", "inferenceService", "storage", "guardrails")


def objections(value: Json, target: Target, *, addressed: bool) -> Iterator[Diagnostic]:
    """What keeps a RAGEngine from serving. `addressed`: there is one address for all copies of the model."""
    spec = value["spec"]
    if not target.has(RAG_WITHOUT_NODES):
        message = f"KAITO {target.kaito} runs a RAGEngine on nodes that it gets for it alone, and no intent can ask for those"
        fix = f'set kaito: "{RAG_WITHOUT_NODES.came_with}" or newer, or write the RAGEngine by hand'
        yield KG251.at(PLACE, message, fix=fix)
    own = part(spec["ragEngine"], "inferenceService").get("contextWindowSize")
    known = context_window(spec["inference"])
    if own is not None and known is not None and own > known:
        message = f"it may ask with {own} tokens, of which the model reads {known} and refuses the rest"
        path = (*PLACE, "inferenceService", "contextWindowSize")
        yield KG258.at(path, message, fix=f"write {known} or less, or leave it out", found=str(own))
    if own is None and known is None:
        message = "nobody knows how many tokens this model reads at once, and a RAGEngine has to be told"
        yield KG252.at(PLACE, message, fix="add inferenceService: {contextWindowSize: ...} to ragEngine")
    if not addressed:
        message = "the replicas have no address that a RAGEngine could ask"
        yield KG253.at(PLACE, message, fix="add endpoint: {service: true} to spec")


def context_window(inference: Json) -> int | None:
    """The tokens of a question and its answer: max-model-len where the intent sets it, else the longest context of the model."""
    settings = part(part(inference, "config"), "vllm")
    written = setting(settings, "max-model-len")
    if written is not None and str(written) not in ("auto", "-1"):
        return int(written) if str(written).isdecimal() else None
    model = find_model(inference["model"])
    return None if model is None else model.token_limit or None


def address(spec: Spec) -> str:
    """The Service of the model, which KAITO makes of a Workspace and kaitogen of a set; of the own namespace where none is said."""
    where = f".{spec.namespace}" if spec.namespace else ""
    return f"http://{spec.name}{where}"


def values(spec: Spec, asked: Json) -> Json:
    """What the template needs, from what the intent says of it."""
    own = part(asked, "inferenceService")
    window = own.get("contextWindowSize", context_window(spec.inference or {}))
    service = {"url": f"{address(spec)}{_CHAT}", "contextWindowSize": window, **own}
    made = {**asked, "inferenceService": service}
    return {"name": f"{spec.name}{SUFFIX}", "spec": {key: made[key] for key in _ORDER if key in made}}


def words(data: Json) -> Json:
    """What an intent says to get it: all but the address, which is that of its own model."""
    spec = part(data, "spec")
    service = {key: item for key, item in part(spec, "inferenceService").items() if key != "url"}
    return {"ragEngine": {**spec, **({"inferenceService": service} if service else {})}}


def note(spec: Spec) -> str:
    """What a plan says of it."""
    return f"asks {address(spec)}{_CHAT}; KAITO makes a Deployment and a Service of its name"
