"""What a function is asked for: its configuration, in each of the forms it comes in, as one value."""

import os

from kaitogen import schema
from kaitogen.files.folders import is_below
from kaitogen.integrations.krm.bookkeeping import cleaned, kind_and_name
from kaitogen.integrations.krm.resource_list import Rejected
from kaitogen.model import (
    INTENT_API_VERSION,
    INTENT_KIND,
    SET_KIND,
    Diagnostic,
    Document,
    Json,
    Origin,
    Path,
    Rule,
    Target,
)
from kaitogen.pipeline.load import documents_of, resolved
from kaitogen.pipeline.validate import target_of, unknown_provisioner
from kaitogen.schema import KG120, KG121, KG122, KG123
from kaitogen.typed import Final, Iterable, Literal, Mapping, NamedTuple, TypeAlias

KG141 = Rule("KG141", "kaitogen has no function of this kind", kind="invalid")
KG142 = Rule("KG142", "A file outside of the kustomization's folder", kind="invalid")
KG143 = Rule("KG143", "A file that is not there", kind="invalid")

Mode: TypeAlias = Literal["generate", "transform", "validate"]

GENERATOR: Final = "WorkspaceGenerator"
TRANSFORMER: Final = "WorkspaceTransformer"
VALIDATOR: Final = "WorkspaceValidator"
FUNCTIONS: Final[dict[str, Mode]] = {GENERATOR: "generate", TRANSFORMER: "transform", VALIDATOR: "validate"}
INTENTS: Final = (INTENT_KIND, SET_KIND)
#: Every kind that kustomize may call kaitogen for.
KINDS: Final = (*INTENTS, *FUNCTIONS)
GROUP: Final = INTENT_API_VERSION.partition("/")[0]
#: What a ConfigMap may say, as kpt makes one of `-- key=value`.
_KEYS: Final = ("mode", "intent", "files", "inventory", "strict", "expect", "echo")
#: Of the keys that are no texts: what their text must be, and what is said of another.
_TYPED: Final = {
    "strict": (KG123, "true|false", "not true or false", "write true or false"),
    "expect": (KG122, "[0-9]{1,9}", "not a number of Workspaces", "write a whole number"),
    "echo": (KG123, "true|false", "not true or false", "write true or false"),
}
_MODES: Final = tuple(FUNCTIONS.values())
#: The keys that not every mode has, as the kinds of functions have their fields.
_MODES_OF: Final[dict[str, tuple[Mode, ...]]] = {
    "intent": ("generate",), "files": ("generate",), "inventory": ("generate", "transform"),
    "expect": ("validate",), "echo": ("validate",),
}  # fmt: skip


class Job(NamedTuple):
    """What is to be done. `echo` is None where the caller decides whether a validator hands objects back."""

    mode: Mode
    documents: tuple[Document, ...] = ()
    files: tuple[str, ...] = ()
    strict: bool = False
    target: Target = Target()
    #: By kind.
    expect: Mapping[str, int] = {}
    echo: bool | None = None
    inventory: tuple[str, ...] = ()


def job(config: Json) -> Job:
    """The job that a configuration asks for, without one to transform; Rejected where it asks for nothing sensible.

    Files are relative to the current folder, and must not leave it.
    """
    if config is None:
        return Job("transform")
    document = Document(f"functionConfig {kind_and_name(config)}".rstrip(), value=config, inline=True)
    fields = config if isinstance(config, dict) else {}
    kind = fields.get("kind")
    if kind in INTENTS:
        return Job("generate", (document._replace(value=cleaned(config)),))
    if kind == "ConfigMap" and fields.get("apiVersion") == "v1":
        return _of_keys(document, fields.get("data") or {})
    if not isinstance(kind, str):
        fix = f"write one of {', '.join(KINDS)}"
        raise _rejected(document, KG141.at((), "the configuration has no kind", fix=fix))
    if kind not in FUNCTIONS:
        message = f"kaitogen has no function of kind {kind[:60]}"
        raise _rejected(document, KG141.at(("kind",), message, fix=_did_you_mean(kind, KINDS)))
    if problems := schema.problems(f"workspace-{kind.removeprefix('Workspace').lower()}", cleaned(config)):
        raise _rejected(document, *problems)
    return _of_function(document, FUNCTIONS[kind], config.get("spec") or {})


def _of_function(document: Document, mode: Mode, spec: Json) -> Job:
    intents = tuple(
        Document(f"{document.file}, spec.intents[{index}]", index, value=cleaned(intent), inline=True)
        for index, intent in enumerate(spec.get("intents") or ())
    )
    files = _checked(_named(spec.get("files"), ("spec", "files")), document)
    if mode == "generate" and not (intents or files):
        message, fix = "neither intents nor files says what to generate", "add files: [models.intent.yaml]"
        raise _rejected(document, KG121.at(("spec",), message, fix=fix))
    target = target_of(spec)
    if unknown := unknown_provisioner(target):
        raise _rejected(document, unknown)
    return Job(
        mode,
        documents=intents,
        files=files,
        strict=spec.get("strict", False),
        target=target,
        expect=_by_kind(spec.get("expect", {})),
        echo=spec.get("echo"),
        inventory=_checked(_named(spec.get("inventory"), ("spec", "inventory")), document),
    )


