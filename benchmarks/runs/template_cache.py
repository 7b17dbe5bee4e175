"""Templates that earlier runs extracted, in a folder: extraction takes most of the time of a run, and never changes.

A file is named after the SHA-256 of the model, of what else decides on the templates, and of the image file. A run that
is stopped goes on where it was.
"""

from __future__ import annotations

import json
import time
import uuid
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

from api.cli.progress_bars import progress
from benchmarks.runs.datasets import LabelledImage, UnusableDataset, read_image
from biometrics.imaging.image import Image
from biometrics.kernel.errors import InvalidField, UnusableSample
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Template
from biometrics.kernel.technique.atomic_file import replacing_file
from biometrics.matching.ports import Recogniser

CACHE = "bench-templates"  # folder in the data folder
_LAYOUT = 1  # of the files; a file of another one has another name


@dataclass(frozen=True)
class CachedTemplates:
    """The templates of an image, or why it gave none; `seconds` of one core they took, and whether in this run."""

    templates: tuple[Template, ...]
    refusal: str
    seconds: float
    is_new: bool

    @property
    def template(self) -> Template | None:
        """The only one, where an image gives one."""
        return self.templates[0] if self.templates else None


def cached_templates(
    recogniser: Recogniser, images: Sequence[LabelledImage], threads: int, folder: Path, called: str = ""
) -> tuple[Template | None, ...]:
    """Return the template of each image, None where an image gives none; extract those that `folder` does not have.

    `called` is the name of the set, for the progress.

    Raises:
        UnusableDataset: a file cannot be read or decoded, or no image gave a template.
        InvalidField: the folder cannot be written.
    """

    def extracted(image: LabelledImage) -> Template | None:
        decoded = read_image(image.path, image.ppi)
        made_by = f"{recogniser.model} {decoded.ppi}"
        extract = partial(_only, recogniser, decoded)
        return cached(folder, recogniser.modality, made_by, image.path, extract).template

    with progress(f"Extracting {called}".strip(), len(images)) as advance, ThreadPoolExecutor(threads) as pool:
        templates = []
        for template in pool.map(extracted, images):
            templates.append(template)
            advance()
    if not any(templates):
        raise UnusableDataset(f"No image of {images[0].path.parent} gave a template.")
    return tuple(templates)


def cached(
    folder: Path, modality: Modality, made_by: str, image: Path, extract: Callable[[], Iterable[Template]]
) -> CachedTemplates:
    """Return the templates of an image file from a folder; extract them where it does not have them.

    Args:
        folder: made where it is not there.
        modality: of the templates.
        made_by: the model, which comes first, and what else decides on the templates.
        image: the file.
        extract: raises UnusableSample where the image gives none.

    Raises:
        UnusableDataset: the image cannot be read.
        InvalidField: the folder cannot be written.
    """
    try:
        content = image.read_bytes()
    except OSError as error:
        raise UnusableDataset(f"{image} cannot be read: {error.strerror}.") from error
    path = folder / sha256(f"{_LAYOUT} {modality} {made_by} ".encode() + content).hexdigest()
    model = made_by.partition(" ")[0]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists():
            return _read(path, partial(Template, modality, model))
        fresh = _extracted(extract)
        _write(path, fresh)
    except OSError as error:
        raise InvalidField(f"{folder} cannot be used: {error.strerror}. Set PEHCHAN_DATA_FOLDER.") from error
    return fresh


def _only(recogniser: Recogniser, image: Image) -> tuple[Template]:
    return (recogniser.extract(image),)


def _extracted(extract: Callable[[], Iterable[Template]]) -> CachedTemplates:
    began = time.thread_time()
    templates: tuple[Template, ...] = ()
    refusal = ""
    try:
        templates = tuple(extract())
    except UnusableSample as error:
        refusal = error.message
    return CachedTemplates(templates, refusal, time.thread_time() - began, is_new=True)


def _read(path: Path, template: Callable[[bytes, int | None], Template]) -> CachedTemplates:
    stored = json.loads(path.read_bytes())
    templates = tuple(template(b64decode(data), quality) for data, quality in stored["templates"])
    return CachedTemplates(templates, stored["refusal"], stored["seconds"], is_new=False)


def _write(path: Path, fresh: CachedTemplates) -> None:
    """Write a whole file or none: another run may read it at the same time."""
    templates = [(b64encode(template.data).decode(), template.quality) for template in fresh.templates]
    content = {"templates": templates, "refusal": fresh.refusal, "seconds": fresh.seconds}
    with replacing_file(path, path.with_name(f"{path.name}.{uuid.uuid4().hex}"), 0o600) as file:
        file.write(json.dumps(content).encode())
