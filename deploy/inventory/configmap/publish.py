"""Take the inventory of the cluster that this pod runs in, and write it into a ConfigMap.

CLUSTER is the name that the inventory gives the cluster, NAMESPACE and CONFIGMAP say where
it goes. Needs kaitogen[live] and nothing else; the account needs to list nodes and to patch
that ConfigMap.
"""

import json
import os
import ssl
import subprocess
import sys
import urllib.error
import urllib.request

ACCOUNT = os.environ.get("SERVICEACCOUNT", "/var/run/secrets/kubernetes.io/serviceaccount")
#: The API server takes no larger ConfigMap.
MOST_BYTES = 1_000_000


def main() -> int:
    """Publish once; the exit code."""
    namespace, name = os.environ["NAMESPACE"], os.environ["CONFIGMAP"]
    command = ["kaitogen", "nodes", "snapshot", "--live"]
    if cluster := os.environ.get("CLUSTER"):
        command += ["--cluster", cluster]
    taken = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if taken.returncode:
        return taken.returncode  # kaitogen has said why
    if len(taken.stdout.encode()) > MOST_BYTES:
        return _failed("the inventory is too large for a ConfigMap; keep it in a repository (pullrequest/)")
    where = f"/api/v1/namespaces/{namespace}/configmaps/{name}"
    try:
        _patch(where, {"data": {"nodes.yaml": taken.stdout}})
    except urllib.error.HTTPError as error:
        return _failed(f"{namespace}/{name} was not written: {error.code} {_reason(error)}")
    except OSError as error:
        return _failed(f"{namespace}/{name} was not written: {error}")
    sys.stderr.write(f"publish: wrote {namespace}/{name}\n")
    return 0


def _patch(where: str, body: object) -> None:
    host, port = os.environ["KUBERNETES_SERVICE_HOST"], os.environ["KUBERNETES_SERVICE_PORT"]
    server = f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
    with open(f"{ACCOUNT}/token", encoding="utf-8") as file:
        token = file.read().strip()
    request = urllib.request.Request(  # noqa: S310 - always https
        server + where,
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/merge-patch+json"},
        method="PATCH",
    )
    context = ssl.create_default_context(cafile=f"{ACCOUNT}/ca.crt")
    # As kubectl does: authorities of many clusters lack what the strict mode of Python 3.13 wants.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    urllib.request.urlopen(request, timeout=30, context=context).close()  # noqa: S310 - always https


def _reason(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.loads(error.read())["message"])
    except (ValueError, KeyError, TypeError):
        return str(error.reason)


def _failed(words: str) -> int:
    sys.stderr.write(f"publish: {words}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
