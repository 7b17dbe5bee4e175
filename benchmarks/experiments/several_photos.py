"""Several photos of a person: which rule finds people best, the best of them, their mean, or one mean template?

    python -m benchmarks.experiments.several_photos ../shared/data/face/lfw --photos 3

Everyone with more photos than that is enrolled with so many, drawn at random, and searched with up to five others.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from benchmarks.commands.options import console
from benchmarks.metrics.verification import fnmr_at_fmr
from benchmarks.runs.datasets import read_faces
from benchmarks.runs.measure import extract_images
from face.recogniser import FaceRecogniser
from face.selection import most_prominent
from models.registry import ModelRegistry

MOST_PROBES = 5  # of a person, so that no person dominates
RATES = (1e-3, 1e-4)
SEED = 1

Vectors = NDArray[np.float64]


def rules(probes: Vectors, enrolled: Vectors) -> Mapping[str, Vectors]:
    """Return each rule's scores, shape (probes, people), of unit vectors; `enrolled` is (people, photos, dimension)."""
    scores = np.einsum("pd,nkd->pnk", probes, enrolled)
    means = enrolled.sum(axis=1)
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return {
        "the first photo only": scores[:, :, 0],
        "best photo": scores.max(axis=2),
        "mean over photos": scores.mean(axis=2),
        "one mean template": probes @ means.T,
    }


def drawn(vectors: Vectors, subjects: Sequence[str], photos: int) -> tuple[Vectors, Vectors, NDArray[np.int64]]:
    """Draw who is enrolled and searched; return the probes, the enrolled vectors and each probe's person."""
    rng = np.random.default_rng(SEED)
    names, counts = np.unique(subjects, return_counts=True)
    enrolled, probes, person_of_probe = [], [], []
    for person, name in enumerate(names[counts > photos]):
        order = rng.permutation(np.flatnonzero(np.array(subjects) == name))
        enrolled.append(vectors[order[:photos]])
        probes.append(vectors[order[photos:][:MOST_PROBES]])
        person_of_probe += [person] * len(probes[-1])
    return np.concatenate(probes), np.stack(enrolled), np.array(person_of_probe, dtype=np.int64)


def table(scored: Mapping[str, Vectors], person_of_probe: NDArray[np.int64], title: str) -> Table:
    """Show each rule's misses."""
    rule_table = Table("rule", *(f"% FNMR at FMR {rate:g}" for rate in RATES), "% rank 1", title=title)
    is_mated = np.zeros_like(next(iter(scored.values())), dtype=bool)
    is_mated[np.arange(len(person_of_probe)), person_of_probe] = True
    for rule, scores in scored.items():
        rates = [fnmr_at_fmr(scores[is_mated], scores[~is_mated], rate) for rate in RATES]
        first = np.mean(scores[is_mated] > np.where(is_mated, -np.inf, scores).max(axis=1))
        rule_table.add_row(rule, *(f"{100 * rate:.2f}" for rate in (*rates, first)))
    return rule_table


def main() -> None:
    """Read the command line, extract, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="photos that lie as <person>/<image>")
    parser.add_argument("--photos", type=int, default=3, help="enrolled of each person")
    arguments = parser.parse_args()
    images = read_faces(arguments.folder)
    with tempfile.TemporaryDirectory() as data_folder:
        recogniser = FaceRecogniser(ModelRegistry(Path(data_folder)), most_prominent)
        extracted = extract_images(recogniser, images, threads=1).templates
    usable = [
        (recogniser.features(template), image.subject)
        for template, image in zip(extracted, images, strict=True)
        if template
    ]
    vectors = np.array([vector for vector, _ in usable], dtype=np.float64)
    probes, enrolled, person_of_probe = drawn(vectors, [subject for _, subject in usable], arguments.photos)
    title = f"{len(enrolled)} people with {arguments.photos} photos, {len(probes)} searches"
    console.print(table(rules(probes, enrolled), person_of_probe, title))


if __name__ == "__main__":
    main()
