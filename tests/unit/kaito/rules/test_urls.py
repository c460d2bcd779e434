"""Addresses as KAITO reads them, and those that it does not let a tuning fetch from."""

import pytest

from kaitogen.kaito.rules.urls import Address, parse, unreachable


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://a", Address("http", "a")),
        ("HTTPS://User:pw@Example.COM:8080/x?y#z", Address("https", "example.com")),
        ("http://a/b c", Address("http", "a")),
        ("http://exa_mple/", Address("http", "exa_mple")),
        ("http://a:99999/", Address("http", "a")),
        ("http://[fe80::1%25eth0]:80/", Address("http", "fe80::1")),
        ("http://é/", Address("http", "é")),
        ("http:/a", Address("http", "")),
        ("/a/b", Address("", "")),
        ("ftp://a", Address("ftp", "a")),
        *((url, None) for url in (
            "", "a", "http:a", " http://a", "http://a\n", "http://a b/", "http://a:x/", "http://%31", "http://a/%zz",
            "http://[::1", "http://[::1]x/", "http://a@b@c:x/", "http://us er@a/", "http://%zz@a/", "/a%zz", "1http://a",
        )),
    ],
)  # fmt: skip
def test_parsing(url: str, address: Address | None) -> None:
    assert parse(url) == address


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://example.com/data", ""),
        ("https://example.com/data?a#b", ""),
        ("https://example.com/data#x", ""),
        ("https://example.com#x", "it cannot be parsed"),
        ("http://8.8.8.8", ""),
        ("http://172.32.0.1", ""),
        ("http://localhost./", ""),
        ("http:///x", "it names no host"),
        ("http:x", "it cannot be parsed"),
        ("ftp://a", "it is neither http nor https"),
        ("http://LOCALHOST", "the host is the machine or the cloud itself"),
        ("https://x.localhost/", "the host is the machine or the cloud itself"),
        ("http://metadata.google.internal/", "the host is the machine or the cloud itself"),
        *((f"http://{host}/", "the host is a loopback, private or link-local address") for host in (
            "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "224.0.0.1", "[::1]", "[fe80::1]",
            "[fd00::1]", "[ff02::1]", "[::ffff:10.0.0.1]",
        )),
    ],
)  # fmt: skip
def test_what_a_tuning_may_fetch(url: str, why: str) -> None:
    assert unreachable(url) == why
