"""Multipart forms to samples: one form field a finger, named after it, and `photo`.

A print is an image or a finger minutiae record (ISO/IEC 19794-2, ANSI INCITS 378).
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, File, Form, UploadFile

from biometrics.errors import ImageTooLarge
from biometrics.image import MAX_BYTES
from biometrics.types import FingerPosition, Impression, Modality, Sample

Files = Annotated[list[UploadFile] | None, File()]


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
        float | None, Form(description="Resolution of images of prints; wins over the files' own tags; else 500")
    ] = None,
) -> list[Sample]:
    """Collect the samples of a request, in the order of the fingers, photos last."""
    prints = {
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
    }
    samples = [
        Sample(Modality.FINGERPRINT, read_upload(upload), upload.filename or "", position, impression, ppi)
        for position, uploads in prints.items()
        for upload in uploads or ()
    ]
    return samples + [Sample(Modality.FACE, read_upload(upload), upload.filename or "") for upload in photo or ()]


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
    Form(description="Why samples below the quality floor are enrolled all the same; stored with each of them"),
]
UploadedSamples = Annotated[list[Sample], Depends(read_samples)]