def _by_kind(expect: int | dict[str, int]) -> Mapping[str, int]:
    """What is expected of each kind; a number alone is that of the Workspaces."""
    return expect if isinstance(expect, dict) else {"Workspace": expect}


def _named(files: str | list[str] | None, path: Path) -> list[tuple[str, Path]]:
    """Each file that a field names, alone or in a list, with its path in the document."""
    if isinstance(files, str):
        return [(files, path)]
    return [(file, (*path, index)) for index, file in enumerate(files or ())]


def _of_keys(document: Document, data: Json) -> Job:
    """The job of a ConfigMap, whose values are all text."""
    if not isinstance(data, dict) or not all(isinstance(text, str) for text in data.values()):
        raise _rejected(document, KG122.at(("data",), "data must map keys to text", fix="quote the values"))
    if unknown := [
        KG120.at(("data", key), f"unknown key {key[:60]}", fix=_did_you_mean(key, _KEYS))
        for key in map(str, data)
        if key not in _KEYS
    ]:
        raise _rejected(document, *unknown)
    mode = data.get("mode") or ("generate" if "intent" in data or "files" in data else "transform")
    if mode not in _MODES:
        message = f"mode {mode[:40]} is none of {', '.join(_MODES)}"
        raise _rejected(document, KG123.at(("data", "mode"), message, fix=_did_you_mean(mode, _MODES)))
    if unused := [
        KG120.at(
            ("data", key), f"{key} has no effect in mode {mode}", fix=f"write mode={modes[0]}, or remove it"
        )
        for key, modes in _MODES_OF.items()
        if key in data and mode not in modes
    ]:
        raise _rejected(document, *unused)
    files, inventory = (
        _checked([(file, ("data", key)) for file in data.get(key, "").replace(",", " ").split()], document)
        for key in ("files", "inventory")
    )
    loaded = documents_of(f"{document.file}, data.intent", data.get("intent", "").encode())
    if loaded.findings:
        raise Rejected(*loaded.findings)
    if mode == "generate" and not (files or loaded.documents):
        raise _rejected(document, KG121.at(("data",), "neither intent nor files is given", fix="add one"))
    import re  # kustomize writes no ConfigMap, and only its values are all texts

    for key, (rule, pattern, otherwise, fix) in _TYPED.items():
        if key in data and not re.fullmatch(pattern, data[key]):
            message = f"{key} is {data[key][:40]}, {otherwise}"
            raise _rejected(document, rule.at(("data", key), message, fix=fix))
    return Job(
        mode,
        documents=tuple(loaded.documents),
        files=files,
        strict=data.get("strict") == "true",
        expect=_by_kind(int(data["expect"])) if "expect" in data else {},
        echo=data["echo"] == "true" if "echo" in data else None,
        inventory=inventory,
    )


def _checked(files: Iterable[tuple[str, Path]], document: Document) -> tuple[str, ...]:
    """The files' paths from the current folder; Rejected where one leads out of it or nowhere.

    Each comes with the path in the document at which it is named.
    """
    top = os.path.realpath(".")
    checked: list[str] = []
    for file, path in files:
        whole = os.path.join(top, file)
        try:
            real = resolved(whole)
        except ValueError as error:
            raise _rejected(document, KG142.at(path, f"{file[:80]!r} is no path")) from error
        if not is_below(real, top):
            message = f"{file[:80]} leads to {real[-80:]}, outside of the kustomization's folder {top[-80:]}"
            fix = "copy it into the folder, or list the generator in a kustomization beside it"
            raise _rejected(document, KG142.at(path, message, fix=fix))
        if not os.path.lexists(whole):
            fix = _instead(file, path)
            raise _rejected(document, KG143.at(path, f"there is no {file[:80]} in {top[-80:]}", fix=fix))
        checked.append(os.path.relpath(whole))
    return tuple(checked)


def _instead(file: str, path: Path) -> str:
    """What to do about a file that is not there, named at a path of the configuration."""
    of_intents = "files" in path
    if any(sign in file for sign in "*?["):
        return f"a glob is not read: name each file{', or a folder for all intents in it, such as .' * of_intents}"
    inline = "data.intent" if path[0] == "data" else "spec.intents"
    otherwise = f": put the intents under {inline} instead" * of_intents
    return f"paths start at the kustomization that lists the generator; a container sees no files{otherwise}"


def _did_you_mean(word: str, choices: tuple[str, ...]) -> str:
    from kaitogen.diagnostics import suggest  # few words are wrong

    return suggest.did_you_mean(word, choices, f"write one of {', '.join(choices)}")


def _rejected(document: Document, *problems: Diagnostic) -> Rejected:
    return Rejected(*placed(problem.of(Origin(document)) for problem in problems))


def placed(problems: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Problems with values at the places of their documents."""
    found = list(problems)
    if found:
        from kaitogen.diagnostics.placing import place  # most builds have nothing to report

        found = place(found)
    return found
