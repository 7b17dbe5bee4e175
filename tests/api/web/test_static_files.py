"""What browsers get of the files of the pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.web.static_files import STATIC, compacted

SCRIPTS = sorted(STATIC.rglob("*.js"))
COMMENT = re.compile(r"(//|/\*\*|\*)")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(STATIC).as_posix())
def test_a_script_is_sent_without_its_comments_and_with_all_its_code(path: Path) -> None:
    source = path.read_text("utf-8").split("\n")
    sent = compacted("\n".join(source)).split("\n")
    assert len(sent) == len(source)  # errors name the lines of the source
    for written, line in zip(source, sent, strict=True):
        assert line == written.lstrip() or (line == "" and COMMENT.match(written.strip())), written
        assert written.count("`") % 2 == 0, f"a text over several lines could hold what looks like a comment: {written}"
    assert not [line for line in sent if re.fullmatch(r"\s*(//.*|/\*\*.*\*/)", line)]
