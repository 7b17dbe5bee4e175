"""What is due is destroyed so that nothing opens it any more, wherever copies are, and a certificate proves it."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from acting import act_of
from case_examples import somebody
from records_examples import FACE_MODEL, FINGER_MODEL, encounter, photo_of, print_of
from removing import remove_record
from retention_examples import FREED, HOLD, arrested, problems, release_of
from sqlalchemy import select

from biometrics.kernel.access import Role, Unit, local_operator
from biometrics.kernel.errors import (
    DecryptionFailed,
    ExpungementRefused,
    InvalidField,
    NeedsTwoPeople,
    OutOfJurisdiction,
    UnknownEncounter,
    UnknownRecord,
)
from biometrics.kernel.people.court import Verdict
from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.retention_rules import OrderKind
from biometrics.kernel.technique.clock import today
from biometrics.kernel.technique.idempotency import IdempotencyKey
from biometrics.records.store import RecordStore
from biometrics.retention.certificates import CertificateStore
from biometrics.storage.audit.log import Action
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.storage.crypto.aead import template_place, unseal
from biometrics.storage.tables.audit import audit_entries
from biometrics.storage.tables.keys import data_keys
from biometrics.storage.tables.people import records
from biometrics.storage.tables.templates import templates
from biometrics.use_cases.enrolment.enrol import store_encounter, store_person
from biometrics.use_cases.retention.retention import Retention
from face.modality import FACE
from fingerprint.modality import FINGERPRINT

SCRIPT = Path(__file__).parents[2] / "support" / "expunge_until_killed.py"


def test_due_encounters_are_read_page_by_page(store: RecordStore) -> None:
    retention = Retention(store)
    for name in ("Ram", "Sita", "Mohan"):
        arrested(store, name, freed=True)
    everything = retention.due(today())
    first = retention.due_page(today(), 2)
    rest = retention.due_page(today(), 2, first.after)
    assert (len(first.items), [*first.items, *rest.items], rest.after) == (2, everything, None)
    with pytest.raises(InvalidField):
        retention.due_page(today(), 2, "2")


def test_only_what_is_due_is_destroyed(store: RecordStore, images: ImageFolder) -> None:
    freed, other = arrested(store, "Ram", freed=True), arrested(store, "Sita", freed=False)
    retention = Retention(store)
    assert [due.record_id for due in retention.due(today())] == [freed.record_id]
    (certificate,) = retention.run(today())
    assert problems(store, certificate) == {}
    assert retention.due(today()) == retention.run(today()) == []
    with pytest.raises(UnknownRecord):
        store.people.get(freed.record_id)
    assert [store.samples.image(number) for number in other.sample_ids] == [b"image Sita", b"photo Sita"]
    assert len(list(images.digests())) == 2
    assert certificate.content["record_removed"]
    assert certificate.encounters == [freed.encounter_id]


def test_what_one_person_alone_has_made_due_another_destroys(store: RecordStore) -> None:
    """A destruction cannot be undone: one clerk must not acquit, or close a matter, and destroy."""
    freed = arrested(store, "Ram", freed=False)
    missing = encounter(kind=EncounterKind.MISSING)
    traced = store_person(store, Person("Sita"), missing, [print_of("Sita")])
    clerk, other = (store.for_actor(act_of("27", actor=name)) for name in ("clerk", "other"))
    clerk.editor.add_outcome(freed.encounter_id, FREED)
    Retention(clerk).order(traced.encounter_id, replace(HOLD, kind=OrderKind.CLOSE))
    with pytest.raises(NeedsTwoPeople):
        Retention(clerk).run(today())
    assert {due.record_id for due in Retention(store).due(today())} == {freed.record_id, traced.record_id}
    assert len(Retention(other).run(today())) == 2


def test_the_list_of_what_is_due_names_the_persons_other_cases(store: RecordStore) -> None:
    freed = arrested(store, "Ram", freed=True)
    store_encounter(store, freed.record_id, encounter(fir_number="77/2025"), [print_of("again")])
    (due,) = Retention(store).due_page(today(), 5).items
    assert due.other_firs == ("77/2025",)


def test_clocks_follow_an_outcome_that_is_withdrawn(store: RecordStore) -> None:
    """Nothing is due by a mistake that was seen in time; what was destroyed by one stays destroyed."""
    mistaken, gone = arrested(store, "Ram", freed=True), arrested(store, "Sita", freed=True)
    retention = Retention(store)
    wrong, of_gone = (store.people.get(arrest.record_id).encounters[0].outcomes[0] for arrest in (mistaken, gone))
    convicted = replace(FREED, verdict=Verdict.CONVICTED)
    store.editor.withdraw_outcome(mistaken.encounter_id, wrong.id, "another man", instead=convicted)
    assert [due.record_id for due in retention.due(today())] == [gone.record_id]
    (certificate,) = retention.run(today())
    assert [clock.rule.id for clock in retention.clocks_of(mistaken.record_id, today())] == ["collected"]
    with pytest.raises(UnknownEncounter):
        store.editor.withdraw_outcome(gone.encounter_id, of_gone.id, "another man")
    assert problems(store, certificate) == {}
    later = store_encounter(store, mistaken.record_id, encounter(fir_number="2"), [print_of("later")])
    freed = replace(FREED, date=today())
    store.editor.add_outcome(later.encounter_id, freed)
    assert retention.due(today()) == []  # convicted before
    (_, right) = store.people.get(mistaken.record_id).encounters[0].outcomes
    store.editor.withdraw_outcome(mistaken.encounter_id, right.id, "no verdict was given yet")
    assert [due.clock.encounter_id for due in retention.due(today())] == [later.encounter_id]


def test_indexes_follow_a_destruction(store: RecordStore) -> None:
    """They follow the change sequence; and every saved index of before is dead, since its key is another one."""
    arrested(store, "Ram", freed=True)
    before, secret = store.templates.last_sequence(), store.templates.snapshot_secret()
    Retention(store).run(today())
    changes = [
        (change.operation, change.template_id)
        for modality, model in ((FINGERPRINT, FINGER_MODEL), (FACE, FACE_MODEL))
        for change in store.templates.changes_since(before, modality, model, 10)
    ]
    assert changes == [("remove", 1), ("remove", 2)]
    assert store.templates.snapshot_secret() != secret


def test_destroying_one_encounter_gives_the_rest_a_new_key(store: RecordStore, images: ImageFolder) -> None:
    """With the old key a copy of what was destroyed could be opened."""
    first = arrested(store, "Ram", freed=True)
    later = store_encounter(store, first.record_id, encounter(fir_number="2"), [print_of("later")])
    with store.database.reading() as connection:
        copied = connection.execute(select(templates).where(templates.c.id == first.template_ids[0])).one()
    (certificate,) = Retention(store).run(today())
    assert problems(store, certificate) == {}
    assert not certificate.content["record_removed"]
    (left,) = store.people.get(first.record_id).encounters
    assert left.id == later.encounter_id
    assert store.samples.image(later.sample_ids[0]) == b"image later"
    assert [entry.template.data for entry in store.templates.load(range(9))] == [b"template later"]
    assert len(list(images.digests())) == 1
    place = template_place(first.record_id, first.sample_ids[0], copied.model)
    with store.database.reading() as connection:
        secret = store.keys.get(connection, first.record_id, place)
    with pytest.raises(DecryptionFailed):
        unseal(secret, place, copied.data)


def test_a_merged_person_is_destroyed_whole_with_the_earlier_keys(store: RecordStore) -> None:
    """Copies of before the merge are sealed with the other record's key, which must die as well."""
    survivor, other = arrested(store, "Ram", freed=True), arrested(store, "Ram again", freed=True)
    store.editor.merge(
        survivor.record_id, store.people.get(survivor.record_id).version, other.record_id, "the same man"
    )
    (certificate,) = Retention(store).run(today())
    assert problems(store, certificate) == {}
    assert certificate.content["dead_keys"].keys() == {survivor.record_id, other.record_id}
    assert store.counts().samples == 0
    for record_id in (survivor.record_id, other.record_id):
        with pytest.raises(UnknownRecord):
            store.people.get(record_id)
    with store.database.reading() as connection:
        owners = set(connection.execute(select(data_keys.c.id)).scalars())
        assert connection.execute(select(records.c.id)).all() == []
    assert owners <= {"snapshots", "signing"}


