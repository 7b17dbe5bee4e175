"""Multipart forms to samples: a form field per finger, named after it, and `photo`; `details` describes each file.

A print is an image or a finger minutiae record (ISO/IEC 19794-2, ANSI INCITS 378).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import Depends, File, Form, UploadFile
from pydantic import Json

from api.http.errors import declares
from api.v1.sample_details import SampleDetailsIn, field_of
from biometrics.imaging.image import MAX_BYTES
from biometrics.kernel.errors import ImageTooLarge, InvalidField
from biometrics.kernel.types import FingerPosition, Impression, Sample

Files = Annotated[list[UploadFile] | None, File()]


Details = dict[str, list[SampleDetailsIn]]


@declares(415)
def read_samples(
    right_thumb: Files = None,
    right_index: Files = None,
    right_middle: Files = None,
    right_ring: Files = None,
    right_little: Files = None,
    left_thumb: Files = None,
    left_index: Files = None,
    left_middle: Files = None,
    left_ring: Files = None,
    left_little: Files = None,
    unknown_finger: Files = None,
    photo: Files = None,
    impression: Annotated[
        Impression, Form(description="ANSI/NIST impression type code of the prints")
    ] = Impression.PLAIN_LIVE_SCAN,
    ppi: Annotated[
        float | None, Form(description="Resolution of the prints' images; overrides the files' own; default 500")
    ] = None,
    details: Annotated[
        Json[Details] | None,
        Form(
            description="Details of each file, by form field: a list with an entry for each of the field's files, in "
            "their order, of `impression` and `ppi` (prints) or `view` (photos). They override those of the whole form"
        ),
    ] = None,
) -> list[Sample]:
    """Collect the samples of a request, in the order of the fingers, photos last.

    Raises:
        InvalidField: `details` does not fit the files.
        ImageTooLarge: a file has more bytes than an image may have.
    """
    fingers: dict[FingerPosition | None, list[UploadFile] | None] = {
        FingerPosition.RIGHT_THUMB: right_thumb,
        FingerPosition.RIGHT_INDEX: right_index,
        FingerPosition.RIGHT_MIDDLE: right_middle,
        FingerPosition.RIGHT_RING: right_ring,
        FingerPosition.RIGHT_LITTLE: right_little,
        FingerPosition.LEFT_THUMB: left_thumb,
        FingerPosition.LEFT_INDEX: left_index,
        FingerPosition.LEFT_MIDDLE: left_middle,
        FingerPosition.LEFT_RING: left_ring,
        FingerPosition.LEFT_LITTLE: left_little,
        FingerPosition.UNKNOWN: unknown_finger,
        None: photo,
    }
    sent = {position: uploads or [] for position, uploads in fingers.items()}
    by_field = _details_of(details or {}, {field_of(position): len(uploads) for position, uploads in sent.items()})
    whole = SampleDetailsIn(impression=impression, ppi=ppi)
    return [
        (file_details.otherwise(whole) if position is not None else file_details).sample(
            position, upload.filename or "", read_upload(upload)
        )
        for position, uploads in sent.items()
        for upload, file_details in zip(uploads, by_field[field_of(position)], strict=True)
    ]


def _details_of(details: Details, counts: Mapping[str, int]) -> dict[str, Sequence[SampleDetailsIn]]:
    """Return the details of each file of each field."""
    for name, entries in details.items():
        if name not in counts:
            raise InvalidField(
                f"details: {name[:40]!r} is no field for prints or photos; use one of {', '.join(counts)}."
            )
        if len(entries) != counts[name]:
            raise InvalidField(
                f"details: {name} has {len(entries)} entries, and {counts[name]} files were sent in that field; "
                "give one entry for each file, in their order."
            )
    return {name: details.get(name, [SampleDetailsIn()] * count) for name, count in counts.items()}


def read_upload(upload: UploadFile) -> bytes:
    """Return the bytes of an uploaded file.

    Raises:
        ImageTooLarge: there are more than an image may have.
    """
    if upload.size is not None and upload.size > MAX_BYTES:
        raise ImageTooLarge(f"{upload.filename} has {upload.size:,} bytes; at most {MAX_BYTES:,} are accepted.")
    return upload.file.read()


AcceptPoorQuality = Annotated[
    str,
    Form(description="Reason for enrolling samples of poor quality; stored with each of them"),
]
UploadedSamples = Annotated[list[Sample], Depends(read_samples)]
