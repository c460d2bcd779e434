"""The options that let a command ask a live cluster, as rows of the command line's table."""

from typing import Final

from kaitogen.commands.option_types import Option

LIVE_OPTIONS: Final = (
    Option("live", ("--live",), "Ask the cluster itself; needs kaitogen[live]."),
    Option(
        "kubeconfig",
        ("--kubeconfig",),
        "Kubeconfig for --live; left out, KUBECONFIG, ~/.kube/config or the pod's own account.",
        "value",
        "FILE",
    ),
    Option("context", ("--context",), "Context of the kubeconfig for --live.", "value", "NAME"),
)