def test_destroying_a_moved_encounter_destroys_the_key_of_its_old_record(store: RecordStore) -> None:
    first, other = arrested(store, "Ram", freed=False), arrested(store, "Sita", freed=False)
    wrong = store_encounter(store, first.record_id, encounter(fir_number="2"), [print_of("hers")])
    version = store.people.get(first.record_id).version
    store.editor.move_encounter(wrong.encounter_id, version, other.record_id, "it is hers")
    store.editor.add_outcome(wrong.encounter_id, FREED)
    (certificate,) = Retention(store).run(today())
    assert problems(store, certificate) == {}
    assert certificate.content["dead_keys"].keys() == {first.record_id, other.record_id}
    assert certificate.encounters == [wrong.encounter_id]
    for done, name in ((first, "Ram"), (other, "Sita")):
        assert [store.samples.image(number) for number in done.sample_ids] == [
            f"image {name}".encode(),
            f"photo {name}".encode(),
        ]


def test_a_hold_keeps_everything_until_it_is_released(store: RecordStore) -> None:
    done = arrested(store, "Ram", freed=True)
    retention = Retention(store)
    hold_id = retention.order(done.encounter_id, HOLD)
    (due,) = retention.due(today())
    assert (due.clock.holds, due.clock.is_due(today())) == ((replace(HOLD, id=hold_id),), False)
    assert retention.run(today()) == []
    assert store.samples.image(done.sample_ids[0]) == b"image Ram"
    retention.order(done.encounter_id, release_of(hold_id))
    assert len(retention.run(today())) == 1
    with pytest.raises(UnknownEncounter):
        retention.order(done.encounter_id, HOLD)


