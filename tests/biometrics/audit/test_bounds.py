"""Reading the audit log looks at a part of it at a time, however few entries meet the query."""

from __future__ import annotations

import pytest
from case_examples import somebody
from records_examples import encounter, print_of

from biometrics.audit import reader as audit_log
from biometrics.audit.reader import AuditLog, EntryQuery
from biometrics.kernel.access import Role
from biometrics.kernel.person import Person
from biometrics.records.store import RecordStore
from biometrics.use_cases.enrol import store_person


def test_a_page_looks_at_so_many_entries_and_goes_on_with_older_ones(
    store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry that only a scan finds is found, a page after the other; each page is an entry itself."""
    monkeypatch.setattr(audit_log, "SCANNED", 4)
    auditor = somebody("auditor", Role.AUDITOR)
    acting = store.for_actor(auditor)
    named = store_person(acting, Person("Ram"), encounter(), [print_of("one")]).record_id
    other = store_person(acting, Person("Sita"), encounter(), [print_of("two")]).record_id
    for _ in range(10):
        acting.people.get(other)
    log = AuditLog(store.database, store.keys, store.identity)
    query, after, sizes = EntryQuery(person=named), None, []
    while True:
        page = log.find(auditor, query, after=after)
        sizes.append(len(page.items))
        if page.after is None:
            break
        after = page.after
    assert sizes == [0, 0, 1]
    assert [entry.action for entry in page.items] == ["record.enrol"]
