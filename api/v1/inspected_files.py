"""Inspection of files before an enrolment: cards and slaps are cut into fingers, each print and photo is assessed."""

from __future__ import annotations

import base64
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from api.itl.samples import read_card
from api.itl.table import TransactionTable
from api.itl.text_fields import TextFields
from biometrics import itl
from biometrics.imaging.image import SUFFIXES, decode, png_of
from biometrics.kernel.errors import BadImage, InvalidField, InvalidInput, MalformedTransaction
from biometrics.kernel.people.encounter import MissingFinger
from biometrics.kernel.people.record import EnrolledSample
from biometrics.kernel.recognition.capture import CropBox, FingerPosition, Impression, Position
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Sample
from biometrics.use_cases.engine.engine import Engine
from fingerprint.cards.box import RotatedBox
from fingerprint.cards.positions import SlapPosition
from fingerprint.cards.sheet import cut_sheet
from fingerprint.cards.slap import CutFinger, cut_slap
from fingerprint.modality import FINGERPRINT

_SHOWN = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}  # what every browser shows, by how it begins


class FileKind(StrEnum):
    """What a file is."""

    FINGER = "finger"
    SLAP = "slap"
    CARD = "card"
    TRANSACTION = "transaction"
    PHOTO = "photo"


@dataclass(frozen=True)
class File:
    """A file to inspect; `position` is the code of a finger or a slap, None if unknown.

    `missing` are fingers that a slap or a card does not show, `shows` is what a photo is of. The rest, `box`
    included, is as in `Sample`.
    """

    kind: FileKind
    content: bytes
    name: str = ""
    position: int | None = None
    missing: Collection[FingerPosition] = ()
    impression: Impression = Impression.PLAIN_LIVE_SCAN
    ppi: float | None = None
    shows: tuple[Modality, Position | None] | None = None
    box: CropBox | None = None


@dataclass(frozen=True)
class FilePart:
    """One print or photo of a file, and its box there; `is_record_file`: the file is that of a transaction's record."""

    sample: Sample
    box: RotatedBox | None = None
    is_record_file: bool = False


@dataclass(frozen=True)
class Inspected:
    """A part with what it is worth, or why it is worth nothing."""

    part: FilePart
    result: EnrolledSample | InvalidInput


@dataclass(frozen=True)
class Inspection:
    """All that a file holds; `missing` are the fingers that it says could not be taken.

    `notes` has a sentence for each thing that was left out.
    """

    parts: Sequence[Inspected]
    missing: Sequence[MissingFinger] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class _Content:
    parts: Sequence[FilePart]
    missing: Sequence[MissingFinger] = ()
    notes: Sequence[str] = ()


def inspect(engine: Engine, file: File, table: TransactionTable) -> Inspection:
    """Assess everything in a file, and enrol nothing; `table` says what a transaction's texts mean.

    Raises:
        InvalidField: the position is not one of what the file is.
        BadImage, InvalidResolution, SlapNotSegmented: a slap or a card cannot be read, or not be cut.
        MalformedTransaction: as for `itl.parse`, or its images break the standard.
    """
    content = _content(file, table)
    results = engine.inspect([part.sample for part in content.parts])
    inspected = [Inspected(part, result) for part, result in zip(content.parts, results, strict=True)]
    return Inspection(inspected, content.missing, content.notes)


def original(inspected: Inspected) -> tuple[str, str, str] | None:
    """Return the media type, base64 and name of the file that a transaction's record holds; None where it is none."""
    if not inspected.part.is_record_file:
        return None
    sample, result = inspected.part.sample, inspected.result
    kind = decode(sample.content).media_type if isinstance(result, InvalidInput) else result.source.media_type
    name = f"{sample.filename.replace(' ', '-')}{SUFFIXES.get(kind, '')}"
    return kind, base64.b64encode(sample.content).decode("ascii"), name


def preview(sample: Sample) -> tuple[str, str] | None:
    """Return an image of a sample as a data URL's media type and base64, None where it is no image.

    Prints and palms become PNG files that contain their resolution.
    """
    kind = next((kind for magic, kind in _SHOWN.items() if sample.content.startswith(magic)), None)
    if kind is None or sample.modality.traits.has_ridges:
        try:
            content, kind = png_of(decode(sample.content, sample.ppi)), "image/png"
        except BadImage:
            return None
    else:
        content = sample.content
    return kind, base64.b64encode(content).decode("ascii")


def _content(file: File, table: TransactionTable) -> _Content:
    match file.kind:
        case FileKind.PHOTO:
            assert file.shows is not None
            modality, position = file.shows
            ppi = file.ppi if modality.traits.has_ridges else None
            return _Content([FilePart(Sample(modality, file.content, file.name, position, ppi=ppi, box=file.box))])
        case FileKind.FINGER:
            position = FingerPosition(_one_of(FingerPosition, file.position or 0))
            return _Content([FilePart(_print(file, position, file.content))])
        case FileKind.SLAP:
            slap = None if file.position is None else SlapPosition(_one_of(SlapPosition, file.position))
            return _Content(_cut(file, cut_slap(decode(file.content, file.ppi), slap, file.missing).fingers))
        case FileKind.CARD:
            return _Content(_cut(file, cut_sheet(decode(file.content, file.ppi), file.missing)))
        case FileKind.TRANSACTION:
            return _of_transaction(file.content, table)


def _one_of(kind: type[FingerPosition | SlapPosition], code: int) -> int:
    if code not in set(kind):
        codes = ", ".join(str(member.value) for member in kind)
        raise InvalidField(f"{code} is no position of this; give one of {codes}.")
    return code


def _cut(file: File, fingers: Sequence[CutFinger]) -> list[FilePart]:
    return [FilePart(_print(file, finger.position, png_of(finger.image)), finger.box) for finger in fingers]


def _print(file: File, position: FingerPosition, content: bytes) -> Sample:
    return Sample(FINGERPRINT, content, file.name, position, file.impression, file.ppi)


def _of_transaction(content: bytes, table: TransactionTable) -> _Content:
    records = itl.parse(content)
    words = TextFields.of(table, records)
    card = read_card(records, words.faults, words.missing_fingers())
    if words.faults:
        raise MalformedTransaction.of(words.faults)
    parts = [FilePart(sample, is_record_file=sample.position not in card.cut) for sample in card.samples]
    return _Content(parts, card.missing, card.notes)
