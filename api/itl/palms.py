"""Palms as Type-15 records, in both directions.

Source: ANSI/NIST-ITL 1-2011, record type 15; its fields are those of Type-14, the part of the palm is in field 15.013.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from biometrics.imaging.image import decode
from biometrics.itl import DATA, ItlRecord
from biometrics.kernel.errors import BadImage, FieldFault, MalformedTransaction
from biometrics.kernel.recognition.capture import PalmPosition
from biometrics.kernel.recognition.types import Sample
from fingerprint.itl import PALM as PALM_IMAGE
from fingerprint.itl import ridge_images
from palm.modality import PALM


def read_palms(
    records: Sequence[ItlRecord], faults: list[FieldFault], notes: list[str]
) -> Iterator[tuple[ItlRecord, Sample]]:
    """Yield the palms of a file, each with its record; a record of another part of the skin, or none, is noted."""
    for record in records:
        if record.type != PALM_IMAGE:
            continue
        if not record.get(DATA):
            notes.append(f"Record {record.place}: it has no image of the palm; left out.")
            continue
        try:
            [image] = ridge_images([records[0], record])
            decode(image.content, image.ppi)
        except MalformedTransaction as error:
            faults += [fault for fault in error.faults if fault not in faults]
            continue
        except BadImage as error:
            size = f"{len(record.get(DATA) or b''):,} bytes"
            faults.append(record.fault(DATA, f"holds no image: {error.message.rstrip('.')}", "an image", size))
            continue
        notes += image.warnings
        if image.position not in set(PalmPosition):
            notes.append(f"Record {record.place}: position {image.position} is not a palm's; left out.")
            continue
        position = PalmPosition(image.position)
        yield record, Sample(PALM, image.content, f"record {record.place}", position, None, image.ppi)
