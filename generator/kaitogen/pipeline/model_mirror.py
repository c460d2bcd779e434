"""A ModelMirror of a model: its weights, fetched once into a volume, before nodes with GPUs are there.

It is one for the whole cluster: KAITO looks for it under a name that it makes of the model's, and makes it itself where
there is none. So the name is no intent's own, and of intents for one model only one may ask for it.
"""

from kaitogen.kaito.catalogue.models import find_model
from kaitogen.kaito.catalogue.models_data import SHORT_NAMES
from kaitogen.kaito.objects import TEMPLATE, part, runtime_of, text, value_at
from kaitogen.kaito.versions import KINDS, STREAMING_ANNOTATION
from kaitogen.model import Diagnostic, Json, Path, Rule, Spec, Target
from kaitogen.typed import Final, Iterator

KG254 = Rule("KG254", "A ModelMirror for a KAITO without them", kind="invalid", since="0.4", until="0.10")
KG255 = Rule("KG255", "A ModelMirror that nothing reads", kind="warning", since="0.11",
             source="pkg/workspace/inference/modelstreaming/modelstreaming.go:73@v0.12.0")  # fmt: skip
KG256 = Rule("KG256", "A ModelMirror without a namespace to fetch in", kind="invalid")
KG257 = Rule("KG257", "A ModelMirror of a size that nobody knows", kind="invalid")

#: Where an intent says it.
PLACE: Final[Path] = ("spec", "modelMirror")
_GATES: Final = ("ModelMirror", "ModelStreaming")


def model_id(name: str) -> str:
    """The id that KAITO takes the weights by: that of a short name in lower case, any other as it is written.

    So one model by two names has two mirrors. Source: pkg/utils/plugin/plugin.go:130@v0.12.0.
    """
    short = SHORT_NAMES.get(name.lower())
    return name if short is None else short[0]


def name_of(model: str) -> str:
    """The name of the mirror of a model (pkg/workspace/inference/modelstreaming/modelstreaming.go:86@v0.12.0)."""
    from hashlib import sha256  # few intents ask for one, and loading OpenSSL takes its time

    return sha256(model_id(model).encode()).hexdigest()[:6]


def objections(value: Json, target: Target) -> Iterator[Diagnostic]:
    """What keeps a mirror from being filled, or from being read."""
    spec, mirror = value["spec"], value["spec"]["modelMirror"]
    known = KINDS["ModelMirror"]["v1alpha1"]
    if not target.has(known):
        message = f"KAITO {target.kaito} has no ModelMirror; it came with {known.came_with}"
        fix = f'set kaito: "{known.came_with}" or newer, or remove modelMirror'
        yield KG254.at(PLACE, message, fix=fix)
        return
    if "jobNamespace" not in mirror and not value["metadata"].get("namespace"):
        message = "a mirror belongs to no namespace, and nothing says in which one it is fetched"
        yield KG256.at(PLACE, message, fix="add jobNamespace to modelMirror, or metadata.namespace")
    if "size" not in mirror and not _size(spec["inference"]["model"]):
        message = "nobody knows how large the weights of this model are"
        yield KG257.at(PLACE, message, fix="add size to modelMirror, such as size: 100Gi")
    yield from _unread(value, target)


def _unread(value: Json, target: Target) -> Iterator[Diagnostic]:
    annotations = value["metadata"].get("annotations") or {}
    off = [gate for gate in _GATES if not target.feature_gates.get(gate)]
    message, fix = "", "remove modelMirror"
    if off:
        message = (
            f"KAITO {'fetches' if _GATES[0] in off else 'reads'} nothing without its gate {' and '.join(off)}"
        )
        gates = ", ".join(f"{gate}: true" for gate in off)
        fix = f"switch it on in KAITO's installation, and write target.featureGates: {{{gates}}}"
    elif target.provider != "azure":
        message = f"KAITO streams weights on azure alone, and this is for {target.provider}"
    elif runtime_of(value["spec"]["inference"], annotations) == "transformers":
        message = "KAITO streams weights to vLLM alone, and this runs on transformers"
    elif annotations.get(STREAMING_ANNOTATION) == "disabled":
        message = f"the annotation {STREAMING_ANNOTATION} has the weights downloaded to each node instead"
        fix = "remove the annotation, or modelMirror"
    if message:
        yield KG255.at(PLACE, message, fix=fix)


def _size(model: str) -> str:
    """What KAITO asks a volume for: as much as it asks of the disk of a node; empty where it is not known."""
    found = find_model(model)
    return f"{found.disk}Gi" if found is not None and found.disk else ""


def values(spec: Spec, asked: Json) -> Json:
    """What the template needs, from what the intent says of it."""
    inference = spec.inference or {}
    model = inference["model"]
    where = asked.get("jobNamespace", spec.namespace)
    source: Json = {"registry": "huggingface", "modelID": model_id(model)}
    if "accessSecret" in inference:
        source["accessSecret"] = {"name": inference["accessSecret"]}  # KAITO reads it beside the download
    storage = {"size": asked.get("size", _size(model)), "storageClassName": asked["storageClassName"]}
    own = {key: item for key, item in asked.items() if key not in ("storageClassName", "size")}
    made = {"source": source, "storage": storage, "jobNamespace": where, **own}
    return {"name": name_of(model), "spec": made}


def words(data: Json) -> Json:
    """What an intent says to get it: all but the source, which is its own model, and the mode, which is always one."""
    spec = part(data, "spec")
    own = {key: item for key, item in spec.items() if key not in ("source", "storage", "mode")}
    return {"modelMirror": {**part(spec, "storage"), **own}}


def note(spec: Spec) -> str:
    """What a plan says of it."""
    return f"cluster-wide, the weights of {model_id((spec.inference or {})['model'])} before there are nodes"


def reads(data: Json, mirror: Json) -> bool:
    """Whether a Workspace or a set is of the model that a mirror is of."""
    for below in ((), TEMPLATE):
        preset = value_at(data, (*below, "inference", "preset"))
        name = text(preset, "name") if isinstance(preset, dict) else ""
        if name and name_of(name) == text(part(mirror, "metadata"), "name"):
            return True
    return False
