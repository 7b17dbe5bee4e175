"""What is due is destroyed so that nothing opens it any more, wherever copies are, and a certificate proves it."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from acting import ELSEWHERE, HERE, act_of
from case_examples import somebody
from records_examples import FACE_MODEL, FINGER_MODEL, encounter, photo_of, print_of, search_for
from removing import remove_record
from sqlalchemy import select, update
from standing_examples import add_standing, keep_images, read_by_another_model

from biometrics.kernel.access import Role, Unit, local_operator
from biometrics.kernel.court import CourtEvent, Outcome, Verdict
from biometrics.kernel.encounter import EncounterKind
from biometrics.kernel.errors import (
    DecryptionFailed,
    ExpungementRefused,
    InvalidField,
    OutOfJurisdiction,
    UnknownEncounter,
    UnknownRecord,
)
from biometrics.kernel.idempotency import IdempotencyKey
from biometrics.kernel.person import Person
from biometrics.kernel.record import Enrolment
from biometrics.kernel.retention_rules import Order, OrderKind
from biometrics.kernel.types import FingerPosition
from biometrics.records.standing_probes import StandingProbes
from biometrics.records.store import RecordStore
from biometrics.retention.certificate_list import CertificateStore
from biometrics.retention.certificates import Certificate
from biometrics.searches.model import KeptImage, SearchProbe
from biometrics.storage.audit.log import Action, plain_json
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.storage.crypto.aead import template_place, unseal
from biometrics.storage.crypto.signing import Signer
from biometrics.storage.tables.audit import audit_entries
from biometrics.storage.tables.keys import data_keys
from biometrics.storage.tables.people import records, samples
from biometrics.storage.tables.retention import expungements
from biometrics.storage.tables.searches import probe_templates
from biometrics.storage.tables.templates import templates
from biometrics.use_cases.destruction_check import check
from biometrics.use_cases.enrol import store_encounter, store_person
from biometrics.use_cases.identify import store_search
from biometrics.use_cases.retention import Retention
from biometrics.watchlist.repository import StandingReader
from face.modality import FACE
from fingerprint.modality import FINGERPRINT

SCRIPT = Path(__file__).parents[2] / "support" / "expunge_until_killed.py"
TODAY = dt.date.today()
FREED = Outcome(CourtEvent.DECISION, dt.date(2025, 1, 7), "Sessions Court Pune", Verdict.RELEASED_WITHOUT_TRIAL)
HOLD = Order(OrderKind.HOLD, "JMFC Pune", "Order 7/2025", dt.date(2025, 2, 1))


def arrested(store: RecordStore, name: str, *, freed: bool) -> Enrolment:
    done = store_person(store, Person(name), encounter(), [print_of(name), photo_of(name)])
    if freed:
        store.editor.add_outcome(done.encounter_id, FREED)
    return done


def search_with_file_of(store: RecordStore, name: str) -> str:
    """Store a search with the very print of somebody, and a photo of somebody else."""
    search = search_for("x")
    probes = (
        SearchProbe(print_of(name).probe, digest_of(store, name)),
        SearchProbe(photo_of("somebody else").probe, "2" * 64),
    )
    return store_search(store, replace(search, probes=probes)).id


def digest_of(store: RecordStore, name: str) -> str:
    with store.database.reading() as connection:
        query = select(samples.c.image_sha256).where(samples.c.filename == f"{name}.png")
        return connection.execute(query).scalar_one()


def problems(store: RecordStore, certificate: Certificate) -> dict[str, tuple[str, ...]]:
    return {result.what: result.problems for result in check(store, certificate) if result.problems}


def test_due_encounters_are_read_page_by_page(store: RecordStore) -> None:
    retention = Retention(store)
    for name in ("Ram", "Sita", "Mohan"):
        arrested(store, name, freed=True)
    everything = retention.due(TODAY)
    first = retention.due_page(TODAY, 2)
    rest = retention.due_page(TODAY, 2, first.after)
    assert (len(first.items), [*first.items, *rest.items], rest.after) == (2, everything, None)
    with pytest.raises(InvalidField):
        retention.due_page(TODAY, 2, "2")


def test_certificates_are_read_page_by_page_where_it_was_collected(store: RecordStore) -> None:
    """Whoever destroyed it, the unit where it was collected and those above see it; for others it is not there."""
    for name in ("Ram", "Sita", "Mohan"):
        arrested(store, name, freed=True)
    done = Retention(store).run(TODAY)
    for unit in (HERE, "27", "national"):
        bound = CertificateStore(store.database, act_of(unit, Role.RECORDS_CLERK))
        first = bound.page(2)
        rest = bound.page(2, first.after)
        read = [certificate.id for page in (first, rest) for certificate in page.items]
        assert (len(first.items), sorted(read), rest.after) == (2, sorted(certificate.id for certificate in done), None)
        assert bound.find(read[0]) == first.items[0]
    outside = CertificateStore(store.database, act_of(ELSEWHERE, Role.RECORDS_CLERK))
    assert (outside.page(2).items, outside.find(done[0].id)) == ((), None)


def test_only_what_is_due_is_destroyed(store: RecordStore, images: ImageFolder) -> None:
    """The freed person's samples go, with file, key and record; the other's stay as they are."""
    freed, other = arrested(store, "Ram", freed=True), arrested(store, "Sita", freed=False)
    retention = Retention(store)
    assert [due.record_id for due in retention.due(TODAY)] == [freed.record_id]
    (certificate,) = retention.run(TODAY)
    assert problems(store, certificate) == {}
    assert retention.due(TODAY) == retention.run(TODAY) == []
    with pytest.raises(UnknownRecord):
        store.people.get(freed.record_id)
    assert [store.samples.image(number) for number in other.sample_ids] == [b"image Sita", b"photo Sita"]
    assert len(list(images.digests())) == 2
    assert certificate.content["record_removed"]
    assert certificate.encounters == [freed.encounter_id]


def test_clocks_follow_an_outcome_that_is_withdrawn(store: RecordStore) -> None:
    """Nothing is due by a mistake that was seen in time; what was destroyed by one stays destroyed."""
    mistaken, gone = arrested(store, "Ram", freed=True), arrested(store, "Sita", freed=True)
    retention = Retention(store)
    wrong, of_gone = (store.people.get(arrest.record_id).encounters[0].outcomes[0] for arrest in (mistaken, gone))
    convicted = replace(FREED, verdict=Verdict.CONVICTED)
    store.editor.withdraw_outcome(mistaken.encounter_id, wrong.id, "another man", instead=convicted)
    assert [due.record_id for due in retention.due(TODAY)] == [gone.record_id]
    (certificate,) = retention.run(TODAY)
    assert [clock.rule.id for clock in retention.clocks_of(mistaken.record_id, TODAY)] == ["collected"]
    with pytest.raises(UnknownEncounter):
        store.editor.withdraw_outcome(gone.encounter_id, of_gone.id, "another man")
    assert problems(store, certificate) == {}
    later = store_encounter(store, mistaken.record_id, encounter(fir_number="2"), [print_of("later")])
    freed = replace(FREED, date=TODAY)
    store.editor.add_outcome(later.encounter_id, freed)
    assert retention.due(TODAY) == []  # convicted before
    (_, right) = store.people.get(mistaken.record_id).encounters[0].outcomes
    store.editor.withdraw_outcome(mistaken.encounter_id, right.id, "no verdict was given yet")
    assert [due.clock.encounter_id for due in retention.due(TODAY)] == [later.encounter_id]


def test_indexes_follow_a_destruction(store: RecordStore) -> None:
    """They follow the change sequence; and every saved index of before is dead, since its key is another one."""
    arrested(store, "Ram", freed=True)
    before, secret = store.templates.last_sequence(), store.templates.snapshot_secret()
    Retention(store).run(TODAY)
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
    (certificate,) = Retention(store).run(TODAY)
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
    (certificate,) = Retention(store).run(TODAY)
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
    """What stays in that record is sealed anew, and stays readable."""
    first, other = arrested(store, "Ram", freed=False), arrested(store, "Sita", freed=False)
    wrong = store_encounter(store, first.record_id, encounter(fir_number="2"), [print_of("hers")])
    version = store.people.get(first.record_id).version
    store.editor.move_encounter(wrong.encounter_id, version, other.record_id, "it is hers")
    store.editor.add_outcome(wrong.encounter_id, FREED)
    (certificate,) = Retention(store).run(TODAY)
    assert problems(store, certificate) == {}
    assert certificate.content["dead_keys"].keys() == {first.record_id, other.record_id}
    assert certificate.encounters == [wrong.encounter_id]
    for done, name in ((first, "Ram"), (other, "Sita")):
        assert [store.samples.image(number) for number in done.sample_ids] == [
            f"image {name}".encode(),
            f"photo {name}".encode(),
        ]


def test_probes_of_the_same_file_are_destroyed_too(store: RecordStore) -> None:
    """What else was searched with stays, under a new key; a search of theirs alone loses its key."""
    arrested(store, "Ram", freed=True)
    search_id = search_with_file_of(store, "Ram")
    alone = replace(store.searches.get(search_id).search, probes=store.searches.get(search_id).search.probes[:1])
    alone_id = store_search(store, alone).id
    (certificate,) = Retention(store).run(TODAY)
    assert problems(store, certificate) == {}
    (probe,) = store.searches.get(search_id).search.probes
    assert probe.probe.template.data == b"face somebody else"
    assert store.searches.get(alone_id).search.probes == ()
    assert {entry["search"] for entry in certificate.content["searches"]} == {search_id, alone_id}
    with store.database.reading() as connection:
        assert alone_id not in set(connection.execute(select(data_keys.c.id)).scalars())


def test_probes_that_stay_keep_their_files(store: RecordStore) -> None:
    arrested(store, "Ram", freed=True)
    others = [SearchProbe(photo_of(name).probe, digest * 64) for name, digest in (("Sita", "2"), ("Mohan", "3"))]
    probes = (SearchProbe(print_of("Ram").probe, digest_of(store, "Ram")), *others)
    search_id = store_search(store, replace(search_for("x"), probes=probes)).id
    keep_images(store, search_id, [KeptImage(place, "image/png", b"%d" % place) for place in range(3)])
    Retention(store).run(TODAY)
    stored = store.searches.get(search_id)
    files = [stored.image_of(place) for place in range(len(stored.search.probes))]
    assert [file and file.ordinal for file in files] == [1, 2]


def test_a_standing_search_with_the_same_file_ends(store: RecordStore) -> None:
    """Its index is told; the kept file of that probe goes, too, and the other probe's stays."""
    arrested(store, "Ram", freed=True)
    search_id = search_with_file_of(store, "Ram")
    images = [KeptImage(0, "image/png", b"image Ram"), KeptImage(1, "image/png", b"another photo")]
    keep_images(store, search_id, images)
    standing = add_standing(store, somebody("a"), search_id)
    for modality in (FINGERPRINT, FACE):
        read_by_another_model(store, modality)
    followed = StandingProbes(store)
    before = followed.last_sequence()
    [certificate] = Retention(store).run(TODAY)
    assert not problems(store, certificate)
    changes = followed.changes_since(before, FINGERPRINT, FINGER_MODEL, 10)
    assert [change.operation for change in changes] == ["remove"]
    assert followed.load([change.template_id for change in changes]) == []
    assert StandingReader(store.database, somebody("a")).standing(standing.id).ended is not None
    assert store.searches.image(search_id, 0) is None
    assert store.searches.image(search_id, 1) == images[1]
    (probe,) = store.searches.probes_of([search_id])[search_id]
    assert [template.data for template in probe.others] == [b"read again"]
    with store.database.reading() as connection:
        assert connection.execute(select(probe_templates.c.ordinal)).scalars().all() == [1]


