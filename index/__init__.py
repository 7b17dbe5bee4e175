"""Vector indexes: a cache of the database that answers who is near."""

from biometrics.kernel.numba_cache import use_kernel_cache

use_kernel_cache()
