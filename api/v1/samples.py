"""Samples: the original files, and renderings that every browser shows."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.http.authentication import needs
from api.http.dependencies import StoreDependency
from api.http.errors import raising
from api.http.schemas import IMAGE, RENDERING
from api.http.turns import RENDERED_IN_TURN
from api.v1.encounters_schemas import SampleOut
from biometrics.imaging.image import png
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import UndecodableImage, UnsupportedImage

router = APIRouter(tags=["samples"])


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
def read_sample_image(sample_id: int, store: StoreDependency) -> Response:
    """Get the original file: an image or a finger minutiae record."""
    sample = store.samples.get(sample_id)
    return Response(
        store.samples.image(sample_id),
        media_type=sample.media_type,
        headers={"ETag": f'"{sample.image_sha256}"', "X-Content-Type-Options": "nosniff"},
    )


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
