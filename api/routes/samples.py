"""Samples: the original files."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.dependencies import StoreDependency
from api.schemas import SampleOut
from api.security import needs
from api.shapes import IMAGE
from biometrics.access import Scope

router = APIRouter(tags=["samples"])


@router.get(
    "/samples/{sample_id}", summary="Read what is known of a sample", dependencies=[needs(Scope.ENCOUNTER_READ)]
)
def read_sample(sample_id: int, store: StoreDependency) -> SampleOut:
    """Read a sample without its image."""
    return SampleOut.model_validate(store.sample(sample_id))


@router.get(
    "/samples/{sample_id}/image",
    summary="Fetch a sample's file: an image, or a finger minutiae record",
    response_class=Response,
    dependencies=[needs(Scope.IMAGE_READ)],
    responses=IMAGE,
)
def read_image(sample_id: int, store: StoreDependency) -> Response:
    """Fetch the original file."""
    sample = store.sample(sample_id)
    return Response(
        store.sample_image(sample_id),
        media_type=sample.media_type,
        headers={"ETag": f'"{sample.image_sha256}"', "X-Content-Type-Options": "nosniff"},
    )
