"""kubectl's selector grammar: what each form means, that errors stand at their character, and that nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaitogen.kaito.catalogue.skus import all_skus
from kaitogen.nodes.selectors import BUILT_IN, NoSelector, Requirement, Selector, matches, parse, written

LABELS = {"pool": "gpu", "tier": "", "size": "12", "example.com/team": "search"}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("", True),
        ("  ", True),
        ("pool", True),
        ("!pool", False),
        ("! pool", False),
        ("gone", False),
        ("!gone", True),
        ("pool=gpu", True),
        ("pool==gpu", True),
        ("pool = gpu", True),
        ("pool=cpu", False),
        ("gone=gpu", False),
        ("pool!=gpu", False),
        ("pool!=cpu", True),
        ("gone!=gpu", True),
        ("tier=", True),
        ("pool=", False),
        ("tier=,pool=gpu", True),
        ("pool in (cpu, gpu)", True),
        ("pool in (gpu)", True),
        ("pool in ()", False),
        ("tier in (a,)", True),
        ("gone in (gpu)", False),
        ("pool notin (cpu)", True),
        ("pool notin (cpu,gpu)", False),
        ("gone notin (gpu)", True),
        ("size>11", True),
        ("size > 12", False),
        ("size<13", True),
        ("pool>1", False),
        ("gone<1", False),
        ("example.com/team=search,pool in (gpu),!gone", True),
        ("example.com/team=search,pool in (cpu),!gone", False),
        ("in in (in)", False),
        ("notin", False),
    ],
)
def test_what_a_selector_means(text: str, holds: bool) -> None:
    assert matches(parse(text), LABELS) is holds


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        (",", 1, "a label key is expected"),
        ("pool=gpu,", 10, "a label key is expected, and here is the end"),
        ("pool=gpu,,tier", 10, "a label key is expected, and here is ','"),
        ("pool gpu", 6, "after the key pool comes 'gpu'"),
        ("pool in gpu", 9, "values in parentheses"),
        ("pool in (gpu", 13, "a comma or ) is expected, and here is the end"),
        ("pool in (gpu cpu)", 14, "a comma or ) is expected"),
        ("pool=gpu cpu", 10, "unexpected 'cpu'"),
        ("pool=gpu)", 9, "unexpected ')'"),
        ("-pool=gpu", 1, "no label key"),
        ("Example.com/pool", 1, "no label key"),
        ("/pool", 1, "no label key"),
        (f"{'a' * 64}=b", 1, "no label key"),
        ("pool=-gpu", 6, "no label value"),
        (f"pool in (a,{'b' * 64})", 12, "no label value"),
        ("size>big", 6, "no whole number"),
        ("!", 2, "a label key is expected, and here is the end"),
        ("=gpu", 1, "a label key is expected, and here is '='"),
        ("pool=!gpu", 6, "unexpected '!'"),
        ("größe=1", 1, "no label key"),
    ],
)
def test_an_error_stands_at_its_character(text: str, column: int, words: str) -> None:
    with pytest.raises(NoSelector) as refused:
        parse(text)
    assert (refused.value.column, words in refused.value.message) == (column, True), refused.value.message
    assert refused.value.fix


KEYS = st.sampled_from(["pool", "tier", "a/b", "example.com/team", "in", "notin", "x"])
TEXTS = st.sampled_from(["", "a", "b", "gpu", "in", "7"])
REQUIREMENTS = st.one_of(
    st.builds(Requirement, KEYS, st.sampled_from(["exists", "absent"]), st.just(())),
    st.builds(
        Requirement,
        KEYS,
        st.sampled_from(["in", "notin"]),
        st.lists(TEXTS, min_size=1, max_size=3).map(tuple),
    ),
    st.builds(Requirement, KEYS, st.sampled_from(["<", ">"]), st.tuples(st.integers(-99, 99).map(str))),
)


@given(st.lists(REQUIREMENTS, max_size=4).map(tuple))
def test_what_is_written_reads_as_it_was(selector: Selector) -> None:
    assert parse(written(selector)) == selector


@given(st.text(max_size=40))
def test_any_text_is_a_selector_or_refused(text: str) -> None:
    column = 1
    try:
        parse(text)
    except NoSelector as refused:
        column = refused.column
    assert 1 <= column <= len(text) + 1


@pytest.mark.parametrize(
    ("name", "provider", "card", "pattern"),
    [
        ("nc24", "azure", "", "Standard_NC24"), ("nc96", "azure", "", "Standard_NC96"),
        ("a100", "azure", "NVIDIA A100", ""), ("h100", "azure", "NVIDIA H100", ""), ("h200", "azure", "NVIDIA H200", ""),
        ("a10", "azure", "NVIDIA A10", ""), ("p4", "aws", "NVIDIA A100", ""), ("p5", "aws", "NVIDIA H100", ""),
        ("p5e", "aws", "NVIDIA H200", ""), ("g5", "aws", "NVIDIA A10G", ""), ("g6", "aws", "NVIDIA L4", "g6."),
    ],
)  # fmt: skip
def test_a_quick_selector_has_every_size_of_its_family(
    name: str, provider: str, card: str, pattern: str
) -> None:
    (requirement,) = BUILT_IN[name].selector
    sizes = {
        sku.name for sku in all_skus(provider) if card in ("", sku.gpu_model) and sku.name.startswith(pattern)
    }
    assert (requirement.operator, set(requirement.values)) == ("in", sizes)
    assert len(requirement.values) == len(sizes)
