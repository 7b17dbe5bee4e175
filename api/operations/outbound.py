"""Requests to addresses that clients name: only to hosts that the operator allows, and where those really are.

A name is resolved once, every address that it has is checked, and the connection goes to the one that was checked, so
that a name that answers otherwise the next time gains nothing. Nothing is followed, and no proxy is asked.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, Self
from urllib.parse import SplitResult, urlsplit

from biometrics.kernel.errors import AddressRefused
from biometrics.kernel.technique.deadlines import SocketWatch

MAX_URL: Final = 2000
_PORTS: Final = {"http": 80, "https": 443}
_PIECE: Final = 65_536
_COMPATIBLE: Final = IPv6Network("::/96")
_NAT64: Final = IPv6Network("64:ff9b::/96")
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")

Network = IPv4Network | IPv6Network

_RESOLVERS: Final = ThreadPoolExecutor(16, thread_name_prefix="resolving")


@dataclass(frozen=True)
class Answered:
    """An answer: its status, its body, and its Set-Cookie headers."""

    status: int
    content: bytes
    cookies: tuple[str, ...]


@dataclass(frozen=True)
class OutboundClient:
    """Calls other servers.

    Attributes:
        hosts: names or addresses that may be called, or `name:port`; all ports where none is given.
        networks: where they may be although the addresses are not public ones.
        anywhere: whether every host at every address may be called, for servers that the operator names, not clients.
        seconds: in which a server must have answered in full.
        context: what TLS certificates are checked against.
    """

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()
    seconds: float = 20.0
    anywhere: bool = False
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    @classmethod
    def of(cls, hosts: frozenset[str], networks: frozenset[str], seconds: float) -> Self:
        """Make one of what settings say; `networks` are texts, such as 10.1.0.0/16."""
        return cls(hosts, tuple(map(ip_network, sorted(networks))), seconds)

    def check(self, url: str) -> SplitResult:
        """Refuse an address whose host is not allowed, without asking where it is.

        Raises:
            AddressRefused: the message says why.
        """
        if len(url) > MAX_URL or not url.isascii() or any(ord(character) <= ord(" ") for character in url):
            raise AddressRefused(f"An address must be a URL of at most {MAX_URL:,} characters, without blanks.")
        try:
            parts = urlsplit(url)
            port, host = parts.port, (parts.hostname or "").rstrip(".").lower()
        except ValueError as error:
            raise AddressRefused("The address is not a URL.") from error
        if parts.scheme not in _PORTS or not host or parts.username is not None or parts.password is not None:
            raise AddressRefused("An address must begin with http:// or https:// and a host, without a password.")
        if not self.anywhere and not {host, f"{host}:{port or _PORTS[parts.scheme]}"} & self.hosts:
            raise AddressRefused(f"{host} is not a host that the operator of this service allows; ask for it.")
        return parts

    def get(self, url: str, limit: int) -> bytes:
        """Return what is at an address, at most `limit` bytes.

        Raises:
            AddressRefused: it may not be called, does not answer in time, or with another status than 200.
        """
        answer = self.exchange("GET", url, None, {}, limit)
        if answer.status != 200:
            raise AddressRefused(f"The address answered with the status {answer.status}; it must be 200.")
        return answer.content

    def exchange(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        limit: int,
        seconds: float | None = None,
    ) -> Answered:
        """Send a request; return its answer, whatever its status, of at most `limit` bytes.

        `seconds` is what is left of a longer exchange; it never lengthens the deadline.

        Raises:
            AddressRefused: it may not be called, or does not answer in time.
        """
        with self._sent(method, url, body, headers, seconds) as (answer, watch):
            pieces, length = [], 0
            while piece := answer.read1(_PIECE):
                pieces.append(piece)
                length += len(piece)
                if length > limit:
                    raise AddressRefused(f"More than {limit:,} bytes are at the address.")
            watch.check()
            if answer.length:  # the server closed the connection before all of it had come
                raise ConnectionError
            cookies = tuple(answer.headers.get_all("Set-Cookie", ()))
            return Answered(answer.status, b"".join(pieces), cookies)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Send a body; return the status of the answer, whose own body is not read.

        Raises:
            AddressRefused: it may not be called, or does not answer in time.
        """
        with self._sent("POST", url, body, headers, None) as (answer, _):
            return answer.status

    @contextmanager
    def _sent(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], seconds: float | None
    ) -> Iterator[tuple[http.client.HTTPResponse, SocketWatch]]:
        parts = self.check(url)
        host, port = str(parts.hostname), parts.port or _PORTS[parts.scheme]
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        live: socket.socket | None = None
        try:
            with SocketWatch(self.seconds if seconds is None else min(seconds, self.seconds)) as watch:
                try:
                    live = self._connect(host, port, watch)
                    watch.add(live)
                    if parts.scheme == "https":
                        live = self.context.wrap_socket(live, server_hostname=host, do_handshake_on_connect=False)
                        live.do_handshake()
                    connection = _Connected(host, port, live, _PORTS[parts.scheme])
                    connection.request(method, target, body, {**headers, "Connection": "close"})
                    with connection.getresponse() as answer:  # which holds the socket open, too
                        watch.check()
                        yield answer, watch
                        watch.check()
                finally:
                    if live is not None:
                        live.close()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise AddressRefused(f"{host} does not answer as it must: {type(error).__name__}.") from error

    def _connect(self, host: str, port: int, watch: SocketWatch) -> socket.socket:
        addresses = _resolved(host, port, watch.remaining())
        if refused := [address for address in addresses if not self._reachable(address)]:
            raise AddressRefused(
                f"{host} is at {refused[0]}, which is not a public address, nor in a network that the operator allows."
            )
        return _first_answering(addresses, port, watch)

    def _reachable(self, address: str) -> bool:
        ip = unwrapped(ip_address(address.partition("%")[0]))
        return self.anywhere or is_public(ip) or any(ip in network for network in self.networks)


def unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 address stands for, else the address itself.

    Such are IPv4-mapped addresses (RFC 4291, ::ffff:0:0/96), IPv4-compatible ones (::/96), those of NAT64 (RFC 6052,
    64:ff9b::/96) and of 6to4 (RFC 3056, 2002::/16). The operating system or a gateway sends to the IPv4 address.
    """
    if isinstance(address, IPv4Address):
        return address
    if address.sixtofour is not None:
        return address.sixtofour
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):  # not :: and ::1
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Say whether an address, unwrapped, is one of the public Internet.

    Of IPv6 only what IANA has allotted for it, 2000::/3, can be: not site-local addresses (fec0::/10), a site's
    own NAT64 (RFC 8215) or IPv4-translated ones (::ffff:0:0:0/96), which stand for IPv4 addresses at places that only
    the site knows. Teredo's (RFC 4380) lead through a third party.
    """
    if not address.is_global or address.is_multicast or address.is_unspecified:
        return False
    return isinstance(address, IPv4Address) or (address in _GLOBAL_UNICAST and address.teredo is None)


class _Connected(http.client.HTTPConnection):
    """A connection that is there already."""

    def __init__(self, host: str, port: int, connected: socket.socket, usual_port: int) -> None:
        super().__init__(host, port)
        self.sock = connected
        self.default_port = usual_port

    def connect(self) -> None:
        """Do nothing."""


def _resolved(host: str, port: int, seconds: float) -> list[str]:
    """Return the addresses of a name; the system's resolver knows no deadline, so it runs in threads of its own."""
    lookup = _RESOLVERS.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    try:
        return [str(entry[4][0]) for entry in lookup.result(seconds)]
    finally:
        lookup.cancel()


def _first_answering(addresses: Sequence[str], port: int, watch: SocketWatch) -> socket.socket:
    failure: OSError = OSError("there is no address")
    for address in dict.fromkeys(addresses):
        try:
            return socket.create_connection((address, port), timeout=watch.remaining())
        except OSError as error:
            failure = error
    raise failure
