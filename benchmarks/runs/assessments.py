"""What an enrolment says of images as they are: how many it refuses, finds too poor, or finds fault with.

Each file goes the way of an enrolled sample (`biometrics.matching.extraction.extract_one`). Of ordinary prints and
photos every refusal and every fault is a false alarm, or the file is poor: the faults do not tell the two apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from rich.table import Table

from api.cli.progress_bars import progress
from benchmarks.runs.datasets import LabelledImage, UnusableDataset
from biometrics.imaging.image import decode
from biometrics.kernel.errors import BadImage, UnusableSample
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Sample
from biometrics.matching.extraction import extract_one
from biometrics.matching.ports import Recogniser
from fingerprint.modality import FINGERPRINT
from fingerprint.parameters import PPI

MARGIN = 0.08  # of an image's shorter side
CROPPED = 0.12  # of each side, cut off

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Assessments:
    """Counts of images: `refused` by the error's code, `poor` that need a reason, `faults` by their code."""

    images: int
    refused: Mapping[str, int]
    poor: int
    faults: Mapping[str, int]

    def figures(self) -> dict[str, Any]:
        """Return the counts for a file of results."""
        return {
            "images": self.images,
            "refused": dict(self.refused),
            "poor": self.poor,
            "faults": dict(self.faults),
        }


def _margin(grey: int) -> Callable[[Pixels], Pixels]:
    def framed(pixels: Pixels) -> Pixels:
        width = max(1, round(MARGIN * min(pixels.shape)))
        return np.pad(pixels, width, constant_values=grey)

    return framed


def _cropped(pixels: Pixels) -> Pixels:
    down, across = (round(CROPPED * side) for side in pixels.shape)
    return np.ascontiguousarray(pixels[down : pixels.shape[0] - down, across : pixels.shape[1] - across])


CHANGES: Mapping[str, Callable[[Pixels], Pixels]] = MappingProxyType(
    {
        "white margin": _margin(255),
        "grey margin": _margin(128),
        "black margin": _margin(0),
        "cropped": _cropped,
    }
)


def assess_images(
    recogniser: Recogniser, images: Sequence[LabelledImage], threads: int, change: str | None = None
) -> Assessments:
    """Assess each image as on enrolment; `change`, one of `CHANGES`, makes another file of a print first.

    Raises:
        UnusableDataset: a file cannot be read.
    """

    def assess(image: LabelledImage) -> tuple[str, bool, tuple[str, ...]]:
        sample = _sample(recogniser.modality, image, change)
        try:
            assessment = extract_one(recogniser, sample, assess=True).assessment
        except (UnusableSample, BadImage) as error:
            return error.code, False, ()
        return "", not assessment.acceptable, tuple(str(fault) for fault in assessment.faults)

    results = []
    with progress("Assessing", len(images)) as advance, ThreadPoolExecutor(threads) as pool:
        for result in pool.map(assess, images):
            results.append(result)
            advance()
    return Assessments(
        len(images),
        Counter(code for code, _, _ in results if code),
        sum(poor for _, poor, _ in results),
        Counter(fault for _, _, faults in results for fault in faults),
    )


def _sample(modality: Modality, image: LabelledImage, change: str | None) -> Sample:
    try:
        content = image.path.read_bytes()
    except OSError as error:
        raise UnusableDataset(f"{image.path} cannot be read: {error.strerror}.") from error
    ppi = image.ppi
    if change:
        decoded = decode(content, ppi)
        ppi = decoded.ppi or PPI
        written = BytesIO()
        Pillow.fromarray(CHANGES[change](decoded.grey())).save(written, "png")
        content = written.getvalue()
    position = FingerPosition.UNKNOWN if modality is FINGERPRINT else None
    return Sample(modality, content, image.path.name, position, ppi=ppi)


def table(rows: Mapping[str, Assessments]) -> Table:
    """Show the counts as percentages of the images of each set."""
    faults = sorted({fault for assessments in rows.values() for fault in assessments.faults})
    faults_table = Table(
        "images", "n", "refused, %", "too poor, %", *(f"{fault.replace('_', ' ')}, %" for fault in faults)
    )
    for name, counted in rows.items():
        counts = [sum(counted.refused.values()), counted.poor, *(counted.faults.get(fault, 0) for fault in faults)]
        faults_table.add_row(name, f"{counted.images:,}", *(f"{100 * count / counted.images:.1f}" for count in counts))
    return faults_table
