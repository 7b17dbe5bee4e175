"""The scales of scores are learned from the gallery, kept for all servers, and named by every search."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from acting import act_of
from inputs import print_of
from records_examples import encounter

from api.bootstrap.engine import open_engine
from api.bootstrap.store import audit_log_of
from api.settings import Settings
from biometrics.kernel.access import Role
from biometrics.kernel.errors import Forbidden, OutOfJurisdiction, UnknownScale
from biometrics.kernel.labels import LABEL, NO_POSITION, SEXES, UNKNOWN_YEAR
from biometrics.kernel.person import Person, Sex
from biometrics.kernel.record import EnrolledSample
from biometrics.kernel.types import FingerPosition, Modality, Sample, Template
from biometrics.matching.channel import Channel
from biometrics.matching.scoring import PersonScore, score_person
from biometrics.matching.teaching import NotLearnable
from biometrics.notifications.model import NotificationKind
from biometrics.notifications.repository import NotificationStore
from biometrics.scales.repository import ScaleState, ScaleStore
from biometrics.use_cases import check_enrolment, learn_scales, standing_hits
from biometrics.use_cases.engine import Engine
from biometrics.use_cases.enrol import store_person
from biometrics.use_cases.identify import SearchRequest, search
from biometrics.use_cases.learn_scales import Interrupted, cohort_pairs, learn_scale, refresh
from biometrics.use_cases.replay import replay
from biometrics.use_cases.scale_report import scale_reports
from biometrics.use_cases.standing_search import add_extracted_standing_search, end_standing_search
from biometrics.watchlist.model import StandingKind
from fingerprint.codec import encode
from fingerprint.modality import FINGERPRINT
from fingerprint.synthetic.templates import synthetic_template

pytestmark = pytest.mark.slow

PRINTS = FINGERPRINT
UNITS = 10
PEOPLE = UNITS * 11
WEIGHT = 0.8  # of blocks of 22 people
FINGERS = (FingerPosition.RIGHT_THUMB, FingerPosition.RIGHT_INDEX)


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a data folder with people of ten units; tests work on copies."""
    folder = tmp_path_factory.mktemp("station")
    with open_engine(Settings(data_folder=folder)) as opened:
        enrol_people(opened.as_system("a test"), extracted(opened), PEOPLE)
    return folder


