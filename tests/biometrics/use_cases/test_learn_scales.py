"""The scales of scores are learned from the gallery, kept for all servers, and named by every search."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
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
from biometrics.kernel.labels import LABEL, NO_POSITION, SEXES, UNKNOWN_YEAR
from biometrics.kernel.person import Person, Sex
from biometrics.kernel.record import EnrolledSample
from biometrics.kernel.types import FingerPosition, Modality, Sample, Template
from biometrics.matching.channel import Channel
from biometrics.matching.gallery_scale import NotLearnable
from biometrics.matching.scoring import PersonScore, score_person
from biometrics.scales.repository import ScaleStore
from biometrics.use_cases import check_enrolment, learn_scales
from biometrics.use_cases.engine import Engine
from biometrics.use_cases.enrol import store_person
from biometrics.use_cases.identify import SearchRequest, search
from biometrics.use_cases.learn_scales import Interrupted, cohort_pairs, learn_scale, refresh
from biometrics.use_cases.replay import replay
from biometrics.use_cases.scale_report import scale_reports
from biometrics.use_cases.standing_search import add_extracted_standing_search, end_standing_search
from biometrics.watchlist.model import StandingKind
from fingerprint.codec import encode
from fingerprint.synthetic.templates import synthetic_template

PRINTS = Modality.FINGERPRINT
PEOPLE = 26
FINGERS = (FingerPosition.RIGHT_THUMB, FingerPosition.RIGHT_INDEX)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with open_engine(Settings(data_folder=tmp_path)) as opened:
        yield opened


@pytest.fixture
def sample(engine: Engine) -> EnrolledSample:
    content = print_of(0, "right_thumb", 0)
    (extracted,) = engine.extract([Sample(PRINTS, content, "thumb.png", FingerPosition.RIGHT_THUMB)])
    return extracted


def synthetic(sample: EnrolledSample, seed: int, position: FingerPosition) -> EnrolledSample:
    """Make a sample with a generated template in place of the image's."""
    data = encode(synthetic_template(seed))
    return replace(
        sample,
        sample=replace(sample.sample, position=position),
        template=Template(PRINTS, sample.template.model, data, sample.template.quality),
    )


def enrol_people(engine: Engine, sample: EnrolledSample, count: int, first: int = 0) -> None:
    for number in range(first, first + count):
        samples = [synthetic(sample, 2 * number + place, finger) for place, finger in enumerate(FINGERS)]
        store_person(engine.store, Person(f"Person {number}"), encounter(), samples)


@pytest.fixture
def gallery(engine: Engine, sample: EnrolledSample) -> None:
    enrol_people(engine, sample, PEOPLE)


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
    assert learn_scale(engine, PRINTS, latest) in (True, False)  # another draw; older searches keep their scale
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

    monkeypatch.setattr(check_enrolment, "score_person", noted)
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
        assert searched(other, sample)[1:] == searched(engine, sample)[1:]


@pytest.mark.usefixtures("gallery")
def test_the_operator_can_pin_the_shipped_scales(engine: Engine, sample: EnrolledSample, tmp_path: Path) -> None:
    refresh(engine)
    shipped = engine.channels[PRINTS].calibration.digest
    with open_engine(Settings(data_folder=tmp_path, learned_scales=False)) as pinned:
        assert searched(pinned, sample)[1] == shipped
        report = next(report for report in scale_reports(pinned) if report.modality is PRINTS)
    assert (report.pinned, report.learned, report.digest) == (True, None, shipped)
    assert searched(engine, sample)[1] != shipped


@pytest.mark.usefixtures("gallery")
def test_a_scale_is_reported_and_audited(engine: Engine) -> None:
    refresh(engine)
    prints, faces = sorted(scale_reports(engine), key=lambda report: report.modality, reverse=True)
    assert (faces.learned, faces.digest) == (None, faces.shipped)
    assert prints.learned is not None
    assert (prints.learned.people, prints.learned.gallery_size, prints.learned.weight) == (PEOPLE, PEOPLE, 1.0)
    assert prints.learned.comparisons == 2 * PEOPLE * (PEOPLE - 1) // 2
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
    enrol_people(engine, sample, 4, first=PEOPLE)
    assert refresh(engine) == []
    enrol_people(engine, sample, 4, first=PEOPLE + 4)
    assert refresh(engine) == [PRINTS]
    assert refresh(engine, now=datetime.now(UTC) + timedelta(days=29)) == []
    assert refresh(engine, now=datetime.now(UTC) + timedelta(days=31)) in ([PRINTS], [])  # the same scale is not stored


def test_a_small_gallery_keeps_the_shipped_scale(engine: Engine, sample: EnrolledSample) -> None:
    enrol_people(engine, sample, 24)
    assert refresh(engine) == []
    with pytest.raises(NotLearnable, match="25 people"):
        learn_scale(engine, PRINTS, None)


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
    monkeypatch.setattr(learn_scales, "COMPARISONS", dict.fromkeys(Modality, 300))
    refresh(engine)
    (prints,) = [report for report in scale_reports(engine) if report.learned]
    assert prints.learned is not None
    assert prints.learned.comparisons == 300


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
