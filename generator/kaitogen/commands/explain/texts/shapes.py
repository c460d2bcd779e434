"""The shape of an explanation and of its examples."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

#: invalid: kaitogen cannot take it as an intent, a template or a parameter. surroundings: the machine did not play
#: along. The other four are those of KAITO's rules, see `kaitogen.kaito.rules.code`.
Kind: TypeAlias = Literal["invalid", "refused", "can't work", "warning", "note", "environment"]

INTENT_FILE = "phi-4.intent.yaml"
MANIFEST_FILE = "workspace.yaml"
#: Where the API server of an example is.
SERVER = "127.0.0.1:6443"

#: An intent down to `spec:`, and a whole one that is right.
HEAD = "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntent\nmetadata: {name: phi-4}\nspec:\n"
_PLACED = "  placement: {instanceType: Standard_NC24ads_A100_v4}\n"
RIGHT = HEAD + _PLACED + "  inference: {model: phi-4}\n"


class Example(NamedTuple):
    """Files by name, and the command line that shows what becomes of them, run in their folder.

    `before` are lines of a shell that set up what the files alone cannot show. `beside` are
    the other codes that the example cannot do without. `server` is what the API server that a
    kubeconfig names does, in words that come after "it".
    """

    files: Mapping[str, str]
    command: str
    before: str = ""
    beside: tuple[str, ...] = ()
    server: str = ""


class Explanation(NamedTuple):
    """Everything that is said about a code.

    `why` has two to four sentences; `fix` says what to do. `since` says in words in which minor
    versions of KAITO it holds, and `rule` which of KAITO's admission rules it is; both are empty
    where KAITO has no part in it. `instead` is the code that says the same first, on every way
    that a user has, where there is one.
    """

    code: str
    kind: Kind
    title: str
    why: str
    fix: str
    failing: Example
    passing: Example
    since: str = ""
    rule: str = ""
    instead: str = ""


class Pair(NamedTuple):
    """Two finished Workspaces for a code: what is laid over one of the bases, and for which KAITO (as options).

    Of the texts in `settings` a ConfigMap `settings` is made beside each Workspace, the failing one's first.
    """

    base: str
    failing: Mapping[str, Any]
    passing: Mapping[str, Any] = {}
    options: str = ""
    passing_options: str | None = None
    settings: tuple[str, str] | None = None
    beside: tuple[str, ...] = ()
    instead: str = ""


def intent(spec: str, *, command: str = f"kaitogen validate {INTENT_FILE}", **more: Any) -> Example:
    """An intent named phi-4 with these lines below `spec:`, each by two blanks deeper."""
    return Example({INTENT_FILE: HEAD + spec}, command, **more)


def placed(spec: str, **more: Any) -> Example:
    """The same with a placement."""
    return intent(_PLACED + spec, **more)


def text(whole: str, **more: Any) -> Example:
    """A file of intents that is given as a whole."""
    return Example({INTENT_FILE: whole}, f"kaitogen validate {INTENT_FILE}", **more)
