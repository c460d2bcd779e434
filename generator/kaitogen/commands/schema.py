"""`kaitogen schema`: one of the published JSON Schemas."""

from kaitogen.commands.options import OptionGroup, argument, flag, option
from kaitogen.commands.result import FORM, Outcome
from kaitogen.diagnostics.wording import json_text
from kaitogen.errors import UsageError
from kaitogen.model import KAITO_VERSIONS, NEWEST_KAITO
from kaitogen.schema.whole import whole
from kaitogen.typed import Final

_WORKSPACE: Final = "workspace"
#: Each but the Workspace's is the file of that name in the folder `schemas`.
SCHEMAS: Final = (
    "intent", "editor", "set", "environment", "project", _WORKSPACE, "findings", "plan", "changes", "status",
    "inventory", "quick-selectors", "nodes", "prices", "budget", "models", "skus", "vllm-arguments",
)  # fmt: skip


class Options(OptionGroup):
    """Of `kaitogen schema`."""

    kaito = option("--kaito", help="KAITO version of the Workspace schema.", choices=KAITO_VERSIONS)
    api_version = option(
        "--api-version", help="API version of the Workspace schema.", choices=("v1beta1", "v1alpha1")
    )
    names = flag("--list", help="List the schemas instead.")
    form = FORM
    which = argument("|".join(SCHEMAS), help="Which schema.", choices=SCHEMAS)


def run(options: Options) -> Outcome:
    """The schema with everything it refers to inside."""
    if options.names:
        if options.form == "json":
            return Outcome(json_text({"version": 1, "schemas": list(SCHEMAS)}).encode())
        return Outcome("".join(f"{name}\n" for name in SCHEMAS).encode())
    which = options.which or SCHEMAS[0]
    if which == _WORKSPACE:
        version = f"{options.kaito or NEWEST_KAITO}-{options.api_version or 'v1beta1'}"
        return Outcome(whole(f"workspace/workspace-{version}.schema.json").encode())
    if options.kaito or options.api_version:
        raise UsageError(f"--kaito and --api-version choose a Workspace schema, not that of the {which}")
    return Outcome(whole(f"{which}.schema.json").encode())
