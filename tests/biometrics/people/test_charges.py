"""Acts and sections are suggested by words that are begun, each once, on both databases alike."""

from __future__ import annotations

import pytest
from records_examples import encounter

from biometrics.kernel.people.encounter import Section
from biometrics.kernel.people.person import Person
from biometrics.people import offence_sections as charges
from biometrics.records.store import RecordStore
from biometrics.use_cases.enrolment.enrol import store_person

CHARGES = (
    Section("BNS 2023", "303(2)"),
    Section("BNS 2023", "304"),
    Section("IPC 1860", "303"),
    Section("IPC 1860", "498A"),
    Section("Arms Act 1959", "25"),
)


@pytest.fixture
def charged(store: RecordStore) -> RecordStore:
    """Charge each of three people with all of CHARGES."""
    for name in ("Ram", "Sita", "Gita"):
        store_person(store, Person(name), encounter(sections=CHARGES), [])
    return store


def suggested(store: RecordStore, text: str, limit: int = 20) -> list[str]:
    return [f"{section.act} {section.section}" for section in store.people.sections(text, limit)]


def test_every_word_begins_a_word_of_the_act_or_the_section(charged: RecordStore) -> None:
    assert sorted(suggested(charged, "303")) == ["BNS 2023 303(2)", "IPC 1860 303"]
    assert suggested(charged, "bns 303") == suggested(charged, "303 BNS") == ["BNS 2023 303(2)"]
    assert suggested(charged, "498a") == ["IPC 1860 498A"]
    assert suggested(charged, "arms") == ["Arms Act 1959 25"]
    assert suggested(charged, "03") == suggested(charged, "%") == suggested(charged, "") == []


def test_each_is_suggested_once_and_no_more_than_asked_for(charged: RecordStore) -> None:
    assert len(suggested(charged, "2023")) == 2
    assert len(suggested(charged, "30", 2)) == 2


def test_it_ends_after_the_maximum_of_different_sections(charged: RecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charges, "MOST_STEPS", 1)
    assert suggested(charged, "arms") == ["Arms Act 1959 25"]
    assert suggested(charged, "ipc") == []
    assert suggested(charged, "498A") == ["IPC 1860 498A"]


def test_an_act_is_found_by_its_year(charged: RecordStore) -> None:
    assert sorted(suggested(charged, "1860")) == ["IPC 1860 303", "IPC 1860 498A"]
    assert suggested(charged, "1959") == suggested(charged, "1959 25") == ["Arms Act 1959 25"]
