"""What a network finds in latents that it was not trained on, by the quality asked."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.metrics.minutiae import Agreement
from benchmarks.training.latents.held_out import KnownLatent
from benchmarks.training.latents.network import MULTIPLE, Leader
from fingerprint.extraction.leader import Detections

QUALITIES = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6)

_PEAK = 7  # pixels: a minutia is the maximum of a square of this side
_BLUR = (5, 5)  # pixels


def agreements(network: Leader, latents: Iterable[KnownLatent]) -> dict[float, Agreement]:
    """Return how well the network does on latents, by the quality asked."""
    totals = dict.fromkeys(QUALITIES, Agreement())
    for pixels, true_minutiae in latents:
        detections = detected(network, pixels, min(QUALITIES))
        rows = np.stack([detections.x, detections.y, detections.direction], axis=1).astype(np.float64)
        for quality in QUALITIES:
            totals[quality] += Agreement.of(rows[detections.quality >= quality], true_minutiae)
    return totals


def detected(network: Leader, pixels: NDArray[np.uint8], min_quality: float) -> Detections:
    """Find minutiae as the network's ONNX graph does (models/leader/network.py)."""
    height, width = pixels.shape
    padded = cv2.copyMakeBorder(
        pixels, 0, -height % MULTIPLE, 0, -width % MULTIPLE, cv2.BORDER_CONSTANT, value=float(np.median(pixels))
    )
    with torch.no_grad():
        outputs = network(torch.from_numpy(padded.astype(np.float32))[None, None])
    likely = torch.sigmoid(outputs.place)[0, 0].numpy()[:height, :width]
    smooth = cv2.GaussianBlur(likely, _BLUR, 0, borderType=cv2.BORDER_CONSTANT)
    peak = smooth == cv2.dilate(smooth, np.ones((_PEAK, _PEAK), np.uint8))
    y, x = np.nonzero(peak & (smooth >= min_quality))
    cosine, sine = outputs.direction[0].numpy()[:, y, x]
    kind = np.where(outputs.ending[0, 0].numpy()[y, x] >= 0, 1, 2).astype(np.uint8)
    return Detections(x.astype(np.float32), y.astype(np.float32), np.arctan2(sine, cosine), smooth[y, x], kind)
