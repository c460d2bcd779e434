"""The commands that say something about kaitogen itself: version, schema, completion."""

from collections.abc import Callable
from typing import Final

from kaitogen import __version__
from kaitogen.cli.table import Values
from kaitogen.commands.inputs import word, words
from kaitogen.commands.result import Outcome
from kaitogen.errors import UsageError
from kaitogen.model import INTENT_API_VERSION, KAITO_VERSIONS, NEWEST_KAITO


def _version(_values: Values) -> Outcome:
    known = f"{KAITO_VERSIONS[0]} to {NEWEST_KAITO}"
    return Outcome(f"kaitogen {__version__} (intents {INTENT_API_VERSION}, KAITO {known})\n".encode())


def _schema(values: Values) -> Outcome:
    which = (words(values["which"]) or ("intent",))[0]
    kaito, api_version = word(values["kaito"]), word(values["api_version"])
    from kaitogen.schema.whole import whole

    if which != "workspace":
        if kaito or api_version:
            raise UsageError(f"--kaito and --api-version choose a Workspace schema, not that of the {which}")
        return Outcome(whole(f"{which}.schema.json").encode())
    name = f"workspace-{kaito or NEWEST_KAITO}-{api_version or 'v1beta1'}"
    return Outcome(whole(f"workspace/{name}.schema.json").encode())


def _completion(values: Values) -> Outcome:
    from kaitogen.cli import click_parser

    return Outcome(click_parser.completion_script(words(values["shell"])[0]).encode() + b"\n")


COMMANDS: Final[dict[str, Callable[[Values], Outcome]]] = {
    "version": _version,
    "schema": _schema,
    "completion": _completion,
}
