"""Multipart forms to latents: an image, and a file of what is marked on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, File, Form, UploadFile

from api.itl.samples import read_latents
from api.latent_probes import Latent
from api.v1.samples_form import read_upload
from biometrics.imaging.image import decode
from biometrics.itl import read
from biometrics.kernel.errors import FieldFault, InvalidField, MalformedTransaction
from fingerprint.latents.positions import position_of_code
from fingerprint.latents.reading import is_marked, read_marked_print

MARKED = "Minutiae that were marked: our JSON file (docs/fingerprint.md), or an ANSI/NIST file with one Type-9 record"

Marked = Annotated[UploadFile | None, File(description=MARKED)]
LatentImage = Annotated[UploadFile | None, File(description="The latent's image")]
Ppi = Annotated[float | None, Form(description="Resolution of the image; wins over the file's own tag; else 500")]


Position = Annotated[
    int | None,
    Form(
        description="Position by ANSI/NIST-ITL: 0 a finger, 1 to 10 which one; 20 a palm, 21 to 38 which part; 18: a "
        "finger or a palm. Empty: that of `marked`, else 18"
    ),
]


@dataclass(frozen=True)
class LatentFiles:
    """The files of a latent, as they came in: of its marks, of its image, or both, and the code of its position."""

    marked: bytes | None
    image: bytes | None
    name: str
    ppi: float | None = None
    position: int | None = None

    @property
    def latent(self) -> Latent:
        """The latent; raises what `latent_of` does."""
        return latent_of(self.marked, self.image, self.name, self.ppi, self.position)


def read_latent_files(
    marked: Marked = None, image: LatentImage = None, ppi: Ppi = None, position: Position = None
) -> LatentFiles:
    """Return the files of a form."""
    main_file = image or marked
    name = (main_file.filename if main_file else "") or ""
    return LatentFiles(
        read_upload(marked) if marked else None, read_upload(image) if image else None, name, ppi, position
    )


UploadedLatent = Annotated[LatentFiles, Depends(read_latent_files)]


def latent_of(
    marked: bytes | None, image: bytes | None, name: str, ppi: float | None = None, code: int | None = None
) -> Latent:
    """Return the latent of the file of its marks and that of its image; `code` is of its position, else the marks' one.

    Raises:
        InvalidField: there is neither image nor marks, the marks are of an image of another size, or there is no such
            position.
        BadImage, InvalidResolution, MalformedTransaction: one of the files cannot be read.
    """
    label = name or "the latent"
    marks = read_marked_print(marked) if marked is not None else None
    position = marks.position if marks else None
    if code is not None:
        position = position_of_code(code)
    if image is None:
        if marked is None:
            raise InvalidField("Send the latent's image, the minutiae marked on it, or both.")
        return Latent(label, None, marked, marks, position)
    decoded = decode(image, marks.ppi if marks else ppi)
    if marks and (marks.width, marks.height) != (decoded.width, decoded.height):
        raise InvalidField(
            f"The minutiae were marked on an image of {marks.width} x {marks.height} pixels; this one has "
            f"{decoded.width} x {decoded.height}."
        )
    return Latent(label, decoded, image, marks, position)


def read_latent_file(content: bytes, name: str, ppi: float | None) -> Latent:
    """Return the latent of one file: an image, our JSON file, or an ANSI/NIST file of any transaction with one latent.

    Raises:
        As for `latent_of`; MalformedTransaction: there is not exactly one latent in the file, too.
    """
    if not is_marked(content):
        return latent_of(None, content, name, ppi)
    if content.lstrip().startswith(b"{"):
        return latent_of(content, None, name)
    reading = read(content)
    faults: list[FieldFault] = list(reading.faults)
    latents = read_latents(reading.records, faults)
    if faults:
        raise MalformedTransaction.of(faults)
    if len(latents) != 1:
        raise MalformedTransaction(f"The file holds {len(latents)} latents; open one with one.")
    return latents[0]