@pytest.mark.parametrize("way", ["deleted", "closed", "ordered"])
def test_only_the_law_destroys_what_other_units_have_searched_with(store: RecordStore, way: str) -> None:
    """Whoever enrols the file by which another unit looks for somebody, and deletes it, does not end that search."""
    visit = encounter(kind=EncounterKind.MISSING if way == "closed" else EncounterKind.ARREST)
    enrolment = store_person(store, Person("Ram"), visit, [print_of("Ram")])
    search_id = search_with_file_of(store.for_actor(act_of(ELSEWHERE)), "Ram")
    standing = add_standing(store, act_of(ELSEWHERE), search_id)
    own_id = search_with_file_of(store.for_actor(act_of(HERE)), "Ram")
    own = Retention(store.for_actor(act_of(HERE)))
    if way == "deleted":
        own.delete(enrolment.record_id, "enrolled by mistake")
    else:
        kind = OrderKind.CLOSE if way == "closed" else OrderKind.DESTROY
        own.order(enrolment.encounter_id, replace(HOLD, kind=kind))
        own.run(TODAY)
    Retention(store).finish()
    (certificate,) = CertificateStore(store.database, store.act).everything()
    stays = way != "ordered"
    assert {entry["search"] for entry in certificate.content["searches"]} == {own_id, *(() if stays else (search_id,))}
    assert len(store.searches.get(search_id).search.probes) == (2 if stays else 1)
    assert (StandingReader(store.database, act_of(ELSEWHERE)).standing(standing.id).ended is None) is stays
    assert problems(store, certificate) == {}


