"""Administrators see what the installation is made of."""

from __future__ import annotations

import re

from browsing import Station, text_of, texts_of

from biometrics.kernel.access import Role


def test_an_administrator_sees_models_database_and_limits(station: Station) -> None:
    page = station.html(station.officer(Role.ADMINISTRATOR), "/system")
    rows = texts_of(page, "tr")
    assert "Ready: the models are open" in page
    assert "never backed up" in text_of(page)
    assert page.index("free for the database") < page.index("onnxruntime") < page.index("SHA-256")
    assert any(row.startswith("sface face") and "Apache-2.0" in row for row in rows)
    assert any(re.match(r"Face \d+ changes?", row) for row in rows)  # other tests may just have enrolled somebody
    for text in ("PEHCHAN_REQUESTS_PER_MINUTE", "onnxruntime"):
        assert text in page
