"""A station moves from one model to another: nobody is lost on the way, and there is a way back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from case_examples import somebody
from inputs import print_of, thumb
from records_examples import encounter
from sqlalchemy import delete, select, update
from two_models import FIRST_MODEL, extracted_probes, held, made_by, until_killed

from api.bootstrap.engine import open_engine
from api.latent_probes import Latent, latent_probes
from api.observability.warnings import LeftOut
from benchmarks.service.second_model import OTHER, OTHER_MODEL, with_two_models
from biometrics.imaging.image import decode
from biometrics.kernel.casework.cases import Question
from biometrics.kernel.errors import (
    HiddenUntilDecided,
    InvalidField,
    ModalityNotRegistered,
    PeopleUnsearchable,
    ReplayImpossible,
)
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import Enrolment
from biometrics.kernel.people.templates import ModelInUse, Operation
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.records.standing_probes import StandingProbes
from biometrics.searches.model import StoredSearch
from biometrics.storage.database.counters import CHANGE_COUNTER, advance
from biometrics.storage.tables.cases import cases
from biometrics.storage.tables.searches import probe_templates, searches
from biometrics.storage.tables.templates import changes, models_in_use, templates
from biometrics.storage.tables.watchlist import standing_changes, standing_probes
from biometrics.templates.change_log import append_changes
from biometrics.templates.models import ModelStore
from biometrics.templates.reextraction import ReextractionStore
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.check_enrolment import work_off
from biometrics.use_cases.enrolment.enrol import add_encounter, enrol, store_person
from biometrics.use_cases.models import reextract
from biometrics.use_cases.models.compare_models import compare_models
from biometrics.use_cases.models.model_changes import (
    go_back,
    model_states,
    probe_templates_of,
    put_in_force,
    remove_model,
)
from biometrics.use_cases.models.reextract import Reextraction
from biometrics.use_cases.search.identify import SearchRequest, identify
from biometrics.use_cases.search.identify import search as search_by
from biometrics.use_cases.search.replay import replay
from biometrics.use_cases.search.standing_search import (
    add_standing_search,
    end_standing_search,
    repeat_as_standing_search,
)
from biometrics.watchlist.checks import CheckReader
from biometrics.watchlist.model import Standing, StandingKind
from fingerprint.latents.marked import MarkedMinutia, MarkedPrint
from fingerprint.latents.network import LatentNetwork, latent_network
from fingerprint.modality import FINGERPRINT
from fingerprint.recogniser import FingerprintRecogniser
from fingerprint.template import MinutiaType
from models.registry import ModelRegistry

PRINTS = FINGERPRINT
MORE = 8  # people, or probes, in the tests of kills
MARKS = tuple(MarkedMinutia(x, y, 1.0, MinutiaType.ENDING) for x, y in ((90, 90), (180, 95), (95, 180), (170, 170)))

Station = Callable[..., AbstractContextManager[Engine]]


@pytest.fixture
def station(database_url: str, tmp_path: Path) -> Station:
    """Return what opens an engine of the system, any number of times, on one database."""

    @contextmanager
    def opened(**settings: object) -> Iterator[Engine]:
        with open_engine(with_two_models(tmp_path, database_url=database_url, **settings)) as engine:
            yield replace(engine, store=engine.store.as_system("a test"))  # follows which model is in force

    return opened


def enrolled(engine: Engine, person: int, impression: int = 0) -> Enrolment:
    return enrol(engine.as_system("a request"), Person(f"Person {person}"), encounter(), [thumb(person, impression)])


def searched(engine: Engine, person: int) -> StoredSearch:
    return identify(engine.as_system("a request"), SearchRequest([thumb(person, 1)], case_number="1/2026"))


def first_of(search: StoredSearch) -> tuple[str, str]:
    """Return the first candidate, and the model that found it."""
    return search.search.candidates[0].record_id, search.search.settings["identity"]["fingerprint"]["model"]


def standing_for(engine: Engine, person: int) -> Standing:
    request = SearchRequest([thumb(person, 1)], case_number="1/2026")
    return add_standing_search(engine.for_actor(somebody("owner")), request, StandingKind.WANTED).standing


def asked_about(engine: Engine, case_ids: Sequence[str]) -> list[Question]:
    cases = Casework(engine.store.for_actor(somebody("owner")), {})
    return [cases.case(case_id).question for case_id in case_ids]


def forget(engine: Engine, record_id: str, model: str) -> None:
    """Remove a person's templates of a model, as if it had refused them."""
    found = engine.store.templates.of_records([record_id], [model])[record_id]
    ids = [stored.id for stored in found]
    with engine.store.database.writing() as connection:
        advance(connection, CHANGE_COUNTER, 0)
        connection.execute(delete(templates).where(templates.c.id.in_(ids)))
        append_changes(connection, Operation.REMOVE, [(number, PRINTS, model) for number in ids])


