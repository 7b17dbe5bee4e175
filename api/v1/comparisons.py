"""Comparisons of what was searched with and what was found."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, UploadFile

from api.http.authentication import needs
from api.http.dependencies import EngineDependency
from api.http.errors import raising
from api.http.turns import IN_TURN
from api.v1.samples_form import read_upload
from biometrics.imaging.charts import SearchChart
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import NothingToCompare
from biometrics.use_cases.casework.compare import chart_candidate

router = APIRouter(tags=["identification"])


@router.post(
    "/searches/{search_id}/comparisons",
    summary="Compare a probe with a candidate",
    dependencies=[needs(Scope.IMAGE_READ), needs(Scope.SEARCH_READ), IN_TURN],
    responses=raising(NothingToCompare),
)
def compare_with_candidate(
    search_id: str,
    engine: EngineDependency,
    sample_id: Annotated[int, Form(description="Of a sample of one of the search's candidates")],
    ordinal: Annotated[
        int | None, Form(description="The probe's index in the search, from 0; else the one that found the sample")
    ] = None,
    image: Annotated[UploadFile | None, Form(description="The file that was searched with, if it is not kept")] = None,
) -> SearchChart:
    """Get the features that the software pairs and the overlay of the images. Nothing is stored."""
    return chart_candidate(engine, search_id, sample_id, ordinal, read_upload(image) if image else None)
