"""The prints of one person's card, from an ANSI/NIST-ITL file: rolled prints, and the fingers cut from its slaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from biometrics.imaging.image import Image, decode
from biometrics.itl import ItlRecord
from biometrics.kernel.errors import BadImage, SlapNotSegmented
from biometrics.kernel.recognition.capture import FingerPosition, Impression
from fingerprint.cards.positions import SlapPosition
from fingerprint.cards.slap import Slap, cut_slap
from fingerprint.itl import LATENT, TENPRINT, RidgeImage, missing_fingers, ridge_images

_ROLLED = (Impression.ROLLED_LIVE_SCAN, Impression.ROLLED_NONLIVE)


@dataclass(frozen=True, eq=False)
class Card:
    """What a card shows; where a position is there twice, its first print.

    Attributes:
        rolled: by finger.
        plain: pressed, not rolled: cut from the slaps, or sent as single images.
        missing: fingers that the file names as amputated or not to be printed, with its codes.
        slaps: the slaps that were cut, as they were found.
        refused: a sentence for each image that could not be read or cut.
    """

    rolled: dict[FingerPosition, Image]
    plain: dict[FingerPosition, Image]
    missing: dict[FingerPosition, str]
    slaps: tuple[Slap, ...]
    refused: tuple[str, ...]


def read_card(records: Sequence[ItlRecord]) -> Card:
    """Read all finger images of a file, and cut its slaps; latents, palms and toes are left out.

    Raises:
        MalformedTransaction: as for `fingerprint.itl.ridge_images`.
    """
    images = [image for image in ridge_images(records) if image.record.type != LATENT]
    tenprints = [record for record in records if record.type == TENPRINT]
    missing = {finger: code for record in tenprints for finger, code in missing_fingers(record).items()}
    rolled: dict[FingerPosition, Image] = {}
    plain: dict[FingerPosition, Image] = {}
    slaps: list[Slap] = []
    refused: list[str] = []
    for image in images:
        try:
            if image.position in set(SlapPosition):
                slap = cut_slap(decode(image.content, image.ppi), SlapPosition(image.position), missing)
                slaps.append(slap)
                for finger in slap.fingers:
                    plain.setdefault(finger.position, finger.image)
            elif image.position in set(FingerPosition):
                prints = rolled if image.impression in _ROLLED else plain
                prints.setdefault(FingerPosition(image.position), decode(image.content, image.ppi))
        except (BadImage, SlapNotSegmented) as error:
            refused.append(_refusal(image, error))
    return Card(rolled, plain, missing, tuple(slaps), tuple(refused))


def _refusal(image: RidgeImage, error: BadImage | SlapNotSegmented) -> str:
    return f"Record {image.record.place} (Type-{image.record.type}, position {image.position}): {error.message}"