def want(engine: Engine) -> ModelInUse:
    return ModelStore(engine.store.database).want(PRINTS, OTHER_MODEL, OTHER)


@pytest.mark.essential
def test_a_station_moves_to_another_model_and_back_and_finds_everybody_all_along(station: Station) -> None:
    with station() as engine, station() as other_node:
        people = [enrolled(engine, person).record_id for person in range(3)]
        before = searched(engine, 1)
        assert first_of(before) == (people[1], FIRST_MODEL)

        want(engine)
        assert first_of(searched(other_node, 1)) == (people[1], FIRST_MODEL)
        people.append(enrolled(other_node, 3).record_id)  # by both models from here on
        assert held(engine) == {FIRST_MODEL: 4, OTHER_MODEL: 1}
        with pytest.raises(PeopleUnsearchable, match="3"):
            put_in_force(engine, OTHER)
        assert (Reextraction(engine).work_off(), Reextraction(other_node).work_off()) == (5, 0)  # two kept probes
        assert held(engine) == {FIRST_MODEL: 4, OTHER_MODEL: 4}

        put_in_force(engine, OTHER)
        for node in (engine, other_node):
            assert [first_of(searched(node, person)) for person in range(4)] == [
                (record, OTHER_MODEL) for record in people
            ]
        assert replay(other_node, before.id).same
        by_other = searched(engine, 2)
        people.append(enrolled(other_node, 4).record_id)

        assert go_back(other_node, PRINTS) == "leader"
        assert [first_of(searched(engine, person))[0] for person in range(5)] == people

        with pytest.raises(InvalidField, match="7 days"):
            remove_model(engine, OTHER)
        assert remove_model(engine, OTHER, at_once=True) == 5
        assert held(engine) == {FIRST_MODEL: 5}
        with pytest.raises(ReplayImpossible, match="removed from use"):
            replay(other_node, by_other.id)
        assert first_of(searched(other_node, 0)) == (people[0], FIRST_MODEL)


def test_a_start_refuses_to_lose_people_silently(station: Station) -> None:
    with station() as engine:
        person = enrolled(engine, 0).record_id
        (sample,) = engine.extract([thumb(1)])
        damaged = replace(sample, sample=replace(sample.sample, content=sample.sample.content[:-2000]))
        store_person(engine.store, Person("Damaged"), encounter(), [damaged])
        ModelStore(engine.store.database).want(PRINTS, OTHER_MODEL, OTHER)
        put_in_force(engine, OTHER, accept_missing=True)
        assert LeftOut.of(engine).people == 2
    with (
        pytest.raises(PeopleUnsearchable, match=r"no search finds them: 2\. .*PEHCHAN_ALLOW_UNSEARCHABLE=true"),
        station(),
    ):
        pass
    with station(allow_unsearchable=True) as engine:
        assert Reextraction(engine).work_off() == 2
    with station() as engine:
        assert first_of(searched(engine, 0)) == (person, OTHER_MODEL)
        state = next(state for state in model_states(engine) if state.in_force and state.modality is PRINTS)
        assert (state.pending, state.refused, state.unsearchable) == (0, 1, 1)
        assert any("1" in sentence and "model in force" in sentence for sentence in LeftOut.of(engine).sentences)
        (refused,) = ReextractionStore(engine.store.database, engine.store.keys).refused([OTHER_MODEL], 9)
        assert (refused.code, refused.position) == ("undecodable_image", FingerPosition.RIGHT_THUMB)
        assert held(engine)[FIRST_MODEL] == 2


