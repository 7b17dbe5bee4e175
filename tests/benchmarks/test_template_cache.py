"""An image is extracted once for each model and resolution."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image as Pillow

from benchmarks.runs.datasets import LabelledImage, UnusableDataset
from benchmarks.runs.template_cache import cached_templates
from biometrics.imaging.image import Image
from biometrics.kernel.errors import UnusableSample
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Template
from fingerprint.modality import FINGERPRINT


@dataclass
class Counting:
    model: str = "ab" * 32
    modality: Modality = FINGERPRINT
    extracted: list[float | None] = field(default_factory=list)

    def extract(self, image: Image) -> Template:
        self.extracted.append(image.ppi)
        mean = int(image.pixels.mean())
        if not mean:
            raise UnusableSample("black")
        return Template(self.modality, self.model, bytes([mean]), None if mean > 200 else mean)


@pytest.fixture
def images(tmp_path: Path) -> list[LabelledImage]:
    for grey in (0, 100, 250):
        Pillow.new("L", (60, 60), grey).save(tmp_path / f"{grey}.png")
    return [LabelledImage(tmp_path / f"{grey}.png", str(grey), 500.0) for grey in (0, 100, 250)]


def test_the_second_time_nothing_is_extracted(images: list[LabelledImage], tmp_path: Path) -> None:
    recogniser, folder = Counting(), tmp_path / "cache"
    first = cached_templates(recogniser, images, 1, folder)
    assert [template and template.quality for template in first] == [None, 100, None]
    assert len(recogniser.extracted) == 3
    assert cached_templates(recogniser, images, 1, folder) == first
    assert len(recogniser.extracted) == 3


def test_a_run_that_was_stopped_goes_on(images: list[LabelledImage], tmp_path: Path) -> None:
    recogniser, folder = Counting(), tmp_path / "cache"
    (tmp_path / "unreadable.png").write_bytes(b"no image")
    with pytest.raises(UnusableDataset):
        cached_templates(recogniser, [*images, LabelledImage(tmp_path / "unreadable.png", "4", 500.0)], 1, folder)
    cached_templates(recogniser, images, 1, folder)
    assert len(recogniser.extracted) == 3


def test_another_model_or_resolution_is_extracted_separately(images: list[LabelledImage], tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    cached_templates(Counting(), images, 1, folder)
    other = Counting(model="cd" * 32)
    assert {template.model for template in cached_templates(other, images, 1, folder) if template} == {"cd" * 32}
    finer = Counting()
    cached_templates(finer, [LabelledImage(image.path, image.subject, 1000.0) for image in images], 1, folder)
    assert finer.extracted == [1000.0] * 3


def test_a_set_without_a_template_is_refused(images: list[LabelledImage], tmp_path: Path) -> None:
    with pytest.raises(UnusableDataset, match="gave a template"):
        cached_templates(Counting(), images[:1], 1, tmp_path / "cache")
