"""What the use cases need from the outside, each with two real implementations or more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from biometrics.imaging.charts import Chart, Exhibit, MarkedImage
from biometrics.imaging.image import Image
from biometrics.kernel.people.labels import NO_FILTER, Filter, Labels
from biometrics.kernel.recognition.capture import Impression
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Assessment, Sample, Source, Template
from biometrics.matching.latent_scale import LatentContent


class Vectors(NamedTuple):
    """How a recogniser's features become vectors of unit length, for an index that knows only those.

    `vector_of` makes one, float32 (dimension,), of a template's features; `space` identifies all that decides on it.
    """

    dimension: int
    space: str
    vector_of: Callable[[NDArray[Any]], NDArray[np.float32]]


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
    def feature_space(self) -> str:
        """SHA-256 (hex) that identifies what `features` makes of the model's templates; an index is of one such."""
        ...

    @property
    def vectors(self) -> Vectors | None:
        """Maps features to vectors for an index of vectors; None if they cannot be vectors."""
        ...

    def extract(self, image: Image, impression: Impression | None = None) -> Template:
        """Extract the template of the one finger or face in `image`; `impression` is that of a print, where known.

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

    def features(self, template: Template) -> NDArray[Any]:
        """Return the features that an index searches a template by.

        Of a face, its embedding: float32, shape (dimension,), unit length. Of a print, its minutiae's codes and places.

        Raises:
            ModelMismatch: made by another model.
            InvalidTemplate: its bytes are damaged.
        """
        ...

    def compare(self, probe: Template, candidates: Sequence[Template]) -> NDArray[np.float64]:
        """Return the exact raw similarity of `probe` to each candidate: shape (len(candidates),), more is more alike.

        Raises:
            ModelMismatch: a template was made by another model.
        """
        ...

    def marked(self, exhibit: Exhibit) -> MarkedImage:
        """Put what was extracted on the image that it came from.

        Raises:
            ModelMismatch: the template was made by another model.
            NothingToCompare: there is nothing to show without the image.
        """
        ...

    def chart(self, probe: Exhibit, candidate: Exhibit) -> Chart:
        """Say, for people to look at, what of two samples was found to agree, and how they lie on each other.

        Raises:
            ModelMismatch: a template was made by another model.
            NothingToCompare: there is nothing to show without the images.
        """
        ...


@runtime_checkable
class BatchRecogniser(Protocol):
    """A `Recogniser` that makes the features of several templates at once for less than of one after the other.

    Implementation: `fingerprint.recogniser.FingerprintRecogniser`.
    """

    def features_of_all(self, templates: Sequence[Template]) -> list[NDArray[Any]]:
        """Do for each template as `Recogniser.features` does."""
        ...


class Located(Protocol):
    """One of several faces in a photo: its `template`, and `box` (x, y, width, height), in the photo's pixels."""

    @property
    def template(self) -> Template:
        """As `Recogniser.extract` gives it."""
        ...

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Where it is; it may reach past the photo's edge."""
        ...


@runtime_checkable
class GroupRecogniser(Protocol):
    """A recogniser that can separate several people in one image: `face.recogniser.FaceRecogniser`."""

    def extract_all(self, image: Image) -> Sequence[Located]:
        """Extract every recognisable person in the image, the largest first.

        Raises:
            UnusableSample: there is none.
        """
        ...


