"""What compression on a phone costs: probes as a canvas would send them, compared with images as they were captured."""

from __future__ import annotations

import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from PIL import Image as Pillow

from api.cli.progress_bars import progress
from benchmarks.metrics.verification import eer, tar_at_fmr
from benchmarks.runs.datasets import LabelledImage, UnusableDataset, read_image
from benchmarks.runs.measure import extract_images, score_pairs
from benchmarks.runs.protocols import genuine_pairs, impostor_pairs
from biometrics.imaging.image import Image
from biometrics.kernel.errors import InvalidField, UnusableSample
from biometrics.kernel.recognition.types import Template
from biometrics.matching.ports import Recogniser

MOST_IMPOSTORS = 100_000
FMR = 0.001


@dataclass(frozen=True)
class Encoding:
    """How an image is sent: Pillow's format, its quality of 100, and the most pixels of the longer side; 0: all."""

    format: str
    quality: int
    side: int = 0

    @classmethod
    def from_name(cls, name: str) -> Self:
        """Return the encoding of a name, such as `webp:60` or `jpeg:75:480`.

        Raises:
            InvalidField: it is not of this form.
        """
        parts = name.split(":")
        if parts[0] not in ("jpeg", "webp") or len(parts) not in (2, 3) or not all(map(str.isdecimal, parts[1:])):
            raise InvalidField(
                f"{name!r} is no encoding; write jpeg:75, webp:60, or webp:60:480 with the longest side."
            )
        return cls(parts[0], *map(int, parts[1:]))

    def file(self, image: Image) -> bytes:
        """Return an image as a canvas would encode it, in colours."""
        picture = Pillow.fromarray(image.rgb())
        if self.side:
            picture.thumbnail((self.side, self.side), Pillow.Resampling.BILINEAR)
        file = io.BytesIO()
        picture.save(file, self.format, quality=self.quality)
        return file.getvalue()

    def sent(self, image: Image) -> tuple[int, Image]:
        """Return an image as the service would decode it, with the length of its file."""
        file = self.file(image)
        return len(file), replace(image, pixels=np.asarray(Pillow.open(io.BytesIO(file)).convert("RGB")))


@dataclass(frozen=True)
class Compressed:
    """Figures of one encoding; `kilobytes` of a file on average, `failures` are probes that gave no template."""

    name: str
    kilobytes: float
    failures: int
    eer: float
    tar: float


def compare_encodings(
    recogniser: Recogniser, images: Sequence[LabelledImage], names: Sequence[str], threads: int
) -> list[Compressed]:
    """Compare each image, encoded as each name says, with all others as they are; first of all as it is.

    Raises:
        InvalidField: a name is no encoding.
        UnusableDataset: a file cannot be read, or none gave a template.
    """
    encodings = {name: Encoding.from_name(name) for name in names}
    subjects = [image.subject for image in images]
    pairs = [
        np.concatenate([some, some[:, ::-1]])
        for some in (genuine_pairs(subjects), impostor_pairs(subjects, at_most=MOST_IMPOSTORS))
    ]
    captured = extract_images(recogniser, images, threads).templates
    read = [read_image(image.path, image.ppi) for image in images]
    figures = []
    for name in ("as captured", *names):
        lengths, probes = [image.path.stat().st_size for image in images], captured
        if name in encodings:
            sent = [encodings[name].sent(image) for image in read]
            lengths, probes = (
                [length for length, _ in sent],
                _templates(recogniser, [encoded for _, encoded in sent], threads, name),
            )
        both = (*probes, *captured)  # a pair's second image is one as captured
        mated, strangers = [
            score_pairs(recogniser, both, some + np.array([0, len(images)]), threads, name) for some in pairs
        ]
        figures.append(
            Compressed(
                name,
                sum(lengths) / len(lengths) / 1000.0,
                sum(probe is None for probe in probes),
                eer(mated, strangers),
                tar_at_fmr(mated, strangers, FMR),
            )
        )
    return figures


def _templates(recogniser: Recogniser, images: Sequence[Image], threads: int, name: str) -> tuple[Template | None, ...]:
    def extract(image: Image) -> Template | None:
        try:
            return recogniser.extract(image)
        except UnusableSample:
            return None

    with progress(f"Extracting {name}", len(images)) as advance, ThreadPoolExecutor(threads) as pool:
        templates = []
        for template in pool.map(extract, images):
            templates.append(template)
            advance()
    if not any(templates):
        raise UnusableDataset(f"No image gave a template as {name}; choose a better quality.")
    return tuple(templates)