def test_a_hold_keeps_everything_until_it_is_released(store: RecordStore) -> None:
    done = arrested(store, "Ram", freed=True)
    retention = Retention(store)
    retention.order(done.encounter_id, HOLD)
    (due,) = retention.due(TODAY)
    assert (due.clock.hold, due.clock.is_due(TODAY)) == (HOLD, False)
    assert retention.run(TODAY) == []
    assert store.samples.image(done.sample_ids[0]) == b"image Ram"
    retention.order(done.encounter_id, replace(HOLD, kind=OrderKind.RELEASE))
    assert len(retention.run(TODAY)) == 1
    with pytest.raises(UnknownEncounter):
        retention.order(done.encounter_id, HOLD)


def test_nobody_removes_by_hand_what_is_held(store: RecordStore) -> None:
    """However it is asked for: by record, or by encounter."""
    held = arrested(store, "Ram", freed=True)
    Retention(store).order(held.encounter_id, HOLD)
    before = store.counts()
    with pytest.raises(ExpungementRefused, match="JMFC Pune"):
        Retention(store).delete(held.record_id, "a test", held.encounter_id)
    with pytest.raises(ExpungementRefused, match="JMFC Pune"):
        Retention(store).delete(held.record_id, "a test")
    assert store.counts() == before
    Retention(store).order(held.encounter_id, replace(HOLD, kind=OrderKind.RELEASE))
    remove_record(store, held.record_id)