def test_nobody_removes_by_hand_what_is_held(store: RecordStore) -> None:
    held = arrested(store, "Ram", freed=True)
    hold_id = Retention(store).order(held.encounter_id, HOLD)
    before = store.counts()
    with pytest.raises(ExpungementRefused, match="JMFC Pune"):
        Retention(store).delete(held.record_id, "a test", held.encounter_id)
    with pytest.raises(ExpungementRefused, match="JMFC Pune"):
        Retention(store).delete(held.record_id, "a test")
    assert store.counts() == before
    Retention(store).order(held.encounter_id, release_of(hold_id))
    remove_record(store, held.record_id)


def test_a_deletion_by_another_system_has_a_certificate(store: RecordStore) -> None:
    done = arrested(store, "Ram", freed=False)
    later = store_encounter(store, done.record_id, encounter(fir_number="2"), [print_of("later")])
    sent = Retention(store.for_actor(local_operator("asha")).for_request(IdempotencyKey.of("k", "del 1")))
    assert not sent.deleted_before()
    first = sent.delete(done.record_id, "Transaction DEL 7", done.encounter_id)
    assert first
    assert sent.deleted_before()
    assert sent.delete(done.record_id, "Transaction DEL 7", done.encounter_id) == first
    (first,) = Retention(store).finish()
    (fact,) = first.content["encounters"]
    assert (fact["encounter"], fact["rule"], fact["basis"]) == (
        done.encounter_id,
        "deletion_requested",
        "Transaction DEL 7",
    )
    assert problems(store, first) == {}
    assert [stored.id for stored in store.people.get(done.record_id).encounters] == [later.encounter_id]
    second = Retention(store).delete(done.record_id, "Transaction DEL 8")
    assert second
    assert (second.encounters, second.content["record_removed"]) == ([later.encounter_id], True)
    (second,) = Retention(store).finish()
    assert problems(store, second) == {}
    assert store.counts().samples == store.record_count() == 0
    with store.database.reading() as connection:
        actions = connection.execute(select(audit_entries.c.action)).scalars().all()
    assert actions == [Action.EXPUNGED]
    bare = store.create_record(Person("Nobody"), "27")
    assert Retention(store).delete(bare.id, "Transaction DEL 9") is None
    for record_id, encounter_id, error in (
        (bare.id, None, UnknownRecord),
        (arrested(store, "Sita", freed=False).record_id, later.encounter_id, UnknownEncounter),
    ):
        with pytest.raises(error):
            Retention(store).delete(record_id, "Transaction DEL 10", encounter_id)


def test_a_deletion_leaves_what_other_units_made(store: RecordStore) -> None:
    """Whoever sees a record by their own arrest may not destroy the arrest of another state."""
    done = store_person(store, Person("Ram"), encounter(), [print_of("own")])
    theirs = store_encounter(store, done.record_id, encounter(state_code="09"), [print_of("theirs")])
    own = encounter()
    unit = Unit(own.state_code, own.district_code, own.station_code)
    there = Retention(store.for_actor(somebody("there", Role.RECORDS_CLERK, unit=unit)))
    with pytest.raises(OutOfJurisdiction):
        there.delete(done.record_id, "a test", theirs.encounter_id)
    certificate = there.delete(done.record_id, "a test")
    assert certificate
    assert (certificate.encounters, certificate.content["record_removed"]) == ([done.encounter_id], False)
    with pytest.raises(OutOfJurisdiction):
        there.delete(done.record_id, "a test")
    assert [stored.id for stored in store.people.get(done.record_id).encounters] == [theirs.encounter_id]


