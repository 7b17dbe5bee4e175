"""Fingerprints: from image to minutiae to a score."""

from biometrics.kernel.technique.numba_cache import use_kernel_cache

use_kernel_cache()
