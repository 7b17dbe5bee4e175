"""With a sample goes what was searched with the same file, and nothing that another unit searches with but by law."""

from __future__ import annotations

from dataclasses import replace

import pytest
from acting import ELSEWHERE, HERE, act_of
from case_examples import somebody
from records_examples import FINGER_MODEL, encounter, photo_of, print_of, search_for
from retention_examples import HOLD, arrested, digest_of, problems, search_with_file_of
from sqlalchemy import select
from standing_examples import add_standing, keep_images, read_by_another_model

from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.retention_rules import OrderKind
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.technique.clock import today
from biometrics.records.standing_probes import StandingProbes
from biometrics.records.store import RecordStore
from biometrics.retention.certificates import CertificateStore
from biometrics.searches.model import KeptImage, SearchProbe
from biometrics.storage.tables.keys import data_keys
from biometrics.storage.tables.searches import probe_templates
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.retention.retention import Retention
from biometrics.use_cases.search.identify import store_search
from biometrics.watchlist.reader import StandingReader
from face.modality import FACE
from fingerprint.modality import FINGERPRINT


def test_probes_of_the_same_file_are_destroyed_too(store: RecordStore) -> None:
    """What else was searched with stays, under a new key; a search of theirs alone loses its key."""
    arrested(store, "Ram", freed=True)
    search_id = search_with_file_of(store, "Ram")
    alone = replace(store.searches.get(search_id).search, probes=store.searches.get(search_id).search.probes[:1])
    alone_id = store_search(store, alone).id
    (certificate,) = Retention(store).run(today())
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
    Retention(store).run(today())
    stored = store.searches.get(search_id)
    files = [stored.image_of(place) for place in range(len(stored.search.probes))]
    assert [file and file.ordinal for file in files] == [1, 2]


def test_a_standing_search_with_the_same_file_ends(store: RecordStore) -> None:
    arrested(store, "Ram", freed=True)
    search_id = search_with_file_of(store, "Ram")
    images = [KeptImage(0, "image/png", b"image Ram"), KeptImage(1, "image/png", b"another photo")]
    keep_images(store, search_id, images)
    standing = add_standing(store, somebody("a"), search_id)
    for modality in (FINGERPRINT, FACE):
        read_by_another_model(store, modality)
    followed = StandingProbes(store)
    before = followed.last_sequence()
    [certificate] = Retention(store).run(today())
    assert not problems(store, certificate)
    changes = followed.changes_since(before, FINGERPRINT, FINGER_MODEL, 10)
    assert [change.operation for change in changes] == ["remove"]
    assert followed.load([change.template_id for change in changes]) == []
    assert StandingReader(store.database, somebody("a")).standing(standing.id).ended is not None
    assert store.searches.image(search_id, 0) is None
    assert store.searches.image(search_id, 1) == images[1]
    (probe,) = store.searches.probes_of([search_id])[search_id]
    assert [template.data for template in probe.other_templates] == [b"read again"]
    with store.database.reading() as connection:
        assert connection.execute(select(probe_templates.c.ordinal)).scalars().all() == [1]


def test_two_orders_that_wait_do_not_become_one_when_their_texts_are_erased(store: RecordStore) -> None:
    arrested(store, "Ram", freed=True)
    search_id = search_with_file_of(store.for_actor(act_of(HERE)), "Ram")
    images = [KeptImage(0, "image/png", b"image Ram"), KeptImage(1, "image/png", b"another photo")]
    keep_images(store, search_id, images)
    for person in "ab":
        order = replace(HOLD, kind=OrderKind.DESTROY, reference=f"order of {person}")
        Retention(store.for_actor(act_of(HERE, actor=person))).order_of_search(search_id, order)
    assert len(Retention(store).run(today())) == 1
    assert Retention(store).run(today()) == []
    assert [store.searches.image(search_id, place) for place in (0, 1)] == [None, images[1]]


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
        for person in "ab":
            order = replace(HOLD, kind=kind)
            Retention(store.for_actor(act_of(HERE, actor=person))).order(enrolment.encounter_id, order)
        own.run(today())
    Retention(store).finish()
    (certificate,) = CertificateStore(store.database, store.act).everything()
    stays = way != "ordered"
    assert {entry["search"] for entry in certificate.content["searches"]} == {own_id, *(() if stays else (search_id,))}
    assert len(store.searches.get(search_id).search.probes) == (2 if stays else 1)
    assert (StandingReader(store.database, act_of(ELSEWHERE)).standing(standing.id).ended is None) is stays
    assert problems(store, certificate) == {}


def test_a_print_of_another_finger_stays(store: RecordStore) -> None:
    done = arrested(store, "Ram", freed=True)
    search_id = store_search(store, search_for(done.record_id)).id
    Retention(store).run(today())
    assert [probe.probe.position for probe in store.searches.get(search_id).search.probes] == [
        FingerPosition.UNKNOWN,
        None,
    ]
