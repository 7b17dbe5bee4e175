"""Populations of labelled folders: all people of a set, those of one look, the prints of one finger or one sensor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from api.bootstrap.recognisers import calibration_of
from api.settings import Settings
from benchmarks.calibration.fitting import looks_of
from benchmarks.metrics import Indices
from benchmarks.runs import datasets
from benchmarks.runs.datasets import LabelledImage, UnusableDataset
from benchmarks.runs.fingerprints import folder_and_ppi
from benchmarks.runs.measure import score_pairs
from benchmarks.runs.template_cache import CACHE, cached_templates
from benchmarks.search.populations import Population, ScoreBlock
from biometrics.kernel.recognition.types import Template
from biometrics.matching.calibration import Calibration
from biometrics.matching.ports import Recogniser
from face.modality import FACE
from fingerprint.modality import FINGERPRINT

LOOKS = 10  # clusters of a set's photos, each a simulated population
LEAST = 25  # people, of which a look or a finger is a population of its own


def of_prints(recogniser: Recogniser, settings: Settings, name: str, leave_out: frozenset[str]) -> Population:
    """Return the population of a folder of prints, given as `DIR` or `DIR:PPI`.

    Prints of one finger are searched among each other where names contain the finger; else all prints.

    Raises:
        UnusableDataset: the folder cannot be used.
    """
    folder, ppi = folder_and_ppi(name)
    images = tuple(
        replace(image, ppi=ppi or image.ppi or 500.0)
        for image in datasets.read_strangers(folder)
        if image.path.stem not in leave_out
    )
    templates, subjects = _extracted(recogniser, settings, images)
    fingers = datasets.groups_of(images).get("finger")
    of_fingers = [] if fingers is None else _parts(np.array(fingers), subjects)
    places = of_fingers or [np.arange(len(images))]
    called = "/".join(folder.parts[-2:]) + ", same finger" * bool(of_fingers)
    scale = calibration_of(recogniser, settings)
    blocks = tuple(
        ScoreBlock(subjects[part], _compared(recogniser, scale, [templates[i] for i in part], settings.threads))
        for part in places
    )
    return Population(called, FINGERPRINT, blocks)


def of_photos(
    recogniser: Recogniser, settings: Settings, folder: str, leave_out: frozenset[str], looks: int
) -> list[Population]:
    """Return the population of a folder of photos, `<person>/<image>`, and that of its looks if they are large enough.

    Raises:
        UnusableDataset: the folder cannot be used.
    """
    path = Path(folder)
    images = tuple(image for image in datasets.read_people(path) if image.path.stem not in leave_out)
    templates, subjects = _extracted(recogniser, settings, images)
    assert recogniser.vectors is not None, "only prints and faces are compared so"
    vector_of = recogniser.vectors.vector_of
    usable = [(i, template) for i, template in enumerate(templates) if template is not None]
    vectors = np.array([vector_of(recogniser.features(template)) for _, template in usable], dtype=np.float32)
    subjects = subjects[[i for i, _ in usable]]
    scale = calibration_of(recogniser, settings)
    everyone = ScoreBlock(subjects, decibans_at(scale, vectors @ vectors.T))
    called = "/".join(path.parts[-2:])
    populations = [Population(called, FACE, (everyone,))]
    if len(vectors) >= looks and len(np.unique(subjects)) >= looks * LEAST:
        parts = _parts(looks_of(vectors, looks), subjects)
        blocks = tuple(ScoreBlock(subjects[part], everyone.decibans[np.ix_(part, part)]) for part in parts)
        populations.append(Population(f"{called}, one look of {looks}", FACE, blocks))
    return populations


def pooled(populations: Sequence[Population], name: str) -> Population:
    """Return several populations as one, whose blocks stay apart: a gallery has prints of one sensor only."""
    blocks, start = [], 0
    for population in populations:
        blocks += [ScoreBlock(block.subjects + start, block.decibans) for block in population.blocks]
        start += int(population.subjects.max()) + 1
    return Population(name, populations[0].modality, tuple(blocks))


def decibans_at(scale: Calibration, raw: NDArray[Any]) -> NDArray[Any]:
    """Return the decibans of raw scores of any shape; -inf stays."""
    curve = scale.curve
    flat = np.interp(raw, curve.raws, curve.decibans)
    beyond = raw > curve.raws[-1]
    flat[beyond] = [curve.at(float(score)) for score in raw[beyond]]
    return np.where(np.isneginf(raw), -np.inf, flat).astype(np.float32)


def _extracted(
    recogniser: Recogniser, settings: Settings, images: Sequence[LabelledImage]
) -> tuple[tuple[Template | None, ...], Indices]:
    if not images:
        raise UnusableDataset("No image is left.")
    templates = cached_templates(recogniser, images, settings.threads, settings.data_folder / CACHE)
    return templates, np.unique([image.subject for image in images], return_inverse=True)[1].astype(np.int64)


def _parts(labels: NDArray[Any], subjects: Indices) -> list[Indices]:
    """Return the places of the images of each label that has LEAST subjects or more."""
    parts = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    return [part for part in parts if len(np.unique(subjects[part])) >= LEAST]


def _compared(
    recogniser: Recogniser, scale: Calibration, templates: Sequence[Template | None], threads: int
) -> NDArray[Any]:
    """Return the decibans of all pairs, each compared once; an image with itself -inf."""
    first, second = np.triu_indices(len(templates), k=1)
    raw = score_pairs(recogniser, templates, np.stack([first, second], axis=1), threads)
    scores = np.full((len(templates), len(templates)), -np.inf, dtype=np.float32)
    scores[first, second] = scores[second, first] = decibans_at(scale, raw)
    return scores
