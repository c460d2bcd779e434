"""From the command line to a connection: the kubeconfig files, and in them the cluster and the user that count.

The files are read with bounds and words of our own, credentials and trust go through the official client's loader.
The requests themselves go through a urllib3 pool of our own and not through the client's API classes:
those want keys to stay in files as long as there are requests, and read refusals of any size into memory.
"""

import logging
import os
import shutil
import ssl
import tempfile
import threading
from functools import partial
from urllib.parse import urlsplit

import urllib3

from kaitogen.diagnostics.wording import printable
from kaitogen.errors import EnvironmentFailure
from kaitogen.files import standard_input
from kaitogen.files.cluster import problems
from kaitogen.files.cluster.problems import KG622, ClusterError
from kaitogen.typed import Any, Callable, Final, NamedTuple, TypeAlias
from kaitogen.yaml.reader import Unreadable, read

MAX_BYTES: Final = 4 * 2**20
_DEFAULT: Final = os.path.join("~", ".kube", "config")
#: Keys that name a file, relative to the kubeconfig that they stand in, and the key whose data goes before it.
_FILES: Final = {
    "certificate-authority": "certificate-authority-data",
    "client-certificate": "client-certificate-data",
    "client-key": "client-key-data",
    "tokenFile": "token",
}
#: A credential plugin may wait for a person who logs in with a browser; longer than this nobody does.
PLUGIN_SECONDS: Final = 120

Mapping: TypeAlias = dict[str, Any]


class Access(NamedTuple):
    """What the command line says about the way into a cluster; None leaves it to the surroundings."""

    kubeconfig: str | None = None
    context: str | None = None


class Chosen(NamedTuple):
    """The one context of all the kubeconfig files that counts, with its cluster and user; no path in them is relative."""

    context: str
    name: str
    cluster: Mapping
    user: Mapping


class _Entry(NamedTuple):
    """An entry of one of the lists of a kubeconfig, and the file that it stands in."""

    value: Mapping
    file: str


class Connection(NamedTuple):
    """What requests go through: a pool, the client's configuration, and the names of cluster and server."""

    pool: urllib3.PoolManager
    configuration: Any
    cluster: str
    where: str


def log_in(access: Access) -> Connection:
    """The way into the cluster; ClusterError where there is none. Nothing is sent to the server yet."""
    try:
        from kubernetes import client, config
    except ImportError:
        raise problems.no_library() from None
    chosen = choose(access)
    configuration = client.Configuration()
    # The client writes keys to files. They are gone again before the first request is sent.
    try:
        scratch = tempfile.TemporaryDirectory(prefix="kaitogen-", ignore_cleanup_errors=True)
    except OSError as error:
        message = "the kubeconfig's keys go through a temporary file, and no folder takes one"
        raise EnvironmentFailure(message, fix="set TMPDIR to a folder with space") from error
    with scratch as folder:
        if chosen is None:
            cluster, source = "in-cluster", "the service account"
            _as_pod(config, configuration)
        else:
            cluster, source = chosen.name, f"context {chosen.context}"
            _as_user(config, configuration, chosen, folder)
        context = _tls(configuration, source)
    host = urlsplit(configuration.host).netloc.rpartition("@")[2]
    return Connection(_pool(configuration, context), configuration, cluster, f"cluster {cluster} at {host}")


def _as_pod(config: Any, configuration: Any) -> None:
    """With the service account of the pod that we run in."""
    try:
        config.load_incluster_config(client_configuration=configuration)
    except (config.ConfigException, OSError, ValueError):
        looked = "no kubeconfig, and the pod mounts no service account token"
        raise problems.no_configuration(looked) from None


def _as_user(config: Any, configuration: Any, chosen: Chosen, folder: str) -> None:
    # The client takes any text for a yes here, even the text "no".
    insecure = chosen.cluster.get("insecure-skip-tls-verify") is True
    cluster = {**chosen.cluster, "insecure-skip-tls-verify": insecure}
    whole = {
        "current-context": chosen.context,
        "contexts": [{"name": chosen.context, "context": {"cluster": chosen.name, "user": "user"}}],
        "clusters": [{"name": chosen.name, "cluster": cluster}],
        "users": [{"name": "user", "user": chosen.user}],
    }
    load = partial(
        config.load_kube_config_from_dict,
        whole, client_configuration=configuration, persist_config=False, temp_file_path=folder,
    )  # fmt: skip
    _in_time(load, chosen.context)
    plugin = chosen.user.get("exec")
    if plugin and not configuration.api_key and not configuration.cert_file:
        message = f"the credential plugin {os.path.basename(plugin['command'])} gave no credentials"
        raise problems.plugin_failed(message, chosen.context)


