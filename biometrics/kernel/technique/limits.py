"""How many bytes a request may have. `deploy/proxy.conf` lets that much through."""

MEGABYTE = 1_000_000
MAX_FILE_BYTES = 25 * MEGABYTE  # of one image
MAX_REQUEST_BYTES = 4 * MAX_FILE_BYTES  # ten prints and several photos, uncompressed
MAX_QUEUED_BYTES = MAX_REQUEST_BYTES * 9 // 10  # of the files of a queued request: the rest are its other fields
MAX_TOGETHER_BYTES = 10 * MAX_REQUEST_BYTES  # of all requests in progress, unless the operator sets another limit
