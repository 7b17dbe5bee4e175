"""Empty indexes on Milvus: on milvus-lite, which runs in this process, and on a real server."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import uuid
from collections.abc import Callable
from functools import cache

import milvus_server
import numpy as np
from pymilvus import MilvusClient

from index.milvus.milvus_index import MOST, MilvusIndex

MODEL = "ab" * 32


@cache
def milvus_lite_file() -> str:
    """Return the file of a milvus-lite database, which lasts as long as the process."""
    folder = tempfile.mkdtemp(prefix="pehchan-milvus-lite-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = f"{folder}/vectors.db"
    # All clients share the first one's connection. By default it asks an idle server every ten seconds whether it is
    # there, of which milvus-lite has enough after half a minute: the next call would fail.
    connection = MilvusClient(file, grpc_options={"grpc.keepalive_time_ms": 2**31 - 1})
    atexit.register(connection.close)
    return file


def milvus_server_url() -> str:
    """Return the address of the server that tests share."""
    return milvus_server.shared().url


def new_name() -> str:
    """Return a collection's name that was never used."""
    return f"test_{uuid.uuid4().hex}"


def empty_milvus_index(url: Callable[[], str], dimension: int) -> MilvusIndex:
    """Return an index in a collection that one test has after the other: a server takes seconds to make one."""
    index = MilvusIndex(url(), f"test_of_{dimension}", dimension, MODEL)
    left = index.search(np.zeros(dimension, np.float32), MOST).ids  # milvus-lite takes long to count tens of thousands
    if index.sequence or len(left) == MOST:
        index.clear()
    else:
        index.remove(left)
    return index
