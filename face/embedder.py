"""Turn a face into a vector that is close to other vectors of the same person."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.errors import ModelMismatch
from face.aligner import align
from face.identity import space_of
from face.joining import Joining
from face.quality.unified import quality_from_length
from models.embedder_settings import EmbedderSettings
from models.registry import ModelRegistry
from models.session import ModelSession


@dataclass(frozen=True)
class FaceEmbedding:
    """A face as a `vector` of unit length, shape (dimension,) float32, and how well it was seen, 0 to 100."""

    vector: NDArray[np.float32]
    quality: int


class FaceNetwork:
    """One embedding network, such as SFace (Zhong and others, IEEE Transactions on Image Processing 30, 2021)."""

    def __init__(self, session: ModelSession, settings: EmbedderSettings) -> None:
        """Run a model on faces aligned and prepared by `settings`."""
        self._session = session
        self._settings = settings
        self._beside = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="mirror")
        self._template = np.array(settings.template)

    @cached_property
    def dimension(self) -> int:
        """How many numbers its vectors have, which the model is run for.

        Raises:
            ModelMismatch: the model does not turn one (1, 3, side, side) tensor into one (1, dimension) tensor.
        """
        blank = np.zeros((self._settings.side, self._settings.side, 3), dtype=np.uint8)
        shapes = [output.shape for output in self._run(blank)]
        if len(shapes) != 1 or len(shapes[0]) != 2:
            name = self._session.name
            raise ModelMismatch(f"The model {name} is no face embedder: its outputs have the shapes {shapes}.")
        return int(shapes[0][1])

    def look(self, rgb: NDArray[np.uint8], landmarks: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the mean vector, shape (dimension,), of a face in a photo and of its mirror image, of any length.

        The mirror image is processed in a second thread, so that a single photo takes little more than half the time.
        """
        aligned = align(rgb, landmarks, self._template, self._settings.side)
        mirrored = self._beside.submit(self._run, aligned[:, ::-1])
        return np.asarray((self._run(aligned)[0][0] + mirrored.result()[0][0]) / 2, dtype=np.float32)

    def _run(self, aligned: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        ordered = aligned if self._settings.colour == "RGB" else aligned[:, :, ::-1]
        tensor = (ordered.transpose(2, 0, 1)[None].astype(np.float32) - self._settings.mean) * self._settings.scale
        return self._session.run(**{self._session.inputs[0]: np.ascontiguousarray(tensor, dtype=np.float32)})


class FaceEmbedder:
    """An embedder of the manifest, joined with a second one if the manifest names it.

    `dimension` is that of its vectors; `space`, SHA-256 (hex), identifies whatever decides on them.
    """

    def __init__(self, registry: ModelRegistry, name: str) -> None:
        """Open the model `name` of a registry, and the second model that it names, if any.

        Those that come with Pehchan are opened for the first photo, since many stations never store one.

        Raises:
            ModelMissing, ModelMismatch: as for `ModelRegistry.open_session`, or one is no embedder, or they do not fit.
        """
        self._settings = registry.entry(name).embedder
        self._first = _network(registry, name)
        second = self._settings.beside
        self._second = _network(registry, second) if second else None
        self._joining = Joining.load(self._settings.joined) if self._settings.joined else None
        self.space = space_of(registry, name)
        if not (self._joining and self._second):
            self.dimension = self._first.dimension
        else:
            parts, self.dimension = self._joining.axes.shape
            are_shipped = registry.is_shipped(name) and registry.is_shipped(second)
            if not are_shipped and parts != self._first.dimension + self._second.dimension + 1:
                raise ModelMismatch(
                    f"{self._settings.joined} joins vectors of {parts - 1} numbers in all; {name} and "
                    f"{second} make {self._first.dimension} and {self._second.dimension}."
                )

    def embed(self, rgb: NDArray[np.uint8], landmarks: NDArray[np.float32]) -> FaceEmbedding:
        """Embed the face with these landmarks, shape (5, 2), in a photo, shape (height, width, 3) RGB."""
        vector = self._first.look(rgb, landmarks)
        length = float(np.linalg.norm(vector))
        quality = quality_from_length(length, self._settings.lengths)
        if self._joining and self._second:
            return FaceEmbedding(self._joining.join(vector, self._second.look(rgb, landmarks)), quality)
        return FaceEmbedding(np.asarray(vector / length, dtype=np.float32), quality)


def _network(registry: ModelRegistry, name: str) -> FaceNetwork:
    session = registry.open_session(name, deferred=registry.is_shipped(name))
    return FaceNetwork(session, registry.entry(name).embedder)
