"""A certificate proves what was destroyed, names nobody, and shows any change of it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from acting import ELSEWHERE, HERE, act_of
from records_examples import FACE_MODEL
from retention_examples import arrested, problems
from sqlalchemy import select, update

from biometrics.kernel.access import Role
from biometrics.kernel.errors import (
    InvalidField,
)
from biometrics.kernel.people.record import Enrolment
from biometrics.kernel.technique.clock import today
from biometrics.records.store import RecordStore
from biometrics.retention.certificates import Certificate, CertificateStore
from biometrics.storage.audit.log import plain_json
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.storage.crypto.signing import Signer
from biometrics.storage.tables.people import samples
from biometrics.storage.tables.retention import expungements
from biometrics.use_cases.retention.retention import Retention


def test_certificates_are_read_page_by_page_where_it_was_collected(store: RecordStore) -> None:
    """Whoever destroyed it, the unit where it was collected and those above see it; for others it is not there."""
    for name in ("Ram", "Sita", "Mohan"):
        arrested(store, name, freed=True)
    done = Retention(store).run(today())
    for unit in (HERE, "27", "national"):
        bound = CertificateStore(store.database, act_of(unit, Role.RECORDS_CLERK))
        first = bound.page(2)
        rest = bound.page(2, first.after)
        read = [certificate.id for page in (first, rest) for certificate in page.items]
        assert (len(first.items), sorted(read), rest.after) == (2, sorted(certificate.id for certificate in done), None)
        assert bound.find(read[0]) == first.items[0]
    outside = CertificateStore(store.database, act_of(ELSEWHERE, Role.RECORDS_CLERK))
    assert (outside.page(2).items, outside.find(done[0].id)) == ((), None)


def test_a_certificate_holds_nothing_of_the_person_and_is_read_back(store: RecordStore) -> None:
    arrested(store, "Ram", freed=True)
    retention = Retention(store)
    (certificate,) = retention.run(today())
    assert "Ram" not in certificate.text
    assert Certificate.parse(certificate.text) == certificate
    assert CertificateStore(store.database, store.act).find(certificate.id) == certificate
    assert list(CertificateStore(store.database, store.act).everything()) == [certificate]
    assert certificate.content["encounters"][0]["basis"].startswith("Criminal Procedure (Identification) Act 2022")


def test_a_certificate_that_was_changed_is_found_out(store: RecordStore) -> None:
    """By its signature, and then nothing else that it says is used; one never given, by the station's own note."""
    arrested(store, "Ram", freed=True)
    (certificate,) = Retention(store).run(today())
    forgeries: dict[str, object] = {
        "samples": ["x", {}, 1 << 80],
        "at": "2020-01-01T00:00:00+00:00",
        "dead_keys": {},
        "encounters": [1],
        "templates": [[]],
        "files": ["../../../etc/passwd"],
        "searches": [{}],
        "id": "\x00",
    }
    for field, value in forgeries.items():
        changed = replace(certificate, content={**certificate.content, field: value})
        assert set(problems(store, changed)) == {"signature"}
    with store.database.writing() as connection:
        connection.execute(update(expungements).values(content="{}"))
    assert set(problems(store, certificate)) == {"the station's own note"}


def test_samples_that_were_not_destroyed_are_found(store: RecordStore, images: ImageFolder) -> None:
    done = arrested(store, "Ram", freed=False)
    (certificate,) = _certify_only(store, done)
    assert set(problems(store, certificate)) == {
        "the station's own note",
        "rows of encounters",
        "rows of samples",
        "rows of templates",
        "removals that indexes follow",
        "image files",
        "rows of records",
    }


def _certify_only(store: RecordStore, done: Enrolment) -> list[Certificate]:
    with store.database.reading() as connection:
        names = list(connection.execute(select(samples.c.image_name)).scalars())
    content = {
        "id": "x",
        "record": done.record_id,
        "record_removed": True,
        "encounters": [{"encounter": done.encounter_id}],
        "samples": list(done.sample_ids),
        "templates": [[number, "face", FACE_MODEL] for number in done.template_ids],
        "files": names,
        "searches": [],
        "dead_keys": {done.record_id: "0" * 64},
        "sequence": 1,
    }
    with store.database.noting() as connection:
        return [Certificate(content, Signer(store.keys, connection).sign(plain_json(content).encode()))]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"content": {"certificate": "other"}, "signature": ""}', "\x00", "[" * 100_000]
)
def test_a_text_that_is_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(InvalidField):
        Certificate.parse(text)


def test_a_field_that_is_missing_or_of_another_type_is_refused(store: RecordStore) -> None:
    arrested(store, "Ram", freed=True)
    (certificate,) = Retention(store).run(today())
    for field in certificate.content:
        if field in ("by", "certificate"):
            continue
        for content in (
            {**certificate.content, field: None},
            {k: v for k, v in certificate.content.items() if k != field},
        ):
            if field == "removed" and field not in content:
                continue  # certificates of before have none
            with pytest.raises(InvalidField):
                Certificate.parse(json.dumps({"content": content, "signature": certificate.signature}))
