"""An auditor's question by any number or name that a page shows finds the entries, or says that it cannot."""

from __future__ import annotations

import pytest
from acting import act_of
from sqlalchemy import select

from biometrics.audit.reader import AuditLog, EntryQuery
from biometrics.kernel.access import Act, Role
from biometrics.kernel.errors import InvalidField
from biometrics.records.store import RecordStore
from biometrics.storage.audit.log import Action, Entry, append
from biometrics.storage.tables.accounts import users
from biometrics.storage.tables.cases import cases
from biometrics.storage.tables.clearances import clearances
from biometrics.storage.tables.lineups import lineups
from biometrics.storage.tables.people import encounters, records
from biometrics.storage.tables.searches import searches
from biometrics.storage.tables.watchlist import standing_searches

BUREAU = act_of("national", Role.AUDITOR)


@pytest.fixture
def log(station: RecordStore) -> AuditLog:
    return AuditLog(station.database, station.keys, station.identity)


def about(log: AuditLog, text: str, act: Act = BUREAU, **filters: str) -> list[Entry]:
    return list(log.find(act, EntryQuery(text, **filters), 500).items)


def note_about(station: RecordStore, subject: str, actor: Act = BUREAU) -> None:
    """Write an entry about something whose own entries the stored station does not have."""
    with station.database.writing() as connection:
        append(connection, actor, Action.CASE_READ, subject, scored=False)


def test_all_that_a_page_shows_as_a_number_or_a_name_finds_its_entries(station: RecordStore, log: AuditLog) -> None:
    """One of each kind, and of cases one of every kind that the station has."""
    with station.database.reading() as connection:
        numbered = {
            **{row.id: row.number for row in connection.execute(select(cases))},
            **{row.id: row.number for row in connection.execute(select(clearances))},
            **{row.id: str(row.number) for row in connection.execute(select(standing_searches))},
            **{row.id: row.login for row in connection.execute(select(users))},
            **{row.id: row.national_number for row in connection.execute(select(records))},
            **{row.id: row.id for row in connection.execute(select(searches))},
            **{f"lineup-{row.id}": str(row.id) for row in connection.execute(select(lineups))},
        }
        kinds = set(connection.execute(select(cases.c.kind)).scalars())
        named = {row.id: row.name for row in connection.execute(select(records).where(records.c.merged_into.is_(None)))}
    assert len(kinds) >= 2
    for subject, number in numbered.items():
        note_about(station, subject)
        assert subject in {entry.subject_id for entry in about(log, number)}, number
    for subject, name in named.items():
        assert subject in {entry.subject_id for entry in about(log, name)}, name


def test_a_login_finds_what_the_account_did_as_what_was_done_to_it(station: RecordStore, log: AuditLog) -> None:
    with station.database.reading() as connection:
        account = connection.execute(select(users)).first()
    assert account
    note_about(station, "somebody", act_of("national", Role.AUDITOR, actor=account.id))
    assert "somebody" in {entry.subject_id for entry in about(log, account.login)}
    assert {entry.actor_id for entry in log.find(BUREAU, EntryQuery(actor_id=account.login)).items} == {account.id}


def test_an_fir_finds_its_searches_and_the_people_booked_under_it_with_their_cases(
    station: RecordStore, log: AuditLog
) -> None:
    with station.database.reading() as connection:
        case = connection.execute(select(cases).where(cases.c.record_id.is_not(None))).first()
        assert case
        booked = connection.execute(select(encounters).where(encounters.c.record_id == case.record_id)).first()
        search = connection.execute(select(searches)).first()
    assert booked
    assert search
    for subject in (case.id, booked.record_id, booked.id, search.id):
        note_about(station, subject)
    for filters in ({"person": booked.fir_number}, {"case_number": booked.fir_number}):
        found = {entry.subject_id for entry in log.find(BUREAU, EntryQuery(**filters), 500).items}
        assert found >= {case.id, booked.record_id, booked.id}, filters
    assert search.id in {entry.subject_id for entry in about(log, search.case_number)}


def test_what_cannot_be_found_is_refused_and_never_an_empty_list(station: RecordStore, log: AuditLog) -> None:
    with station.database.reading() as connection:
        record = connection.execute(select(records)).first()
    assert record
    elsewhere = act_of("35", Role.AUDITOR)
    for act, query in (
        (BUREAU, {"person": "27519004-2026-9999"}),
        (BUREAU, {"person": "nobody"}),
        (BUREAU, {"actor_id": "nobody"}),
        (BUREAU, {"action": "case.blame"}),
        (elsewhere, {"person": record.national_number}),
        (elsewhere, {"person": record.name}),
    ):
        with pytest.raises(InvalidField):
            log.find(act, EntryQuery(**query))


def test_an_auditors_own_readings_are_left_out_unless_asked_for(station: RecordStore, log: AuditLog) -> None:
    log.find(BUREAU, EntryQuery())
    mine = {"actor_id": BUREAU.actor.id}
    assert log.find(BUREAU, EntryQuery(**mine)).items == ()
    assert log.find(BUREAU, EntryQuery(**mine, own_reads=True)).items
    assert log.find(act_of("national", Role.AUDITOR, actor="another"), EntryQuery(**mine)).items


def test_a_breach_counts_entries_people_and_what_was_done(station: RecordStore, log: AuditLog) -> None:
    """Merged records are one person; the readings of others do not count."""
    with station.database.reading() as connection:
        merged = connection.execute(select(records).where(records.c.merged_into.is_not(None))).first()
        others = connection.execute(select(records.c.id).where(records.c.merged_into.is_(None))).scalars().all()
    assert merged
    other = next(record_id for record_id in others if record_id != merged.merged_into)
    thief = act_of("national", actor="thief")
    for subject in (merged.id, merged.merged_into, other):
        note_about(station, subject, thief)
    note_about(station, others[0])
    with station.database.writing() as connection:
        append(connection, BUREAU, Action.ACCOUNT_DISABLED, "thief")
    extent = log.breach(BUREAU, EntryQuery(actor_id="thief"))
    assert (extent.entries, extent.people, extent.accounts) == (3, 2, ("thief",))
    assert extent.actions == ((Action.CASE_READ, 3),)
    assert (Action.ACCOUNT_DISABLED, 1) in extent.measures
    with pytest.raises(InvalidField):
        log.breach(BUREAU, EntryQuery(since="2026-01-01"))
