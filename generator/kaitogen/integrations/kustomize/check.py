"""`kaitogen kustomize check`: what a build printed, judged after it is done."""

from kaitogen.commands import expectation
from kaitogen.commands.options import OptionGroup, flag, option
from kaitogen.commands.result import Outcome
from kaitogen.integrations.krm import command
from kaitogen.model import KAITO_VERSIONS, NODE_PROVISIONERS, PROVIDERS, Json


class Options(OptionGroup):
    """Of `kaitogen kustomize check`."""

    expect = option(
        "--expect",
        metavar="NUMBER|KIND=NUMBER,...",
        help="Fail unless exactly this many Workspaces, or objects of each kind named, are there.",
    )
    kaito = option("--kaito", choices=KAITO_VERSIONS, help="KAITO version they are meant for.")
    provider = option("--provider", choices=PROVIDERS, help="Cloud they are meant for.")
    node_provisioner = option("--node-provisioner", choices=NODE_PROVISIONERS, help="Who brings the nodes.")
    strict = flag("--strict", help="Let warnings fail as errors do.")


def run(options: Options) -> Outcome:
    """Findings about a build that is done, as a validator inside it would have them; the same exit codes."""
    target = {
        "kaito": options.kaito,
        "provider": options.provider,
        "nodeProvisioner": options.node_provisioner,
    }
    spec: dict[str, Json] = {"strict": options.strict}
    expected = expectation.expected(options.expect)
    if expected is not None:
        spec["expect"] = expected
    spec["target"] = {key: value for key, value in target.items() if value is not None}
    return command.check(spec)
