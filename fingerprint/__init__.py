"""Fingerprints: from image to minutiae to a score."""

from biometrics.common.kernel_cache import use_kernel_cache

use_kernel_cache()
