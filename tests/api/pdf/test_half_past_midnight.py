"""Half an hour past an Indian midnight it is still the day before in UTC: each paper states the station's day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from paper_examples import DIGEST, clearance_of, file_of, lineup_of
from pdf_text import text_of

from api.localisation.languages import language
from api.pdf.clearance import clearance_pdf
from api.pdf.encounter_papers import fingerprint_slip_pdf, receipt_pdf
from api.pdf.lineup import lineup_pdf
from api.pdf.notice import notice_pdf
from api.pdf.paper import WrittenPaper
from api.pdf.section63 import section63_pdf
from biometrics.access.court_details import CourtDetails
from biometrics.clearances.model import ClearanceOutcome, ClearanceRequest, Decision
from biometrics.lineups.model import Presentation
from biometrics.records.store import RecordStore
from biometrics.retention.certificates import Certificate
from biometrics.storage.database.engine import Database

AT = datetime(2026, 12, 2, 19, 0, 5, tzinfo=UTC)  # 00:30:05 IST of the third
ENGLISH, IST = language("en"), "Asia/Kolkata"
REQUEST = ClearanceRequest("Asha", date(1990, 1, 5), "Passport", "Visa", "Embassy", "Consent")
NO_RECORD = Decision(ClearanceOutcome.NO_RECORD)
DESTROYED = {
    "certificate": "pehchan-expungement-1",
    "id": "x",
    "at": AT.isoformat(),
    "by": "",
    "station": "s",
    "record": "r",
    "record_removed": True,
    "national_number": "2700000001",
    "encounters": [],
    "searches": [],
    "samples": [],
    "templates": [],
    "files": [],
    "dead_keys": {},
    "public_key": DIGEST,
}
PAPERS: dict[str, Callable[[Database], WrittenPaper]] = {
    "slip": lambda database: fingerprint_slip_pdf(database, file_of("lines", AT), ENGLISH, IST),
    "receipt": lambda database: receipt_pdf(database, file_of("lines", AT), ENGLISH, IST),
    "line-up": lambda database: lineup_pdf(database, lineup_of("lines", Presentation.SEQUENTIAL, AT), ENGLISH, IST),
    "notice": lambda database: notice_pdf(database, Certificate(DESTROYED, DIGEST * 2), ENGLISH, IST),
    "clearance": lambda database: clearance_pdf(
        database, clearance_of(REQUEST, NO_RECORD, AT), None, DIGEST, ENGLISH, IST
    ),
    "certificate": lambda _: section63_pdf(WrittenPaper("A", b""), "a.pdf", CourtDetails(), ENGLISH, AT),
}
STATES_NO_MOMENT = ("slip",)


@pytest.mark.debian_packages
@pytest.mark.parametrize("paper", PAPERS)
def test_a_paper_of_half_past_midnight_states_the_stations_day(store: RecordStore, paper: str) -> None:
    text = text_of(PAPERS[paper](store.database).content)
    assert not any(wrong in text for wrong in ("2Dec2026", "02/12/2026", "19:00"))
    if paper not in STATES_NO_MOMENT:
        assert "3Dec2026" in text or "03/12/2026,00:30:05IST" in text