@runtime_checkable
class LatentRecogniser(Protocol):
    """A recogniser that reads latents.

    Implementations: `fingerprint.recogniser.FingerprintRecogniser`, `palm.recogniser.PalmRecogniser`.
    """

    @property
    def latent_network(self) -> str:
        """SHA-256 (hex) of the weights that read them, which are no part of `Recogniser.model`."""
        ...

    def extract_latent_both_ways(
        self, image: Image, region: Sequence[tuple[float, float]] | None = None
    ) -> Mapping[bool, Template]:
        """Extract a latent within a region (corners in pixels), upright (False) and turned by half a circle (True).

        Raises:
            UnusableSample: nothing usable is in the image.
        """
        ...

    def of_marks(self, marks: Template) -> Template:
        """Return minutiae that an examiner marked, as another model's template holds them, as one of this model.

        Raises:
            InvalidTemplate: its bytes are damaged.
        """
        ...

    def first_look(self, latent: Template) -> Template:
        """Return the template that a search compares with the whole shortlist: the latent, or a faster version of it.

        Raises:
            InvalidTemplate: its bytes are damaged.
        """
        ...

    def latent_content(self, template: Template) -> LatentContent | None:
        """Return what selects the scale of a latent; None for a template that is not a latent.

        Raises:
            InvalidTemplate: its bytes are damaged.
        """
        ...


class Hits(NamedTuple):
    """What an index found, best first: template ids, the people they are of (national numbers), and scores.

    `ids` and `people` are int64, `scores` float32; all of one length.
    """

    ids: NDArray[np.int64]
    people: NDArray[np.int64]
    scores: NDArray[np.float32]


class SearchIndex(Protocol):
    """A set of templates' features under int64 ids, each with a label, searched by likeness.

    Implementations for vectors: `index.exact.ExactIndex` (NumPy, the oracle), `index.faiss_index.FaissIndex`,
    `index.milvus.milvus_index.MilvusIndex`; for prints: `index.feature_sets.FeatureSetIndex`,
    `index.cluster.ray_index.RayIndex`; for irises: `iris.index.IrisIndex`. Not thread-safe:
    `biometrics.matching.gallery` guards it.

    `sequence` is the number of the last database change that the index holds; the gallery sets it after applying
    changes, and it is saved and loaded with the features. `method` names how hits are selected: it changes whenever the
    same templates may give other hits, so that a replay can say so.
    """

    sequence: int

    @property
    def method(self) -> str:
        """Kind and version of the selection, such as "faiss 1"."""
        ...

    def __len__(self) -> int:
        """Count the templates held, as a number that is known: in any thread, at any time."""
        ...

    def add(self, ids: NDArray[np.int64], features: Sequence[NDArray[Any]], labels: Labels) -> None:
        """Add templates; an id that is present already is replaced.

        Raises:
            InvalidVector: features of a wrong shape or with a NaN or infinity, lengths that differ, an id given twice.
        """
        ...

    def remove(self, ids: NDArray[np.int64]) -> int:
        """Remove ids, ignoring absent ones, so that nothing of them stays; return how many were present."""
        ...

    def ids_present(self, ids: NDArray[np.int64]) -> list[int]:
        """Return the ids of `ids` whose templates are in the index."""
        ...

    def search(self, features: NDArray[Any], k: int, where: Filter = NO_FILTER) -> Hits:
        """Return the k most similar templates whose labels meet a filter, best first, ties by id.

        Fewer than k come back where fewer exist.

        Raises:
            InvalidVector: features of a wrong shape, or with a NaN or infinity.
        """
        ...

    def snapshot(self, path: Path, model: str, secret: bytes | None = None) -> Callable[[], None]:
        """Take the state of now, and return what writes it to `path`, while the index is searched and changed.

        A reader of `path` sees the old file or the whole new one, never a part. `model` (a recogniser's
        `feature_space`) made the features; the file names it, and `index.snapshot.load` refuses another's. `secret`, of
        32 bytes, encrypts it. What is returned raises StoreUnavailable where the file cannot be written.
        """
        ...


@runtime_checkable
class BatchIndex(Protocol):
    """A `SearchIndex` that takes several probes at once for less than one after the other.

    Implementations: `index.cluster.ray_index.RayIndex`, `benchmarks.search.engines.Compared`.
    """

    def search_all(self, probes: Sequence[tuple[NDArray[Any], Filter]], k: int) -> list[Hits]:
        """Do for each probe's features and its filter as `SearchIndex.search` does."""
        ...
