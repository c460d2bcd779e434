"""`kaitogen kustomize check`: what a build printed, judged after it is done."""

from kaitogen.commands import expectation, targets
from kaitogen.commands.inputs import EXPECT, TargetOptions
from kaitogen.commands.options import Group, OptionGroup
from kaitogen.commands.result import STRICT, Outcome
from kaitogen.integrations.krm import command
from kaitogen.model import Json


class Options(OptionGroup):
    """Of `kaitogen kustomize check`."""

    expect = EXPECT
    target = Group(TargetOptions)
    strict = STRICT


def run(options: Options) -> Outcome:
    """Findings about a build that is done, as a validator inside it would have them; the same exit codes."""
    spec: dict[str, Json] = {"strict": options.strict}
    expected = expectation.expected(options.expect)
    if expected is not None:
        spec["expect"] = expected
    spec["target"] = targets.fields(options.target)
    return command.check(spec)
