"""Templates that earlier runs extracted, in a folder: extraction takes most of the time of a run, and never changes.

A file is named after the SHA-256 of the model, the resolution that the image is decoded at, and the
image file. It holds the template's quality, one
byte (NO_QUALITY where there is none), and its data; REFUSED where the image gave no template. Empty files are of
versions that refused more images, which are tried again.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

from api.cli.progress_bars import progress
from benchmarks.runs.datasets import LabelledImage, UnusableDataset, read_image
from biometrics.imaging.image import Image
from biometrics.kernel.errors import InvalidField, UnusableSample
from biometrics.kernel.recognition.types import Template
from biometrics.kernel.technique.atomic_file import replacing_file
from biometrics.matching.ports import Recogniser

CACHE = "bench-templates"  # folder in the data folder
NO_QUALITY = 255
REFUSED = b"refused, with a second look"


def cached_templates(
    recogniser: Recogniser, images: Sequence[LabelledImage], threads: int, folder: Path, called: str = ""
) -> tuple[Template | None, ...]:
    """Return the template of each image, None where an image gives none; extract those that `folder` does not have.

    `called` is the name of the set, for the progress.

    Raises:
        UnusableDataset: a file cannot be read or decoded, or no image gave a template.
        InvalidField: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with progress(f"Extracting {called}".strip(), len(images)) as advance, ThreadPoolExecutor(threads) as pool:
            templates = []
            for template in pool.map(lambda image: _template(recogniser, image, folder), images):
                templates.append(template)
                advance()
    except OSError as error:
        raise InvalidField(f"{folder} cannot be used: {error.strerror}. Set PEHCHAN_DATA_FOLDER.") from error
    if not any(templates):
        raise UnusableDataset(f"No image of {images[0].path.parent} gave a template.")
    return tuple(templates)


def _template(recogniser: Recogniser, image: LabelledImage, folder: Path) -> Template | None:
    try:
        content = image.path.read_bytes()
    except OSError as error:
        raise UnusableDataset(f"{image.path} cannot be read: {error.strerror}.") from error
    decoded = read_image(image.path, image.ppi)
    path = folder / sha256(f"{recogniser.model} {decoded.ppi} ".encode() + content).hexdigest()
    if path.exists() and (stored := path.read_bytes()):
        if stored == REFUSED:
            return None
        quality = None if stored[0] == NO_QUALITY else stored[0]
        return Template(recogniser.modality, recogniser.model, stored[1:], quality)
    template = _extracted(recogniser, decoded)
    _write(path, REFUSED if template is None else bytes([_quality_byte(template)]) + template.data)
    return template


def _extracted(recogniser: Recogniser, image: Image) -> Template | None:
    try:
        return recogniser.extract(image)
    except UnusableSample:
        return None


def _quality_byte(template: Template) -> int:
    return NO_QUALITY if template.quality is None else template.quality


def _write(path: Path, content: bytes) -> None:
    """Write a whole file or none: another run may read it at the same time."""
    with replacing_file(path, path.with_name(f"{path.name}.{uuid.uuid4().hex}"), 0o600) as file:
        file.write(content)
