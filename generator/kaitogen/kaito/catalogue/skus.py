"""GPU instance types: what KAITO's tables say about each, per provider and version."""

from kaitogen.kaito.catalogue.skus_data import SKUS
from kaitogen.typed import Final, Iterator, NamedTuple

#: Azure instance types that begin so are admitted although no table has them.
LENIENT_PREFIXES: Final = ("Standard_N", "Standard_D")
#: Azure's confidential GPUs: their memory is encrypted, they cost more, and they need an image of their own.
_CONFIDENTIAL: Final = "Standard_NCC"
#: KAITO's CRD gives this instance type to a resource without one, up to 0.7 and on every cloud.
DEFAULT_INSTANCE_TYPE: Final = "Standard_NC24ads_A100_v4"


class Sku(NamedTuple):
    """One instance type, which the minor versions from `since` on and before `removed` (0: still there) have.

    `memory` is the GPU memory of the whole node in GiB, `compute` the CUDA compute capability (0: none said).
    """

    name: str
    gpus: int
    memory: int
    gpu_model: str
    nvme: bool
    compute: float
    since: int
    removed: int

    def known_to(self, minor: int) -> bool:
        """Whether the table of KAITO 0.`minor` has it."""
        return self.since <= minor and (self.removed == 0 or minor < self.removed)

    @property
    def caveat(self) -> str:
        """Why somebody takes it only with a reason of their own; empty where nothing speaks against it."""
        if self.name.startswith(_CONFIDENTIAL):
            return "a confidential type"
        return f"KAITO 0.{self.removed} no longer has it" if self.removed else ""


#: Those that were asked for, by provider and name: thousands of Workspaces hold a few types once.
_found: dict[tuple[str, str], Sku] = {}


def find_sku(provider: str, instance_type: str) -> Sku | None:
    """The instance type in any version's table of the provider; letter case counts, as it does for the controller."""
    key = provider, instance_type
    if key not in _found and instance_type in SKUS.get(provider, {}):
        _found[key] = Sku._make((instance_type, *SKUS[provider][instance_type]))
    return _found.get(key)


def near_sku(provider: str, text: str) -> Sku | None:
    """The instance type that differs from the text in letter case alone, or else by a slip or two."""
    table = SKUS.get(provider, {})
    key = text.lower()
    for name, row in table.items():
        if name.lower() == key:
            return Sku._make((name, *row))
    from kaitogen.diagnostics.suggest import nearest  # only a wrong name needs it

    close = nearest(text, table)
    return None if close is None else find_sku(provider, close)


def all_skus(provider: str) -> Iterator[Sku]:
    """Every instance type of the provider in any version, by name."""
    return (Sku._make((name, *row)) for name, row in SKUS.get(provider, {}).items())
