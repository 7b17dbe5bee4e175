"""A name that answers otherwise the next time, or with an inner address beside a public one, leads nowhere."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from api.operations.outbound import OutboundClient
from biometrics.kernel.errors import AddressRefused

PUBLIC, INSIDE = "8.8.8.8", "127.0.0.1"


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note the addresses that are connected to; nobody answers there."""
    addresses: list[str] = []

    def connect(_: socket.socket, address: tuple[Any, ...]) -> None:
        addresses.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    return addresses


def answering(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let the name have these addresses, one answer after another; return what was looked up."""
    lookup, looked_up, left = socket.getaddrinfo, [], list(answers)

    def resolve(host: str, port: int, *rest: Any, **options: Any) -> list[Any]:
        if host != "rebinding.example":
            return lookup(host, port, *rest, **options)
        looked_up.append(host)
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return looked_up


def test_a_name_is_looked_up_once_for_a_request(monkeypatch: pytest.MonkeyPatch, connected: list[str]) -> None:
    looked_up = answering(monkeypatch, [PUBLIC], [INSIDE])
    client = OutboundClient(frozenset({"rebinding.example"}))
    with pytest.raises(AddressRefused):
        client.get("http://rebinding.example/", 10)
    assert (looked_up, connected) == (["rebinding.example"], [PUBLIC])
    with pytest.raises(AddressRefused, match="not a public address"):
        client.get("http://rebinding.example/", 10)
    assert connected == [PUBLIC]


def test_one_inner_address_of_several_refuses_the_name(monkeypatch: pytest.MonkeyPatch, connected: list[str]) -> None:
    answering(monkeypatch, [PUBLIC, INSIDE])
    with pytest.raises(AddressRefused, match="not a public address"):
        OutboundClient(frozenset({"rebinding.example"})).post("http://rebinding.example/", b"", {})
    assert connected == []
