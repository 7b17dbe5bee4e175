"""From a photo of a mark to its features: MobileNetV2 sees the whole, XFeat the points."""

from __future__ import annotations

import threading
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.imaging.image import Image
from marks.features import DESCRIPTOR, MOST, LocalFeatures, MarkFeatures
from marks.identity import MANIFEST, NETWORKS, model_digest
from marks.quality import require_usable
from models.registry import ModelRegistry
from models.session import ModelSession

_SIDE = 224  # pixels of MobileNetV2's input
_LONGER = 512  # pixels to which the longer side is scaled for XFeat
_MULTIPLE = 32  # pixels: its sides are multiples of this
_CELL = 8  # pixels that it says something of at once
_LEAST = 0.05  # likelihood of a feature; XFeat's own
_WINDOW = np.ones((5, 5), np.uint8)  # in which a feature is the likeliest; XFeat's own


class MarkExtractor:
    """Both networks, opened when the first photo arrives. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """Find the models `mobilenet` and `xfeat` of MANIFEST, to be prepared in a folder.

        Raises:
            ModelMissing: there is no such file.
        """
        self._registry = ModelRegistry(folder, MANIFEST)
        self._opening = threading.Lock()
        self._sessions: dict[str, ModelSession] = {}
        for name in NETWORKS:
            self._registry.locate(name)
        self.model = model_digest(self._registry)

    def extract(self, image: Image) -> MarkFeatures:
        """Return the features of the mark that a photo shows.

        Raises:
            UnusableSample: what it shows is too small or too even.
            ModelMissing, ModelMismatch: as for `ModelRegistry.open_session`.
        """
        rgb = image.rgb()
        require_usable(rgb)
        return MarkFeatures(self._embedding(rgb), self._local(rgb))

    def _session(self, name: str) -> ModelSession:
        with self._opening:
            if name not in self._sessions:
                self._sessions[name] = self._registry.open_session(name)
            return self._sessions[name]

    def _embedding(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        small = _scaled(rgb, _SIDE, _SIDE).astype(np.float32)
        vector = self._session("mobilenet").run(data=np.ascontiguousarray(small.transpose(2, 0, 1)[None]))[0][0]
        return np.asarray(vector / np.linalg.norm(vector), np.float32)

    def _local(self, rgb: NDArray[np.uint8]) -> LocalFeatures:
        height, width = rgb.shape[:2]
        scale = _LONGER / max(height, width)
        rows, columns = (max(_MULTIPLE, round(side * scale / _MULTIPLE) * _MULTIPLE) for side in (height, width))
        grey = _scaled(rgb, columns, rows).mean(axis=2, dtype=np.float32)
        cells = self._session("xfeat").run(data=grey[None, None])[0].reshape(rows // _CELL, columns // _CELL, -1)
        descriptors, reliable, likely = np.split(cells, [DESCRIPTOR, DESCRIPTOR + 1], axis=2)
        pixels = likely.reshape(rows // _CELL, columns // _CELL, _CELL, _CELL)
        heat = np.ascontiguousarray(pixels.transpose(0, 2, 1, 3).reshape(rows, columns))
        y, x = np.nonzero((heat == cv2.dilate(heat, _WINDOW)) & (heat > _LEAST))
        at = np.stack([x / (columns - 1) * (columns // _CELL), y / (rows - 1) * (rows // _CELL)], 1) - 0.5
        score = heat[y, x] * _between(reliable, at)[:, 0]
        best = np.argsort(-score, kind="stable")[:MOST]
        vectors = _between(descriptors / np.linalg.norm(descriptors, axis=2, keepdims=True), at[best])
        unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        places = np.stack([(x[best] + 0.5) / columns * width, (y[best] + 0.5) / rows * height], 1) / max(height, width)
        return LocalFeatures(places.astype(np.float32), unit.astype(np.float32))


def _scaled(rgb: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    shrinks = rgb.shape[0] > height or rgb.shape[1] > width
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(rgb, (width, height), interpolation=interpolation), np.uint8)


def _between(maps: NDArray[np.float32], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the bilinear values of maps, (rows, columns, n), at places (x, y) between their pixels: (places, n)."""
    last = np.array(maps.shape[1::-1]) - 1
    at = np.clip(at, 0, last)
    low = np.minimum(at.astype(np.int64), np.maximum(last - 1, 0))
    high = np.minimum(low + 1, last)
    (u, v), (left, top), (right, bottom) = (at - low).T[:, :, None], low.T, high.T
    upper = maps[top, left] * (1 - u) + maps[top, right] * u
    lower = maps[bottom, left] * (1 - u) + maps[bottom, right] * u
    return np.asarray(upper * (1 - v) + lower * v, np.float64)
