"""Which scale scores are stated by, what it was made from, and how it differs from the shipped one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from biometrics.kernel.types import Modality
from biometrics.matching.calibration import Calibration
from biometrics.matching.channel import Channel
from biometrics.matching.gallery_scale import read_scale
from biometrics.scales.repository import LearningRefusal, ScaleState, ScaleStore, StoredScale
from biometrics.use_cases.engine import Engine
from biometrics.use_cases.learn_scales import LEVELS

CLAIMED = LEVELS  # decibans of the shipped scale


@dataclass(frozen=True)
class Difference:
    """What the scale in force says where the shipped one says `shipped` decibans: the score, and what is stated."""

    shipped: float
    in_force: float
    stated: float


@dataclass(frozen=True)
class Learned:
    """What a learned scale was made from; `weight` is how far it counts where it claims more than the shipped one.

    `left_out` pairs of records agree so well that they may be one person.
    """

    made_at: datetime
    comparisons: int
    people: int
    gallery_size: int
    weight: float
    left_out: int


@dataclass(frozen=True)
class Waiting:
    """A learned scale that waits for a supervisor, since it differs much from the one in force."""

    digest: str
    learned: Learned
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class ScaleReport:
    """The scale of one modality that is in force: `learned` is None if it is the shipped one.

    `bound` is the most that its data support, in decibans; `pinned`: the operator has chosen the shipped scales.
    `waiting` is a scale that waits for a supervisor; `refusal` says why none was learned the last time.
    """

    modality: Modality
    digest: str
    shipped: str
    pinned: bool
    bound: float
    shipped_bound: float
    learned: Learned | None
    differences: tuple[Difference, ...]
    waiting: Waiting | None
    refusal: LearningRefusal | None


def scale_reports(engine: Engine) -> list[ScaleReport]:
    """Report the scale of each modality."""
    store = ScaleStore(engine.store.database)
    channels = engine.with_scales_in_force().channels.values()
    return [_report(engine, channel, store) for channel in channels if channel.has_scale]


def _report(engine: Engine, channel: Channel, store: ScaleStore) -> ScaleReport:
    scale, shipped = channel.calibration, channel.shipped
    latest, newest = store.latest(channel.scale_key), store.newest(channel.scale_key)
    waiting = newest if newest is not None and newest.state is ScaleState.WAITING else None
    return ScaleReport(
        channel.recogniser.modality,
        scale.digest,
        shipped.digest,
        engine.scales_pinned,
        scale.bound,
        shipped.bound,
        None if latest is None or engine.scales_pinned else _learned(latest),
        _differences(shipped, scale),
        None if waiting is None else _waiting(shipped, waiting),
        store.refusal(channel.recogniser.modality),
    )


def _waiting(shipped: Calibration, stored: StoredScale) -> Waiting:
    return Waiting(stored.digest, _learned(stored), _differences(shipped, read_scale(stored.content)))


def _differences(shipped: Calibration, scale: Calibration) -> tuple[Difference, ...]:
    scores = [scale.score(shipped.curve.raw_at(claimed)) for claimed in CLAIMED]
    return tuple(
        Difference(claimed, score.decibans, score.evidence.decibans)
        for claimed, score in zip(CLAIMED, scores, strict=True)
    )


def _learned(stored: StoredScale) -> Learned:
    content = json.loads(stored.content)
    return Learned(
        stored.made_at,
        content["non_mated"],
        content["subjects"],
        stored.gallery_size,
        content["weight"],
        content["left_out"],
    )
