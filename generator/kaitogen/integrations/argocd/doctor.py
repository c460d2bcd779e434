"""`kaitogen argocd doctor`: from inside the sidecar, whether everything is where Argo CD looks for it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from typing import Final

from kaitogen import __version__
from kaitogen.commands.options import OptionGroup, option, parse
from kaitogen.commands.result import Outcome
from kaitogen.errors import EXIT_FINDINGS, EXIT_OK, KaitogenError
from kaitogen.integrations.argocd import generate as generating
from kaitogen.integrations.argocd.announce import static
from kaitogen.integrations.checks import Check, listed
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


#: Every key that Argo CD reads; it drops others without a word.
_KEYS: Final[dict[str, Json]] = {
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


class Options(OptionGroup):
    """Of `kaitogen argocd doctor`."""

    config = option(
        "--config-dir-path", metavar="FOLDER", default=_CONFIG_FOLDER, help="Folder of plugin.yaml."
    )


def run(options: Options) -> Outcome:
    """One line for each check, `ok` or `wrong` with the fix; exit code 1 where one is wrong."""
    checks = list(_checks(options.config or _CONFIG_FOLDER))
    wrong = sum(not check.ok for check in checks)
    last = (
        f"kaitogen {__version__}: {f'{wrong} of {len(checks)} checks failed' if wrong else 'all is well'}\n"
    )
    return Outcome((listed(checks, "wrong") + last).encode(), exit_code=EXIT_FINDINGS if wrong else EXIT_OK)


def _checks(config: str) -> Iterator[Check]:
    yield from _plugin(os.path.join(config, "plugin.yaml"))
    sockets = os.environ.get(_SOCKETS_VARIABLE) or _SOCKET_FOLDER
    yield _folder(
        sockets, "folder of sockets", f"mount the volume `plugins` there, writable for user {_SERVER_USER}"
    )
    work = os.environ.get(_WORK_VARIABLE) or tempfile.gettempdir()
    yield _folder(work, "work folder", "mount an emptyDir of the sidecar's own there, not the repo server's")
    user = os.getuid()
    yield Check(
        ok=user != 0,
        what=f"runs as user {user}, which is not root",
        fix=f"set runAsUser: {_SERVER_USER} and runAsNonRoot: true",
    )
    yield _sample()


def _plugin(path: str) -> Iterator[Check]:
    plugin = _read(path)
    if isinstance(plugin, Check):
        yield plugin
        return
    spec, metadata = _mapping(plugin, "spec"), _mapping(plugin, "metadata")
    yield Check(
        ok=plugin.get("kind") == "ConfigManagementPlugin" and bool(metadata.get("name")),
        what=f"{path} is a plugin with a name",
        fix="kind has to be ConfigManagementPlugin, and metadata.name must be there",
    )
    yield Check(
        ok="version" not in spec,
        what="Applications name the plugin by its name alone",
        fix="remove spec.version: with it Applications have to write NAME-VERSION",
    )
    unknown = _unknown_keys(plugin, _KEYS)
    yield Check(
        ok=not unknown,
        what="every key of plugin.yaml is one that Argo CD reads",
        fix=f"Argo CD does not read {', '.join(unknown)[:200]}: remove or correct",
    )
    yield from _command(_mapping(spec, "generate"))
    parameters = _mapping(spec, "parameters")
    yield Check(
        ok="dynamic" in parameters or parameters.get("static") == static(),
        what=f"plugin.yaml announces the parameters of kaitogen {__version__}",
        fix="write plugin.yaml anew with `kaitogen argocd install` of the image's version, and roll out",
    )


def _mapping(value: Json, key: str) -> Json:
    below = value.get(key)
    return below if isinstance(below, dict) else {}


def _read(path: str) -> Json:
    try:
        with open(path, encoding="utf-8") as file:
            documents = list(read(file.read()))
    except (OSError, ValueError, Unreadable) as error:
        reason = (getattr(error, "strerror", None) or str(error) or "no YAML").lower()
        fix = "mount the ConfigMap's plugin.yaml there; `kaitogen argocd install --print` shows how"
        return Check(ok=False, what=f"{path} cannot be read: {reason}", fix=fix)
    if len(documents) != 1 or not isinstance(documents[0].value, dict):
        fix = "put plugin.yaml there, and nothing else"
        return Check(ok=False, what=f"{path} is not one document", fix=fix)
    return documents[0].value


def _unknown_keys(value: Json, known: Json, path: str = "") -> list[str]:
    if not isinstance(value, dict) or known is None:
        return []
    unknown: list[str] = []
    for key, below in value.items():
        unknown += _unknown_keys(below, known[key], f"{path}{key}.") if key in known else [f"{path}{key}"]
    return unknown


def _command(generator: Json) -> Iterator[Check]:
    line = [*_texts(generator.get("command")), *_texts(generator.get("args"))]
    program = line[0] if _texts(generator.get("command")) else ""
    yield Check(
        ok=bool(program) and shutil.which(program) is not None,
        what=f"generate runs {program or 'nothing'}, and that is on the PATH",
        fix="put kaitogen on the PATH of the image, or write its full path into generate.command",
    )
    if os.path.basename(program) != "kaitogen":
        return
    # Argo CD would find out about wrong ones at the first sync, and show it at every application.
    rest = line[1:]
    yield Check(
        ok=rest[:2] == ["argocd", "generate"] and parse(generating.Options, rest[2:]) is not None,
        what=f"generate's arguments are right: {' '.join(rest)[:100] or 'none'}",
        fix="write args: [argocd, generate]; `kaitogen argocd generate --help` lists the options",
    )


def _texts(value: Json) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _folder(path: str, name: str, fix: str) -> Check:
    ok = os.path.isdir(path) and os.access(path, os.W_OK | os.X_OK)
    return Check(ok=ok, what=f"the {name} {path} can be written", fix=fix)


def _sample() -> Check:
    loaded = documents_of("sample", _SAMPLE)
    try:
        result = generate(Request(documents=tuple(loaded.documents)))
    except KaitogenError as error:
        return Check(ok=False, what="a sample renders", fix=error.fix or error.message)
    ok = result.ok and len(result.manifests) == 1
    return Check(ok=ok, what="a sample renders", fix="reinstall kaitogen: its own files are damaged")
