"""KAITO's releases: which annotation exists when, the feature gates and their defaults."""

from typing import NamedTuple

from kaitogen.kaito.catalogue.versions_data import ANNOTATIONS, GATES, VERSIONS

__all__ = ["ANNOTATIONS", "GATES", "Release", "find_release"]


class Release(NamedTuple):
    """One minor version: the release that its facts were read from, its day, the vLLM it runs,

    the Workspace API versions it serves, and the defaults of its feature gates.
    """

    tag: str
    day: str
    vllm: str
    served: tuple[str, ...]
    gates: dict[str, bool]


def find_release(kaito: str) -> Release | None:
    """The release of a minor version such as "0.12"."""
    row = VERSIONS.get(kaito)
    return None if row is None else Release(*row)
