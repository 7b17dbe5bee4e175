"""Which addresses are public, whatever they are wrapped in, and which pages are of this very origin."""

from __future__ import annotations

import socket
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from starlette.requests import Request

from api.http.csrf import is_same_origin
from api.operations import outbound as outbound
from api.operations.outbound import OutboundClient, is_public, unwrapped
from api.standards.mosip.shares import ShareRegistration, Shares
from biometrics.kernel.errors import AddressRefused
from biometrics.kernel.technique.deadlines import SocketWatch

INSIDE = ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"]


def within(address: str) -> dict[str, str]:
    """Return all ways to write an IPv4 address as an IPv6 one."""
    number = int(ip_address(address))
    return {
        "mapped": str(ip_address((0xFFFF << 32) | number)),
        "compatible": str(ip_address(number)) if number < 2 else f"::{address}",
        "NAT64": f"64:ff9b::{address}",
        "6to4": str(ip_address((0x2002 << 112) | (number << 80) | 1)),
    }


WRAPPED = [(kind, inner, result) for inner in INSIDE for kind, result in within(inner).items()]
NEVER = [
    "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "feff::1", "ff02::1", "2001:db8::1", "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2", "64:ff9b:1::8.8.8.8", "64:ff9b:1:7:8::1", "100::1", "::ffff:0:10.0.0.1",
    "5f00::1", "4000::1", *INSIDE,
]  # fmt: skip
PUBLIC = ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"]


@pytest.fixture
def resolving(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let a name be at an address, and note what would be connected to."""
    connected: list[str] = []

    def at(address: str) -> list[str]:
        entry = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, 443))
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [entry])
        monkeypatch.setattr(outbound, "_first_answering", lambda result, *_: connected.extend(result))
        return connected

    return at


@pytest.mark.parametrize(("kind", "inner", "address"), WRAPPED, ids=lambda item: str(item))
def test_a_private_address_stays_private_in_every_wrapping(kind: str, inner: str, address: str, resolving: Any) -> None:
    connected = resolving(address)
    with pytest.raises(AddressRefused, match="not a public address"):
        OutboundClient(frozenset({"name"}))._connect("name", 443, SocketWatch(5))
    assert connected == []
    allowed = OutboundClient(frozenset({"name"}), (ip_network(f"{inner}/32"),))
    if address not in ("::", "::1"):
        allowed._connect("name", 443, SocketWatch(5))
        assert connected == [address]


@pytest.mark.parametrize("address", NEVER)
def test_an_address_outside_the_public_internet_is_refused(address: str, resolving: Any) -> None:
    connected = resolving(address)
    with pytest.raises(AddressRefused, match="not a public address"):
        OutboundClient(frozenset({"name"}))._connect("name", 443, SocketWatch(5))
    assert connected == []


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_called(address: str, resolving: Any) -> None:
    connected = resolving(address)
    OutboundClient(frozenset({"name"}))._connect("name", 443, SocketWatch(5))
    assert connected == [address]
    assert is_public(unwrapped(ip_address(address)))


def test_mosips_token_is_not_sent_in_the_clear_where_it_was_given_over_tls() -> None:
    shares = Shares(OutboundClient(frozenset({"share"})), ShareRegistration("https://share/auth", "id", "secret"))
    with pytest.raises(AddressRefused, match="https"):
        shares.fetch("http://share/cbeff")


def request(origin: str, host: str, scheme: str) -> Request:
    headers = [(b"host", host.encode()), (b"origin", origin.encode())]
    return Request({"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers,
                    "scheme": scheme, "server": ("127.0.0.1", 8000)})  # fmt: skip


@pytest.mark.parametrize(
    ("origin", "host", "scheme", "own"),
    [
        ("https://p.example", "p.example", "https", True),
        ("https://p.example:443", "p.example", "https", True),
        ("https://P.example", "p.example:443", "https", True),
        ("http://p.example:8000", "p.example:8000", "http", True),
        ("http://[::1]:8000", "[::1]:8000", "http", True),
        ("http://p.example", "p.example", "https", False),
        ("https://p.example", "p.example", "http", False),
        ("http://p.example:8001", "p.example:8000", "http", False),
        ("http://p.example:8000", "p.example", "http", False),
        ("https://p.example.evil", "p.example", "https", False),
        ("https://evil", "p.example", "https", False),
        ("null", "p.example", "https", False),
        ("", "p.example", "https", False),
        ("https://p.example:x", "p.example", "https", False),
        ("https://", "", "https", False),
    ],
)
def test_a_page_is_of_this_origin_by_scheme_host_and_port(origin: str, host: str, scheme: str, own: bool) -> None:
    assert is_same_origin(request(origin, host, scheme)) is own
