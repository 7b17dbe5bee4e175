"""Standing searches and notifications in the store: followed like templates, told once, ended for good."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from case_examples import FOUND, examine, somebody
from records_examples import FACE_MODEL, FINGER_MODEL, encounter, photo_of, print_of, search_for
from removing import remove_record
from sqlalchemy import select, update
from standing_examples import add_standing, keep_images

from biometrics.cases.reader import CaseQuery
from biometrics.kernel.access import Unit
from biometrics.kernel.casework.cases import CaseKind, Conclusion
from biometrics.kernel.errors import (
    DecryptionFailed,
    InvalidField,
    UnknownNotification,
    UnknownSearch,
    UnknownStandingSearch,
    WrongStep,
)
from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.templates import Operation
from biometrics.kernel.technique.clock import today
from biometrics.notifications.model import NotificationKind
from biometrics.notifications.repository import NotificationStore
from biometrics.records.standing_probes import StandingProbes
from biometrics.records.store import RecordStore
from biometrics.searches.model import KeptImage
from biometrics.storage.tables.watchlist import search_images
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.enrolment.check_enrolment import finish_check
from biometrics.use_cases.enrolment.enrol import store_encounter, store_person
from biometrics.use_cases.search.identify import store_search
from biometrics.use_cases.search.standing_search import end_standing_search
from biometrics.watchlist.checks import CheckReader
from biometrics.watchlist.model import Candidate, Checked, Standing, StandingHit, StandingKind
from biometrics.watchlist.reader import StandingReader
from face.modality import FACE
from fingerprint.modality import FINGERPRINT

NOBODY = "00000000-0000-4000-8000-000000000000"
OWNER = somebody("owner")


def standing_of(store: RecordStore) -> StandingReader:
    return StandingReader(store.database, OWNER)


def checks_of(store: RecordStore) -> CheckReader:
    return CheckReader(store.database)


def end_expired(store: RecordStore) -> int:
    with store.begin() as work:
        return work.checks.end_expired()


def withdraw(store: RecordStore, standing_id: str, because: str) -> Standing:
    return end_standing_search(store.for_actor(OWNER), standing_id, because)


def notifications(store: RecordStore, who: str = "owner") -> list[tuple[NotificationKind, str]]:
    page = NotificationStore(store.database, somebody(who)).find()
    return [(notification.kind, notification.about) for notification in page.items]


def latent(store: RecordStore, **changed: object) -> Standing:
    search_id = store_search(store.for_actor(OWNER), search_for(NOBODY)).id
    return add_standing(store, OWNER, search_id, **changed)


def enrolled(store: RecordStore, name: str = "Asha", kind: EncounterKind = EncounterKind.ARREST) -> tuple[str, str]:
    """Enrol somebody on behalf of the owner; record and encounter ids."""
    done = store_person(store.for_actor(OWNER), Person(name), encounter(kind=kind), [print_of(name), photo_of(name)])
    return done.record_id, done.encounter_id


def checked(store: RecordStore, encounter_id: str, *candidates: str, hits: tuple[str, ...] = ()) -> tuple[str, ...]:
    result = Checked(
        [Candidate(record_id, FOUND) for record_id in candidates],
        [StandingHit(standing_id, FOUND) for standing_id in hits],
        60.0,
        20.0,
    )
    return finish_check(store, encounter_id, result)


def test_a_gallery_can_follow_the_probes_of_standing_searches(store: RecordStore) -> None:
    source = StandingProbes(store)
    assert source.last_sequence() == 0
    first, second = latent(store), latent(store)
    assert (source.last_sequence(), first.number, second.number) == (4, 1, 2)
    changes = source.changes_since(0, FINGERPRINT, FINGER_MODEL, 10)
    assert [(change.operation, change.template_id) for change in changes] == [(Operation.ADD, 1), (Operation.ADD, 3)]
    [stored] = source.load([99, 3])
    assert (stored.id, stored.record_id, stored.template.data) == (3, second.id, b"\x00\xff probe")
    assert stored.label.person == second.number
    withdraw(store, first.id, "solved")
    [gone] = source.changes_since(4, FACE, FACE_MODEL, 10)
    assert (gone.operation, gone.template_id) == (Operation.REMOVE, 2)


def test_a_standing_search_is_withdrawn_once_and_with_a_reason(store: RecordStore) -> None:
    standing = latent(store)
    mine = standing_of(store)
    with pytest.raises(InvalidField, match="reason"):
        withdraw(store, standing.id, " ")
    ended = withdraw(store, standing.id, "solved").ended
    assert ended is not None
    assert (ended.by, ended.because) == ("owner", "solved")
    with pytest.raises(WrongStep):
        withdraw(store, standing.id, "solved")
    assert mine.find().items == ()
    assert [search.id for search in mine.find(ended=True).items] == [standing.id]


def test_a_standing_search_is_unique_and_not_in_the_past(store: RecordStore) -> None:
    standing = latent(store)
    assert standing.search_id
    with pytest.raises(WrongStep):
        add_standing(store, OWNER, standing.search_id)
    with pytest.raises(UnknownSearch):
        add_standing(store, OWNER, NOBODY)
    with pytest.raises(InvalidField, match="past"):
        latent(store, expires_on=date(2026, 1, 1))


def test_a_standing_search_elsewhere_is_unknown(store: RecordStore) -> None:
    standing = latent(store)
    far = somebody("x", unit=Unit("09"))
    elsewhere = StandingReader(store.database, far)
    assert elsewhere.find().items == ()
    for step in (elsewhere.standing, lambda known: end_standing_search(store.for_actor(far), known, "x")):
        with pytest.raises(UnknownStandingSearch):
            step(standing.id)


def test_nothing_expires_by_a_clock_that_the_settings_call_implausible(
    store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    latent(store, expires_on=today() + timedelta(days=2))
    monkeypatch.setattr("biometrics.records.enrolment_checks.today", lambda: today() + timedelta(days=4))
    store.database.clock_gap = timedelta(0)  # so that the time since the last audit entry is too long
    assert end_expired(store) == 0
    store.database.clock_gap = timedelta(days=1)
    assert end_expired(store) == 1


def test_an_expired_standing_search_ends_automatically(store: RecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    standing = latent(store, expires_on=today() + timedelta(days=2))
    assert end_expired(store) == 0
    monkeypatch.setattr("biometrics.records.enrolment_checks.today", lambda: today() + timedelta(days=4))
    assert end_expired(store) == 1
    ended = standing_of(store).standing(standing.id).ended
    assert ended is not None
    assert "past" in ended.because
    assert StandingProbes(store).last_sequence() == 4


@pytest.mark.both_databases
def test_pages_of_standing_searches_follow_each_other(store: RecordStore) -> None:
    ids = [latent(store).id for _ in range(5)]
    first = standing_of(store).find(limit=3)
    rest = standing_of(store).find(limit=3, after=first.after)
    assert [search.id for search in (*first.items, *rest.items)] == ids
    assert rest.after is None


def test_the_check_of_an_enrolment_waits_until_it_is_finished_once(store: RecordStore) -> None:
    before, _ = enrolled(store)
    record_id, encounter_id = enrolled(store, "Asha again")
    checks = checks_of(store)
    assert checks.count() == 2
    waiting = checks.check(encounter_id)
    assert waiting is not None
    assert (waiting.record_id, waiting.owner, len(waiting.template_ids)) == (record_id, "owner", 2)
    with store.begin() as work:
        work.checks.put_off(encounter_id)
    assert checks.waiting(10)[-1] == encounter_id
    [case_id] = checked(store, encounter_id, before)
    assert checked(store, encounter_id, before) == ()
    view = Casework(store.for_actor(OWNER), {}).case(case_id)
    assert (view.question.kind, view.question.record_id, view.question.candidate_id) == (
        CaseKind.DUPLICATE,
        record_id,
        before,
    )
    assert view.question.unit == Unit("27", "519", "27519004")
    assert checks.count() == 1


def test_a_candidate_that_is_too_dissimilar_or_removed_is_no_case(store: RecordStore) -> None:
    before, _ = enrolled(store)
    _, encounter_id = enrolled(store, "Asha again")
    remove_record(store, before)
    result = Checked([Candidate(before, FOUND), Candidate(NOBODY, FOUND)], duplicate=1.0)
    assert finish_check(store, encounter_id, result) == ()
    record_id, later = enrolled(store, "third")
    other, _ = enrolled(store, "fourth")
    assert finish_check(store, later, Checked([Candidate(other, FOUND)], duplicate=FOUND.score + 1)) == ()
    assert finish_check(store, later, Checked([Candidate(record_id, FOUND)])) == ()


def test_a_candidate_that_was_merged_since_it_was_found_is_a_case_about_the_survivor(store: RecordStore) -> None:
    merged, _ = enrolled(store)
    survivor, _ = enrolled(store, "Asha Rao")
    record_id, encounter_id = enrolled(store, "Asha again")
    store.editor.merge(survivor, 1, merged, "same prints")
    templates = store.templates.of_records([merged, survivor], [FACE_MODEL])
    assert templates[merged] == templates[survivor]
    assert len(templates[merged]) == 2
    [case_id] = checked(store, encounter_id, merged)
    question = Casework(store.for_actor(OWNER), {}).case(case_id).question
    assert (question.record_id, question.candidate_id) == (record_id, survivor)


def test_a_removed_enrolment_needs_no_check(store: RecordStore) -> None:
    record_id, encounter_id = enrolled(store)
    remove_record(store, record_id)
    assert checks_of(store).check(encounter_id) is None
    assert checked(store, encounter_id, record_id) == ()


def test_a_hit_is_a_case_and_a_notification_to_the_owner_once(store: RecordStore) -> None:
    standing = latent(store)
    record_id, first = enrolled(store)
    [case_id] = checked(store, first, hits=(standing.id,))
    assert notifications(store) == [(NotificationKind.STANDING_HIT, case_id)]
    done = store_encounter(store, record_id, encounter(fir_number="2"), [print_of("later")])
    assert checked(store, done.encounter_id, hits=(standing.id,)) == ()
    assert len(notifications(store)) == 1
    view = Casework(store.for_actor(OWNER), {}).case(case_id)
    assert (view.question.kind, view.question.search_id, view.question.candidate_id) == (
        CaseKind.STANDING_HIT,
        standing.search_id,
        record_id,
    )


def test_a_withdrawn_search_hits_nothing(store: RecordStore) -> None:
    standing = latent(store)
    withdraw(store, standing.id, "solved")
    _, encounter_id = enrolled(store)
    assert checked(store, encounter_id, hits=(standing.id,)) == ()
    assert notifications(store) == []


@pytest.mark.parametrize("kind", [EncounterKind.MISSING, EncounterKind.UNIDENTIFIED_BODY, EncounterKind.WANTED])
def test_missing_and_wanted_people_have_a_standing_search_automatically(
    store: RecordStore, kind: EncounterKind
) -> None:
    missed, encounter_id = enrolled(store, "Missed", kind)
    [standing] = standing_of(store).find().items
    assert (standing.kind, standing.record_id, standing.owner) == (StandingKind(kind), missed, "owner")
    assert checked(store, encounter_id) == ()
    _, later_encounter = enrolled(store, "Found")
    low = Checked([Candidate(missed, FOUND)], duplicate=FOUND.score + 1, watched=FOUND.score - 1)
    [case_id] = finish_check(store, later_encounter, low)
    assert notifications(store) == [(NotificationKind.STANDING_HIT, case_id)]
    again = store_encounter(store, missed, encounter(fir_number="2"), [])
    assert checked(store, again.encounter_id) == ()
    assert notifications(store)[0] == (NotificationKind.SIGHTING, again.encounter_id)


def test_the_reporter_of_a_missing_person_is_notified_of_similar_people(store: RecordStore) -> None:
    before, _ = enrolled(store)
    _, encounter_id = enrolled(store, "Missed", EncounterKind.MISSING)
    [case_id] = checked(store, encounter_id, before)
    assert notifications(store) == [(NotificationKind.STANDING_HIT, case_id)]


def test_enrolments_during_a_new_standing_search_are_checked_again(store: RecordStore) -> None:
    for encounter_id in [enrolled(store, str(number))[1] for number in range(3)]:
        checked(store, encounter_id)
    latent(store)  # its search is of change 7: the first template of the fourth person
    assert checks_of(store).count() == 0
    _, later = enrolled(store, "meanwhile")
    checked(store, later)
    latent(store)
    assert checks_of(store).waiting(10) == [later]


def test_notifications_are_per_account_and_come_in_pages(store: RecordStore) -> None:
    searches = [latent(store) for _ in range(5)]
    _, encounter_id = enrolled(store)
    checked(store, encounter_id, hits=tuple(search.id for search in searches))
    mine = NotificationStore(store.database, OWNER)
    first = mine.find(limit=3)
    rest = mine.find(limit=3, after=first.after)
    assert [notification.number for notification in (*first.items, *rest.items)] == [5, 4, 3, 2, 1]
    assert (first.unread, rest.after) == (5, None)
    read = mine.read(4)
    assert mine.read(4).read_at == read.read_at
    assert [notification.number for notification in mine.find(unread=True).items] == [5, 3, 2, 1]
    somebody_else = NotificationStore(store.database, somebody("else"))
    assert somebody_else.find().items == ()
    for number in (1, 0, -1, 2**70):
        with pytest.raises(UnknownNotification):
            somebody_else.read(number)
    with pytest.raises(InvalidField):
        mine.find(limit=0)


def test_the_owner_is_notified_of_the_examiners_decision(store: RecordStore) -> None:
    standing = latent(store)
    _, encounter_id = enrolled(store)
    [case_id] = checked(store, encounter_id, hits=(standing.id,))
    examine(Casework(store.for_actor(somebody("a")), {}), case_id, Conclusion.NO_VALUE)
    assert notifications(store)[0] == (NotificationKind.CASE_CLOSED, case_id)
    assert NotificationStore(store.database, OWNER).find().items[0].fir_number == "0123/2024"
    assert Casework(store.for_actor(OWNER), {}).find(CaseQuery(kind=CaseKind.STANDING_HIT)).items[0].outcome


def test_the_files_of_a_search_are_kept_for_examiners_and_go_with_it(store: RecordStore) -> None:
    search_id = store_search(store, search_for(NOBODY)).id
    keep_images(store, search_id, [KeptImage(0, "image/png", b"latent")])
    keep_images(store, search_id, [KeptImage(0, "image/png", b"another")])
    assert store.searches.image(search_id, 0) == KeptImage(0, "image/png", b"latent")
    assert store.searches.image(search_id, 1) is None


def test_the_files_of_a_search_are_sealed_and_bound_to_their_place(store: RecordStore) -> None:
    """Whoever reads the table sees no latent, and a file that was moved to another search is not taken for its own."""
    first, second = (store_search(store, search_for(NOBODY)).id for _ in range(2))
    for search_id in (first, second):
        keep_images(store, search_id, [KeptImage(0, "image/png", b"latent of " + search_id.encode())])
    with store.database.writing() as connection:
        file = (search_images.c.image_name, search_images.c.image_sha256)
        row = connection.execute(select(*file).where(search_images.c.search_id == first)).one()
        assert b"latent" not in store.images.get(row.image_name)
        moved = update(search_images).where(search_images.c.search_id == second)
        connection.execute(moved.values(image_name=row.image_name, image_sha256=row.image_sha256))
    with pytest.raises(DecryptionFailed):
        store.searches.image(second, 0)


@pytest.mark.both_databases
def test_an_enrolment_that_a_search_of_another_unit_and_a_record_are_like_opens_a_case_for_each(
    store: RecordStore,
) -> None:
    elsewhere = somebody("elsewhere", unit=Unit("27", "520", "27520001"))
    search_id = store_search(store.for_actor(elsewhere), search_for(NOBODY)).id
    theirs, own = add_standing(store, elsewhere, search_id), latent(store)
    before, _ = enrolled(store)
    _, encounter_id = enrolled(store, "Usha")
    opened = checked(store, encounter_id, before, hits=(theirs.id, own.id))
    numbers = Casework(store.for_actor(OWNER), {}).numbers(opened)
    assert len(numbers) == 3
    assert len({number.rpartition("-")[0] for number in numbers.values()}) == 3
    assert [kind for kind, _ in notifications(store, "elsewhere")] == [NotificationKind.STANDING_HIT]
    assert NotificationKind.STANDING_HIT in [kind for kind, _ in notifications(store)]


def test_a_corrected_encounter_keeps_its_one_standing_search(store: RecordStore) -> None:
    record_id, encounter_id = enrolled(store, kind=EncounterKind.WANTED)
    mine = standing_of(store)

    def correct(kind: EncounterKind) -> list[StandingKind]:
        record, editor = store.people.get(record_id), store.as_system("a test").editor
        editor.correct_encounter(encounter_id, lambda _: encounter(kind=kind), record.version)
        return [each.kind for each in mine.find().items]

    assert correct(EncounterKind.WANTED) == [StandingKind.WANTED]
    assert correct(EncounterKind.MISSING) == [StandingKind.MISSING]
    [standing] = mine.find().items
    withdraw(store, standing.id, "found")
    assert correct(EncounterKind.WANTED) == []
    assert [each.id for each in mine.find(ended=True).items] == [standing.id]
