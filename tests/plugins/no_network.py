"""No test talks to another machine: sockets reach the loopback interface and nothing else."""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest


class NetworkForbidden(Exception):
    """A test tried to leave this machine. Not an OSError, which code under test may handle."""


def _allowed(family: int, address: Any) -> bool:
    """Whether `address`, as socket.connect takes it, stays on this machine."""
    if family not in {socket.AF_INET, socket.AF_INET6}:
        return True
    host = address[0]
    if host in {"localhost", ""}:
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, _guarded(name))
        patch.setattr(socket, "getaddrinfo", _guarded_lookup(socket.getaddrinfo))
        yield


def _guarded(name: str) -> Any:
    """The socket method `name`, refusing addresses elsewhere."""
    original = getattr(socket.socket, name)

    def method(self: socket.socket, *args: Any) -> Any:
        address = args[-1]
        if not _allowed(self.family, address):
            raise NetworkForbidden(f"a test may not reach {address!r}")
        return original(self, *args)

    return method


def _guarded_lookup(original: Any) -> Any:
    """getaddrinfo without asking a name server."""

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and not _allowed(socket.AF_INET, (name,)):
            raise NetworkForbidden(f"a test may not look up {name!r}")
        return original(host, *args, **kwargs)

    return getaddrinfo
