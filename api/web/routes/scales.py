"""The scales that scores are stated by, for administrators and auditors."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.authentication import needs_sign_in
from api.v1.scales import Scales
from api.web.pages import PagesDependency

router = APIRouter()


@router.get("/system/scales", dependencies=[needs_sign_in(person=True)])
def show_scales(pages: PagesDependency, scales: Scales) -> Response:
    """Show which scales are in force, what they were made from, and how they differ from the shipped ones."""
    return pages.show("scales.html", scales=scales.scales)
