"""Files that browsers store for use without a connection: a service worker, and pages without data."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.authentication import for_everybody
from api.http.paths import PREFIX
from api.localisation.languages import NAMES, chosen
from api.web.guides import FOLDER, GUIDES, path_of
from api.web.pages import TEMPLATES, PagesDependency, address
from api.web.routes.enrol import enrolment_form
from api.web.static_files import STATIC, modules_of
from biometrics.kernel.errors import NotFound

router = APIRouter()

_OTHER: Final = f"{PREFIX}/offline"  # stored for every other page
_ENROL: Final = f"{PREFIX}/offline/enrol"
_SCRIPTS: Final = ("page.js", "enrol/enrol.js", "offline/offline.js")
_FILES: Final = (
    *("lib/early_input.js", "logo.svg", "styles/tokens.css", "styles/base.css", "styles/enrol.css"),
    *("fonts/latin-400.woff2", "fonts/latin-600.woff2"),
)
_DEVANAGARI: Final = ("styles/devanagari.css", "fonts/devanagari-400.woff2")


@router.get("/service-worker.js", dependencies=[for_everybody()])
def send_worker(language: str = "en") -> Response:
    """Send the service worker for readers of a language; another build or language is another one."""
    if language not in NAMES:
        raise NotFound("There are no pages in this language.")
    script_fonts = _DEVANAGARI if chosen(language, "").is_devanagari else ()
    plan = {
        "cache": f"pehchan-pages-{_build()}-{language}",
        "language": language,
        "files": [address(name) for name in (*_FILES, *script_fonts, *modules_of(_SCRIPTS))],
        "pages": {f"{PREFIX}/enrol": _ENROL} | {path_of(name): path_of(name) for name in GUIDES},
        "other": _OTHER,
    }
    script = (STATIC / "offline" / "service_worker.js").read_text("utf-8")
    return Response(f"self.PLAN = {json.dumps(plan)};\n{script}", media_type="text/javascript")


@router.get("/offline", dependencies=[for_everybody()])
def show_offline(pages: PagesDependency) -> Response:
    """Show what can be done without a connection; it holds no data."""
    return pages.show("offline.html", guides=GUIDES, is_offline=True)


@router.get("/offline/enrol", dependencies=[for_everybody()])
def show_offline_form(pages: PagesDependency) -> Response:
    """Show the form of an enrolment without data."""
    return enrolment_form(pages, offline=True)


@cache
def _build() -> str:
    """Return a short digest of what the stored pages are made of."""
    digest = sha256(address("").encode())
    for path in sorted(Path(path) for folder in (TEMPLATES, FOLDER) for path in folder.rglob("*.*")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
