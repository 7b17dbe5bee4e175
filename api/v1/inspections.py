"""Inspections: what prints and photos are worth, while there is still time to take them again."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, UploadFile

from api.http.authentication import needs
from api.http.dependencies import EngineDependency, TableDependency
from api.http.turns import IN_TURN
from api.v1.inspected_files import File, FileKind, inspect
from api.v1.inspections_schemas import InspectionOut
from api.v1.samples_form import FILE_FIELDS, read_upload, take_file_fields
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.recognition.capture import CropBox, FingerPosition, Impression

router = APIRouter(tags=["samples"])

PHOTOS: Final = {field: target for field, target in FILE_FIELDS.items() if not target[0].traits.has_fingers}


def _file(
    finger: UploadFile | None = None,
    slap: UploadFile | None = None,
    card: UploadFile | None = None,
    transaction: UploadFile | None = None,
    position: Annotated[
        int | None,
        Form(description="Code of the finger, 0 to 10, or of the slap: 13 right four, 14 left four, 15 both thumbs"),
    ] = None,
    missing: Annotated[
        list[FingerPosition] | None, Form(description="A finger that a slap or a card does not show; may be repeated")
    ] = None,
    impression: Annotated[
        Impression, Form(description="ANSI/NIST impression type code of the prints")
    ] = Impression.PLAIN_LIVE_SCAN,
    ppi: Annotated[float | None, Form(description="Resolution; wins over the file's own tag; else 500")] = None,
    box: Annotated[
        list[int] | None,
        Form(
            min_length=4, max_length=4, description="Left, top, right and bottom edge of a mark in its photo, in pixels"
        ),
    ] = None,
    **photos: UploadFile | None,
) -> File:
    fields = {"finger": finger, "slap": slap, "card": card, "transaction": transaction, **photos}
    sent = [(field, upload) for field, upload in fields.items() if upload is not None]
    if len(sent) != 1:
        raise InvalidField(f"{len(sent)} files were sent; send one, in the field named after what it is.")
    field, upload = sent[0]
    kind, shows = (FileKind.PHOTO, PHOTOS[field]) if field in PHOTOS else (FileKind(field), None)
    content = read_upload(upload)
    cropped = None if box is None else CropBox(*box)
    return File(kind, content, upload.filename or "", position, missing or (), impression, ppi, shows, cropped)


take_file_fields(_file, PHOTOS, UploadFile | None, at=4)


@router.post(
    "/inspections",
    summary="Segment a file and measure its quality",
    dependencies=[needs(Scope.ENCOUNTER_WRITE), IN_TURN],
)
def inspect_file(
    file: Annotated[File, Depends(_file)], engine: EngineDependency, table: TableDependency
) -> InspectionOut:
    """Cut a file into prints and photos and measure their quality, before an enrolment. Nothing is stored.

    It goes in the field named after what it is: `finger` a single print or minutiae record, `slap` several fingers or
    thumbs of one press (without a position the hand is guessed), `card` a whole ten-print card whose rolled prints are
    cut out, `transaction` an ANSI/NIST-ITL file, whose own files come back in `original`, `photo` a photo of one
    person, `mark` one of a scar, mark or tattoo, `iris_right` and `iris_left` a near-infrared photo of an eye,
    `palm_right_full` and others an image of a palm.
    """
    return InspectionOut.of(inspect(engine, file, table), file.kind)
