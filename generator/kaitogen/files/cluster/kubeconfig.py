"""Which cluster is asked, and as whom: the kubeconfig files, read with bounds before the client library reads them."""

import os
import shutil
from typing import Any, Final, NamedTuple

from kaitogen.diagnostics.wording import printable
from kaitogen.files.cluster import problems
from kaitogen.files.cluster.problems import KG622, ClusterError
from kaitogen.yaml.reader import Unreadable, read

MAX_BYTES: Final = 4 * 2**20
_DEFAULT: Final = os.path.join("~", ".kube", "config")
#: Keys that name a file, relative to the kubeconfig that they stand in, and the key whose data goes before it.
_CLUSTER_FILES: Final = {"certificate-authority": "certificate-authority-data"}
_USER_FILES: Final = {
    "client-certificate": "client-certificate-data",
    "client-key": "client-key-data",
    "tokenFile": "token",
}
_SHOWN_HINT: Final = 300


class Access(NamedTuple):
    """What the command line says about the way into a cluster; None leaves it to the surroundings."""

    kubeconfig: str | None = None
    context: str | None = None


class Chosen(NamedTuple):
    """The one context of all the kubeconfig files that counts, with its cluster and user; no path in them is relative."""

    context: str
    name: str
    cluster: dict[str, Any]
    user: dict[str, Any]


class _Named(NamedTuple):
    """An entry of one of the lists of a kubeconfig, and the file that it stands in."""

    value: dict[str, Any]
    file: str


def choose(access: Access) -> Chosen | None:
    """The context to use; None where there is no kubeconfig and the pod's own account is to be used."""
    files, looked = _files(access)
    if not files:
        if access.context is None and os.environ.get("KUBERNETES_SERVICE_HOST"):
            return None
        raise problems.no_configuration(looked)
    wholes = [(_read(file), file) for file in files]
    context = access.context
    if context is None:  # of several files the first that says it counts, as with kubectl
        said = (whole.get("current-context") for whole, _ in wholes)
        context = next((one for one in said if isinstance(one, str) and one), None)
    contexts = _listed(wholes, "contexts", "context")
    if context is None or context not in contexts:
        raise problems.no_context(context, sorted(contexts))
    return _checked(context, contexts[context], wholes)


def _files(access: Access) -> tuple[list[str], str]:
    """The kubeconfig files that are there, and in words where was looked."""
    if access.kubeconfig is not None:
        return [access.kubeconfig], "--kubeconfig"
    named = os.environ.get("KUBECONFIG", "")
    if named:
        paths = [os.path.expanduser(path) for path in named.split(os.pathsep) if path]
        return [path for path in paths if os.path.exists(path)], f"KUBECONFIG is {printable(named)}"
    default = os.path.expanduser(_DEFAULT)
    return ([default] if os.path.exists(default) else []), f"KUBECONFIG is not set, no {_DEFAULT}"


def _read(file: str) -> dict[str, Any]:
    try:
        with open(file, "rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "no such path").lower()
        raise ClusterError(KG622, file, f"cannot be read: {reason}") from None
    if len(data) > MAX_BYTES:
        raise ClusterError(KG622, file, f"larger than {MAX_BYTES // 2**20} MiB: this is no kubeconfig")
    try:
        documents = [raw.value for raw in read(data.decode("utf-8-sig"))]
    except UnicodeDecodeError:
        raise ClusterError(KG622, file, "is not UTF-8: this is no kubeconfig") from None
    except Unreadable as stop:
        words = f"is not YAML: {stop.flaw.message}, in line {stop.flaw.line}"
        raise ClusterError(KG622, file, words) from None
    if len(documents) != 1 or not isinstance(documents[0], dict):
        raise ClusterError(KG622, file, "is not one YAML mapping: this is no kubeconfig")
    return documents[0]


def _listed(wholes: list[tuple[dict[str, Any], str]], kinds: str, kind: str) -> dict[str, _Named]:
    """The entries of one list over all files by name; the first of a name counts."""
    found: dict[str, _Named] = {}
    for whole, file in wholes:
        entries = whole.get(kinds) or []
        if not isinstance(entries, list):
            raise ClusterError(KG622, file, f"{kinds} is not a list")
        for entry in entries:
            value = entry.get(kind) if isinstance(entry, dict) else None
            name = entry.get("name") if isinstance(entry, dict) else None
            if not isinstance(name, str) or not (isinstance(value, dict) or value is None):
                raise ClusterError(KG622, file, f"an entry of {kinds} has no name, or no mapping {kind}")
            found.setdefault(name, _Named(value or {}, file))
    return found


def _checked(name: str, context: _Named, wholes: list[tuple[dict[str, Any], str]]) -> Chosen:
    """The context with what it leads to, once all of that is there."""
    cluster = _linked(name, context, "cluster", _listed(wholes, "clusters", "cluster"))
    server = cluster.value.get("server")
    if not isinstance(server, str) or not server.startswith(("https://", "http://")):
        words = f"the cluster {context.value['cluster']} has no server that begins with https://"
        raise ClusterError(KG622, cluster.file, words)
    user = _Named({}, context.file)
    if context.value.get("user"):
        user = _linked(name, context, "user", _listed(wholes, "users", "user"))
    return Chosen(
        name,
        context.value["cluster"],
        _with_files(cluster, _CLUSTER_FILES),
        _with_plugin(name, user.file, _with_files(user, _USER_FILES)),
    )


def _linked(name: str, context: _Named, kind: str, known: dict[str, _Named]) -> _Named:
    wanted = context.value.get(kind)
    if not isinstance(wanted, str) or wanted not in known:
        words = f"the context {name} leads to the {kind} {wanted}, which is not there"
        raise ClusterError(KG622, context.file, words)
    return known[wanted]


def _with_files(entry: _Named, keys: dict[str, str]) -> dict[str, Any]:
    """The entry with the files that it names beside its own, each of which must be there."""
    value = {key: below for key, below in entry.value.items() if below is not None}
    for key, data in keys.items():
        path = value.get(key)
        if value.get(data):
            value.pop(key, None)
        elif path is not None:
            if not isinstance(path, str) or not os.path.isfile(_beside(entry.file, path)):
                raise ClusterError(KG622, entry.file, f"{key} is {path}, and there is no such file")
            value[key] = _beside(entry.file, path)
    return value


def _with_plugin(context: str, file: str, user: dict[str, Any]) -> dict[str, Any]:
    """The user with the program that hands out credentials, which must be there; its own hint says how to get it."""
    plugin = user.get("exec")
    if plugin is None:
        return user
    command = plugin.get("command") if isinstance(plugin, dict) else None
    if not isinstance(command, str) or not command:
        raise ClusterError(KG622, file, "exec of the user has no command")
    path = _beside(file, command) if os.sep in command else command
    if shutil.which(path) is None:
        hint = plugin.get("installHint")
        advice = f"install {printable(command)}, or put it on PATH"
        if isinstance(hint, str) and hint.strip():
            advice += f"; its hint: {printable(' '.join(hint.split())[:_SHOWN_HINT])}"
        raise problems.plugin_failed(f"there is no program {command}", context, advice)
    return {**user, "exec": {**plugin, "command": path}}


def _beside(file: str, path: str) -> str:
    return os.path.join(os.path.dirname(os.path.abspath(file)), path)
