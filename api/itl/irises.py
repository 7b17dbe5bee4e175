"""Irises as Type-17 records, in both directions.

Source: ANSI/NIST-ITL 1-2011, record type 17; the eye is in field 17.003 (0 undefined, 1 right, 2 left).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from api.itl.photos import photo_content
from biometrics.imaging.image import decode
from biometrics.itl import DATA, ItlRecord
from biometrics.kernel.errors import BadImage, FieldFault, MalformedTransaction
from biometrics.kernel.recognition.capture import EyePosition, Position
from biometrics.kernel.recognition.types import Sample
from iris.modality import IRIS

IRIS_IMAGE: Final = 17
_EYE, _SCALE, _ACROSS, _DOWN, _COMPRESSION, _DEPTH, _COLOURS, _COMMENT, _MISSING = 3, 8, 9, 10, 11, 12, 13, 21, 28


def read_irises(
    records: Sequence[ItlRecord], faults: list[FieldFault], notes: list[str]
) -> Iterator[tuple[ItlRecord, Sample]]:
    """Yield the irises of a file, each with its record; a record without an image, of a missing eye, is noted."""
    for record in records:
        if record.type != IRIS_IMAGE:
            continue
        if not record.get(DATA):
            if record.get(_MISSING):
                continue  # `missing_eye`
            notes.append(f"Record {record.place}: it has no image of the eye; left out.")
            continue
        try:
            eye = _eye(record)
            content = photo_content(record)
            decode(content)
        except MalformedTransaction as error:
            faults += [fault for fault in error.faults if fault not in faults]
        except BadImage as error:
            size = f"{len(record.get(DATA) or b''):,} bytes"
            faults.append(record.fault(DATA, f"holds no image: {error.message.rstrip('.')}", "an image", size))
        else:
            yield record, Sample(IRIS, content, f"record {record.place}", eye)


def missing_eye(record: ItlRecord) -> dict[EyePosition, str]:
    """Return the eye that a record says could not be taken: "MA", missing or artificial, "UC" or another code.

    Raises:
        MalformedTransaction: it names something else than an eye, or neither of the two.
    """
    code = record.text(_MISSING)
    if not code:
        return {}
    eye = _eye(record)
    if not eye.is_known:
        raise MalformedTransaction.of([record.fault(_EYE, "does not say which eye is missing", "1 or 2", "0")])
    return {eye: code}


def _eye(record: ItlRecord) -> EyePosition:
    try:
        return EyePosition(EyePosition.UNKNOWN + record.integer(_EYE))
    except ValueError:
        raise MalformedTransaction.of([record.fault(_EYE, "names no eye", "0 to 2", record.text(_EYE))]) from None


def iris_fields(eye: Position, compression: str, comment: str) -> dict[int, str]:
    """Return the fields of a grey image's record; its pixels are square and of no known size."""
    code = str(eye - eye.unknown)
    image = {_SCALE: "0", _ACROSS: "1", _DOWN: "1", _COMPRESSION: compression, _DEPTH: "8", _COLOURS: "GRAY"}
    return {_EYE: code, **image, _COMMENT: comment}
