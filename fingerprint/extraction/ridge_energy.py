"""Does an image show ridges? How strong its detail at the ridges' period is, against all that is coarser.

The ridges of a print are the strongest thing in it; in a photo of something else the strength grows with the size of
the detail. This says nothing about fine noise, or about other things with stripes of the ridges' period.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NO_RIDGES = -9.0  # of an image without contrast

_WINDOW, _STEP = 48, 24  # pixels at 500 ppi
_FINEST, _COARSEST = 5.0, 13.0  # pixels at 500 ppi: periods of ridges
_CONTRAST, _RELATIVE_CONTRAST = (
    8.0,
    0.3,
)  # grey levels; of the strongest windows (95th percentile): a window that counts
_WINDOWS = 4  # that must count
_BEST = 75  # percentile: the quarter of the windows with the clearest ridges decides


def ridge_energy(pixels: NDArray[np.uint8]) -> float:
    """Return the logarithm of the energy at periods of ridges by that of coarser detail, of a grey image at 500 ppi.

    It is taken in windows of 2.4 mm; a quarter of those with contrast reach what is returned. NO_RIDGES where fewer
    than four have contrast.
    """
    height, width = pixels.shape
    if min(height, width) < _WINDOW:
        return NO_RIDGES
    every = np.lib.stride_tricks.sliding_window_view(pixels, (_WINDOW, _WINDOW))[::_STEP, ::_STEP]
    windows = every.reshape(-1, _WINDOW, _WINDOW).astype(np.float32)
    contrast = windows.std(axis=(1, 2))
    windows = windows[contrast >= max(_CONTRAST, _RELATIVE_CONTRAST * float(np.percentile(contrast, 95)))]
    if len(windows) < _WINDOWS:
        return NO_RIDGES
    taper = np.hanning(_WINDOW).astype(np.float32)
    tapered = (windows - windows.mean(axis=(1, 2), keepdims=True)) * taper[:, None] * taper
    energy = np.abs(np.fft.rfft2(tapered)) ** 2
    energy[:, :, 1:-1] *= 2  # the half of the spectrum that rfft2 leaves out
    frequency = np.hypot(np.fft.fftfreq(_WINDOW)[:, None], np.fft.rfftfreq(_WINDOW))
    ridges = (frequency >= 1 / _COARSEST) & (frequency <= 1 / _FINEST)
    coarse = (frequency > 0) & (frequency < 1 / _COARSEST)
    ratio = np.log((energy[:, ridges].sum(axis=1) + 1) / (energy[:, coarse].sum(axis=1) + 1))
    return float(np.percentile(ratio, _BEST))
