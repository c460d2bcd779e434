"""From the chosen context to a connection: credentials and trust through the official client's loader.

The requests themselves go through a urllib3 pool of our own and not through the client's API classes:
those want keys to stay in files as long as there are requests, and read refusals of any size into memory.
"""

import logging
import os
import ssl
import tempfile
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import urllib3

from kaitogen.files.cluster import problems
from kaitogen.files.cluster.kubeconfig import Access, Chosen, choose
from kaitogen.files.cluster.problems import KG622, ClusterError

#: A credential plugin may wait for a person who logs in with a browser; longer than this nobody does.
PLUGIN_SECONDS: Final = 120


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
    with tempfile.TemporaryDirectory(prefix="kaitogen-", ignore_cleanup_errors=True) as folder:
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
