"""Train the network that distinguishes several prints from one (models/trained/several.npz).

It is trained on prints put together by program.

    cd ../shared/data/fingerprint
    python -m benchmarks.training.several SOCOFing NIST_SD4 FVC2002/DB1_B FVC2002/DB2_B:569 ...

Half of the subjects of each folder, and generated fingers, are laid side by side and one above the other, two to six of
them, with and without a gap, each turned, cut and scaled; single ones are treated alike, and some have the joint below
the crease, whose ridges run nearly one way. The other half of the subjects is for checking: the command prints how
many of their single prints, and of theirs put together, are taken for several. Takes a quarter of an hour of one core,
most of it for extracting minutiae the first time.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np

from api.bootstrap.recognisers import model_registry
from api.settings import Settings
from benchmarks.runs.datasets import LabelledImage, of_some_subjects, read_image, read_strangers
from benchmarks.runs.fingerprints import folder_and_ppi
from benchmarks.runs.template_cache import CACHE, cached_templates
from benchmarks.training.layers import Rates, train
from benchmarks.training.put_together import Flows, PointSets, PrintKind, draw
from fingerprint.codec import decode
from fingerprint.extraction.resolution import resampled
from fingerprint.extraction.ridges import even_print, ridge_flow
from fingerprint.parameters import PPI
from fingerprint.perceptron import Perceptron
from fingerprint.recogniser import FingerprintRecogniser
from fingerprint.several.flow import RidgeFlow
from fingerprint.several.minutiae import Points, points_of
from fingerprint.several.network import WEIGHTS, SeveralNetworks, likelihood_by_image, likelihood_by_points
from fingerprint.synthetic.generator import Finger
from fingerprint.synthetic.sensors import SENSORS
from fingerprint.synthetic.templates import synthetic_template
from models.trained import FOLDER

FIRST_SEED = 71_000_000
FINGERS, IMPRESSIONS, TEMPLATES = 260, 4, 3_000  # generated
REPEATED = 2_500  # real prints as often as makes about so many, so that large ones are not lost among small ones
AT_MOST = 60  # people of a folder whose minutiae are extracted
EXAMPLES, HIDDEN, RATES = 25_000, 96, Rates(rounds=30, batch=256, decay=1e-3, step=1e-3)
CHECKED = 300  # prints put together, of each kind
LEAST_SQUARES = 100  # with ridges, of a print that is trained on
LIMITS = (0.5, 0.9, 0.99, 0.995, 0.999)

Print = TypeVar("Print")
Likelihood = Callable[[Print], float]


@dataclass(frozen=True)
class Halves(Generic[Print]):
    """Prints of one folder: of the subjects that are trained on, and of the others."""

    name: str
    trained: list[Print]
    checked: list[Print]


def learn(kind: PrintKind[Print], folders: Sequence[Halves[Print]], generated: Sequence[Print]) -> Perceptron:
    """Train a network on generated prints and on the prints of the folders that are for it."""
    pool = list(generated)
    for folder in folders:
        pool += folder.trained * max(1, REPEATED // (len(folders) * max(1, len(folder.trained))))
    rng = np.random.default_rng(FIRST_SEED)

    def pick() -> Print:
        return pool[int(rng.integers(len(pool)))]

    single, several = (draw(kind, EXAMPLES, pick, rng, several=is_several) for is_several in (False, True))
    targets = np.repeat(np.array([0.0, 1.0], np.float32), EXAMPLES)[:, None]
    return Perceptron(*train(np.concatenate([single, several]), targets, HIDDEN, RATES))


def check(name: str, folders: Sequence[Halves[Print]], kind: PrintKind[Print], likely: Likelihood[Print]) -> list[str]:
    """Return lines that say how many prints of subjects not trained on are taken for several."""
    lines = [f"{name}: most likely single prints, and share of two put together that reach {LIMITS}"]
    for folder in folders:
        singles = sorted((likely(print_) for print_ in folder.checked), reverse=True)
        rng = np.random.default_rng(FIRST_SEED)
        values: list[float] = []
        while len(values) < CHECKED:
            two = [folder.checked[int(index)] for index in rng.choice(len(folder.checked), 2, replace=False)]
            combined = kind.arranged(two, rng, gap=float(rng.choice([8, 50])))
            if kind.numbers(combined) is not None:  # a larger one is refused by its size
                values.append(likely(combined))
        shares = "  ".join(f"{100 * np.mean(np.array(values) >= limit):5.1f}" for limit in LIMITS)
        likeliest = "  ".join(f"{value:.4f}" for value in singles[:3])
        lines.append(f"  {folder.name:16} {len(singles):5}   {likeliest}   {shares} %")
    return lines


def _flows(name: str, images: Sequence[LabelledImage]) -> Halves[RidgeFlow]:
    flows = []
    for image in images:
        decoded = read_image(image.path, image.ppi)
        flows.append(ridge_flow(even_print(resampled(decoded.grey(), PPI / (decoded.ppi or PPI)))).trimmed())
    return _halves(name, images, [flow if flow.mask.sum() >= LEAST_SQUARES else None for flow in flows])


def _generated_flows() -> Iterator[RidgeFlow]:
    sensors = list(SENSORS.values())
    for number in range(FINGERS):
        finger = Finger.generate(FIRST_SEED + number)
        for impression in range(IMPRESSIONS):
            sensor = sensors[(number + impression) % len(sensors)]
            flow = ridge_flow(even_print(finger.impression(impression, sensor.capture, sensor.look))).trimmed()
            if flow.mask.sum() >= LEAST_SQUARES:
                yield flow


def _points(name: str, images: Sequence[LabelledImage], recogniser: FingerprintRecogniser) -> Halves[Points]:
    chosen = of_some_subjects(images, AT_MOST)
    settings = Settings()
    templates = cached_templates(recogniser, chosen, settings.threads, settings.data_folder / CACHE)
    decoded = [template and decode(template.data) for template in templates]
    return _halves(
        name, chosen, [points_of(template) if template and len(template) >= 12 else None for template in decoded]
    )


def _halves(name: str, images: Sequence[LabelledImage], prints: Sequence[Print | None]) -> Halves[Print]:
    subjects = sorted({image.subject for image in images})
    halves: tuple[list[Print], list[Print]] = [], []
    for image, print_ in zip(images, prints, strict=True):
        if print_ is not None:
            halves[subjects.index(image.subject) % 2].append(print_)
    return Halves(name, *halves)


def _images(argument: str) -> tuple[LabelledImage, ...]:
    folder, ppi = folder_and_ppi(argument)
    return tuple(replace(image, ppi=ppi or image.ppi or PPI) for image in read_strangers(folder))


def main() -> None:
    """Read, generate, train, save, check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", metavar="DIR[:PPI]")
    parser.add_argument("--out", type=Path, default=FOLDER / f"{WEIGHTS}.npz")
    arguments = parser.parse_args()
    folders = {name: _images(name) for name in arguments.folders}
    recogniser = FingerprintRecogniser(model_registry(Settings()))
    flows = [_flows(*folder) for folder in folders.items()]
    points = [_points(*folder, recogniser) for folder in folders.items()]
    templates = [points_of(synthetic_template(FIRST_SEED + number)) for number in range(TEMPLATES)]
    networks = SeveralNetworks(learn(Flows(), flows, list(_generated_flows())), learn(PointSets(), points, templates))
    arrays = {
        prefix + name: array.astype(np.float16)
        for prefix, network in zip(("image_", "minutiae_"), networks, strict=True)
        for name, array in network._asdict().items()
    }
    np.savez_compressed(arguments.out, **arrays)
    lines = check("by the image", flows, Flows(), lambda flow: likelihood_by_image(flow, networks))
    lines += check("by minutiae", points, PointSets(), lambda point_set: likelihood_by_points(point_set, networks))
    print("\n".join(lines))  # noqa: T201


if __name__ == "__main__":
    main()
