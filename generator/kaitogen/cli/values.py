"""What a shell offers for the value of an option or argument, by the name that its declaration gives the value."""

import re

from kaitogen.errors import KaitogenError
from kaitogen.typed import Callable, Final, Iterable, TypeAlias

#: Words to offer, each with a few words on it.
_Words: TypeAlias = Iterable[tuple[str, str]]


def offered(metavar: str) -> list[tuple[str, str]]:
    """The words for such a value, each with what stands beside it; of what `A|B` names, those of both."""
    names = re.findall(r"[A-Z]+", metavar)
    return [word for name in names if name in _SOURCES for word in _SOURCES[name]()]


def _commands() -> _Words:
    from kaitogen.cli import registry

    return ((name, about) for name, (_, about) in registry.COMMANDS.items() if " " not in name)


def _models() -> _Words:
    from kaitogen.kaito.catalogue.models import names_with_ids
    from kaitogen.model import NEWEST_KAITO, Target

    return ((name, id_ if name != id_ else "") for name, id_ in names_with_ids(Target(NEWEST_KAITO).minor))


def _instance_types() -> _Words:
    from kaitogen.kaito.catalogue.skus import all_skus
    from kaitogen.kaito.catalogue.skus_data import SKUS

    for provider in SKUS:
        for sku in all_skus(provider):
            yield sku.name, f"{provider}, {sku.gpus} x {sku.gpu_model}"


def _codes() -> _Words:
    from kaitogen.commands.explain import pages

    return ((code, "") for code in pages.codes())


def _quick() -> _Words:
    from kaitogen.nodes.selectors import BUILT_IN

    return ((name, quick.description) for name, quick in BUILT_IN.items())


def _environments() -> _Words:
    from kaitogen.pipeline import environments

    return ((name, "") for name in [*environments.names(environments.FOLDER), "all"])


def _revisions() -> _Words:
    from kaitogen.files import git

    try:
        return ((name, "") for name in ["HEAD", *git.find(".").names()])
    except KaitogenError:  # no repository, or no git
        return ()


def _pieces() -> _Words:
    from kaitogen.integrations.kustomize import components

    return ((name, "") for name in components.pieces())


_SOURCES: Final[dict[str, Callable[[], _Words]]] = {
    "COMMAND": _commands,
    "MODEL": _models,
    "TYPE": _instance_types,
    "CODE": _codes,
    "QUICK": _quick,
    "ENVIRONMENT": _environments,
    "REVISION": _revisions,
    "PIECE": _pieces,
}
