"""Train the detector of altered prints (models/trained/alterations.npz), on alterations that are made here.

    cd ../shared/data/fingerprint; python -m benchmarks.training.alterations SOCOFing --also NIST_SD4 FVC2002/DB1_B

A person belongs to one of three parts by the SHA-256 of their number: half train what looks at places, a quarter what
weighs them and the limit, a quarter is for checking. Generated prints of five sensors are added to both trainings,
so that what is learned is not one sensor's. Each print is used as it is, some with natural creases, and altered once.
The command prints the equal error rate on people who were not trained on, by kind, and how many of the prints of other
folders the limit reports. Takes some ten minutes of one core.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics.verification import eer
from benchmarks.runs.datasets import LabelledImage, read_image, read_one_print_a_finger, read_strangers
from benchmarks.training.layers import Rates, train
from biometrics.imaging.image import Image
from biometrics.kernel.errors import UnusableSample
from fingerprint.alterations.detector import LEAST_PLACES, WEIGHTS, AlterationNetworks, print_numbers
from fingerprint.alterations.places import place_numbers
from fingerprint.clarity.features import STEP, Field
from fingerprint.extraction.extractor import extract
from fingerprint.extraction.resolution import resampled
from fingerprint.parameters import PPI
from fingerprint.perceptron import Perceptron
from fingerprint.synthetic.alterations import Alteration, alter, crease
from fingerprint.synthetic.generator import Finger
from fingerprint.synthetic.sensors import SENSORS
from fingerprint.template import FingerprintTemplate
from models.registry import ModelRegistry
from models.session import ModelSession
from models.trained import FOLDER

A_PERSON = 1  # prints of a person that are used, at random
GENERATED, FIRST_SEED = 100, 62_000_000
FRAME = 5  # pixels of SOCOFing's scans, before they are brought to 500 ppi
CREASED, MOST_CREASES = 0.3, 3  # share of the unaltered prints that get creases
FALSE_ALARMS = 0.01  # of the unaltered prints of training, at the limit
PLACES, WEIGHING = (32, Rates(rounds=12, batch=512)), (6, Rates(rounds=150, batch=64, decay=1e-3))
AT_MOST_OTHERS = 60  # prints of each further folder

Part = int  # 0 and 1: training, 2: checking
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class AlterationExample:
    """A print, with the numbers of its places, which of them are of the print, and how much of each was altered."""

    part: Part
    kind: Alteration | None
    numbers: Field
    print_: NDArray[np.bool_]
    altered: Field
    template: FingerprintTemplate


def examples(folder: Path, leader: ModelSession) -> Iterator[AlterationExample]:
    """Make the examples of all parts."""
    rng = np.random.default_rng(7)
    chosen = _chosen(read_one_print_a_finger(folder), rng)
    sources = [(part_of(image.subject), _pixels(image, FRAME)) for image in chosen]
    sensors = list(SENSORS.values())
    for number in range(GENERATED):
        sensor = sensors[number % len(sensors)]
        finger = Finger.generate(FIRST_SEED + number)
        sources.append((int(number // len(sensors) % 3 == 2), finger.impression(1, sensor.capture, sensor.look)))
    kinds = list(Alteration)
    for number, (part, pixels) in enumerate(sources):
        count = int(rng.integers(1, MOST_CREASES + 1)) if rng.random() < CREASED else 0
        yield from _example(part, None, crease(pixels, count, rng), np.zeros(pixels.shape, np.bool_), leader)
        others = [other for its, other in sources if its == part]
        altered = alter(pixels, others[int(rng.integers(len(others)))], kinds[number % len(kinds)], rng)
        if altered is not None:
            yield from _example(part, altered.kind, altered.pixels, altered.where, leader)


def part_of(person: str) -> Part:
    """Return which part a person belongs to."""
    return (0, 0, 1, 2)[sha256(f"alterations {person}".encode()).digest()[0] % 4]


def _chosen(images: Sequence[LabelledImage], rng: np.random.Generator) -> list[LabelledImage]:
    by_person: dict[str, list[LabelledImage]] = {}
    for image in images:
        by_person.setdefault(image.subject, []).append(image)
    return [
        prints[place] for prints in by_person.values() for place in rng.permutation(len(prints))[:A_PERSON].tolist()
    ]


def _pixels(image: LabelledImage, frame: int = 0) -> Pixels:
    grey = read_image(image.path, image.ppi).grey()
    inner = grey[frame : grey.shape[0] - frame, frame : grey.shape[1] - frame]
    return resampled(np.ascontiguousarray(inner), PPI / (image.ppi or PPI))


def _example(
    part: Part, kind: Alteration | None, pixels: Pixels, where: NDArray[np.bool_], leader: ModelSession
) -> Iterator[AlterationExample]:
    """Yield an example, or none where the extractor refuses the print, as it would on enrolment."""
    try:
        template = extract(Image(pixels, PPI, "image/png"), leader)
    except UnusableSample:
        return
    numbers, print_ = place_numbers(pixels)
    if np.count_nonzero(print_) >= LEAST_PLACES:
        share = np.asarray(cv2.blur(where.astype(np.float32), (STEP, STEP)), np.float32)
        rows, columns = (STEP * np.arange(count) + STEP // 2 for count in print_.shape)
        yield AlterationExample(part, kind, numbers, print_, share[rows[:, None], columns], template)


def learn(all_examples: Sequence[AlterationExample]) -> AlterationNetworks:
    """Train both networks, and set the limit."""
    first = [each for each in all_examples if each.part == 0]
    numbers = np.concatenate([each.numbers[each.print_] for each in first])
    wanted = np.concatenate([each.altered[each.print_] for each in first])[:, None]
    of_places = Perceptron(*train(numbers, wanted, *PLACES))
    second = [each for each in all_examples if each.part == 1]
    weighed = np.stack([_weighed(each, of_places) for each in second])
    altered = np.array([[each.kind is not None] for each in second], np.float32)
    of_print = Perceptron(*train(weighed, altered, *WEIGHING))
    likelihoods = of_print.estimates(weighed)[:, 0]
    limit = float(np.quantile(likelihoods[altered[:, 0] == 0], 1 - FALSE_ALARMS))
    return AlterationNetworks(of_places, of_print, limit)


def _weighed(example: AlterationExample, of_places: Perceptron) -> Field:
    scores = of_places.estimates(example.numbers)[..., 0]
    return print_numbers(scores, example.print_, example.template)


def check(all_examples: Sequence[AlterationExample], networks: AlterationNetworks) -> str:
    """Say how well the networks do on the people who were not trained on."""
    checked = [each for each in all_examples if each.part == 2]
    likelihoods = networks.of_print.estimates(np.stack([_weighed(each, networks.of_places) for each in checked]))[:, 0]
    kinds = np.array([each.kind or "" for each in checked])
    plain = likelihoods[kinds == ""]
    lines = [f"{len(plain)} unaltered: {100 * (plain >= networks.limit).mean():.1f} % reported"]
    for name, chosen in (("all", kinds != ""), *((kind, kinds == kind) for kind in Alteration)):
        altered = likelihoods[chosen]
        lines.append(
            f"{name}: n {len(altered)}, EER {100 * eer(altered, plain):.1f} %, "
            f"{100 * (altered >= networks.limit).mean():.1f} % reported"
        )
    return "\n".join(lines)


def check_folder(folder: Path, networks: AlterationNetworks, leader: ModelSession) -> str:
    """Say how many prints of another folder are reported, unaltered and altered."""
    rng = np.random.default_rng(11)
    images = read_strangers(folder)
    pixels = [_pixels(images[place]) for place in rng.permutation(len(images))[:AT_MOST_OTHERS].tolist()]
    kinds = list(Alteration)
    scores: dict[bool, list[float]] = {False: [], True: []}
    for number, each in enumerate(pixels):
        versions = list(_example(2, None, each, np.zeros(each.shape, np.bool_), leader))
        altered = alter(each, pixels[number - 1], kinds[number % len(kinds)], rng)
        if altered is not None:
            versions += _example(2, altered.kind, altered.pixels, altered.where, leader)
        for example in versions:
            likelihood = networks.of_print.estimates(_weighed(example, networks.of_places)[None])[0, 0]
            scores[example.kind is not None].append(float(likelihood))
    plain, altered_scores = (np.array(scores[altered]) for altered in (False, True))
    return (
        f"{folder}: {len(plain)} unaltered, {100 * (plain >= networks.limit).mean():.1f} % reported; "
        f"{len(altered_scores)} altered, {100 * (altered_scores >= networks.limit).mean():.1f} % reported; "
        f"EER {100 * eer(altered_scores, plain):.1f} %"
    )


def save(networks: AlterationNetworks, path: Path) -> None:
    """Write the networks, in half precision."""
    arrays = {
        f"{which}_{name}": values.astype(np.float16)
        for which, network in (("places", networks.of_places), ("print", networks.of_print))
        for name, values in network._asdict().items()
    }
    np.savez_compressed(path, limit=np.float32(networks.limit), **arrays)


def main() -> None:
    """Read the command line, make the examples, train, check, save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="prints named as SOCOFing's")
    parser.add_argument("--also", type=Path, nargs="*", default=[], help="other prints, to check with")
    parser.add_argument("--out", type=Path, default=FOLDER / f"{WEIGHTS}.npz")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        leader = ModelRegistry(Path(folder)).open_session("leader")
        all_examples = list(examples(arguments.folder, leader))
        networks = learn(all_examples)
        save(networks, arguments.out)
        print(check(all_examples, networks), flush=True)  # noqa: T201
        for other in arguments.also:
            print(check_folder(other, networks, leader), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
