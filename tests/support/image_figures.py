"""Print the figures of docs/decisions/0012-images-in-an-object-store.md: a folder, and a bucket of a server beside it.

usage: PYTHONPATH=.:tests/support python tests/support/image_figures.py [IMAGES [KILOBYTES]]
"""

# ruff: noqa: T201 - it prints

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import s3_server
from image_places import opened

THREADS = 8


def measure(place: str, contents: list[bytes]) -> None:
    """Store, read and walk through images, each once; half of them are stored by one thread, half by several."""
    store = opened(place)
    store.put(b"the first one makes what a server makes once")
    half = len(contents) // 2
    tell("put, one thread", half, lambda: [store.put(content) for content in contents[:half]])
    with ThreadPoolExecutor(THREADS) as pool:
        tell(f"put, {THREADS} threads", half, lambda: list(pool.map(store.put, contents[half:])))
    digests = list(store.digests())
    tell("get, one thread", len(digests), lambda: [store.get(digest) for digest in digests])
    tell("walked through", len(digests), lambda: list(store.digests()))
    tell("opened, with its marks", 10, lambda: [opened(place).marks() for _ in range(10)])


def tell(what: str, number: int, work: Callable[[], object]) -> None:
    begun = time.perf_counter()
    work()
    print(f"  {what:25}{number / (time.perf_counter() - begun):8.0f} a second")


def main(number: int = 500, kilobytes: int = 60) -> None:
    contents = [os.urandom(kilobytes * 1000) for _ in range(number)]
    os.environ.update(s3_server.environment(s3_server.shared().url))
    print(f"{number} images of {kilobytes} kB")
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        for kind, place in (("folder", f"{folder}/images"), ("bucket", s3_server.new_place())):
            print(kind)
            measure(place, contents)


main(*map(int, sys.argv[1:]))
