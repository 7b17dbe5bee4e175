"""A finger minutiae record in memory, the same for every format.

Sources: ISO/IEC 19794-2:2005 clauses 7 and 8, ISO/IEC 19794-2:2011 clause 8, ANSI INCITS 378-2004 clause 6, ANSI
INCITS 378-2009 with its Amendment 1. Numbers are kept as they stand in the record, in its units.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import NamedTuple

from biometrics.kernel.recognition.capture import FingerPosition
from fingerprint.template import MinutiaType

MAX_COORDINATE = 0x3FFF  # pixels: a coordinate takes 14 bits in every format
QUALITY_UNREPORTED = 254  # of a finger or, in the formats of 2009 and 2011, of a minutia
MAX_QUALITY = 100


class RecordFormat(Enum):
    """A format of finger minutiae records; `angle_step` is the unit of its angles, in degrees.

    ANSI_378_2007 is the draft of the edition of 2009, under the same version number, that NIST's tools write.
    """

    ISO_19794_2_2005 = "ISO/IEC 19794-2:2005", 360 / 256, 0
    ISO_19794_2_2011 = "ISO/IEC 19794-2:2011", 360 / 256, QUALITY_UNREPORTED
    ANSI_378_2004 = "ANSI INCITS 378-2004", 2.0, 0
    ANSI_378_2007 = "ANSI INCITS 378-2007 (draft)", 2.0, QUALITY_UNREPORTED
    ANSI_378_2009 = "ANSI INCITS 378-2009", 2.0, QUALITY_UNREPORTED
    ANSI_378_2009_AM1 = "ANSI INCITS 378-2009/AM 1", 2.0, QUALITY_UNREPORTED

    def __init__(self, label: str, angle_step: float, unreported: int) -> None:
        """Name what the format says of its numbers; `unreported` is the quality of a minutia that has none."""
        self.label = label
        self.angle_step = angle_step
        self.unreported = unreported


class EndingPlace(IntEnum):
    """Where a ridge ending is marked (ISO/IEC 19794-2:2011 table 8); the older formats know only the first."""

    VALLEY_BIFURCATION = 0
    RIDGE_END = 1


class RecordMinutia(NamedTuple):
    """One minutia: pixels from the upper left corner, the angle in the format's steps, its quality as written.

    The angle runs counter-clockwise from the right and points up the ridge that ends, or up the valley between the
    ridges that part.
    """

    type: MinutiaType
    x: int
    y: int
    angle: int
    quality: int


class QualityBlock(NamedTuple):
    """A finger's quality, 0 to 100 or a special value, with the vendor and algorithm that gave it (0: unknown)."""

    score: int
    vendor: int = 0
    algorithm: int = 0


class CaptureTime(NamedTuple):
    """When the finger was captured, in UTC; a part that is not known has all its bits set."""

    year: int = 0xFFFF
    month: int = 0xFF
    day: int = 0xFF
    hour: int = 0xFF
    minute: int = 0xFF
    second: int = 0xFF
    millisecond: int = 0xFFFF


class DeviceCertification(NamedTuple):
    """A certification of the capture device: who gave it, and by which scheme."""

    authority: int
    scheme: int


class CaptureDevice(NamedTuple):
    """The capture device; 0 if it is unknown, or has no place in the format.

    `compliance` is the format's own bits (0x8 or 0x80: complies with the FBI's appendix F).
    """

    id: int = 0
    compliance: int = 0
    vendor: int = 0
    technology: int = 0


@dataclass(frozen=True)
class FingerView:
    """One finger's minutiae in one image.

    `width` and `height` are the image's, in pixels; the resolutions are in pixels a centimetre. `impression` is the
    format's own code. `extended` is the extended data area as it stands (see `extended`): ridge counts, cores and
    deltas, zonal quality, vendors' data.
    """

    position: FingerPosition
    width: int
    height: int
    resolution_x: int
    resolution_y: int
    minutiae: tuple[RecordMinutia, ...]
    number: int = 0
    impression: int = 0
    qualities: tuple[QualityBlock, ...] = ()
    device: CaptureDevice = field(default_factory=CaptureDevice)
    captured: CaptureTime = field(default_factory=CaptureTime)
    certificates: tuple[DeviceCertification, ...] = ()
    ending_place: EndingPlace = EndingPlace.VALLEY_BIFURCATION
    extended: bytes = b""


@dataclass(frozen=True)
class MinutiaeRecord:
    """A record: one or more views, in a format.

    `owner` and `product` are the CBEFF identifiers of the ANSI formats, 0 in those of ISO.
    """

    format: RecordFormat
    views: tuple[FingerView, ...]
    owner: int = 0
    product: int = 0