@pytest.mark.slow
def test_a_start_without_a_modality_that_is_on_record_says_which(station: Station) -> None:
    with station() as engine, engine.store.database.writing() as connection:
        connection.execute(update(models_in_use).where(models_in_use.c.modality == PRINTS).values(modality="gait"))
    with pytest.raises(ModalityNotRegistered, match="gait"), station(allow_unsearchable=True):
        pass


@pytest.mark.slow
@pytest.mark.both_databases
def test_one_sample_is_taken_by_one_process_and_written_once_with_its_change(station: Station) -> None:
    with station() as engine:
        enrolled(engine, 0)
        found = want(engine)
        mine, others = (
            ReextractionStore(engine.store.database, engine.store.keys, holder) for holder in ("mine", "others")
        )
        sample_id = mine.take(found, 0)
        assert sample_id is not None
        assert others.take(found, 0) is None
        (of_mine,) = others.held_by_others([OTHER_MODEL])
        assert (of_mine.holder, of_mine.pieces, of_mine.until > datetime.now(UTC)) == ("mine", 1, True)
        assert not mine.held_by_others([OTHER_MODEL])
        (own,) = engine.with_models({PRINTS: OTHER_MODEL}).extract([thumb(0)])
        assert not others.write(sample_id, own.template)
        assert mine.write(sample_id, own.template)
        assert not mine.write(sample_id, own.template)
        with engine.store.database.reading() as connection:
            of_other = select(changes.c.operation).where(changes.c.model == OTHER_MODEL)
            assert connection.execute(of_other).scalars().all() == [Operation.ADD]


@pytest.mark.slow
@pytest.mark.both_databases
def test_two_nodes_share_the_work_and_do_nothing_twice(station: Station) -> None:
    with station() as engine, station() as other_node:
        for person in range(6):
            enrolled(engine, person)
        want(engine)
        with ThreadPoolExecutor(2) as threads:
            done = list(threads.map(lambda node: Reextraction(node).work_off(), (engine, other_node)))
        assert sum(done) == 6
        assert held(engine) == {FIRST_MODEL: 6, OTHER_MODEL: 6}
        with engine.store.database.reading() as connection:
            its = select(changes.c.template_id).where(changes.c.model == OTHER_MODEL)
            assert max(Counter(connection.execute(its).scalars()).values()) == 1


@pytest.mark.reach
def test_kill_9_in_the_midst_of_extractions_loses_and_doubles_nothing(
    station: Station, database_url: str, tmp_path: Path
) -> None:
    with station() as engine:
        people = [enrolled(engine, person).record_id for person in range(MORE)]
        want(engine)
    until_killed(tmp_path, database_url)
    with station() as engine:
        counts = held(engine)
        assert 3 <= counts[OTHER_MODEL] < MORE
        while held(engine)[OTHER_MODEL] < MORE:  # the leases of the killed ones run out
            Reextraction(engine).work_off()
        assert held(engine) == {FIRST_MODEL: MORE, OTHER_MODEL: MORE}
        with engine.store.database.reading() as connection:
            its = select(changes.c.template_id).where(changes.c.model == OTHER_MODEL)
            written = connection.execute(its).scalars().all()
            stored = connection.execute(select(templates.c.id).where(templates.c.model == OTHER_MODEL)).scalars().all()
        assert sorted(written) == sorted(stored)
        put_in_force(engine, OTHER)
        assert [first_of(searched(engine, person))[0] for person in range(MORE)] == people


