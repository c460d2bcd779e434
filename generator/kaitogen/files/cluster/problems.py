"""What can go wrong between us and a cluster: one code for each, and what to do then.

No text comes from a library's own message: those repeat addresses, files and sometimes tokens.
"""

import json

from kaitogen.diagnostics.suggest import did_you_mean
from kaitogen.diagnostics.wording import printable
from kaitogen.errors import EnvironmentFailure
from kaitogen.model import Rule
from kaitogen.typed import Final, NamedTuple

KG620 = Rule("KG620", "Nothing says which cluster to ask", kind="environment")
KG621 = Rule("KG621", "A context that the kubeconfig does not have", kind="environment")
KG622 = Rule("KG622", "A kubeconfig that cannot be used", kind="environment")
KG623 = Rule("KG623", "The credential plugin gave no credentials", kind="environment")
KG624 = Rule("KG624", "The API server cannot be reached", kind="environment")
KG625 = Rule("KG625", "The API server's certificate is not trusted", kind="environment")
KG626 = Rule("KG626", "The credentials are not accepted", kind="environment")
KG627 = Rule("KG627", "The user may not read what is asked for", kind="environment")
KG628 = Rule("KG628", "The cluster has no KAITO", kind="environment")
KG629 = Rule("KG629", "The answer is not that of an API server", kind="environment")
KG630 = Rule("KG630", "The API server did not manage to answer", kind="environment")
KG631 = Rule("KG631", "The package that asks clusters is not installed", kind="environment")

_GROUP: Final = "rbac.authorization.k8s.io"
_ACCOUNT: Final = "system:serviceaccount:"
_SHOWN_CONTEXTS: Final = 10
_FIXES: Final = {
    KG620: "name one with --kubeconfig FILE, or use a file with what kubectl printed instead of --live",
    KG622: "correct the file, or name another with --kubeconfig",
    KG624: "check the address, the network (VPN, proxy) and that the cluster runs, or choose another context with "
    "--context",
    KG625: "fetch the kubeconfig of the cluster again; where its certificate authority changed, set "
    "certificate-authority-data anew",
    KG626: "log in again, or fetch the kubeconfig again; tokens and client certificates expire",
    KG628: "install KAITO in the cluster, or choose another context with --context",
    KG629: "check the server address of the context, and what stands between (a proxy, a login page)",
    KG630: "try again later; nothing was taken from what had come so far",
    KG631: "pip install 'kaitogen[live]', or use a file with what kubectl printed instead of --live",
}


class Action(NamedTuple):
    """What is asked for, as RBAC names it; no namespace means all of them, no name any."""

    verb: str
    resource: str
    group: str = ""
    namespace: str | None = None
    name: str = ""


class ClusterError(EnvironmentFailure):
    """The cluster could not be asked: `rule` says why, `where` names what was asked."""

    def __init__(self, rule: Rule, where: str, message: str, fix: str = "") -> None:
        super().__init__(printable(message), fix=fix or _FIXES[rule], rule=rule, where=printable(where))


def no_library() -> ClusterError:
    """The extra that asks clusters is not installed."""
    return ClusterError(KG631, "--live", "needs the Python package kubernetes, which is not installed")


def no_configuration(looked: str) -> ClusterError:
    """Nothing says which cluster to ask; `looked` says where that was looked for."""
    message = f"there is no kubeconfig ({looked}), and this is not a pod with a service account"
    return ClusterError(KG620, "no cluster", message)


def no_context(name: str | None, known: list[str]) -> ClusterError:
    """The kubeconfig has no such context, or none is chosen."""
    shown = ", ".join(known[:_SHOWN_CONTEXTS]) + (", …" if len(known) > _SHOWN_CONTEXTS else "")
    if name is None:
        message = "no context is chosen: current-context is not set"
    else:
        near = did_you_mean(name, known)
        message = f"there is no context {name}" + (f"; {near}" if near else "")
    there = f"one of: {printable(shown)}" if known else "the kubeconfig has none at all"
    return ClusterError(KG621, "kubeconfig", message, f"name a context with --context ({there})")


def plugin_failed(message: str, context: str, fix: str = "") -> ClusterError:
    """The program that hands out credentials did not."""
    see = f"run `kubectl --context {printable(context)} get nodes` to see what it says"
    return ClusterError(KG623, "kubeconfig", message, fix or see)


def nonsense(where: str, message: str) -> ClusterError:
    """What came back is not the answer of a Kubernetes API server."""
    return ClusterError(KG629, where, f"the answer is not that of a Kubernetes API server: {message}")


def forbidden(where: str, action: Action, user: str) -> ClusterError:
    """The server knows who asks and says no; the fix is what would make it say yes."""
    what = f"{action.resource}.{action.group}" if action.group else action.resource
    scope = f" in namespace {action.namespace}" if action.namespace else ""
    if user == "system:anonymous":
        message = f"no credentials were sent, and without any nobody may {action.verb} {what}{scope}"
        return ClusterError(KG627, where, message, "choose a context with a user, or log in again")
    message = f"{user or 'this user'} may not {action.verb} {what}{scope}"
    fix = f"ask an administrator of the cluster to apply this:\n{rbac(action, user)}"
    return ClusterError(KG627, where, message, fix)


def rbac(action: Action, user: str) -> str:
    """The role and its binding that allow the request, as YAML; the user may be empty where it is not known."""
    kind = "Role" if action.namespace else "ClusterRole"
    name = f"kaitogen-{action.verb}-{action.resource}"
    inside = f", namespace: {json.dumps(action.namespace)}" if action.namespace else ""
    only = f", resourceNames: [{json.dumps(action.name)}]" if action.name else ""
    return (
        f"apiVersion: {_GROUP}/v1\n"
        f"kind: {kind}\n"
        f"metadata: {{name: {name}{inside}}}\n"
        f"rules:\n"
        f"  - {{apiGroups: [{json.dumps(action.group)}], resources: [{action.resource}]{only}, verbs: [{action.verb}]}}\n"
        f"---\n"
        f"apiVersion: {_GROUP}/v1\n"
        f"kind: {kind}Binding\n"
        f"metadata: {{name: {name}{inside}}}\n"
        f"roleRef: {{apiGroup: {_GROUP}, kind: {kind}, name: {name}}}\n"
        f"subjects:\n"
        f"  - {_subject(user)}"
    )


def _subject(user: str) -> str:
    namespace, _, name = user.removeprefix(_ACCOUNT).partition(":")
    if user.startswith(_ACCOUNT) and name:
        return f"{{kind: ServiceAccount, name: {json.dumps(name)}, namespace: {json.dumps(namespace)}}}"
    return f"{{kind: User, apiGroup: {_GROUP}, name: {json.dumps(user or 'NAME')}}}"
