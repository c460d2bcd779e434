"""The options that say which installation finished manifests are for, as rows of the command line's table."""

from typing import Final

from kaitogen.commands.option_types import Option
from kaitogen.model import KAITO_VERSIONS, NODE_PROVISIONERS, PROVIDERS

TARGET_OPTIONS: Final = (
    Option("kaito", ("--kaito",), "KAITO version of finished manifests.", "value", choices=KAITO_VERSIONS),
    Option("provider", ("--provider",), "Cloud of finished manifests.", "value", choices=PROVIDERS),
    Option(
        "node_provisioner",
        ("--node-provisioner",),
        "Node provisioner of finished manifests.",
        "value",
        choices=NODE_PROVISIONERS,
    ),
    Option(
        "feature_gates",
        ("--feature-gate",),
        "KAITO gate of finished manifests.",
        "values",
        "NAME=true|false",
    ),
)