@pytest.mark.reach
def test_kill_9_in_the_midst_of_kept_probes_loses_and_doubles_nothing(
    station: Station, database_url: str, tmp_path: Path
) -> None:
    with station() as engine:
        wanted = [standing_for(engine, person) for person in range(MORE)]
        want(engine)
    until_killed(tmp_path, database_url)
    with station() as engine:
        assert 3 <= len(extracted_probes(engine)) < MORE
        while len(extracted_probes(engine)) < MORE:
            Reextraction(engine).work_off()
        assert set(extracted_probes(engine)) == {standing.search_id for standing in wanted}
        with engine.store.database.reading() as connection:
            added = select(standing_changes.c.probe_id).where(standing_changes.c.model == OTHER_MODEL)
            probes = select(standing_probes.c.id).where(standing_probes.c.model == OTHER_MODEL)
            assert sorted(connection.execute(added).scalars()) == sorted(connection.execute(probes).scalars())


@pytest.mark.slow
def test_kept_probes_serve_the_new_model_once_the_old_one_is_removed(station: Station) -> None:
    with station() as engine:
        person, owner = enrolled(engine, 0), engine.for_actor(somebody("owner"))
        search = identify(owner, SearchRequest([thumb(0, 1)], case_number="1/2026"))
        standing = standing_for(engine, 2)
        before = search.search
        want(engine)
        assert [state.pending_probes for state in model_states(engine) if state.model == OTHER_MODEL] == [2]
        Reextraction(engine).work_off()
        put_in_force(engine, OTHER)
        remove_model(engine, "leader", at_once=True)

        found = enrolled(engine, 2)
        assert [asked.standing_id for asked in asked_about(engine, found.cases)] == [standing.id]
        again = repeat_as_standing_search(engine.for_actor(somebody("owner")), search.id, StandingKind.WANTED)
        assert first_of(again.searched) == (person.record_id, OTHER_MODEL)
        assert engine.store.searches.get(search.id).search == before
        (probe,) = before.probes
        assert probe.probe.template.model == FIRST_MODEL


