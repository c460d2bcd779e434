"""The parameters of the plugin: what they are called and set, and what an Application says about them.

The table here is the one source: `plugin.yaml`, the form in Argo CD, the documentation
and the reading of an Application's values all follow from it.
"""

from kaitogen.model import Diagnostic, Document, Json, Path, Rule
from kaitogen.typed import Any, Final, Literal, Mapping, NamedTuple, NoReturn, TypeAlias

KG150 = Rule("KG150", "The plugin for Argo CD has no such parameter", kind="invalid")
KG151 = Rule("KG151", "A parameter that says something else than it can", kind="invalid")


#: JSON of the Application's `plugin.parameters`, made by Argo CD.
PARAMETERS_VARIABLE: Final = "ARGOCD_APP_PARAMETERS"
#: `plugin.env` entries reach us with ARGOCD_ENV_ before their names; ours begin with KAITOGEN_.
ENV_PREFIX: Final = "ARGOCD_ENV_KAITOGEN_"
MAX_TEXT: Final = 128 * 1024

Collection: TypeAlias = Literal["string", "array", "map"]


class Parameter(NamedTuple):
    """One parameter. `path` is the field of the intent that it sets, whose schema then says title and help."""

    name: str
    collection: Collection
    path: Path = ()
    title: str = ""
    tooltip: str = ""
    choices: tuple[str, ...] = ()


_TRUTH: Final = ("true", "false")
PARAMETERS: Final = (
    Parameter("kaito_version", "string", path=("spec", "target", "kaito")),
    Parameter("provider", "string", path=("spec", "target", "provider")),
    Parameter("node_provisioner", "string", path=("spec", "target", "nodeProvisioner")),
    Parameter(
        "environment",
        "string",
        title="Environment",
        tooltip="Lays the file environments/NAME.yaml of the application's folder over the intents.",
    ),
    Parameter(
        "include",
        "array",
        title="Intent files",
        tooltip="Files, folders or globs below the application's folder. Default: every intent file in it.",
    ),
    Parameter(
        "inventory",
        "array",
        title="Facts about nodes",
        tooltip="Files of the application's folder with a NodeInventory, or quick selectors, for selecting and checking nodes.",
    ),
    Parameter(
        "set",
        "map",
        title="Values by path",
        tooltip="Such as spec.placement.count: 3, or phi-4:spec.placement.count: 3 for the Workspace phi-4 alone.",
    ),
    Parameter(
        "strict",
        "string",
        title="Strict",
        tooltip="true lets warnings stop the sync as errors do. Default: false.",
        choices=_TRUTH,
    ),
    Parameter(
        "allow_empty",
        "string",
        title="Allow an empty result",
        tooltip="true takes a folder without intents for no Workspaces; Argo CD may then prune. Default: false.",
        choices=_TRUTH,
    ),
)
_BY_NAME: Final = {parameter.name: parameter for parameter in PARAMETERS}
_KINDS: Final[dict[str, tuple[type, str]]] = {
    "string": (str, "a text"),
    "array": (list, "a list of texts"),
    "map": (dict, "a mapping of texts"),
}


