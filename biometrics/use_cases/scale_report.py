"""Which scale scores are stated by, what it was made from, and how it differs from the shipped one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from biometrics.kernel.types import Modality
from biometrics.matching.channel import Channel
from biometrics.scales.repository import ScaleStore, StoredScale
from biometrics.use_cases.engine import Engine

CLAIMED = (10.0, 20.0, 30.0, 40.0)  # decibans of the shipped scale


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
class ScaleReport:
    """The scale of one modality that is in force: `learned` is None if it is the shipped one.

    `bound` is the most that its data support, in decibans; `pinned`: the operator has chosen the shipped scales.
    """

    modality: Modality
    digest: str
    shipped: str
    pinned: bool
    bound: float
    shipped_bound: float
    learned: Learned | None
    differences: tuple[Difference, ...]


def scale_reports(engine: Engine) -> list[ScaleReport]:
    """Report the scale of each modality."""
    store = ScaleStore(engine.store.database)
    return [
        _report(engine, channel, None if engine.scales_pinned else store.latest(channel.scale_key))
        for channel in engine.with_scales_in_force().channels.values()
    ]


def _report(engine: Engine, channel: Channel, latest: StoredScale | None) -> ScaleReport:
    scale, shipped = channel.calibration, channel.shipped
    raws = [shipped.curve.raw_at(claimed) for claimed in CLAIMED]
    scores = [scale.score(raw) for raw in raws]
    return ScaleReport(
        channel.recogniser.modality,
        scale.digest,
        shipped.digest,
        engine.scales_pinned,
        scale.bound,
        shipped.bound,
        None if latest is None else _learned(latest),
        tuple(
            Difference(claimed, score.decibans, score.evidence.decibans)
            for claimed, score in zip(CLAIMED, scores, strict=True)
        ),
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
