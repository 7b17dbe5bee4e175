"""Vector indexes: a cache of the database that answers who is near."""

from biometrics.kernel.technique.numba_cache import use_kernel_cache

use_kernel_cache()