@pytest.mark.slow
def test_all_kept_probes_are_looked_at_now_and_then_and_those_of_recent_searches_each_time(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    with station() as engine:
        old, worker = searched(engine, 0), Reextraction(engine)
        want(engine)
        assert worker.work_off() == 1
        with engine.store.database.writing() as connection:  # as if its file were kept only now
            connection.execute(update(searches).values(created_at=datetime.now(UTC) - timedelta(days=1)))
            connection.execute(delete(probe_templates))
        recent = searched(engine, 1)
        assert worker.work_off() == 1
        assert extracted_probes(engine) == [recent.id]
        monkeypatch.setattr(reextract, "ALL_PROBES_EVERY", timedelta())
        assert worker.work_off() == 1
        assert set(extracted_probes(engine)) == {old.id, recent.id}


@pytest.mark.slow
def test_a_kept_latent_is_read_again_as_it_was_read_for_the_search(station: Station) -> None:
    with station() as engine:
        content = print_of(0, "right_thumb", 1)
        region = ((0.0, 0.0), (400.0, 0.0), (400.0, 400.0), (0.0, 400.0))
        image = decode(content, 500.0)
        marks = MarkedPrint(image.width, image.height, 500.0, MARKS, region=region)
        latent = Latent("latent", image, content, marks, FingerPosition.UNKNOWN)
        acting = engine.as_system("a request")
        request = SearchRequest([], case_number="1/2026", is_latent=True)
        search = search_by(acting, request, latent_probes(acting, latent).probes)
        want(engine)
        assert Reextraction(engine).work_off() == 4
        by_other = acting.with_models({PRINTS: OTHER_MODEL})
        expected = [sample.template for sample in latent_probes(by_other, latent).probes]
        (probes,) = engine.store.searches.probes_of([search.id]).values()
        assert [probe.other_templates for probe in probes] == [(template,) for template in expected]


@pytest.mark.slow
def test_a_kept_latent_is_read_again_by_new_weights_and_the_search_stays_as_it_was(
    station: Station, tmp_path: Path
) -> None:
    def pending(engine: Engine) -> list[int]:
        return [state.pending_probes for state in model_states(engine) if state.model == FIRST_MODEL]

    content, request = print_of(0, "right_thumb", 1), SearchRequest([], case_number="1/2026", is_latent=True)
    latent = Latent("latent", decode(content, 500.0), content, None, FingerPosition.UNKNOWN)
    with station() as engine:
        person, owner = enrolled(engine, 0), engine.for_actor(somebody("owner"))
        registry = ModelRegistry(tmp_path / "models")
        recogniser = FingerprintRecogniser(registry, latents=LatentNetwork(registry.open_session("leader")))
        earlier = replace(owner, channels={PRINTS: replace(owner.channels[PRINTS], recogniser=recogniser)})
        probes = latent_probes(earlier, latent).probes
        expected = [each.template for each in latent_probes(owner, latent).probes]
        search = search_by(owner, request, probes)
        repeat_as_standing_search(owner, search.id, StandingKind.LATENT)

        assert pending(engine) == [4]
        assert (Reextraction(engine).work_off(), Reextraction(engine).work_off()) == (4, 0)
        assert pending(engine) == [0]
        after = engine.store.searches.get(search.id).search
        assert replay(owner, search.id).same
        assert [probe.by([FIRST_MODEL]) for probe in after.probes] == [each.probe for each in probes]
        assert [probe.other_templates for probe in after.probes] == [(template,) for template in expected]
        with engine.store.database.reading() as connection:
            ids = connection.execute(select(standing_probes.c.id).order_by(standing_probes.c.id)).scalars().all()
        assert [stored.template for stored in StandingProbes(engine.store).load(ids)] == expected
        again = repeat_as_standing_search(owner, search.id, StandingKind.LATENT).searched.search
        assert [probe.reading.network for probe in again.probes] == 2 * [latent_network().digest]
        assert again.candidates[0].record_id == person.record_id
        assert asked_about(engine, enrolled(engine, 0, 2).cases)


@pytest.mark.slow
def test_a_probe_whose_file_a_model_cannot_read_is_listed_and_keeps_its_template(station: Station) -> None:
    with station() as engine:
        (sample,) = engine.extract([thumb(0)])
        damaged = replace(sample, sample=replace(sample.sample, content=sample.sample.content[:-2000]))
        request = SearchRequest([], case_number="1/2026", is_latent=True)
        found = search_by(engine.as_system("a request"), request, [damaged])
        want(engine)
        assert Reextraction(engine).work_off() == 1
        (refused,) = probe_templates_of(engine).refused([OTHER_MODEL], 9)
        assert (refused.search_id, refused.case_number, refused.code) == (found.id, "1/2026", "undecodable_image")
        assert replay(engine, found.id).same


@pytest.mark.slow
def test_an_enrolment_that_waits_for_its_check_is_checked_once_it_is_extracted_again(station: Station) -> None:
    with station(check_at_once=False) as engine:
        first = enrolled(engine, 0)
        work_off(engine)
        second = enrolled(engine, 0, 2)
        made_by(engine, second, "e" * 64)
        work_off(engine)
        assert CheckReader(engine.store.database).count() == 1
        ModelStore(engine.store.database).want(PRINTS, FIRST_MODEL, "leader")
        assert Reextraction(engine).work_off() == 1
        work_off(engine)
        assert CheckReader(engine.store.database).count() == 0
        with engine.store.database.reading() as connection:
            assert connection.execute(select(cases.c.record_id, cases.c.candidate_id)).all() == [
                (second.record_id, first.record_id)
            ]


@pytest.mark.slow
def test_a_standing_search_finds_enrolments_after_a_switch_and_keeps_its_model(station: Station) -> None:
    with station() as engine:
        enrolled(engine, 5)
        want(engine)
        Reextraction(engine).work_off()
        standing = standing_for(engine, 2)
        put_in_force(engine, OTHER)
        assert enrolled(engine, 2).cases != ()
        put_in_force(engine, "leader")
        put_in_force(engine, OTHER)
        with pytest.raises(InvalidField, match="standing searches"):
            remove_model(engine, "leader", at_once=True)
        end_standing_search(engine.store.for_actor(somebody("owner")), standing.id, "found")
        assert remove_model(engine, "leader", at_once=True) == 2


@pytest.mark.slow
def test_a_template_that_cannot_be_decrypted_is_made_again_from_its_image(station: Station) -> None:
    with station() as engine:
        person = enrolled(engine, 0)
        with engine.store.database.writing() as connection:
            connection.execute(update(templates).values(data=b"damaged"))
        assert engine.store.templates.load(person.template_ids) == []
        assert (LeftOut.of(engine).templates, LeftOut.of(engine).people) == (1, 1)
        assert Reextraction(engine).work_off() == 1
        assert (LeftOut.of(engine).templates, LeftOut.of(engine).people) == (0, 0)
        assert first_of(searched(engine, 0))[0] == person.record_id


@pytest.mark.slow
def test_a_comparison_says_who_moved_and_stores_nothing(station: Station) -> None:
    with station() as engine:
        for person in range(3):
            record = enrolled(engine, person).record_id
            add_encounter(engine, record, encounter(), [thumb(person, 1)])
        want(engine)
        Reextraction(engine).work_off()
        result = compare_models(engine, PRINTS, OTHER_MODEL, 3)
        assert (len(result.mated), result.named_first(after=False), result.named_first(after=True)) == (3, 3, 3)
        assert not [search for search in result.searches if search.moved]
        assert engine.store.counts().searches == 0


def test_an_examiner_is_blinded_across_a_change_of_the_model(station: Station) -> None:
    """Another capture of the case's probe is known by the new model; where that cannot tell, nothing is compared."""
    with station() as engine:
        enrolled(engine, 5)
        standing_for(engine, 0)
        (case_id,) = enrolled(engine, 0).cases
        examiner = engine.for_actor(somebody("a"))
        Casework(engine.store.for_actor(somebody("a")), {}).take(case_id)
        other_capture = SearchRequest([thumb(0, 2)], case_number="2/2026")
        stranger = SearchRequest([thumb(5, 1)], case_number="2/2026")
        want(engine)
        put_in_force(engine, OTHER, accept_missing=True)
        for request in (other_capture, stranger):
            with pytest.raises(HiddenUntilDecided, match="not been read by the model in force"):
                identify(engine.for_actor(somebody("a")), request)
        Reextraction(engine).work_off()
        with pytest.raises(HiddenUntilDecided, match="this very file"):
            identify(examiner, other_capture)
        assert identify(examiner, stranger).search.candidates


@pytest.mark.slow
def test_stored_searches_are_answered_again_by_both_models(station: Station) -> None:
    """Who was first, and who is now. Left out and counted: what a model cannot read, and people it cannot name."""
    with station() as engine:
        people = [enrolled(engine, person).record_id for person in range(2)]
        search = searched(engine, 0)
        want(engine)
        Reextraction(engine).work_off()
        unread = searched(engine, 1)
        result = compare_models(engine, PRINTS, OTHER_MODEL, 9, 9)
        (compared,) = result.stored.searches
        assert (compared.search_id, compared.before.record_id, compared.after.record_id) == (search.id, *2 * people[:1])
        assert compared.before.decibans == search.search.candidates[0].decibans
        assert (len(result.searches), result.left_out, result.stored.left_out) == (2, 0, 1)
        forget(engine, people[0], OTHER_MODEL)
        result = compare_models(engine, PRINTS, OTHER_MODEL, 9, 9)
        assert ([one.record_id for one in result.searches], result.left_out) == (people[1:], 1)
        assert (result.stored.searches, result.stored.left_out) == ((), 2)
        assert extracted_probes(engine) == [search.id]
        assert unread.id != search.id


@pytest.mark.slow
def test_a_search_by_a_model_that_is_not_installed_is_not_replayed_and_says_so(
    station: Station, database_url: str, tmp_path: Path
) -> None:
    with station() as engine:
        enrolled(engine, 0)
        want(engine)
        Reextraction(engine).work_off()
        put_in_force(engine, OTHER)
        search = searched(engine, 0)
        go_back(engine, PRINTS)
    settings = with_two_models(tmp_path, database_url=database_url).model_copy(update={"operator_manifest": None})
    with open_engine(settings) as engine, pytest.raises(ReplayImpossible, match="not installed"):
        replay(engine.as_system("a test"), search.id)
