"""The field check on a phone, and what a phone installs it by."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from api.http.authentication import for_everybody, needs
from api.http.paths import PREFIX
from api.localisation.value_labels import word
from api.web.pages import PagesDependency, address
from biometrics.kernel.access import Purpose, Scope
from biometrics.watchlist.model import WATCHED

router = APIRouter()

_MEDIA_TYPE: Final = "application/manifest+json"
_COLOUR: Final = "#123a63"  # --brand


@router.get("/field", dependencies=[needs(Scope.IDENTIFY)])
def ask_for_field_check(pages: PagesDependency) -> Response:
    """Show the form of a field check."""
    kinds = {kind.value: pages.translated(word(kind)) for kind in WATCHED.values()}
    return pages.show("field.html", purposes=list(Purpose), kinds=kinds)


@router.get("/manifest.webmanifest", dependencies=[for_everybody()])
def send_manifest() -> Response:
    """Send what a phone installs the field check by."""
    manifest = {
        "name": "Pehchan",
        "short_name": "Pehchan",
        "start_url": f"{PREFIX}/field",
        "scope": f"{PREFIX}/",
        "display": "standalone",
        "background_color": _COLOUR,
        "theme_color": _COLOUR,
        "icons": [{"src": address("logo.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JSONResponse(manifest, media_type=_MEDIA_TYPE)
