"""The files of the pages: scripts, styles, pictures and fonts."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Final

from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC: Final = Path(__file__).with_name("static")
FOR_GOOD: Final = "public, max-age=31536000, immutable"
_COMMENT: Final = re.compile(r"^[ \t]*(?:/\*\*(?:(?!\*/).)*\*/[ \t]*|//[^\n]*)$", re.MULTILINE | re.DOTALL)
_INDENT: Final = re.compile(r"^[ \t]+", re.MULTILINE)
_IMPORT: Final = re.compile(r"""(?:from|import|import\()\s*"(\.[^"]+)\"""")


class StaticPageFiles(StaticFiles):
    """Serves `static/`; an address contains a digest of its content, so that browsers may keep the answer for good."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a file and few headers: a page loads fifty, and browsers never ask whether one has changed."""
        answer = await super().get_response(path, scope)
        if isinstance(answer, FileResponse) and str(answer.path).endswith(".js"):
            answer = Response(_script(str(answer.path)), media_type="text/javascript")
        if path.endswith(".svg"):  # the only documents among them
            answer.headers["Content-Security-Policy"] = "default-src 'none'"
        answer.headers["Cache-Control"] = FOR_GOOD
        for name in ("ETag", "Last-Modified", "Accept-Ranges"):
            if name in answer.headers:
                del answer.headers[name]
        return answer


@cache
def _script(path: str) -> str:
    return compacted(Path(path).read_text("utf-8"))


def compacted(script: str) -> str:
    """Return a script without the comments that fill lines and without indentation: a seventh of a page's weight.

    Each line keeps its number. No string of a script may span lines (`tests/api/web/test_static_files.py`).
    """
    return _INDENT.sub("", _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), script))


@cache
def modules_of(scripts: tuple[str, ...]) -> tuple[str, ...]:
    """Return scripts of `static/` with all that they import, directly or not."""
    modules: list[str] = []
    waiting = list(scripts)
    while waiting:
        name = waiting.pop(0)
        if name not in modules:
            modules.append(name)
            imported = _IMPORT.findall((STATIC / name).read_text("utf-8"))
            waiting += [normpath(join(dirname(name), path)) for path in imported]
    return tuple(modules)
