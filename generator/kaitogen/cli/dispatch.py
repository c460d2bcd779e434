"""From the name of a command to the function that runs it, each imported when it is called for."""

from collections.abc import Callable
from typing import Final

from kaitogen.cli.table import Command, Values
from kaitogen.commands.result import Outcome


def run(command: Command, values: Values) -> Outcome:
    """Run one parsed command."""
    return _RUNNERS[command.name](values)


def _render(values: Values) -> Outcome:
    from kaitogen.commands import render

    return render.run(values)


def _validate(values: Values) -> Outcome:
    from kaitogen.commands import validate

    return validate.run(values)


def _plan(values: Values) -> Outcome:
    from kaitogen.commands.plan import command

    return command.run(values)


def _diff(values: Values) -> Outcome:
    from kaitogen.commands.diff import command

    return command.run(values)


def _explain(values: Values) -> Outcome:
    from kaitogen.commands.explain import command

    return command.run(values)


def _init(values: Values) -> Outcome:
    from kaitogen.commands import init

    return init.run(values)


def _import(values: Values) -> Outcome:
    from kaitogen.commands.import_ import command

    return command.run(values)


def _migrate(values: Values) -> Outcome:
    from kaitogen.commands.migrate import command

    return command.run(values)


def _fmt(values: Values) -> Outcome:
    from kaitogen.commands.fmt import command

    return command.run(values)


def _krm(values: Values) -> Outcome:
    from kaitogen.integrations.krm import command

    return command.run(values)


def _kustomize(values: Values, name: str) -> Outcome:
    from kaitogen.integrations.kustomize import commands

    return commands.COMMANDS[name](values)


def _nodes(values: Values, name: str) -> Outcome:
    from kaitogen.commands.nodes import commands

    return commands.COMMANDS[name](values)


def _argocd(values: Values, name: str) -> Outcome:
    from kaitogen.integrations.argocd import commands

    return commands.run(name, values)


def _catalogue(values: Values, name: str) -> Outcome:
    from kaitogen.commands.catalogue import command

    return command.COMMANDS[name](values)


def _about(values: Values, name: str) -> Outcome:
    from kaitogen.cli import about

    return about.COMMANDS[name](values)


#: One line for each command of the table in `options`; a test holds that none is missing.
_RUNNERS: Final[dict[str, Callable[[Values], Outcome]]] = {
    "render": _render,
    "validate": _validate,
    "plan": _plan,
    "diff": _diff,
    "models": lambda values: _catalogue(values, "models"),
    "skus": lambda values: _catalogue(values, "skus"),
    "explain": _explain,
    "init": _init,
    "import": _import,
    "migrate": _migrate,
    "fmt": _fmt,
    "krm": _krm,
    "kustomize install": lambda values: _kustomize(values, "install"),
    "kustomize uninstall": lambda values: _kustomize(values, "uninstall"),
    "kustomize doctor": lambda values: _kustomize(values, "doctor"),
    "kustomize check": lambda values: _kustomize(values, "check"),
    "kustomize components": lambda values: _kustomize(values, "components"),
    "nodes list": lambda values: _nodes(values, "list"),
    "nodes quick": lambda values: _nodes(values, "quick"),
    "nodes snapshot": lambda values: _nodes(values, "snapshot"),
    "argocd generate": lambda values: _argocd(values, "argocd generate"),
    "argocd parameters": lambda values: _argocd(values, "argocd parameters"),
    "argocd install": lambda values: _argocd(values, "argocd install"),
    "argocd doctor": lambda values: _argocd(values, "argocd doctor"),
    "schema": lambda values: _about(values, "schema"),
    "version": lambda values: _about(values, "version"),
    "completion": lambda values: _about(values, "completion"),
}
