"""The annotations in which kustomize and kpt keep their own memory, and what they mean for an intent's Workspaces."""

from kaitogen.kaito.objects import is_kustomize_annotation, value_at
from kaitogen.model import Json
from kaitogen.typed import Any, Final

PATHS: Final = ("internal.config.kubernetes.io/path", "config.kubernetes.io/path")
#: How its line begins that names a file.
_AT: Final = "path: "
INDEXES: Final = ("internal.config.kubernetes.io/index", "config.kubernetes.io/index")
#: kustomize alone writes it, onto whatever a transformer or validator gets to see.
OF_KUSTOMIZE: Final = "kustomize.config.k8s.io/id"
_INTERNAL: Final = "internal.config.kubernetes.io/"
_PREFIXES: Final = _INTERNAL + "prefixes"
_SUFFIXES: Final = _INTERNAL + "suffixes"
_NAMES: Final = (_INTERNAL + "previousNames", _INTERNAL + "previousNamespaces")
#: By these kustomize and kpt find the object that came in again, and copy its comments and the order of its keys onto it.
_IDS: Final = (_INTERNAL + "id", "config.k8s.io/id")
_KINDS: Final = _INTERNAL + "previousKinds"


def annotations(value: Json) -> dict[str, Any]:
    """The annotations of an object, whatever it looks like."""
    noted = value_at(value, ("metadata", "annotations"))
    return noted if isinstance(noted, dict) else {}


def cleaned(value: Json) -> Json:
    """The object without any bookkeeping; one that has none, or no mapping for it, is handed back as it is."""
    noted = annotations(value)
    if not any(map(is_kustomize_annotation, noted)):
        return value
    kept = {key: text for key, text in noted.items() if not is_kustomize_annotation(key)}
    metadata = {**value["metadata"], "annotations": kept}
    if not kept:
        del metadata["annotations"]
    return {**value, "metadata": metadata}


def file_of(value: Json) -> str:
    """The file that an object came from, where a tool noted it; else nothing."""
    noted = annotations(value)
    lines = str(noted.get("config.kubernetes.io/origin") or "").split("\n")
    origin = (line[len(_AT) :].strip() for line in lines if line.startswith(_AT))
    return _path(noted) or next(origin, "")


def _path(noted: dict[str, Any]) -> str:
    """The file in a package; kustomize invents such names once a function has run, and they mean nothing."""
    if OF_KUSTOMIZE in noted:
        return ""
    return next((str(noted[key]) for key in PATHS if isinstance(noted.get(key), str)), "")


def renamed_entries(value: Json) -> Json:
    """A set with kustomize's prefixes and suffixes on the names of its entries, which kustomize does not know."""
    noted = annotations(value)
    # Each is put around the name that is there, so the last prefix stands first.
    before = "".join(reversed(str(noted.get(_PREFIXES) or "").split(",")))
    after = "".join(str(noted.get(_SUFFIXES) or "").split(","))
    entries = value_at(value, ("spec", "workspaces"))
    if not (before or after) or not isinstance(entries, list):
        return value
    renamed = [_renamed(entry, before, after) for entry in entries]
    return {**value, "spec": {**value["spec"], "workspaces": renamed}}


def _renamed(entry: Json, before: str, after: str) -> Json:
    name = value_at(entry, ("metadata", "name"))
    if not isinstance(name, str):
        return entry
    return {**entry, "metadata": {**entry["metadata"], "name": f"{before}{name}{after}"}}


def handed_on(intent: Json, made: Json, *, one_of_many: bool) -> dict[str, str]:
    """What an object made from an intent takes over, so that kustomize goes on as if it had been there all along.

    The earlier names belong to a Workspace or InferenceSet of the intent's own name; a ConfigMap and the
    entries of a set never had them.
    """
    noted = annotations(intent)
    kept: dict[str, str] = {key: noted[key] for key in (_PREFIXES, _SUFFIXES) if key in noted}
    if made["kind"] in ("Workspace", "InferenceSet") and not one_of_many and _KINDS in noted:
        kept.update((key, noted[key]) for key in _NAMES if key in noted)
        kinds = str(noted[_KINDS]).split(",")
        kept[_KINDS] = ",".join(made["kind"] if kind == intent["kind"] else kind for kind in kinds)
    # A set has fields of the same path that mean other things. A build of kustomize has dropped the comments and
    # sorts the keys in any case: copying them took it longer than making the Workspaces.
    if made["kind"] == "Workspace" and not one_of_many and OF_KUSTOMIZE not in noted:
        kept.update((key, noted[key]) for key in _IDS if key in noted)
    if path := _path(noted):
        # A file of its own beside the intent's: kpt writes an object to where its annotations say.
        folder, metadata = path.rpartition("/")[0], made["metadata"]
        words = [metadata.get("namespace"), made["kind"].lower(), metadata["name"]]
        name = "_".join(word for word in words if word) + ".yaml"
        kept |= dict.fromkeys(PATHS, f"{folder}/{name}" if folder else name) | dict.fromkeys(INDEXES, "0")
    return kept


def place_of(value: Json) -> dict[str, str]:
    """The annotations that say where in a package an object stands."""
    noted = annotations(value)
    return {key: noted[key] for key in (*PATHS, *INDEXES) if key in noted}


def annotated(data: Json, more: dict[str, str]) -> Json:
    """The object with more annotations."""
    if not more:
        return data
    metadata = data["metadata"]
    return {**data, "metadata": {**metadata, "annotations": {**(metadata.get("annotations") or {}), **more}}}


def kind_and_name(value: Json) -> str:
    """What findings call an object that came without a file; empty where it has no kind or no name."""
    name = value_at(value, ("metadata", "name"))
    if not isinstance(name, str) or not isinstance(value.get("kind"), str):
        return ""
    return f"{value['kind'][:60]} {name[:80]}"
