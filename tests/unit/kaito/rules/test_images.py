"""Which text a registry client takes for an image."""

import pytest

from kaitogen.kaito.rules.images import is_image, why_not


@pytest.mark.parametrize(
    "reference",
    [
        "alpine",
        "alpine:3",
        "library/alpine",
        "registry.example.com/team/style:0.0.1",
        "localhost:5000/a/b",
        "REGISTRY.example.com/a",
        "registry.example.com:443/a__b/c-d.e_f:V1",
        "[2001:db8::1]:5000/a",
        "a@sha256:" + "0" * 64,
        "a:1@sha256:" + "0" * 64,
        "a/" + "b" * 253,
        "a@sha256:" + "0" * (1024 - 9),
    ],
)
def test_an_image(reference: str) -> None:
    assert is_image(reference)


@pytest.mark.parametrize(
    "reference",
    [
        "",
        " alpine",
        "a@sha256:" + "0" * (1025 - 9),
        "alpine\n",
        "Alpine",
        "registry.example.com/Team/style",
        "https://registry.example.com/a",
        "a:",
        "a:b:c",
        "a/",
        "/a",
        "a//b",
        "a-",
        "a...b",
        "a@sha256:12",
        "a:" + "t" * 129,
        "0" * 64,
        "a/" + "b" * 254,
        "a" * 2000,
    ],
)
def test_no_image(reference: str) -> None:
    assert not is_image(reference)


def test_a_hostile_reference_takes_no_time() -> None:
    assert not is_image("a-" * 510 + "!")
    assert not is_image("a." * 510 + "A")
    assert not is_image("[" + ":" * 1000)


def test_upper_case_is_named_as_the_reason() -> None:
    assert why_not("registry.example.com/Style:1") == "write the repository in lower case"
    assert why_not("a b") == "write registry/repository:tag"