def test_a_hold_that_comes_at_the_last_moment_wins(store: RecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    done = arrested(store, "Ram", freed=True)
    retention = Retention(store)
    listed = retention.due(today())
    retention.order(done.encounter_id, HOLD)
    monkeypatch.setattr(
        Retention, "due", lambda *_: [replace(due, clock=replace(due.clock, holds=())) for due in listed]
    )
    assert retention.run(today()) == []
    assert store.samples.image(done.sample_ids[0]) == b"image Ram"


def test_a_release_names_a_hold_of_the_same_encounter_that_is_in_force(store: RecordStore) -> None:
    done, other = (arrested(store, name, freed=False) for name in ("Ram", "Sita"))
    retention = Retention(store)
    hold_id = retention.order(done.encounter_id, HOLD)
    for encounter_id, named in ((done.encounter_id, "none"), (other.encounter_id, hold_id)):
        with pytest.raises(ExpungementRefused, match="This hold"):
            retention.order(encounter_id, release_of(named))
    retention.order(done.encounter_id, release_of(hold_id))
    with pytest.raises(ExpungementRefused, match="released already"):
        retention.order(done.encounter_id, release_of(hold_id))


def test_the_release_of_one_courts_hold_leaves_that_of_another(store: RecordStore) -> None:
    done = arrested(store, "Ram", freed=True)
    retention = Retention(store)
    high = retention.order(done.encounter_id, replace(HOLD, authority="High Court", reference="WP 1/2026"))
    retention.order(done.encounter_id, release_of(retention.order(done.encounter_id, HOLD)))
    assert retention.run(today()) == []
    with pytest.raises(ExpungementRefused, match="High Court"):
        Retention(store).delete(done.record_id, "a test")
    assert store.samples.image(done.sample_ids[0]) == b"image Ram"
    retention.order(done.encounter_id, release_of(high))
    assert len(retention.run(today())) == 1


def test_a_missing_person_who_was_traced_is_expunged(store: RecordStore) -> None:
    done = store_person(store, Person("Mina"), encounter(kind=EncounterKind.MISSING), [photo_of("Mina")])
    retention = Retention(store)
    assert retention.run(today()) == []
    retention.order(done.encounter_id, replace(HOLD, kind=OrderKind.CLOSE))
    assert [entry["rule"] for entry in retention.run(today())[0].content["encounters"]] == ["closed"]


def test_75_years_are_found_without_any_event(store: RecordStore) -> None:
    old = store_person(store, Person("Old"), encounter(date=dt.date(today().year - 76, 1, 1)), [print_of("old")])
    store_person(store, Person("Young"), encounter(), [print_of("young")])
    assert [due.record_id for due in Retention(store).due(today())] == [old.record_id]


@pytest.mark.essential
@pytest.mark.parametrize(
    "where",
    [
        "before the commit",
        "before the signature",
        *(pytest.param(where, marks=pytest.mark.reach) for where in ("sealing anew", "first file", "after a file")),
    ],
)
def test_a_run_that_is_killed_is_finished_by_the_next(database_url: str, tmp_path: Path, where: str) -> None:
    images = ImageFolder(tmp_path / "images")
    with RecordStore.open(database_url, images) as store:
        first = arrested(store, "Ram", freed=True)
        later = store_encounter(store, first.record_id, encounter(fir_number="2"), [print_of("later")])
    ran = subprocess.run(
        [sys.executable, str(SCRIPT), database_url, str(tmp_path / "images"), where],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert ran.returncode == -9, ran.stderr
    with RecordStore.open(database_url, images) as store:
        assert store.samples.image(later.sample_ids[0]) == b"image later"
        committed = len(store.people.get(first.record_id).encounters) == 1
        assert committed == (where not in ("before the commit", "sealing anew"))
        retention = Retention(store)
        retention.run(today())
        store.sweep(timedelta())
        (certificate,) = CertificateStore(store.database, store.act).everything()
        assert problems(store, certificate) == {}
        assert len(list(images.digests())) == 1
        assert store.samples.image(later.sample_ids[0]) == b"image later"
        assert [entry.template.data for entry in store.templates.load(range(9))] == [b"template later"]
