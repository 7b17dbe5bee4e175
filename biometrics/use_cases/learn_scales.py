"""Learn the scales of scores from the gallery: how similar are the strangers that this station searches?

For each modality some templates are drawn, the same for the same gallery, and divided into blocks that share no unit or
account (`biometrics.matching.teaching`). Strangers of a block are compared: the same finger, and the same sex and about
the same age where these are known, since those are the people who get confused. The work of a run is bounded whatever
the size of the gallery, and the database's writer is only needed to store the result.

A scale that differs by more than STEP from the learned one in force waits for a supervisor.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.capture import UNKNOWN_POSITIONS, Position
from biometrics.kernel.labels import LABEL, SEXES, UNKNOWN_YEAR, Labels
from biometrics.kernel.person import Sex
from biometrics.kernel.templates import StoredTemplate
from biometrics.kernel.types import Modality, Template
from biometrics.matching.calibration import Calibration
from biometrics.matching.channel import Channel
from biometrics.matching.gallery_scale import Comparisons, learn, read_scale, written_scale
from biometrics.matching.ports import Recogniser
from biometrics.matching.teaching import BLOCKS, LEAST_PEOPLE, NotLearnable, blocks_of
from biometrics.scales.repository import LearningRefusal, NewScale, ScaleState, ScaleStore, StoredScale
from biometrics.use_cases.engine import Engine

TEMPLATES: Final = 3000  # that are drawn, at most
YEARS: Final = 10  # between the births of two people of about the same age, at most
GROWTH: Final = 1.25  # times as many people as when a scale was made, and a new one is made
AGE: Final = timedelta(days=30)  # of a scale, and a new one is made
LEVELS: Final = (10.0, 20.0, 30.0, 40.0)  # decibans of the shipped scale at which two scales are compared
STEP: Final = 3.0  # decibans, between two learned scales; a larger one waits for a supervisor

Stopped = Callable[[], bool]
_UNKNOWN_SEX = SEXES.index(Sex.UNKNOWN)


class Interrupted(Exception):
    """The server stops; the scale is learned another time."""


def refresh(engine: Engine, stopped: Stopped = lambda: False, now: datetime | None = None) -> list[Modality]:
    """Learn the scale of each modality for which it is due; return those modalities.

    A scale is due if there is none yet, if the gallery has grown or shrunk by a quarter, or after a month.
    """
    learned = []
    for channel in reversed(
        list(engine.by_model.values())
    ):  # those in force last: the stored reason of a refusal is theirs
        modality = channel.recogniser.modality
        newest = ScaleStore(engine.store.database).newest(channel.scale_key)
        if _is_due(newest, engine.store.record_count(), now or datetime.now(UTC)):
            try:
                if learn_scale(engine.with_models({modality: channel.recogniser.model}), modality, newest, stopped):
                    learned.append(modality)
            except NotLearnable:
                continue  # the scale in force stays
            except Interrupted:
                break
    return learned


def learn_scale(
    engine: Engine, modality: Modality, newest: StoredScale | None, stopped: Stopped = lambda: False
) -> bool:
    """Learn a scale, put it in force or let it wait; return False if another server was faster.

    Raises:
        NotLearnable: the gallery cannot teach one; why is stored, too.
        Interrupted: `stopped` returned True.
    """
    channel, scales = engine.channels[modality], ScaleStore(engine.store.database)
    if not channel.has_scale:
        raise NotLearnable("no_scale", "there is no scale that could be corrected")
    people = engine.store.record_count()
    teachers = engine.store.templates.teachers(modality, channel.recogniser.model, TEMPLATES)
    try:
        content = learn(channel.shipped, _compared(engine, channel, blocks_of(teachers.drawn), stopped))
    except NotLearnable as error:
        scales.refuse(modality, LearningRefusal(error.reason, str(error), teachers.left_out, datetime.now(UTC)))
        raise
    detail = {name: content[name] for name in ("non_mated", "subjects", "weight", "left_out")}
    text = written_scale(content)
    state = _state_of(channel, scales.latest(channel.scale_key), text)
    after = None if newest is None else newest.id
    return scales.add(channel.scale_key, NewScale(text, people, state), datetime.now(UTC), after, detail)


def step_between(shipped: Calibration, one: Calibration, other: Calibration) -> float:
    """Return by how many decibans at most two scales differ in what they state where the shipped one says LEVELS."""
    raws = [shipped.curve.raw_at(level) for level in LEVELS]
    return max(abs(one.score(raw).evidence.decibans - other.score(raw).evidence.decibans) for raw in raws)


def _state_of(channel: Channel, in_force: StoredScale | None, text: str) -> ScaleState:
    if in_force is None:
        return ScaleState.IN_FORCE
    step = step_between(channel.shipped, read_scale(in_force.content), read_scale(text))
    return ScaleState.WAITING if step > STEP else ScaleState.IN_FORCE


def _compared(engine: Engine, channel: Channel, blocks: Sequence[Sequence[int]], stopped: Stopped) -> list[Comparisons]:
    """Compare the strangers of each block, given by template ids."""
    at_most = channel.recogniser.modality.traits.scale_comparisons // len(blocks)
    return [compare(channel, engine.store.templates.load(block), at_most, stopped) for block in blocks]


def compare(channel: Channel, drawn: Sequence[StoredTemplate], at_most: int, stopped: Stopped) -> Comparisons:
    """Compare strangers of one cohort among some templates, one of each finger or face of a person.

    Raises:
        Interrupted: `stopped` returned True.
    """
    first: dict[tuple[str, Position | None], StoredTemplate] = {}
    for template in drawn:
        first.setdefault((template.record_id, template.position), template)
    stored = list(first.values())
    people = np.unique([template.record_id for template in stored], return_inverse=True)[1].astype(np.int64)
    labels = np.array([template.label for template in stored], LABEL)
    ids = np.array([template.id for template in stored], np.int64)
    pairs = cohort_pairs(labels, people, at_most, np.random.default_rng(ids.astype(np.uint64)))
    scores = scores_of(channel.recogniser, [each.template for each in stored], pairs, stopped)
    return Comparisons(scores, people[pairs])


def scores_of(
    recogniser: Recogniser, templates: Sequence[Template], pairs: NDArray[np.int64], stopped: Stopped = lambda: False
) -> NDArray[np.float64]:
    """Return the raw scores, shape (n,), of pairs of templates: their places, shape (n, 2), sorted by the first.

    Raises:
        Interrupted: `stopped` returned True.
    """
    scores = np.empty(len(pairs))
    probes, starts = np.unique(pairs[:, 0], return_index=True)
    for probe, rows in zip(probes, np.split(np.arange(len(pairs)), starts[1:]), strict=True):
        if stopped():
            raise Interrupted
        scores[rows] = recogniser.compare(templates[probe], [templates[place] for place in pairs[rows, 1]])
    return scores


def cohort_pairs(
    labels: Labels, people: NDArray[np.int64], at_most: int, generator: np.random.Generator
) -> NDArray[np.int64]:
    """Return pairs of templates, by their places, that are of two people of one cohort: shape (n, 2), by the first.

    One cohort: the same known finger, or two faces; not two different sexes; not more than YEARS between the births. If
    there are more than `at_most` pairs, they are drawn at random.
    """
    listed = []
    for position in np.unique(labels["position"]):
        if position in UNKNOWN_POSITIONS:
            continue
        places = np.flatnonzero(labels["position"] == position)
        first, second = np.triu_indices(len(places), k=1)
        # At most ten fingers share the limit; three thousand faces are 4.5 million pairs, of which few are looked at.
        share = min(1.0, 20.0 * at_most / max(len(first), 1))
        if share < 1.0:
            is_chosen = generator.random(len(first)) < share
            first, second = first[is_chosen], second[is_chosen]
        listed.append(np.stack([places[first], places[second]], axis=1))
    pairs = np.concatenate(listed) if listed else np.empty((0, 2), np.int64)
    pairs = pairs[_of_one_cohort(labels, people, pairs)]
    if len(pairs) > at_most:
        pairs = pairs[generator.choice(len(pairs), at_most, replace=False)]
    return pairs[np.argsort(pairs[:, 0], kind="stable")]


def _of_one_cohort(labels: Labels, people: NDArray[np.int64], pairs: NDArray[np.int64]) -> NDArray[np.bool_]:
    first, second = pairs.T
    sex, year = labels["sex"], labels["birth_year"].astype(np.int64)
    unknown_sex = (sex[first] == _UNKNOWN_SEX) | (sex[second] == _UNKNOWN_SEX)
    unknown_year = (year[first] == UNKNOWN_YEAR) | (year[second] == UNKNOWN_YEAR)
    return np.asarray(
        (people[first] != people[second])
        & (unknown_sex | (sex[first] == sex[second]))
        & (unknown_year | (np.abs(year[first] - year[second]) <= YEARS))
    )


def _is_due(newest: StoredScale | None, people: int, now: datetime) -> bool:
    if people < BLOCKS * LEAST_PEOPLE:
        return False
    if newest is None or now - newest.made_at > AGE:
        return True
    return not newest.gallery_size / GROWTH < people < newest.gallery_size * GROWTH
