"""Which models of the catalogue fit on one node of an instance type."""

from kaitogen.kaito import versions
from kaitogen.kaito.catalogue.models import Model, all_models
from kaitogen.kaito.catalogue.skus import Sku
from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.sizing import node_estimator as column_a
from kaitogen.kaito.sizing.instance_types import Choice, choose, fits
from kaitogen.model import Target


def on_one_node(sku: Sku, provider: str, kaito: str) -> list[Model] | None:
    """The models that KAITO puts on one node of it, and that vLLM then probably has room for.

    None where that version makes no estimate.
    """
    target = Target(kaito=kaito, provider=provider)
    if not column_a.estimates(target.minor):
        return None
    return [
        model
        for model in all_models()
        if fits(RuleContext(_bare(name_of(model, target.minor), sku.name), target))
    ]


def skus_for(preset: str, provider: str, kaito: str) -> Choice:
    """The instance types on which a model fits."""
    return choose(_bare(preset, ""), Target(kaito=kaito, provider=provider))


def name_of(model: Model, minor: int) -> str:
    """A name of the model that KAITO 0.`minor` takes for a preset, where it takes one."""
    return model.id if versions.HUGGING_FACE_IDS.holds(minor) or not model.aliases else model.aliases[0]


def _bare(preset: str, instance_type: str) -> dict[str, object]:
    """As little of a Workspace as has a size."""
    return {
        "metadata": {"name": preset},
        "resource": {"instanceType": instance_type},
        "inference": {"preset": {"name": preset}},
    }