def _in_time(load: Callable[[], None], context: str) -> None:
    """Let the client load the context; it runs the credential plugin, and sets it no limit."""
    failed: list[BaseException] = []

    def run() -> None:
        # The client logs what a plugin printed, which would come out on standard error.
        silent = logging.NullHandler()
        logging.getLogger().addHandler(silent)
        try:
            load()
        except BaseException as error:  # noqa: BLE001 - the client raises whatever it trips over
            failed.append(error)
        finally:
            logging.getLogger().removeHandler(silent)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(PLUGIN_SECONDS)
    if thread.is_alive():
        raise problems.plugin_failed(f"the credential plugin took more than {PLUGIN_SECONDS} s", context)
    if failed:
        # The client's own message may hold the whole user, token and all.
        message = f"the context {context} has a value that cannot be used ({type(failed[0]).__name__})"
        raise ClusterError(KG622, "kubeconfig", message)


def _tls(configuration: Any, source: str) -> ssl.SSLContext | None:
    """Trust and client certificate, in memory; None where the server speaks plain HTTP."""
    if not configuration.host.startswith("https://"):
        return None
    try:
        context = ssl.create_default_context(cafile=configuration.ssl_ca_cert)
    except (OSError, ValueError):
        message = "its certificate-authority is no certificate in PEM form"
        raise ClusterError(KG622, source, message) from None
    # As kubectl does: certificate authorities of many clusters lack what the strict mode of Python 3.13 wants.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if not configuration.verify_ssl:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        # The kubeconfig says so, and kubectl says nothing about it at each request either.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    try:
        if configuration.cert_file:
            context.load_cert_chain(configuration.cert_file, configuration.key_file)
    except (OSError, ValueError):
        message = "its client certificate and key are not a pair in PEM form"
        raise ClusterError(KG622, source, message) from None
    return context


def _pool(configuration: Any, context: ssl.SSLContext | None) -> urllib3.PoolManager:
    """A pool that goes through the proxy of the kubeconfig or of the environment, where there is one."""
    from kubernetes.client.rest import should_bypass_proxies

    options: dict[str, Any] = {} if context is None else {"ssl_context": context}
    if configuration.tls_server_name:
        options["server_hostname"] = configuration.tls_server_name
    proxy = configuration.proxy
    if not proxy or should_bypass_proxies(configuration.host, no_proxy=configuration.no_proxy or ""):
        return urllib3.PoolManager(**options)
    if not proxy.startswith("socks"):
        return urllib3.ProxyManager(proxy, proxy_headers=configuration.proxy_headers, **options)
    try:
        from urllib3.contrib.socks import SOCKSProxyManager
    except ImportError:
        message = "the proxy speaks SOCKS, for which the Python package PySocks is needed"
        raise ClusterError(KG622, "kubeconfig", message, "pip install pysocks") from None
    return SOCKSProxyManager(proxy, **options)


def choose(access: Access) -> Chosen | None:
    """The context to use; None where there is no kubeconfig and the pod's own account is to be used."""
    files, looked = _files(access)
    if not files:
        if access.context is None and os.environ.get("KUBERNETES_SERVICE_HOST"):
            return None
        raise problems.no_configuration(looked)
    configs = [(_read(file), file) for file in files]
    name = access.context
    if name is None:  # of several files the first that says it counts, as with kubectl
        current = (config.get("current-context") for config, _ in configs)
        name = next((context for context in current if isinstance(context, str) and context), None)
    contexts = _entries(configs, "context")
    if name is None or name not in contexts:
        raise problems.no_context(name, sorted(contexts))
    context = contexts[name]
    cluster = _linked(configs, name, context, "cluster")
    server = cluster.value.get("server")
    if not isinstance(server, str) or not server.startswith(("https://", "http://")):
        message = f"the cluster {context.value['cluster']} has no server that begins with https://"
        raise ClusterError(KG622, cluster.file, message)
    user = _linked(configs, name, context, "user") if context.value.get("user") else _Entry({}, context.file)
    return Chosen(
        context=name,
        name=context.value["cluster"],
        cluster=_with_files(cluster),
        user=_with_plugin(name, user.file, _with_files(user)),
    )


