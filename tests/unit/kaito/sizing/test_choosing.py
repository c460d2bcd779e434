"""The choice of an instance type: all that fit, the cheapest first, and no price that nobody gave."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaitogen.kaito.catalogue import skus, skus_data
from kaitogen.kaito.catalogue.models import all_models
from kaitogen.kaito.catalogue.skus import all_skus
from kaitogen.kaito.sizing.costs import Budget, Price, Prices, Usage, cost, over
from kaitogen.kaito.sizing.instance_types import Choice, choose
from kaitogen.model import Target
from tests.draws import examples
from tests.unit.kaito.sizing.workspaces import context, workspace

AZURE = [sku.name for sku in all_skus("azure")]
MODELS = [model.id for model in all_models()]


def chosen(model: str, prices: Prices | None = None, text: str = "", target: Target | None = None) -> Choice:
    made, maps = workspace(model, settings=text)
    return choose(made, target or Target(), maps, None, prices)


def table(**hours: str) -> Prices:
    return Prices("EUR", "", {name: Price(Decimal(hour)) for name, hour in hours.items()})


def test_without_prices_the_fewest_gpus_come_first() -> None:
    choice = chosen("llama-3.3-70b-instruct")
    gpus = [offer.gpus for offer in choice.offers if not offer.sku.caveat]
    assert gpus == sorted(gpus)
    assert choice.offers[0].gpus == 2
    assert all(offer.cost is None for offer in choice.offers)
    assert {offer.sku.name for offer in choice.offers} | {out.sku.name for out in choice.excluded} == {
        sku.name for sku in all_skus("azure") if sku.known_to(12)
    }


def test_of_as_many_gpus_those_of_one_node_come_first_then_the_longest_context() -> None:
    choice = chosen("llama-3.3-70b-instruct")
    first, second = choice.offers[:2]
    assert (first.sku.name, first.nodes, first.gpus) == ("Standard_NC80adis_H100_v5", 1, 2)
    assert (second.sku.name, second.nodes, second.gpus) == ("Standard_NC40ads_H100_v5", 2, 2)
    same = [offer for offer in choice.offers if (offer.nodes, offer.gpus) == (1, 8)]
    contexts = [offer.memory.context.likely for offer in same]
    assert len(same) > 2
    assert contexts == sorted(contexts, reverse=True)


def test_confidential_and_retired_types_come_last() -> None:
    names = [offer.sku.name for offer in chosen("llama-3.3-70b-instruct").offers]
    assert names[-1] == "Standard_NCC40ads_H100_v5"
    offers = chosen("phi-3-mini-4k-instruct", target=Target("0.11")).offers
    caveats = [offer.sku.caveat for offer in offers]
    assert "KAITO 0.12 no longer has it" in caveats
    assert [bool(one) for one in caveats] == sorted(bool(one) for one in caveats)


def test_with_prices_the_cheapest_comes_first_and_what_has_none_last() -> None:
    prices = table(
        Standard_NC24ads_A100_v4="3.67", Standard_NC80adis_H100_v5="13.96", Standard_NV36ads_A10_v5="3.2"
    )
    choice = chosen("llama-3.3-70b-instruct", prices)
    names = [offer.sku.name for offer in choice.offers]
    assert names[:3] == ["Standard_NC24ads_A100_v4", "Standard_NC80adis_H100_v5", "Standard_NV36ads_A10_v5"]
    costs = [offer.cost.hour if offer.cost else None for offer in choice.offers]
    assert costs[:3] == [Decimal("11.01"), Decimal("13.96"), Decimal("28.8")]
    assert set(costs[3:]) == {None}
    assert choice.offers[0].cost is not None
    assert choice.offers[0].cost.month == Decimal("8037.30")


@pytest.mark.parametrize(
    ("model", "text", "target", "sku", "why"),
    [
        ("phi-3-mini-128k-instruct", context(131072), Target(), "Standard_NV36ads_A10_v5", "too small"),
        ("phi-4", "", Target(), "Standard_NG32ads_V620_v1", "nothing is known about vLLM on AMD"),
        (
            "qwen2.5-coder-7b-instruct",
            "",
            Target(provider="aws"),
            "g6.48xlarge",
            "8 GPUs do not divide the 28",
        ),
        ("llama-3.3-70b-instruct", "", Target("0.11"), "Standard_NV36ads_A10_v5", "KAITO 0.11 stops above 3"),
        (
            "deepseek-r1-distill-llama-8b",
            "vllm:\n  max-model-len: 4096\n  gpu-memory-utilization: 0.7\n",
            Target(),
            "Standard_NV36ads_A10_v5",
            "tokens, not 4096",
        ),
        (
            "ibm-granite/granite-4.1-8b",
            "vllm:\n  gpu-memory-utilization: 0.7\n",
            Target(),
            "Standard_NV36ads_A10_v5",
            "no memory left",
        ),
    ],
)
def test_why_an_instance_type_falls_out(model: str, text: str, target: Target, sku: str, why: str) -> None:
    out = {one.sku.name: one.why for one in chosen(model, text=text, target=target).excluded}
    assert why in out[sku]


@pytest.mark.parametrize(
    ("model", "target", "words"),
    [
        ("phi-4", Target(node_provisioner="byo"), "nodes are there already"),
        ("acme/llm", Target(), "nothing is known about acme/llm"),
    ],
)
def test_where_there_is_nothing_to_choose(model: str, target: Target, words: str) -> None:
    choice = chosen(model, target=target)
    assert not choice.offers
    assert not choice.excluded
    assert words in choice.unknown


@given(
    st.sampled_from(MODELS),
    st.dictionaries(st.sampled_from(AZURE), st.integers(1, 10_000), min_size=1),
    st.sets(st.sampled_from(AZURE)),
)
@examples(40)
def test_another_instance_type_never_makes_the_choice_dearer(
    model: str, hours: dict[str, int], away: set[str]
) -> None:
    prices = Prices("EUR", "", {name: Price(Decimal(hour)) for name, hour in hours.items()})
    whole = chosen(model, prices)
    rest = {name: row for name, row in skus_data.SKUS["azure"].items() if name not in away}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(skus, "SKUS", {**skus_data.SKUS, "azure": rest})
        some = chosen(model, prices)
    for before, after in zip(some.offers[:1], whole.offers[:1], strict=False):
        if before.sku.caveat:
            continue  # it stands behind every other, whatever it costs
        if before.cost is not None:
            assert after.cost is not None
            assert after.cost.hour <= before.cost.hour
        elif after.cost is None:
            assert after.gpus <= before.gpus
    assert bool(whole.offers) or not some.offers


def test_costs_add_up_and_leave_out_what_has_no_price() -> None:
    prices = Prices("EUR", "", {"a": Price(Decimal("1.5"), Decimal("0.5")), "b": Price(Decimal(2))})
    usages = [Usage("a", 2, 1), Usage("b", 1, 4), Usage("c", 1, 1), Usage("c", 1, 1)]
    total = cost(prices, usages)
    assert (total.hour, total.spot, total.unpriced) == (Decimal(5), None, ("c",))
    assert cost(prices, usages[:1]).spot == Decimal(1)


BUDGET = Budget(3, {"Standard_NC*_A100_v4": 4, "*": 5}, "EUR", Decimal(10), Decimal(5000))


def test_a_budget_is_held_against_sums() -> None:
    name = "Standard_NC48ads_A100_v4"
    prices = table(**{name: "4"})
    assert [problem.path for problem in over(BUDGET, [Usage(name, 2, 2)], prices)] == [("cost", "month")]
    codes = [problem.code for problem in over(BUDGET, [Usage(name, 4, 2)], prices)]
    assert codes == ["KG720", "KG721", "KG721", "KG722", "KG722"]
    paths = [problem.path for problem in over(BUDGET, [Usage(name, 4, 2)], prices)]
    assert paths == [
        ("nodes",),
        ("gpus", "Standard_NC*_A100_v4"),
        ("gpus", "*"),
        ("cost", "hour"),
        ("cost", "month"),
    ]


def test_what_keeps_a_budget_from_being_held() -> None:
    name = "Standard_NC48ads_A100_v4"
    assert [one.severity for one in over(BUDGET, [], None)] == ["warning"]
    assert [one.severity for one in over(BUDGET, [], Prices("USD", "", {}))] == ["error"]
    assert [one.code for one in over(BUDGET, [Usage(name, 1, 1)], Prices("EUR", "", {}), 2)] == [
        "KG724",
        "KG723",
    ]
    assert list(over(Budget(None, {}, "", None, None), [Usage(name, 99, 8)], None)) == []
