"""Empty indexes on Milvus: on milvus-lite, which runs in this process, and on a real server."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import uuid
from collections.abc import Callable
from functools import cache

import milvus_server

from index.milvus_index import MilvusIndex

MODEL = "ab" * 32


@cache
def milvus_lite_file() -> str:
    """Return the file of a milvus-lite database, which lasts as long as the process."""
    folder = tempfile.mkdtemp(prefix="pehchan-milvus-lite-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return f"{folder}/vectors.db"


def milvus_server_url() -> str:
    """Return the address of the server that tests share."""
    return milvus_server.shared().url


def new_name() -> str:
    """Return a collection's name that was never used."""
    return f"test_{uuid.uuid4().hex}"


def empty_milvus_index(url: Callable[[], str], dimension: int) -> MilvusIndex:
    """Return an index in a collection of its own."""
    return MilvusIndex(url(), new_name(), dimension, MODEL)
