"""Addresses as KAITO reads them: Go's net/url, and which hosts its webhook does not let a tuning fetch from."""

import re

from kaitogen.typed import Final, NamedTuple

#: Go's net/url: what may stand unescaped in a host, and in what comes before an @ (Go 1.26, net/url/url.go shouldEscape).
_HOST: Final = re.compile(
    r"""(?:[A-Za-z0-9._~!$&'()*+,;=:\[\]<>"-]|[^\x00-\x7f]|%[89A-Fa-f][0-9A-Fa-f]|%25)*"""
)
_USER: Final = re.compile(r"[A-Za-z0-9._:~!$&'()*+,;=%@-]*")
_PORT: Final = re.compile(r"(?::[0-9]*)?")
_ESCAPES: Final = re.compile(r"(?:[^%]|%[0-9A-Fa-f]{2})*", re.DOTALL)
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)", re.DOTALL)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
#: Hosts that are the machine or the cloud itself (api/v1beta1/workspace_validation.go, validateDataSourceURL).
_LOCAL_HOSTS: Final = frozenset(
    ("localhost", "metadata.google.internal", "metadata.google", "instance-data.ec2.internal")
)
_PRIVATE: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/24", "fc00::/7", "ff02::/16")


class Address(NamedTuple):
    """The parts of an address that rules look at; `host` without port and brackets, in lower case."""

    scheme: str
    host: str


def parse(url: str) -> Address | None:
    """The address as Go's net/url takes it apart in ParseRequestURI, which knows no fragment; None where it refuses it."""
    match = None if _CONTROL.search(url) else _SCHEME.fullmatch(url)
    if match is None:
        return Address("", "") if url.startswith("/") and _ESCAPES.fullmatch(url) else None
    scheme, rest = match[1].lower(), match[2]
    rest = rest.partition("?")[0]
    if not rest.startswith("/"):
        return None
    if not rest.startswith("//"):
        return Address(scheme, "") if _ESCAPES.fullmatch(rest) else None
    authority, slash, path = rest[2:].partition("/")
    host = _host(authority)
    return None if host is None or not _ESCAPES.fullmatch(slash + path) else Address(scheme, host)


def _host(authority: str) -> str | None:
    """The host of `user@host:port`; None where one of the three has a form that Go refuses."""
    user, _, host = authority.rpartition("@")
    if not _USER.fullmatch(user) or not _ESCAPES.fullmatch(user):
        return None
    if host.startswith("["):
        inner, bracket, port = host[1:].rpartition("]")
        valid = bracket and _PORT.fullmatch(port) and _HOST.fullmatch(inner.replace("%25", "", 1))
        return inner.partition("%")[0].lower() if valid else None
    name, colon, port = host.rpartition(":") if ":" in host else (host, "", "")
    return name.lower() if _PORT.fullmatch(colon + port) and _HOST.fullmatch(host) else None


def unreachable(url: str) -> str:
    """Why KAITO does not let a tuning fetch from the address; empty where it does. Names are not resolved."""
    address = parse(url)
    if address is None:
        return "it cannot be parsed"
    if not address.host:
        return "it names no host"
    if address.scheme not in ("http", "https"):
        return "it is neither http nor https"
    if address.host in _LOCAL_HOSTS or address.host.endswith(".localhost"):
        return "the host is the machine or the cloud itself"
    return "the host is a loopback, private or link-local address" if _is_private(address.host) else ""


def _is_private(host: str) -> bool:
    from ipaddress import IPv6Address, ip_address, ip_network  # few rules look at addresses

    try:
        address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_loopback or address.is_link_local or any(address in ip_network(net) for net in _PRIVATE)
