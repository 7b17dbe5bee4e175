"""What the use cases need from the outside, each with two real implementations or more."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from biometrics.image import Image
from biometrics.types import Assessment, Modality, Sample, Source, Template


class Recogniser(Protocol):
    """Everything that is particular to one modality: from image to template, and from two templates to a score.

    Implementations: `fingerprint.recogniser.FingerprintRecogniser`, `face.recogniser.FaceRecogniser`.
    """

    @property
    def modality(self) -> Modality:
        """The modality served."""
        ...

    @property
    def model(self) -> str:
        """SHA-256 (hex) that identifies the feature space; stamped on every template."""
        ...

    @property
    def dimension(self) -> int:
        """Length of the vectors made by `vector`."""
        ...

    def extract(self, image: Image) -> Template:
        """Extract the template of the one finger or face in `image`.

        Raises:
            UnusableSample: nothing usable is in the image (its subclasses say what).
        """
        ...

    def read_record(self, sample: Sample) -> tuple[Source, Template] | None:
        """Take the template from another system's record; None where the sample is not one, so an image.

        Raises:
            UnsupportedRecord, InvalidRecord: a record, but of something else, or damaged.
            UnusableSample: nothing usable is in the record.
        """
        ...

    def assess(self, image: Image, template: Template) -> Assessment:
        """Say how good an image is, from which `template` was extracted; this may take as long as extraction."""
        ...

    def vector(self, template: Template) -> NDArray[np.float32]:
        """Return the shortlisting vector of a template: shape (dimension,), unit length, compared by inner product."""
        ...

    def compare(self, probe: Template, candidates: Sequence[Template]) -> NDArray[np.float64]:
        """Return the exact raw similarity of `probe` to each candidate: shape (len(candidates),), more is more alike.

        Raises:
            ModelMismatch: a template was made by another model.
        """
        ...


class VectorIndex(Protocol):
    """A set of unit vectors under int64 ids, searched by inner product.

    Implementations: `index.exact.ExactIndex` (NumPy, the oracle) and `index.faiss_index.FaissIndex`. Not thread-safe:
    `biometrics.gallery` guards it.

    `sequence` is the number of the last database change that the index holds; the gallery sets it after applying
    changes, and it is saved and loaded with the vectors.
    """

    sequence: int

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        ...

    def __len__(self) -> int:
        """Count the vectors held."""
        ...

    def add(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Add vectors, shape (n, dimension); an id that is present already is replaced.

        Raises:
            InvalidVector: wrong shape, a NaN or infinity, or an id given twice.
        """
        ...

    def remove(self, ids: NDArray[np.int64]) -> int:
        """Remove ids, ignoring absent ones; return how many were present."""
        ...

    def search(
        self, vector: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Find the k nearest of the allowed ids (all, where None): ids and inner products, best first, ties by id.

        Fewer than k come back where fewer exist.

        Raises:
            InvalidVector: wrong shape, or a NaN or infinity.
        """
        ...

    def save(self, path: Path, model: str) -> None:
        """Write the index to `path` so that a reader sees the old file or the whole new one, never a part.

        `model` (a recogniser's) made the vectors; the file names it, and `index.snapshot.load` refuses another's.

        Raises:
            StoreUnavailable: the file cannot be written.
        """
        ...
