"""Explanations of KG620 to KG631: the cluster could not be asked."""

from typing import Final

from kaitogen.commands.explain.texts.shapes import INTENT_FILE, RIGHT, SERVER, Example, Explanation

_FILE: Final = "kubeconfig"


def _kubeconfig(server: str = SERVER, user: str = "{token: t0p}") -> dict[str, str]:
    """A kubeconfig with one context."""
    authority = ", certificate-authority: authority.pem" if server == SERVER else ""
    cluster = f"{{server: 'https://{server}'{authority}}}"
    text = (
        "apiVersion: v1\nkind: Config\ncurrent-context: east\n"
        "contexts:\n  - {name: east, context: {cluster: production, user: me}}\n"
        f"clusters:\n  - name: production\n    cluster: {cluster}\n"
        f"users:\n  - name: me\n    user: {user}\n"
    )
    return {_FILE: text}


def _asked(
    server: str = "", files: dict[str, str] | None = None, more: str = "", before: str = ""
) -> Example:
    """`nodes list` on a cluster; an API server is only there where it is said what it does."""
    command = f"kaitogen nodes list --live --kubeconfig {_FILE}{more}"
    return Example(files or _kubeconfig(), command, before, server=server)


_ANSWERED: Final = _asked("lists one node")
_ALONE: Final = 'export HOME="$PWD"\nunset KUBECONFIG KUBERNETES_SERVICE_HOST'
_DIFF: Final = f"kaitogen diff --live --kubeconfig {_FILE} {INTENT_FILE}"
_WITH_INTENT: Final = {INTENT_FILE: RIGHT, **_kubeconfig()}

CLUSTER: Final = (
    Explanation(
        "KG620",
        "environment",
        "Nothing says which cluster to ask",
        "--live asks the cluster of a kubeconfig: the one of --kubeconfig, else those in KUBECONFIG, else "
        "~/.kube/config. Where there is none, a pod uses its service account, and this is no pod that has one.",
        "Name a kubeconfig with --kubeconfig, or use an inventory file (--inventory) instead of --live.",
        Example({}, "kaitogen nodes list --live", _ALONE),
        _ANSWERED,
    ),
    Explanation(
        "KG621",
        "environment",
        "A context that the kubeconfig does not have",
        "A kubeconfig names its ways into clusters, and --context chooses one by its name. Left out, current-context "
        "does; kubectl config get-contexts lists them.",
        "Name a context that is there, or choose one with `kubectl config use-context`.",
        _asked("lists one node", more=" --context west"),
        _ANSWERED,
    ),
    Explanation(
        "KG622",
        "environment",
        "A kubeconfig that cannot be used",
        "The file cannot be read, is no kubeconfig, or its context leads to a cluster, a user or a file that is not "
        "there. Of what stands in it only names are repeated: the rest may be secret.",
        "Correct what the finding names, or fetch the kubeconfig of the cluster again.",
        _asked(
            files={
                _FILE: _kubeconfig()[_FILE].replace(
                    "cluster: production, user: me", "cluster: test, user: me"
                )
            }
        ),
        _ANSWERED,
    ),
    Explanation(
        "KG623",
        "environment",
        "The credential plugin gave no credentials",
        "The user of the context gets its credentials from a program (exec), which is not installed, failed, or took "
        "more than two minutes. What it printed is not repeated, since that may be secret.",
        "Run `kubectl get nodes` with the same context to see what the program says, log in, or install it.",
        _asked(
            "lists one node",
            files=_kubeconfig(
                user="{exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-login}}"
            ),
        ),
        _ANSWERED,
    ),
    Explanation(
        "KG624",
        "environment",
        "The API server cannot be reached",
        "Nobody answers at the address, the name is unknown, the answer takes too long, or the connection is cut again "
        "and again: five tries, with longer pauses between them. What had come so far is not used.",
        "Check the address, the network (VPN, proxy) and that the cluster runs, or choose another context.",
        _asked(files=_kubeconfig("127.0.0.1:1")),
        _ANSWERED,
    ),
    Explanation(
        "KG625",
        "environment",
        "The API server's certificate is not trusted",
        "The certificate is not signed by the authority that the kubeconfig names, is for another name, or has "
        "expired. Nothing was sent to that server, no token either.",
        "Fetch the kubeconfig of the cluster again; where a proxy answers instead of the server, ask for a way past it.",
        _asked("has a certificate of another authority"),
        _ANSWERED,
    ),
    Explanation(
        "KG626",
        "environment",
        "The credentials are not accepted",
        "The API server does not know the token or the client certificate, or no longer: both expire.",
        "Log in again, or fetch the kubeconfig again.",
        _asked("answers 401 Unauthorized"),
        _ANSWERED,
    ),
    Explanation(
        "KG627",
        "environment",
        "The user may not read what is asked for",
        "The API server knows who asks, and its rules do not allow it. The finding names the missing verb and resource, "
        "and holds the role and the binding that would allow just that.",
        "Have an administrator apply what the finding prints, or choose a context with another user.",
        _asked("answers 403 Forbidden"),
        _ANSWERED,
    ),
    Explanation(
        "KG628",
        "environment",
        "The cluster has no KAITO",
        "Workspaces were asked for, and the API server serves neither kaito.sh/v1beta1 nor kaito.sh/v1alpha1: KAITO's "
        "CustomResourceDefinitions are not installed.",
        "Install KAITO in the cluster, or choose the context of the cluster that has it.",
        Example(_WITH_INTENT, _DIFF, server="knows no Workspaces"),
        Example(_WITH_INTENT, _DIFF, server="has the same Workspace"),
    ),
    Explanation(
        "KG629",
        "environment",
        "The answer is not that of an API server",
        "What came back is no list, no JSON, far too large, or a page: something else answers at that address, such as a "
        "proxy or a page to log in.",
        "Check the server address of the context, and what stands between.",
        _asked("answers with a page of HTML"),
        _ANSWERED,
    ),
    Explanation(
        "KG630",
        "environment",
        "The API server did not manage to answer",
        "It answers that it is busy or broken (429, 500 to 504) five times in a row, asks for a pause of more than half "
        "a minute, or loses the list twice while its pages are read (410).",
        "Try again later.",
        _asked("answers 503 and asks to come back in an hour"),
        _ANSWERED,
    ),
    Explanation(
        "KG631",
        "environment",
        "The package that asks clusters is not installed",
        "Only --live needs the official Python client of Kubernetes, so it is an extra and not part of every "
        "installation.",
        "Install it with `pip install 'kaitogen[live]'`, or use an inventory file (--inventory) instead.",
        _asked(
            before="mkdir kubernetes\ntouch kubernetes/__init__.py\nexport PYTHONPATH=.  # hides the package"
        ),
        _ANSWERED,
    ),
)
