"""From the chosen context to a connection: credentials and trust through the official client, nothing left on disk."""

import logging
import os
import shutil
import ssl
import tempfile
import threading
from collections.abc import Callable
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import urllib3

from kaitogen.files.cluster import problems
from kaitogen.files.cluster.kubeconfig import Access, Chosen, choose

IN_CLUSTER: Final = "in-cluster"
#: A credential plugin may wait for a person who logs in with a browser; longer than this nobody does.
PLUGIN_SECONDS: Final = 120


class Connection(NamedTuple):
    """What requests go through: the client's connection pool, its configuration, and names for messages."""

    pool: Any
    configuration: Any
    cluster: str
    where: str
    context: str


def log_in(access: Access) -> Connection:
    """The way into the cluster; ClusterError where there is none. Nothing is sent to the server yet."""
    try:
        from kubernetes import client, config
    except ImportError:
        raise problems.no_library() from None
    chosen = choose(access)
    configuration = client.Configuration()
    # The client writes keys to files. They are gone again before the first request is sent.
    folder = tempfile.mkdtemp(prefix="kaitogen-")
    try:
        if chosen is None:
            _as_pod(config, configuration)
        else:
            _as_user(config, configuration, chosen, folder)
        pool = client.ApiClient(configuration).rest_client.pool_manager
        address = urlsplit(configuration.host)
        if address.scheme == "https":
            _secure(pool, configuration, chosen)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    cluster = IN_CLUSTER if chosen is None else chosen.name
    host = address.netloc.rpartition("@")[2]
    return Connection(
        pool, configuration, cluster, f"cluster {cluster} at {host}", "" if chosen is None else chosen.context
    )


def _as_pod(config: Any, configuration: Any) -> None:
    """With the service account of the pod that we run in."""
    try:
        config.load_incluster_config(client_configuration=configuration)
    except (config.ConfigException, OSError, ValueError):
        raise problems.no_configuration(
            "no kubeconfig, and the pod mounts no service account token"
        ) from None


def _as_user(config: Any, configuration: Any, chosen: Chosen, folder: str) -> None:
    whole = {
        "current-context": chosen.context,
        "contexts": [{"name": chosen.context, "context": {"cluster": chosen.name, "user": "user"}}],
        "clusters": [{"name": chosen.name, "cluster": _strict(chosen.cluster)}],
        "users": [{"name": "user", "user": chosen.user}],
    }

    def load() -> None:
        config.load_kube_config_from_dict(
            whole, client_configuration=configuration, persist_config=False, temp_file_path=folder
        )

    _in_time(load, chosen)
    plugin = chosen.user.get("exec")
    if plugin and not configuration.api_key and not configuration.cert_file:
        words = f"the credential plugin {os.path.basename(plugin['command'])} gave no credentials"
        raise problems.plugin_failed("kubeconfig", words, chosen.context)


def _strict(cluster: dict[str, Any]) -> dict[str, Any]:
    """The client takes any text for a yes, even the text "no"."""
    insecure = cluster.get("insecure-skip-tls-verify") is True
    return {**cluster, "insecure-skip-tls-verify": insecure}


def _in_time(load: Callable[[], None], chosen: Chosen) -> None:
    """Let the client load the context; it runs the credential plugin, and sets it no limit."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            with _Unsaid():
                load()
        except BaseException as error:  # noqa: BLE001 - the client raises whatever it trips over
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(PLUGIN_SECONDS)
    if thread.is_alive():
        words = f"the credential plugin took more than {PLUGIN_SECONDS} s"
        raise problems.plugin_failed("kubeconfig", words, chosen.context)
    if failed:
        # The client's own words may hold the whole user, token and all.
        words = f"the context {chosen.context} has a value that cannot be used ({type(failed[0]).__name__})"
        raise problems.bad_configuration("kubeconfig", words)


class _Unsaid(logging.Handler):
    """While it is entered, what the client logs goes nowhere: it would print a plugin's output on standard error."""

    def emit(self, record: logging.LogRecord) -> None:
        """Drop it."""

    def __enter__(self) -> None:
        logging.getLogger().addHandler(self)

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self)


def _secure(pool: Any, configuration: Any, chosen: Chosen | None) -> None:
    """Give the pool one TLS context, so that no file with a key has to stay until the next connection."""
    file = "the service account" if chosen is None else f"context {chosen.context}"
    try:
        context = ssl.create_default_context(cafile=configuration.ssl_ca_cert)
    except (OSError, ValueError):
        words = "its certificate-authority is no certificate in PEM form"
        raise problems.bad_configuration(file, words) from None
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
        words = "its client certificate and key are not a pair in PEM form"
        raise problems.bad_configuration(file, words) from None
    pool.connection_pool_kw.update(
        ssl_context=context, ca_certs=None, ca_cert_data=None, cert_file=None, key_file=None
    )
