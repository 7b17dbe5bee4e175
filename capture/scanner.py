"""What the bridge needs of a scanner."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from biometrics.kernel.recognition.capture import EyePosition, FingerPosition, Impression, Position
from capture.errors import NotCapturable
from fingerprint.cards.positions import SlapPosition

# What lies on a scanner together, in the order in which a card is taken.
SLAPS: Final[dict[tuple[Position, ...], SlapPosition]] = {
    slap.fingers: slap for slap in (SlapPosition.RIGHT_FOUR, SlapPosition.LEFT_FOUR, SlapPosition.BOTH_THUMBS)
}
EACH_FINGER: Final = tuple((finger,) for finger in FingerPosition if finger.is_known)
EYES: Final = (EyePosition.RIGHT_EYE, EyePosition.LEFT_EYE)


@dataclass(frozen=True)
class CaptureMode:
    """What a device captures at once: the positions that lie on it together, and the impression of prints."""

    positions: tuple[Position, ...]
    impression: Impression | None


@dataclass(frozen=True)
class Device:
    """A connected device; `id` is its own within the bridge, `modes` are in the order in which a card is taken."""

    id: str
    make: str
    model: str
    serial: str
    modes: tuple[CaptureMode, ...]

    @property
    def name(self) -> str:
        """What an encounter calls it."""
        return " ".join(part for part in (self.make, self.model, self.serial) if part)


@dataclass(frozen=True)
class CaptureRequest:
    """What to capture: some of the positions of one of a device's modes, within `seconds`."""

    device: str
    positions: tuple[Position, ...]
    impression: Impression | None
    seconds: float

    def mode_of(self, device: Device) -> CaptureMode:
        """Return the mode of the device that captures this.

        Raises:
            NotCapturable: it has none.
        """
        for mode in device.modes:
            if self.impression is mode.impression and set(self.positions) <= set(mode.positions):
                return mode
        labels = ", ".join(position.label for position in self.positions)
        raise NotCapturable(f"{device.name} cannot capture this: {labels}.")


@dataclass(frozen=True)
class CapturedFile:
    """The image of one finger or eye; `ppi` where the file itself does not state it."""

    position: Position
    content: bytes
    filename: str
    ppi: float | None = None


class Scanner(Protocol):
    """All devices that one protocol reaches.

    Implementations: `capture.simulator.Simulator`, `capture.sbi.client.SbiScanner`.
    """

    async def devices(self) -> Sequence[Device]:
        """Return what is connected.

        Raises:
            DeviceFailed, DeviceUntrusted: as for `capture`.
        """
        ...

    def frames(self, request: CaptureRequest) -> AsyncGenerator[bytes, None]:
        """Yield the live picture, as JPEG, until the iterator is closed."""
        ...

    async def capture(self, request: CaptureRequest) -> Sequence[CapturedFile]:
        """Capture, and return a file for each position.

        Raises:
            UnknownDevice, NotCapturable, DeviceBusy, CaptureTimedOut, DeviceFailed, DeviceUnreachable, DeviceUntrusted:
                see `capture.errors`.
        """
        ...
