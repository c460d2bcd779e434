"""`kaitogen argocd doctor`: from inside the sidecar, whether everything is where Argo CD looks for it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from typing import Final, NamedTuple

from kaitogen import __version__
from kaitogen.commands.options import OptionGroup, option, parse
from kaitogen.commands.result import Outcome
from kaitogen.errors import EXIT_FINDINGS, EXIT_OK, KaitogenError
from kaitogen.integrations.argocd import generate as generating
from kaitogen.integrations.argocd.announce import static
from kaitogen.model import Json, Request
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.load import documents_of
from kaitogen.yaml.reader import Unreadable, read

_CONFIG_FOLDER: Final = "/home/argocd/cmp-server/config"
_SOCKET_FOLDER: Final = "/home/argocd/cmp-server/plugins"
_SOCKETS_VARIABLE: Final = "ARGOCD_PLUGINSOCKFILEPATH"
_WORK_VARIABLE: Final = "ARGOCD_CMP_WORKDIR"
_SERVER_USER: Final = 999
_SAMPLE: Final = b"""\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata: {name: doctor}
spec:
  placement: {instanceType: Standard_NC24ads_A100_v4}
  inference: {model: phi-4-mini-instruct}
"""


class Check(NamedTuple):
    """One thing looked at: what it is, and the fix where it is wrong."""

    good: bool
    what: str
    fix: str = ""


class Options(OptionGroup):
    """Of `kaitogen argocd doctor`."""

    config = option(
        "--config-dir-path",
        metavar="FOLDER",
        default=_CONFIG_FOLDER,
        help="Folder of plugin.yaml.",
    )


def run(options: Options) -> Outcome:
    """One line for each check, `ok` or `wrong` with the fix; exit code 1 where one is wrong."""
    checks = list(_checks(options.config or _CONFIG_FOLDER))
    lines = [
        f"{'ok   ' if one.good else 'wrong'}  {one.what}" + (f"\n       fix: {one.fix}" if one.fix else "")
        for one in checks
    ]
    wrong = sum(not one.good for one in checks)
    last = f"kaitogen {__version__}: {f'{wrong} of {len(checks)} checks failed' if wrong else 'all is well'}"
    return Outcome("\n".join([*lines, last, ""]).encode(), exit_code=EXIT_FINDINGS if wrong else EXIT_OK)


def _checks(config: str) -> Iterator[Check]:
    yield from _plugin(os.path.join(config, "plugin.yaml"))
    yield _sockets(os.environ.get(_SOCKETS_VARIABLE) or _SOCKET_FOLDER)
    yield _work(os.environ.get(_WORK_VARIABLE) or tempfile.gettempdir())
    yield _user()
    yield _sample()


def _plugin(path: str) -> Iterator[Check]:
    plugin = _read(path)
    if isinstance(plugin, Check):
        yield plugin
        return
    spec = plugin.get("spec") if isinstance(plugin.get("spec"), dict) else {}
    metadata = plugin.get("metadata") if isinstance(plugin.get("metadata"), dict) else {}
    named = plugin.get("kind") == "ConfigManagementPlugin" and bool(metadata.get("name"))
    fix = "" if named else "kind has to be ConfigManagementPlugin, and metadata.name must be there"
    yield Check(named, f"{path} is a plugin with a name", fix)
    versioned = "version" in spec
    fix = "remove spec.version: with it Applications have to write NAME-VERSION" if versioned else ""
    yield Check(not versioned, "Applications name the plugin by its name alone", fix)
    yield _unknown(plugin)
    yield from _command(spec)
    yield _announced(spec)


def _read(path: str) -> Json:
    try:
        with open(path, encoding="utf-8") as file:
            found = list(read(file.read()))
    except (OSError, ValueError, Unreadable) as error:
        reason = (getattr(error, "strerror", None) or str(error) or "no YAML").lower()
        fix = "mount the ConfigMap's plugin.yaml there; `kaitogen argocd install --print` shows how"
        return Check(False, f"{path} cannot be read: {reason}", fix)
    if len(found) != 1 or not isinstance(found[0].value, dict):
        return Check(False, f"{path} is not one document", "put plugin.yaml there, and nothing else")
    return found[0].value


#: Every key that Argo CD reads; it drops others without a word.
KEYS: Final[dict[str, Json]] = {
    "apiVersion": None,
    "kind": None,
    "metadata": {"name": None},
    "spec": {
        "version": None,
        "init": {"command": None, "args": None},
        "generate": {"command": None, "args": None},
        "discover": {"fileName": None, "find": {"glob": None, "command": None, "args": None}},
        "parameters": {"static": None, "dynamic": {"command": None, "args": None}},
        "preserveFileMode": None,
        "provideGitCreds": None,
    },
}


def unknown_keys(value: Json, known: Json = KEYS, path: str = "") -> list[str]:
    """The keys of a plugin.yaml that Argo CD does not read."""
    if not isinstance(value, dict) or known is None:
        return []
    found: list[str] = []
    for key, item in value.items():
        if key not in known:
            found.append(f"{path}{key}")
        else:
            found += unknown_keys(item, known[key], f"{path}{key}.")
    return found


def _unknown(plugin: Json) -> Check:
    unknown = unknown_keys(plugin)
    fix = f"Argo CD does not read {', '.join(unknown)[:200]}: remove or correct" if unknown else ""
    return Check(not unknown, "every key of plugin.yaml is one that Argo CD reads", fix)


def _command(spec: Json) -> Iterator[Check]:
    generate_ = spec.get("generate")
    said = generate_ if isinstance(generate_, dict) else {}
    words = [word for key in ("command", "args") for word in _words(said.get(key))]
    program = words[0] if _words(said.get("command")) else ""
    found = bool(program) and shutil.which(program) is not None
    fix = (
        "" if found else "put kaitogen on the PATH of the image, or write its full path into generate.command"
    )
    yield Check(found, f"generate runs {program or 'nothing'}, and that is on the PATH", fix)
    if os.path.basename(program) == "kaitogen":
        yield _arguments(words[1:])


def _words(value: Json) -> list[str]:
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []


def _arguments(words: list[str]) -> Check:
    """Argo CD would find out about wrong ones at the first sync, and show it at every application."""
    good = " ".join(words[:2]) == "argocd generate" and parse(generating.Options, words[2:]) is not None
    fix = (
        "" if good else "write args: [argocd, generate]; `kaitogen argocd generate --help` lists the options"
    )
    return Check(good, f"generate's arguments are right: {' '.join(words)[:100] or 'none'}", fix)


def _announced(spec: Json) -> Check:
    """The parameters of plugin.yaml are those of another version where they are not ours."""
    said = spec.get("parameters")
    announced = said.get("static") if isinstance(said, dict) else None
    ours = static()
    same = announced == ours or (isinstance(said, dict) and "dynamic" in said)
    fix = (
        ""
        if same
        else "write plugin.yaml anew with `kaitogen argocd install` of the image's version, and roll out"
    )
    return Check(same, f"plugin.yaml announces the parameters of kaitogen {__version__}", fix)


def _sockets(folder: str) -> Check:
    good = os.path.isdir(folder) and os.access(folder, os.W_OK | os.X_OK)
    fix = "" if good else f"mount the volume `plugins` there, writable for user {_SERVER_USER}"
    return Check(good, f"the folder of sockets {folder} can be written", fix)


def _work(folder: str) -> Check:
    good = os.path.isdir(folder) and os.access(folder, os.W_OK | os.X_OK)
    fix = "" if good else "mount an emptyDir of the sidecar's own there, not the repo server's"
    return Check(good, f"the work folder {folder} can be written", fix)


def _user() -> Check:
    user = os.getuid()
    good = user != 0
    fix = "" if good else f"set runAsUser: {_SERVER_USER} and runAsNonRoot: true"
    return Check(good, f"runs as user {user}, which is not root", fix)


def _sample() -> Check:
    loaded = documents_of("sample", _SAMPLE)
    try:
        result = generate(Request(documents=tuple(loaded.documents)))
    except KaitogenError as error:
        return Check(False, "a sample renders", error.fix or error.message)
    good = result.ok and len(result.manifests) == 1
    return Check(good, "a sample renders", "" if good else "reinstall kaitogen: its own files are damaged")