def test_a_deletion_by_another_system_has_a_certificate(store: RecordStore) -> None:
    """Not due by any law: the trail is the same, and says at whose wish; sent again, nothing more is destroyed."""
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
    """What is due is asked again when nobody can change the record any more."""
    done = arrested(store, "Ram", freed=True)
    retention = Retention(store)
    listed = retention.due(TODAY)
    retention.order(done.encounter_id, HOLD)
    monkeypatch.setattr(
        Retention, "due", lambda *_: [replace(due, clock=replace(due.clock, hold=None)) for due in listed]
    )
    assert retention.run(TODAY) == []
    assert store.samples.image(done.sample_ids[0]) == b"image Ram"


def test_a_release_needs_a_hold(store: RecordStore) -> None:
    done = arrested(store, "Ram", freed=False)
    with pytest.raises(ExpungementRefused, match="no hold"):
        Retention(store).order(done.encounter_id, replace(HOLD, kind=OrderKind.RELEASE))


def test_a_missing_person_who_was_traced_is_expunged(store: RecordStore) -> None:
    done = store_person(store, Person("Mina"), encounter(kind=EncounterKind.MISSING), [photo_of("Mina")])
    retention = Retention(store)
    assert retention.run(TODAY) == []
    retention.order(done.encounter_id, replace(HOLD, kind=OrderKind.CLOSE))
    assert [entry["rule"] for entry in retention.run(TODAY)[0].content["encounters"]] == ["closed"]


