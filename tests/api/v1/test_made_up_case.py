"""All papers of one invented case, as `scripts/papers` writes them: in both languages, with their certificates."""

from __future__ import annotations

from hashlib import sha256

import pytest
from fastapi.testclient import TestClient
from made_up_case import written
from pdf_pages import cut_off, rendered
from pdf_text import text_of

EMPTY = 9_000  # bytes of a rendered page that has a foot and nothing else


@pytest.mark.debian_packages
@pytest.mark.slow
def test_every_paper_of_a_case_is_whole_and_has_its_certificate(client: TestClient) -> None:
    names = []
    for name, reader, path in written(client):
        names.append(name)
        for code in ("en", "hi"):
            paper, certificate = (
                reader("GET", path, params={"language": code, "document": document}).content
                for document in ("paper", "certificate")
            )
            assert cut_off(paper) + cut_off(certificate) == [], (name, code)
            assert all(len(page) > EMPTY for page in rendered(paper, 1.0)), (name, code)
            assert sha256(paper).hexdigest() in text_of(certificate), (name, code)
    assert names == [
        "fingerprint-slip",
        "receipt",
        "examination-report",
        "line-up-record",
        "line-up-key",
        "notice-of-destruction",
        "clearance-certificate",
    ]
