"""The images of cases: the files, what was extracted from them, two of them side by side, and an examiner's marks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.http.authentication import needs
from api.http.dependencies import EngineDependency
from api.http.errors import raising
from api.http.schemas import IMAGE, RENDERING
from api.http.sent import Sent
from api.http.turns import IN_TURN, RENDERED_IN_TURN
from api.v1.cases import Cases
from api.v1.cases_schemas import CaseImageOut
from biometrics.imaging.charts import Chart, MarkedImage
from biometrics.imaging.image import png
from biometrics.kernel.access import Scope
from biometrics.kernel.casework.annotations import WorkingMarks
from biometrics.kernel.errors import (
    CaseTaken,
    MarksChanged,
    NothingToCompare,
    NotIndependent,
    UndecodableImage,
    UnknownSample,
    UnsupportedImage,
    WrongStep,
)
from biometrics.use_cases.casework.compare import marks_of, side_by_side
from biometrics.use_cases.casework.examine import image_of, images_of, preview_of

router = APIRouter(prefix="/cases", tags=["cases"], dependencies=[needs(Scope.CASE_EXAMINE)])

THUMBNAIL = 160  # pixels of the longest side: twice what a list shows, for sharp screens
HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
_STEPS = raising(WrongStep, CaseTaken, NotIndependent)
_NO_IMAGE = {204: {"description": "The probe has no image that can be shown, as with a minutiae record"}}
_COMPARING = raising(WrongStep, CaseTaken, NothingToCompare)


@router.get("/{case_id}/images", summary="List the images of a case", responses=_STEPS)
def list_case_images(case_id: str, engine: EngineDependency, cases: Cases) -> list[CaseImageOut]:
    """List the images that you may see now. The candidate's are among them after your analysis."""
    return [CaseImageOut.of(image) for image in images_of(engine.store, cases.examined(case_id))]


@router.get(
    "/{case_id}/thumbnail",
    summary="Get the thumbnail of a case",
    response_class=Response,
    dependencies=[RENDERED_IN_TURN],
    responses=RENDERING | _NO_IMAGE | raising(UnknownSample, UndecodableImage),
)
def read_case_thumbnail(case_id: str, engine: EngineDependency, cases: Cases) -> Response:
    """Get a small PNG of the probe's first image, for lists of cases. This does not count as viewing the image."""
    content = preview_of(engine.store, cases, case_id).content
    try:
        return Response(png(content, THUMBNAIL), media_type="image/png", headers=HEADERS)
    except UnsupportedImage:
        return Response(status_code=204, headers=HEADERS)


@router.get(
    "/{case_id}/images/{name}",
    summary="Get an image of a case",
    response_class=Response,
    responses=IMAGE | _STEPS,
)
def read_case_image(case_id: str, name: str, engine: EngineDependency, cases: Cases) -> Response:
    """Get the file. Your opinion records that you viewed it."""
    image = image_of(engine.store, cases, case_id, name)
    return Response(image.content, media_type=image.media_type, headers=HEADERS)


@router.get(
    "/{case_id}/images/{name}/rendering",
    summary="Get an image of a case as PNG",
    response_class=Response,
    dependencies=[RENDERED_IN_TURN],
    responses=RENDERING | _STEPS | raising(UnsupportedImage, UndecodableImage),
)
def read_case_rendering(
    case_id: str,
    name: str,
    engine: EngineDependency,
    cases: Cases,
    side: Annotated[int | None, Query(ge=16, le=4000, description="Longest side in pixels; else as it is")] = None,
) -> Response:
    """Get the image as PNG, whatever its original format. A minutiae record has no image.

    This counts as viewing the image.
    """
    content = png(image_of(engine.store, cases, case_id, name).content, side)
    return Response(content, media_type="image/png", headers=HEADERS)


@router.get(
    "/{case_id}/images/{name}/marks",
    summary="Get the features of an image of a case",
    dependencies=[IN_TURN],
    responses=_COMPARING,
)
def read_case_marks(case_id: str, name: str, engine: EngineDependency, cases: Cases) -> MarkedImage:
    """Get the minutiae of a print or the landmarks of a face, in image coordinates. This counts as viewing it."""
    return marks_of(engine, cases, case_id, name)


@router.get(
    "/{case_id}/comparisons/{probe_name}/{candidate_name}",
    summary="Compare two images of a case",
    dependencies=[IN_TURN],
    responses=_COMPARING,
)
def read_case_comparison(
    case_id: str, probe_name: str, candidate_name: str, engine: EngineDependency, cases: Cases
) -> Chart:
    """Get the paired minutiae and the overlay of the images, without a score.

    It may influence an examiner who has not compared yet, so the opinion records that it was requested.
    """
    return side_by_side(engine, cases, case_id, probe_name, candidate_name).chart


@router.get("/{case_id}/working-marks", summary="Get your marks at work on a case", responses=raising(CaseTaken))
def read_working_marks(case_id: str, cases: Cases) -> WorkingMarks:
    """Get the features that you have marked in a case that you work on. Nobody else can read them.

    They are removed when you record your opinion, which holds those that count, when you release the case, and when it
    ends.
    """
    return cases.working_marks(case_id)


@router.put(
    "/{case_id}/working-marks",
    summary="Store your marks at work on a case",
    responses=raising(MarksChanged, WrongStep, CaseTaken),
)
def store_working_marks(case_id: str, work: Sent[WorkingMarks], cases: Cases) -> WorkingMarks:
    """Replace all your marks at work on a case that you have taken; they lie on images that you have opened.

    `version` is that of the marks that you change, 0 for the first ones. If another computer of yours has changed them
    since, nothing is stored (`marks_changed`).
    """
    return cases.mark(case_id, work)