def test_75_years_are_found_without_any_event(store: RecordStore) -> None:
    old = store_person(store, Person("Old"), encounter(date=dt.date(TODAY.year - 76, 1, 1)), [print_of("old")])
    store_person(store, Person("Young"), encounter(), [print_of("young")])
    assert [due.record_id for due in Retention(store).due(TODAY)] == [old.record_id]


def test_a_certificate_holds_nothing_of_the_person_and_is_read_back(store: RecordStore) -> None:
    arrested(store, "Ram", freed=True)
    retention = Retention(store)
    (certificate,) = retention.run(TODAY)
    assert "Ram" not in certificate.text
    assert Certificate.parse(certificate.text) == certificate
    assert CertificateStore(store.database, store.act).find(certificate.id) == certificate
    assert list(CertificateStore(store.database, store.act).everything()) == [certificate]
    assert certificate.content["encounters"][0]["basis"].startswith("Criminal Procedure (Identification) Act 2022")


def test_a_certificate_that_was_changed_is_found_out(store: RecordStore) -> None:
    """By its signature, and then nothing else that it says is used; one never given, by the station's own note."""
    arrested(store, "Ram", freed=True)
    (certificate,) = Retention(store).run(TODAY)
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
    """A signed certificate over a person who is still there."""
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
    (certificate,) = Retention(store).run(TODAY)
    for field in certificate.content:
        if field in ("by", "certificate"):
            continue
        for content in (
            {**certificate.content, field: None},
            {k: v for k, v in certificate.content.items() if k != field},
        ):
            with pytest.raises(InvalidField):
                Certificate.parse(json.dumps({"content": content, "signature": certificate.signature}))


@pytest.mark.essential
@pytest.mark.parametrize(
    "where", ["before the commit", "sealing anew", "first file", "after a file", "before the signature", "nowhere"]
)
def test_a_run_that_is_killed_is_finished_by_the_next(database_url: str, tmp_path: Path, where: str) -> None:
    """Nothing is half destroyed: before the commit all is there, after it nothing is read, in the end no file."""
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
    assert ran.returncode == (0 if where == "nowhere" else -9), ran.stderr
    with RecordStore.open(database_url, images) as store:
        assert store.samples.image(later.sample_ids[0]) == b"image later"
        committed = len(store.people.get(first.record_id).encounters) == 1
        assert committed == (where not in ("before the commit", "sealing anew"))
        retention = Retention(store)
        retention.run(TODAY)
        store.sweep(timedelta())
        (certificate,) = CertificateStore(store.database, store.act).everything()
        assert problems(store, certificate) == {}
        assert len(list(images.digests())) == 1
        assert store.samples.image(later.sample_ids[0]) == b"image later"
        assert [entry.template.data for entry in store.templates.load(range(9))] == [b"template later"]


def test_a_print_of_another_finger_stays(store: RecordStore) -> None:
    """A search with another file of the same person is somebody's work, and says nothing of whose it was."""
    done = arrested(store, "Ram", freed=True)
    search_id = store_search(store, search_for(done.record_id)).id
    Retention(store).run(TODAY)
    assert [probe.probe.position for probe in store.searches.get(search_id).search.probes] == [
        FingerPosition.UNKNOWN,
        None,
    ]