@pytest.fixture
def gallery(station: Path, tmp_path: Path) -> None:
    shutil.copytree(station, tmp_path, dirs_exist_ok=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if "gallery" in request.fixturenames:
        request.getfixturevalue("gallery")
    with open_engine(Settings(data_folder=tmp_path)) as opened:
        opened = opened.as_system("a test")
        yield opened


@pytest.fixture
def sample(engine: Engine) -> EnrolledSample:
    return extracted(engine)


def extracted(engine: Engine) -> EnrolledSample:
    (of_print,) = engine.extract([Sample(PRINTS, print_of(0, "right_thumb", 0), "thumb.png", FINGERS[0])])
    return of_print


def synthetic(sample: EnrolledSample, seed: int, position: FingerPosition) -> EnrolledSample:
    """Make a sample with a generated template in place of the image's."""
    data = encode(synthetic_template(seed))
    return replace(
        sample,
        sample=replace(sample.sample, position=position),
        template=Template(PRINTS, sample.template.model, data, sample.template.quality),
    )


def enrol_people(engine: Engine, sample: EnrolledSample, count: int, first: int = 0, unit: int | None = None) -> None:
    """Enrol people, one after another at each of ten units by an officer of it, or all at one unit."""
    for number in range(first, first + count):
        samples = [synthetic(sample, 2 * number + place, finger) for place, finger in enumerate(FINGERS)]
        enrol_at(engine, f"2751900{number % UNITS if unit is None else unit}", samples)


def enrol_at(engine: Engine, station: str, samples: Sequence[EnrolledSample], actor: str = "") -> None:
    store = engine.store.for_actor(act_of(f"27/519/{station}", actor=actor))
    store_person(store, Person(f"Person at {station}"), encounter(station_code=station), samples)


def searched(engine: Engine, sample: EnrolledSample) -> tuple[str, str, float]:
    """Search with a stored print; return the search's id, the digest of its scale and the best score."""
    stored = search(engine, SearchRequest(()), [synthetic(sample, 0, FINGERS[0])])
    identity = stored.search.settings["identity"]["fingerprint"]["calibration"]
    return stored.id, identity, stored.search.candidates[0].decibans


@pytest.mark.usefixtures("gallery")
def test_searches_use_the_learned_scale_and_earlier_ones_are_replayed_with_theirs(
    engine: Engine, sample: EnrolledSample
) -> None:
    before, shipped, score = searched(engine, sample)
    assert shipped == engine.channels[PRINTS].calibration.digest
    assert refresh(engine) == [PRINTS]
    after, learned, other = searched(engine, sample)
    assert learned != shipped
    assert other != score
    assert (replay(engine, before).same, replay(engine, after).same) == (True, True)
    latest = ScaleStore(engine.store.database).latest(engine.channels[PRINTS].scale_key)
    assert latest is not None
    assert not learn_scale(engine, PRINTS, latest)  # the same gallery teaches the same
    assert (replay(engine, before).same, replay(engine, after).same) == (True, True)


@pytest.mark.usefixtures("gallery")
def test_latents_are_scored_by_the_shipped_scale(
    engine: Engine, sample: EnrolledSample, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a search, in its replay, and where an enrolment is compared with standing searches."""
    refresh(engine)
    shipped = engine.channels[PRINTS].calibration.digest
    latent = [synthetic(sample, 0, FINGERS[0])]
    request = SearchRequest((), alternatives=True)
    stored = search(engine, request, latent)
    assert stored.search.settings["identity"]["fingerprint"]["calibration"] == shipped
    assert replay(engine, stored.id).same
    scales: list[str] = []

    def noted(channels: Mapping[Modality, Channel], *arguments: Any) -> PersonScore | None:
        scales.append(channels[PRINTS].calibration.digest)
        return score_person(channels, *arguments)

    monkeypatch.setattr(standing_hits, "score_person", noted)
    officers = engine.for_actor(act_of("national"))
    for kind in (StandingKind.LATENT, StandingKind.WANTED):
        standing = add_extracted_standing_search(officers, request, latent, kind).standing
        stored_now = store_person(engine.store, Person(f"Again, {kind}"), encounter(), latent)
        engine.catch_up()
        check_enrolment.check_enrolment(engine, stored_now.encounter_id)
        end_standing_search(officers.store, standing.id, "solved")
    assert [scale == shipped for scale in scales] == [True, False]


@pytest.mark.usefixtures("gallery")
def test_every_server_of_a_database_uses_the_same_scale(engine: Engine, sample: EnrolledSample, tmp_path: Path) -> None:
    refresh(engine)
    with open_engine(Settings(data_folder=tmp_path)) as other:
        other = other.as_system("a test")
        assert searched(other, sample)[1:] == searched(engine, sample)[1:]


@pytest.mark.usefixtures("gallery")
def test_the_operator_can_pin_the_shipped_scales(engine: Engine, sample: EnrolledSample, tmp_path: Path) -> None:
    refresh(engine)
    shipped = engine.channels[PRINTS].calibration.digest
    with open_engine(Settings(data_folder=tmp_path, learned_scales=False)) as pinned:
        pinned = pinned.as_system("a test")
        assert searched(pinned, sample)[1] == shipped
        report = next(report for report in scale_reports(pinned) if report.modality is PRINTS)
    assert (report.pinned, report.learned, report.digest) == (True, None, shipped)
    assert searched(engine, sample)[1] != shipped


@pytest.mark.usefixtures("gallery")
def test_a_scale_is_reported_and_audited(engine: Engine) -> None:
    refresh(engine)
    reports = list(scale_reports(engine))
    prints = next(report for report in reports if report.modality is PRINTS)
    assert all((report.learned, report.digest) == (None, report.shipped) for report in reports if report is not prints)
    assert prints.learned is not None
    assert (prints.learned.people, prints.learned.gallery_size, prints.learned.weight) == (PEOPLE, PEOPLE, WEIGHT)
    assert prints.learned.comparisons > 1000
    assert prints.bound >= 0.0
    assert [difference.shipped for difference in prints.differences] == [10.0, 20.0, 30.0, 40.0]
    assert all(difference.stated <= min(difference.in_force, prints.bound) for difference in prints.differences)
    entries = [entry for entry in audit_log_of(engine.store).everything() if entry.action == "scale.learn"]
    assert [entry.subject_id for entry in entries] == [prints.digest]
    assert json.loads(entries[0].detail)["subjects"] == PEOPLE


@pytest.mark.usefixtures("gallery")
def test_a_scale_is_learned_again_when_the_gallery_has_grown_or_a_month_has_passed(
    engine: Engine, sample: EnrolledSample
) -> None:
    assert refresh(engine) == [PRINTS]
    assert refresh(engine) == []
    enrol_people(engine, sample, 20, first=PEOPLE)
    assert refresh(engine) == []
    enrol_people(engine, sample, 10, first=PEOPLE + 20)
    assert refresh(engine) == [PRINTS]
    assert refresh(engine, now=datetime.now(UTC) + timedelta(days=29)) == []
    assert refresh(engine, now=datetime.now(UTC) + timedelta(days=31)) in ([PRINTS], [])  # the same scale is not stored


def test_a_small_gallery_keeps_the_shipped_scale(engine: Engine, sample: EnrolledSample) -> None:
    enrol_people(engine, sample, 10)
    assert refresh(engine) == []
    with pytest.raises(NotLearnable, match="100 people") as refused:
        learn_scale(engine, PRINTS, None)
    assert refused.value.reason == "too_few_people"


@pytest.mark.usefixtures("gallery")
def test_the_faster_of_two_servers_stores_its_scale(engine: Engine) -> None:
    assert learn_scale(engine, PRINTS, None)
    assert not learn_scale(engine, PRINTS, None)


@pytest.mark.usefixtures("gallery")
def test_a_server_that_stops_learns_nothing(engine: Engine) -> None:
    with pytest.raises(Interrupted):
        learn_scale(engine, PRINTS, None, stopped=lambda: True)
    assert refresh(engine, stopped=lambda: True) == []
    assert ScaleStore(engine.store.database).latest(engine.channels[PRINTS].scale_key) is None


@pytest.mark.usefixtures("gallery")
def test_the_work_of_a_run_is_bounded(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PRINTS, "traits", replace(PRINTS.traits, scale_comparisons=1500))
    refresh(engine)
    (prints,) = [report for report in scale_reports(engine) if report.learned]
    assert prints.learned is not None
    assert prints.learned.comparisons == 1500


@pytest.mark.usefixtures("gallery")
def test_one_account_that_enrols_most_people_cannot_teach_and_the_report_says_why(
    engine: Engine, sample: EnrolledSample
) -> None:
    """A program that enrols for all units ties them together."""
    for unit in range(UNITS):
        enrol_at(engine, f"2751900{unit}", [synthetic(sample, 9000 + unit, FINGERS[0])], actor="program")
    assert refresh(engine) == []
    report = next(report for report in scale_reports(engine) if report.modality is PRINTS)
    assert report.refusal is not None
    assert (report.learned, report.refusal.reason) == (None, "too_few_sources")


@pytest.mark.usefixtures("gallery")
def test_records_of_other_systems_and_prints_below_the_floor_do_not_teach(
    engine: Engine, sample: EnrolledSample
) -> None:
    of_image = synthetic(sample, 8000, FINGERS[0])
    foreign = replace(of_image, source=replace(of_image.source, media_type="application/vnd.iso.19794-2"))
    poor = replace(synthetic(sample, 8001, FINGERS[0]), accepted_because="injured")
    enrol_at(engine, "27519001", [foreign])
    enrol_at(engine, "27519001", [poor])
    teachers = engine.store.templates.teachers(PRINTS, engine.channels[PRINTS].recogniser.model, 3000)
    assert (len(teachers.drawn), teachers.left_out) == (2 * PEOPLE, {"no_image": 1, "below_quality_floor": 1})


@pytest.mark.usefixtures("gallery")
def test_a_scale_that_differs_much_waits_for_a_supervisor_of_the_national_bureau(
    engine: Engine, sample: EnrolledSample, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh(engine)
    before = searched(engine, sample)[1]
    monkeypatch.setattr(learn_scales, "STEP", 0.0)
    enrol_people(engine, sample, 32, first=PEOPLE)
    assert refresh(engine) == [PRINTS]
    assert searched(engine, sample)[1] == before
    waiting = next(report for report in scale_reports(engine) if report.modality is PRINTS).waiting
    assert waiting is not None
    database, supervisor = engine.store.database, act_of("national", Role.SUPERVISOR)
    notified = NotificationStore(database, supervisor).find()
    assert [each.kind for each in notified.items] == [NotificationKind.SCALE_WAITS]
    with pytest.raises(OutOfJurisdiction):
        ScaleStore(database, act_of("27", Role.SUPERVISOR)).decide(waiting.digest, approve=True, reason="looks right")
    with pytest.raises(Forbidden):
        ScaleStore(database, act_of("national", Role.EXAMINER)).decide(
            waiting.digest, approve=True, reason="looks right"
        )
    ScaleStore(database, supervisor).decide(waiting.digest, approve=True, reason="a new district was imported")
    assert searched(engine, sample)[1] == waiting.digest
    ScaleStore(database, supervisor).decide(waiting.digest, approve=True, reason="sent again")
    with pytest.raises(UnknownScale):
        ScaleStore(database, supervisor).decide(waiting.digest, approve=False, reason="too late")


@pytest.mark.usefixtures("gallery")
def test_a_declined_scale_never_counts_and_a_newer_one_supersedes_one_that_waits(
    engine: Engine, sample: EnrolledSample, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh(engine)
    before = searched(engine, sample)[1]
    monkeypatch.setattr(learn_scales, "STEP", 0.0)
    scales, key = ScaleStore(engine.store.database), engine.channels[PRINTS].scale_key
    enrol_people(engine, sample, 32, first=PEOPLE)
    refresh(engine)
    first = scales.newest(key)
    assert first is not None
    enrol_people(engine, sample, 40, first=PEOPLE + 32)
    refresh(engine)
    second, superseded = scales.newest(key), scales.find(first.digest)
    assert second is not None
    assert superseded is not None
    assert (second.state, superseded.state) == (ScaleState.WAITING, ScaleState.SUPERSEDED)
    supervisor = act_of("national", Role.SUPERVISOR)
    ScaleStore(engine.store.database, supervisor).decide(second.digest, approve=False, reason="one station moved it")
    assert searched(engine, sample)[1] == before


def labels_of(*rows: tuple[int, int, Sex, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return labels of (person, position, sex, year of birth), and the people."""
    labels = np.zeros(len(rows), LABEL)
    for label, (person, position, sex, year) in zip(labels, rows, strict=True):
        label["person"], label["position"], label["sex"], label["birth_year"] = person, position, SEXES.index(sex), year
    return labels, np.array([row[0] for row in rows], np.int64)


def test_strangers_of_one_cohort_are_compared() -> None:
    man, woman, unknown = Sex.MALE, Sex.FEMALE, Sex.UNKNOWN
    labels, people = labels_of(
        (1, 2, man, 1990),
        (2, 2, man, 1995),  # with the first
        (3, 2, woman, 1991),  # of another sex
        (4, 2, man, 1960),  # of another age
        (5, 3, man, 1990),  # another finger
        (1, 2, man, 1990),  # the first person again
        (6, 2, unknown, UNKNOWN_YEAR),  # with all of that finger
        (7, int(FingerPosition.UNKNOWN), man, 1990),  # a finger that may be any
        (8, NO_POSITION, man, 1990),
        (9, NO_POSITION, man, 1991),  # two faces
    )
    pairs = cohort_pairs(labels, people, 100, np.random.default_rng(0))
    assert {tuple(sorted(pair)) for pair in pairs.tolist()} == {
        (0, 1),
        (1, 5),
        (0, 6),
        (1, 6),
        (2, 6),
        (3, 6),
        (5, 6),
        (8, 9),
    }
    assert len(cohort_pairs(labels, people, 3, np.random.default_rng(0))) == 3
