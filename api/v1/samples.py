"""Samples: the original files, and renderings that every browser shows."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from api.http.authentication import needs
from api.http.dependencies import StoreDependency, query_of
from api.http.errors import raising
from api.http.pagination import USUAL, After, Limit, cursor, number_after
from api.http.schemas import IMAGE, RENDERING, PageOut, Schema
from api.http.turns import RENDERED_IN_TURN
from api.v1.encounters_schemas import SampleOut
from biometrics.imaging.image import png
from biometrics.imaging.image_records import write_iris
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import InvalidField, UndecodableImage, UnsupportedImage
from biometrics.kernel.people.record import MARK_CONDITIONS, RecordQuery
from biometrics.kernel.recognition.body_marks import PhotographedMark
from biometrics.kernel.recognition.capture import EyePosition

router = APIRouter(tags=["samples"])


class FileFormat(StrEnum):
    """How the file of a sample is returned."""

    ORIGINAL = "original"
    ISO_19794_6 = "iso_19794_6"


class MarkPhotoOut(Schema):
    """A photo of a mark, and the record that it is of; its image is at /api/v1/samples/{id}/rendering."""

    id: int
    record_id: str
    mark: PhotographedMark | None = Field(description="Null where nothing is stated of it")
    quality: int | None


class MarkPageOut(PageOut):
    """A page of photos of marks, newest first."""

    marks: list[MarkPhotoOut]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")


@router.get("/marks", summary="Browse photos of marks", dependencies=[needs(Scope.ENCOUNTER_READ)])
def list_marks(
    store: StoreDependency,
    query: Annotated[RecordQuery, Depends(query_of(RecordQuery, *MARK_CONDITIONS))],
    mark_code: Annotated[str, Query(description="NCIC code, or its beginning")] = "",
    limit: Limit = USUAL,
    after: After = None,
) -> MarkPageOut:
    """Browse the photos of scars, marks and tattoos of people whom you may see, newest first, without any score.

    All conditions hold for one and the same mark. The audit log names the records.
    """
    page = store.people.marks(query, mark_code, limit, number_after(after))
    return MarkPageOut(marks=[MarkPhotoOut.model_validate(sample) for sample in page.items], next=cursor(page.after))


@router.get("/samples/{sample_id}", summary="Get a sample", dependencies=[needs(Scope.ENCOUNTER_READ)])
def read_sample(sample_id: int, store: StoreDependency) -> SampleOut:
    """Get a sample without its image."""
    return SampleOut.model_validate(store.samples.get(sample_id))


@router.get(
    "/samples/{sample_id}/image",
    summary="Get the file of a sample",
    response_class=Response,
    dependencies=[needs(Scope.IMAGE_READ)],
    responses=IMAGE,
)
def read_sample_image(
    sample_id: int,
    store: StoreDependency,
    format: Annotated[  # noqa: A002 - the name of the parameter
        FileFormat, Query(description="`iso_19794_6`: a record of ISO/IEC 19794-6:2011, of irises only")
    ] = FileFormat.ORIGINAL,
) -> Response:
    """Get the original file, an image or a finger minutiae record; or a photo of an iris in an interchange format."""
    sample = store.samples.get(sample_id)
    if format is FileFormat.ORIGINAL:
        headers = {"ETag": f'"{sample.image_sha256}"', "X-Content-Type-Options": "nosniff"}
        return Response(store.samples.image(sample_id), media_type=sample.media_type, headers=headers)
    if not isinstance(sample.position, EyePosition):
        raise InvalidField("Only photos of irises are written as ISO/IEC 19794-6; leave the format out.")
    record = write_iris(store.samples.image(sample_id), sample.position, sample.quality)
    return Response(record, media_type="application/octet-stream", headers={"X-Content-Type-Options": "nosniff"})


@router.get(
    "/samples/{sample_id}/rendering",
    summary="Get the image of a sample as PNG",
    response_class=Response,
    dependencies=[needs(Scope.IMAGE_READ), RENDERED_IN_TURN],
    responses=RENDERING | raising(UnsupportedImage, UndecodableImage),
)
def read_sample_rendering(
    sample_id: int,
    store: StoreDependency,
    side: Annotated[int | None, Query(ge=16, le=4000, description="Longest side in pixels; else as it is")] = None,
) -> Response:
    """Get the image as PNG, whatever its original format. A minutiae record has no image.

    The right required and the audit entry are those of the original image.
    """
    content = png(store.samples.image(sample_id), side)
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return Response(content, media_type="image/png", headers=headers)
