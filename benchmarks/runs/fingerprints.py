"""Fingerprints: folders of FVC's form pooled, and prints of people whose sex is known."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.runs.datasets import LabelledImage, UnusableDataset, read_fingerprints, read_one_print_a_finger, without
from benchmarks.runs.extracted import Extracted
from benchmarks.runs.protocols import Pairs, genuine_pairs, impostor_pairs
from benchmarks.runs.score_set import Samples, ScoreSet

PART, PART_SEXES = "fingerprints", "sexes"
UNKNOWN_SEX = "not told"

_SEX = re.compile(r"\d+__(?P<sex>[MF])_(?P<finger>.+)_finger")
_SEXES = {"M": "men", "F": "women"}


def read_folders(folders: Sequence[str], same: Mapping[str, str]) -> tuple[tuple[LabelledImage, ...], tuple[str, ...]]:
    """Read folders of prints `<finger>_<impression>.<ext>`, each given as `DIR` or `DIR:PPI`, by default 500 ppi.

    Returns the images and the sensor of each, which is its folder's last two names; a subject is `<sensor>/<finger>`.
    `same` names a subject who is another one in truth.

    Raises:
        UnusableDataset: a folder cannot be used, or `same` names a subject who is not there.
    """
    images, sensors = [], []
    for argument in folders:
        folder, ppi = folder_and_ppi(argument)
        sensor = "/".join(folder.parts[-2:])
        for image in read_fingerprints(folder):
            subject = f"{sensor}/{image.subject}"
            images.append(replace(image, subject=same.get(subject, subject), ppi=ppi or 500.0))
            sensors.append(sensor)
    finger_names = {
        f"{sensor}/{image.path.stem.rpartition('_')[0]}" for image, sensor in zip(images, sensors, strict=True)
    }
    if absent := (set(same) | set(same.values())) - finger_names:
        raise UnusableDataset(f"There is no finger {', '.join(sorted(absent))}; name it <folder>/<folder>/<finger>.")
    return tuple(images), tuple(sensors)


def folder_and_ppi(argument: str) -> tuple[Path, float | None]:
    """Return the folder and the resolution, None where there is none, of `DIR` or `DIR:PPI`."""
    folder, _, resolution = argument.rpartition(":")
    if folder and resolution.isdecimal():
        return Path(folder), float(resolution)
    return Path(argument), None


def within_folders(images: Sequence[LabelledImage], sensors: Sequence[str], non_mated: int) -> list[Pairs]:
    """Return the pairs of each folder: all mated ones, and up to `non_mated` others, drawn at random."""
    chosen = []
    for sensor in dict.fromkeys(sensors):
        places = np.flatnonzero(np.array(sensors) == sensor)
        subjects = [images[int(i)].subject for i in places]
        chosen.append(places[np.concatenate([genuine_pairs(subjects), impostor_pairs(subjects, non_mated)])])
    return chosen


def pooled(prints: Extracted, sensors: tuple[str, ...]) -> ScoreSet:
    """Compare every print with every other, and search the later ones among the first ones of all fingers."""
    pairs = np.stack(np.triu_indices(len(prints.images), k=1), axis=1).astype(np.int64)
    protocol = (
        "Every print with every other, of all sensors together; searches: every later impression among the first "
        "impressions of all fingers."
    )
    samples = prints.samples("finger", {"sensor": sensors})
    return prints.score_set(PART, protocol, pairs, samples, prints.search())


def read_people(folder: Path, at_most: int, leave_out: Collection[str] = ()) -> tuple[LabelledImage, ...]:
    """Read prints named as SOCOFing's, of up to `at_most` men and as many women: the first by name.

    `leave_out` names images, without extension, that are mislabelled.

    Raises:
        UnusableDataset: the folder cannot be used, or a name does not contain the sex.
    """
    images = without(read_one_print_a_finger(folder), leave_out)
    people: dict[str, dict[str, None]] = {}
    for image in images:
        people.setdefault(_name_parts(image)["sex"], {})[image.subject] = None
    chosen = {subject for subjects in people.values() for subject in list(subjects)[:at_most]}
    return tuple(image for image in images if image.subject in chosen)


def of_people(prints: Extracted) -> ScoreSet:
    """Compare prints of the same finger of two people, everyone with everyone."""
    fingers = np.array([_name_parts(image)["finger"] for image in prints.images])
    subjects = np.array(prints.subjects)
    i, j = np.triu_indices(len(fingers), k=1)
    comparable = (fingers[i] == fingers[j]) & (subjects[i] != subjects[j])
    pairs = np.stack([i, j], axis=1)[comparable].astype(np.int64)
    samples: Samples = prints.samples(
        "person", {"sex": tuple(_SEXES[_name_parts(image)["sex"]] for image in prints.images)}
    )
    protocol = "Prints of the same finger of two people, everyone with everyone; one print a finger, so no mated pairs."
    return prints.score_set(PART_SEXES, protocol, pairs, samples)


def _name_parts(image: LabelledImage) -> re.Match[str]:
    name = _SEX.fullmatch(image.path.stem)
    if name is None:
        raise UnusableDataset(f"{image.path} does not contain the sex; name it as SOCOFing does.")
    return name
