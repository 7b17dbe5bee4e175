"""How far can one unit, or two accounts, move the scale that a server learns from its gallery?

    python -m benchmarks.experiments.planted_scale --people 500

Generated people of twenty units, two prints each, are enrolled, and a tenth more by one unit (or by two units, a
twentieth each) that plants prints: impressions of one print (a pile), impressions of the other people's prints (near
duplicates), or prints of six minutiae that are like nothing. The scale is learned as the server learns it, with and
without them. Printed is by how many decibans what is stated moves, where the shipped scale states 10, 20 and 30.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from rich.table import Table

from api.bootstrap.recognisers import calibration_of, open_recogniser
from api.settings import Settings
from benchmarks.commands.options import console
from biometrics.kernel.templates import Teacher
from biometrics.kernel.types import Template
from biometrics.matching.calibration import Calibration
from biometrics.matching.gallery_scale import Comparisons, learn, read_scale, written_scale
from biometrics.matching.ports import Recogniser
from biometrics.matching.teaching import blocks_of
from biometrics.use_cases.learn_scales import scores_of
from fingerprint.codec import encode
from fingerprint.modality import FINGERPRINT
from fingerprint.synthetic.mates import mate
from fingerprint.synthetic.templates import synthetic_template
from fingerprint.template import FingerprintTemplate

UNITS, FINGERS = 20, 2
PAIRS = 50_000  # compared, as by the server
LEVELS = (10.0, 20.0, 30.0)

Planting = Callable[[int], FingerprintTemplate]


def pile(number: int) -> FingerprintTemplate:
    """Return another impression of one print."""
    return mate(synthetic_template(10**6), number)


def near_duplicate(number: int) -> FingerprintTemplate:
    """Return another impression of the print of an honest person."""
    return mate(synthetic_template(number), number)


def like_nothing(number: int) -> FingerprintTemplate:
    """Return a print of six minutiae."""
    whole = synthetic_template(2 * 10**6 + number)
    parts = (getattr(whole, name)[:6] for name in ("x", "y", "direction", "quality", "type"))
    return FingerprintTemplate(whole.width, whole.height, *parts)


def gallery(people: int, plant: Planting | None, planters: int) -> tuple[list[Teacher], list[FingerprintTemplate]]:
    """Return the templates of honest people and of those that the last units plant, with who enrolled them."""
    teachers: list[Teacher] = []
    prints: list[FingerprintTemplate] = []
    planted = 0 if plant is None else people // 10
    for person in range(people + planted):
        honest = person < people
        unit = f"unit {person % UNITS}" if honest else f"planter {person % planters}"
        for finger in range(FINGERS):
            number = FINGERS * (person if honest else person - people) + finger
            prints.append(synthetic_template(number) if honest or plant is None else plant(number))
            teachers.append(Teacher(len(teachers), f"person {person}", unit, f"officer of {unit}"))
    return teachers, prints


def stated(
    recogniser: Recogniser, shipped: Calibration, teachers: Sequence[Teacher], prints: list[Template]
) -> list[float]:
    """Learn a scale and return what it states where the shipped one says LEVELS."""
    blocks = blocks_of(teachers)
    compared = [_compare(recogniser, teachers, prints, block, PAIRS // len(blocks)) for block in blocks]
    scale = read_scale(written_scale(learn(shipped, compared)))
    return [scale.score(shipped.curve.raw_at(level)).evidence.decibans for level in LEVELS]


def _compare(
    recogniser: Recogniser, teachers: Sequence[Teacher], prints: list[Template], block: Sequence[int], at_most: int
) -> Comparisons:
    people = np.unique([teachers[at].record_id for at in block], return_inverse=True)[1].astype(np.int64)
    first, second = np.triu_indices(len(block), 1)
    pairs = np.stack([first, second], axis=1)[people[first] != people[second]]
    rng = np.random.default_rng(len(block))
    pairs = pairs[np.sort(rng.choice(len(pairs), min(at_most, len(pairs)), replace=False))]
    return Comparisons(scores_of(recogniser, [prints[at] for at in block], pairs), people[pairs])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=500)
    people = parser.parse_args().people
    settings = Settings(data_folder=Path("data"))
    recogniser = open_recogniser(settings, FINGERPRINT)
    shipped = calibration_of(recogniser, settings)

    def of(plant: Planting | None, planters: int = 1) -> list[float]:
        teachers, prints = gallery(people, plant, planters)
        encoded = [Template(FINGERPRINT, recogniser.model, encode(each), None) for each in prints]
        return stated(recogniser, shipped, teachers, encoded)

    clean = of(None)
    table = Table("planted", "by", *(f"at {level:g}" for level in LEVELS), title=f"{people} people: decibans moved")
    for plant in (pile, near_duplicate, like_nothing):
        for planters in (1, 2):
            moved = [after - before for after, before in zip(of(plant, planters), clean, strict=True)]
            table.add_row(
                plant.__name__, "one unit" if planters == 1 else "two units", *(f"{each:+.2f}" for each in moved)
            )
    console.print(table)


if __name__ == "__main__":
    main()