def _files(access: Access) -> tuple[list[str], str]:
    """The kubeconfig files that are there, and in words where was looked."""
    if access.kubeconfig is not None:
        return [access.kubeconfig], "--kubeconfig"
    named = os.environ.get("KUBECONFIG", "")
    paths = [os.path.expanduser(path) for path in (named or _DEFAULT).split(os.pathsep) if path]
    looked = f"KUBECONFIG is {printable(named)}" if named else f"KUBECONFIG is not set, no {_DEFAULT}"
    return [path for path in paths if os.path.exists(path)], looked


def _read(file: str) -> Mapping:
    try:
        with open(file, "rb", opener=standard_input.waits_for_nobody) as opened:
            data = opened.read(MAX_BYTES + 1)
        documents = [raw.value for raw in read(data.decode("utf-8-sig"))] if len(data) <= MAX_BYTES else []
    except UnicodeDecodeError:
        message = "is not UTF-8: this is no kubeconfig"
    except (OSError, ValueError) as error:
        message = f"cannot be read: {(getattr(error, 'strerror', None) or 'no such path').lower()}"
    except Unreadable as stop:
        message = f"is not YAML: {stop.flaw.message}, in line {stop.flaw.line}"
    else:
        if len(documents) == 1 and isinstance(documents[0], dict):
            return documents[0]
        message = "is not one YAML mapping: this is no kubeconfig"
        if len(data) > MAX_BYTES:
            message = f"larger than {MAX_BYTES // 2**20} MiB: this is no kubeconfig"
    raise ClusterError(KG622, file, message)


def _entries(configs: list[tuple[Mapping, str]], kind: str) -> dict[str, _Entry]:
    """The contexts, clusters or users of all files by name; the first of a name counts."""
    entries: dict[str, _Entry] = {}
    for config, file in configs:
        listed = config.get(f"{kind}s") or []
        if not isinstance(listed, list):
            raise ClusterError(KG622, file, f"{kind}s is not a list")
        for entry in listed:
            value = entry.get(kind) if isinstance(entry, dict) else None
            name = entry.get("name") if isinstance(entry, dict) else None
            if not isinstance(name, str) or not isinstance(value, dict | None):
                message = f"an entry of {kind}s has no name, or no mapping {kind}"
                raise ClusterError(KG622, file, message)
            entries.setdefault(name, _Entry(value or {}, file))
    return entries


def _linked(configs: list[tuple[Mapping, str]], name: str, context: _Entry, kind: str) -> _Entry:
    """The cluster or the user that a context names."""
    target = context.value.get(kind)
    entries = _entries(configs, kind)
    if not isinstance(target, str) or target not in entries:
        message = f"the context {name} leads to the {kind} {target}, which is not there"
        raise ClusterError(KG622, context.file, message)
    return entries[target]


def _with_files(entry: _Entry) -> Mapping:
    """The entry with the files that it names beside its own, each of which must be there."""
    value = {key: below for key, below in entry.value.items() if below is not None}
    for key, data in _FILES.items():
        path = value.pop(key, None)
        if path is None or value.get(data):
            continue
        if not isinstance(path, str) or not os.path.isfile(_beside(entry.file, path)):
            raise ClusterError(KG622, entry.file, f"{key} is {path}, and there is no such file")
        value[key] = _beside(entry.file, path)
    return value


def _with_plugin(context: str, file: str, user: Mapping) -> Mapping:
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
            advice += f"; its hint: {printable(' '.join(hint.split())[:300])}"
        raise problems.plugin_failed(f"there is no program {command}", context, advice)
    return {**user, "exec": {**plugin, "command": path}}


def _beside(file: str, path: str) -> str:
    return os.path.join(os.path.dirname(os.path.abspath(file)), path)
