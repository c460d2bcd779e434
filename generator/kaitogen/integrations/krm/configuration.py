"""What a function is asked for: its configuration, in each of the forms it comes in, as one value."""

import os
from collections.abc import Iterable
from typing import Final, Literal, NamedTuple, TypeAlias

from kaitogen import schema
from kaitogen.diagnostics import suggest
from kaitogen.diagnostics.placing import place
from kaitogen.files.folders import is_below
from kaitogen.integrations.krm.bookkeeping import cleaned, name_of
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
from kaitogen.pipeline.load import documents_of
from kaitogen.pipeline.validate import target_of, unknown_provisioner
from kaitogen.schema import KG120, KG121, KG122, KG123

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
_MODES: Final = tuple(FUNCTIONS.values())


class Job(NamedTuple):
    """What is to be done. `echo` is None where the caller decides whether a validator hands objects back."""

    mode: Mode
    documents: tuple[Document, ...] = ()
    files: tuple[str, ...] = ()
    strict: bool = False
    target: Target = Target()
    expect: int | None = None
    echo: bool | None = None
    inventory: tuple[str, ...] = ()


def job(config: Json, root: str, name: str = "functionConfig") -> Job:
    """The job that a configuration asks for, without one to transform; Rejected where it asks for nothing sensible.

    `root` is the folder that files are relative to and must not leave.
    """
    if config is None:
        return Job("transform")
    named = name_of(config, 0)
    label = f"{name} {named.partition('(')[2].rstrip(')')}" if "(" in named else name
    document = Document(label, value=config, inline=True)
    fields = config if isinstance(config, dict) else {}
    kind, api_version = fields.get("kind"), fields.get("apiVersion")
    if kind in INTENTS:
        return Job("generate", (document._replace(value=cleaned(config)),))
    if kind == "ConfigMap" and api_version == "v1":
        return _of_keys(document, root)
    if kind not in FUNCTIONS:
        raise _rejected(document, _unknown_kind(kind))
    if problems := schema.problems(f"workspace-{kind.removeprefix('Workspace').lower()}", cleaned(config)):
        raise _rejected(document, *problems)
    return _of_function(document, config.get("spec") or {}, root)


def _of_function(document: Document, spec: Json, root: str) -> Job:
    mode = FUNCTIONS[document.value["kind"]]
    intents = tuple(
        Document(f"{document.file}, spec.intents[{index}]", index, value=cleaned(intent), inline=True)
        for index, intent in enumerate(spec.get("intents") or ())
    )
    files = _checked(
        ((file, ("spec", "files", index)) for index, file in enumerate(spec.get("files") or ())),
        root, document,
    )  # fmt: skip
    if mode == "generate" and not (intents or files):
        message, fix = "neither intents nor files says what to generate", "add files: [models.intent.yaml]"
        raise _rejected(document, KG121.at(("spec",), message, fix=fix))
    target = target_of(spec)
    if unknown := unknown_provisioner(target):
        raise _rejected(document, unknown)
    facts = spec.get("inventory") or ()
    path: Path = ("spec", "inventory")
    named = [(facts, path)] if isinstance(facts, str) else [(f, (*path, i)) for i, f in enumerate(facts)]
    return Job(
        mode,
        documents=intents,
        files=files,
        strict=spec.get("strict", False),
        target=target,
        expect=spec.get("expect"),
        echo=spec.get("echo"),
        inventory=_checked(named, root, document),
    )


def _of_keys(document: Document, root: str) -> Job:
    """The job of a ConfigMap, whose values are all text."""
    data = document.value.get("data") or {}
    if not isinstance(data, dict) or not all(isinstance(text, str) for text in data.values()):
        raise _rejected(document, KG122.at(("data",), "data must map keys to text", fix="quote the values"))
    if unknown := [_unknown_key(str(key)) for key in data if key not in _KEYS]:
        raise _rejected(document, *unknown)
    mode = data.get("mode") or ("generate" if "intent" in data or "files" in data else "transform")
    if mode not in _MODES:
        message = f"mode {mode[:40]} is none of {', '.join(_MODES)}"
        raise _rejected(document, KG123.at(("data", "mode"), message, fix=_did_you_mean(mode, _MODES)))
    files, inventory = (
        _checked(
            ((file, ("data", key)) for file in data.get(key, "").replace(",", " ").split()), root, document
        )
        for key in ("files", "inventory")
    )
    loaded = documents_of(f"{document.file}, data.intent", data.get("intent", "").encode())
    if loaded.findings:
        raise Rejected(*loaded.findings)
    if mode == "generate" and not (files or loaded.documents):
        raise _rejected(document, KG121.at(("data",), "neither intent nor files is given", fix="add one"))
    return Job(
        mode,
        documents=tuple(loaded.documents),
        files=files,
        strict=_truth(document, data, "strict") or False,
        expect=_number(document, data),
        echo=_truth(document, data, "echo"),
        inventory=inventory,
    )


def _truth(document: Document, data: dict[str, str], key: str) -> bool | None:
    if key not in data:
        return None
    if data[key] not in ("true", "false"):
        message = f"{key} is {data[key][:40]}, not true or false"
        raise _rejected(document, KG123.at(("data", key), message, fix="write true or false"))
    return data[key] == "true"


def _number(document: Document, data: dict[str, str]) -> int | None:
    text = data.get("expect")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        message = f"expect is {text[:40]}, not a number of Workspaces"
        raise _rejected(document, KG122.at(("data", "expect"), message, fix="write a whole number"))
    return int(text)


def _checked(files: Iterable[tuple[str, Path]], root: str, document: Document) -> tuple[str, ...]:
    """The files' paths from the current folder; Rejected where one leads out of the root or nowhere.

    Each comes with the path in the document at which it is named.
    """
    top = os.path.realpath(root)
    checked: list[str] = []
    for file, path in files:
        whole = os.path.join(top, file)
        try:
            real = os.path.realpath(whole)
        except ValueError as error:
            raise _rejected(document, KG142.at(path, f"{file[:80]!r} is no path")) from error
        if not is_below(real, top):
            message = f"{file[:80]} leads to {real[-80:]}, outside of the kustomization's folder {top[-80:]}"
            fix = "copy it into the folder, or list the generator in a kustomization beside it"
            raise _rejected(document, KG142.at(path, message, fix=fix))
        if not os.path.lexists(whole):
            fix = (
                "paths start at the kustomization that lists the generator; "
                "a container sees no files: put the intents under spec.intents instead"
            )
            raise _rejected(document, KG143.at(path, f"there is no {file[:80]} in {top[-80:]}", fix=fix))
        checked.append(os.path.relpath(whole) if os.getcwd() == top else whole)
    return tuple(checked)


def _unknown_kind(kind: Json) -> Diagnostic:
    if not isinstance(kind, str):
        return KG141.at((), "the configuration has no kind", fix=f"write one of {', '.join(KINDS)}")
    message = f"kaitogen has no function of kind {kind[:60]}"
    return KG141.at(("kind",), message, fix=_did_you_mean(kind, KINDS))


def _unknown_key(key: str) -> Diagnostic:
    return KG120.at(("data", key), f"unknown key {key[:60]}", fix=_did_you_mean(key, _KEYS))


def _did_you_mean(word: str, choices: tuple[str, ...]) -> str:
    return suggest.did_you_mean(word, choices, f"write one of {', '.join(choices)}")


def _rejected(document: Document, *problems: Diagnostic) -> Rejected:
    return Rejected(*place(problem.of(Origin(document)) for problem in problems))
