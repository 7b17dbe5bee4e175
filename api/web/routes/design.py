"""The styles of the pages, alive: tokens and components, for those who develop pages."""

from __future__ import annotations

import re
from typing import Final

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.authentication import needs
from api.web.pages import PagesDependency
from api.web.static_files import STATIC
from biometrics.kernel.access import Scope

router = APIRouter()

_TOKENS: Final = STATIC / "styles" / "tokens.css"
_COLOUR: Final = re.compile(r"(#|rgb\()")


@router.get("/system/design", dependencies=[needs(Scope.ACCOUNT_MANAGE, person=True)])
def show_design(pages: PagesDependency) -> Response:
    """Show every token and component, in the theme of the station and in the examiner's."""
    tokens = dict(re.findall(r"^  --([\w-]+): ([^;]+);", _TOKENS.read_text("utf-8"), re.MULTILINE))
    colours = [name for name, value in tokens.items() if _COLOUR.match(value)]
    sizes = {name: value for name, value in tokens.items() if name not in colours}
    return pages.show("design.html", colours=colours, sizes=sizes)