class AppParameters:
    """What an Application sets, where it sets it, and what is wrong with that. An empty value sets nothing.

    `values` has a text, a list of texts or a mapping of texts by the name of the parameter, as it takes one.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        """From the variables of a call: the Application's `plugin.parameters` win over its `plugin.env`."""
        self.values: dict[str, Json] = {}
        self.sources: dict[str, str] = {}
        self.findings: list[Diagnostic] = []
        for variable in sorted(environment):
            if variable.startswith(ENV_PREFIX):
                self._take_variable(variable, environment[variable])
        text = environment.get(PARAMETERS_VARIABLE, "")
        if text.strip() not in ("", "null", "[]"):
            self._take_all(text)

    def is_on(self, name: str) -> bool:
        """Whether a switch is on."""
        return self.values.get(name) == "true"

    def source(self, name: str) -> Document:
        """Where findings about that parameter's value belong."""
        return Document(self.sources[name], inline=True)

    def _wrong(self, source: str, rule: Rule, message: str, fix: str) -> None:
        self.findings.append(rule.in_file(source, message, fix=fix))

    def _take_variable(self, variable: str, value: str) -> None:
        source = f"env {variable.removeprefix('ARGOCD_ENV_')}"
        parameter = _BY_NAME.get(variable.removeprefix(ENV_PREFIX).lower())
        if parameter is not None and parameter.collection == "string":
            self._store(parameter, value, source)
            return
        names = [f"KAITOGEN_{one.name.upper()}" for one in PARAMETERS if one.collection == "string"]
        self._wrong(source, KG150, "there is no such setting", f"use one of {', '.join(names)}")

    def _take_all(self, text: str) -> None:
        entries = parsed(text)
        if not isinstance(entries, list):
            message = f"{PARAMETERS_VARIABLE} is not the JSON list that Argo CD makes"
            self._wrong("parameters", KG151, message, "check spec.source.plugin.parameters")
            return
        seen: set[str] = set()
        for entry in entries:
            name = entry.get("name") if isinstance(entry, dict) else None
            if not isinstance(name, str):
                fix = "give each parameter a name and a value"
                self._wrong("parameters", KG151, "a parameter has no name", fix)
            elif name in seen:
                self._wrong(f"parameter {name[:60]}", KG151, "stands twice", "keep one of the two")
            else:
                seen.add(name)
                self._take(name, entry)

    def _take(self, name: str, entry: Mapping[str, Json]) -> None:
        parameter, source = _BY_NAME.get(name), f"parameter {name[:60]}"
        if parameter is None:
            self._wrong(source, KG150, "there is no such parameter", f"use one of {', '.join(_BY_NAME)}")
            return
        kind = parameter.collection
        others = [words for other, (_, words) in _KINDS.items() if other != kind and entry.get(other)]
        if others:
            message = f"takes {_KINDS[kind][1]}, not {others[0]}"
            self._wrong(source, KG151, message, f"write it as {kind}: ...")
        elif entry.get(kind):
            self._store(parameter, entry[kind], source)

    def _store(self, parameter: Parameter, value: Json, source: str) -> None:
        """Keep a value of the right type; an empty one is what a cleared field of the form leaves, and says nothing."""
        kind, words = _KINDS[parameter.collection]
        if not isinstance(value, kind) or not _are_texts(value):
            message = f"takes {words} of at most {MAX_TEXT // 1024} KiB"
            self._wrong(source, KG151, message, "quote numbers and booleans")
        elif parameter.choices and value and value not in parameter.choices:
            message = f"{str(value)[:60]} is neither {' nor '.join(parameter.choices)}"
            self._wrong(source, KG151, message, f"write one of {', '.join(parameter.choices)}")
        elif value:
            self.values[parameter.name] = value
            self.sources[parameter.name] = source


def _are_texts(value: Json) -> bool:
    if isinstance(value, str):
        return len(value) <= MAX_TEXT
    return all(isinstance(item, str) for item in (value.values() if isinstance(value, dict) else value))


class _Scanning:
    """What the scanner asks of those who use it: no key twice, and what JSON does not know is no number."""

    strict, object_hook, parse_int, parse_float = True, None, int, float

    @staticmethod
    def parse_constant(name: str) -> NoReturn:
        raise ValueError(name)

    @staticmethod
    def object_pairs_hook(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        made = dict(pairs)
        if len(made) != len(pairs):
            raise ValueError
        return made


def parsed(text: str) -> Json:
    """The value of a JSON text, None where it is none, or has half a character.

    Python's scanner in C reads it, since loading the rest of its JSON, or a parser of YAML, takes a tenth of a call.
    How large a variable can be bounds what comes of it (128 KiB on Linux).
    """
    import _json

    make: Any = _json.make_scanner
    text = text.strip(" \t\n\r")
    try:
        text.encode()  # what Python makes of bytes that are no UTF-8 is half a character as well
        value, end = make(_Scanning)(text, 0)
        if "\\u" in text:
            import json

            json.dumps(value, ensure_ascii=False).encode()
    except (ImportError, StopIteration, ValueError, RecursionError, SystemError):
        return None  # without Python's own JSON the scanner has no error to raise
    return value if end == len(text) else None
