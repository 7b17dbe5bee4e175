"""Galleries of generated prints in partitions of a Ray cluster, and what tests do to their processes."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from ray_clusters import PATIENCE, PAUSE, eventually, new_ray_index
from records_examples import encounter
from search_indexes import labels_of, minutiae

from biometrics.kernel.errors import PartitionsMissing
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import EnrolledSample
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Sample, Source, Template
from biometrics.matching.gallery import Gallery
from biometrics.records.store import RecordStore
from biometrics.use_cases.enrolment.enrol import store_person
from fingerprint.codec import encode
from fingerprint.modality import FINGERPRINT
from fingerprint.recogniser import FingerprintRecogniser
from fingerprint.synthetic.templates import synthetic_template
from index.cluster.ray_index import RayIndex

FINGERS = [position for position in FingerPosition if position]
IDS = np.arange(50)

T = TypeVar("T")


def enrol(store: RecordStore, recogniser: FingerprintRecogniser, first: int) -> str:
    """Enrol a person with ten prints, those of the seeds from `first`; return the record id."""
    samples = [
        EnrolledSample(
            Sample(FINGERPRINT, b"print %d" % (first + number), position=position),
            Source("image/png", 30, 40, None),
            Template(FINGERPRINT, recogniser.model, encode(synthetic_template(first + number)), 80),
        )
        for number, position in enumerate(FINGERS)
    ]
    return store_person(store, Person("Asha"), encounter(), samples).record_id


def gallery_on_ray(
    store: RecordStore,
    recogniser: FingerprintRecogniser,
    partitions: int,
    folder: Path,
    name: str | None = None,
    **settings: Any,
) -> tuple[Gallery, RayIndex]:
    """Return a gallery of a database in the cluster that tests share, and its index."""
    secret, newest = store.templates.snapshot_secret, store.templates.last_sequence
    index = new_ray_index(partitions, folder, name, secret=secret, newest=newest, **settings)
    return Gallery(store.templates, recogniser, index), index


def held(gallery: Gallery, recogniser: FingerprintRecogniser) -> list[int]:
    """Return the ids of all templates that a search names."""
    probe = Template(FINGERPRINT, recogniser.model, encode(synthetic_template(0)), None)
    return sorted(gallery.search(recogniser.features(probe), 10_000).ids.tolist())


def check_whole(gallery: Gallery, store: RecordStore, recogniser: FingerprintRecogniser) -> None:
    """Assert that the index comes to hold what the database does, each template once."""
    expected = store.templates.ids(FINGERPRINT, recogniser.model).tolist()
    assert eventually(lambda: held(gallery, recogniser)) == expected


def until_missing(use: Callable[[], Any]) -> PartitionsMissing:
    """Repeat until a partition is missing: a process is not dead yet when the signal was sent."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            use()
        except PartitionsMissing as missing:
            return missing
        time.sleep(PAUSE)
    raise AssertionError("All partitions still answer.")


def pids(index: RayIndex) -> list[int]:
    """Return the processes of the partitions."""
    return in_partitions(index, os.getpid)


def nodes(index: RayIndex) -> list[str]:
    """Return the ids of the nodes that the partitions run on."""
    import ray

    return in_partitions(index, lambda: ray.get_runtime_context().get_node_id())


@contextmanager
def searched(gallery: Gallery, store: RecordStore, recogniser: FingerprintRecogniser) -> Iterator[list[list[int]]]:
    """Search again and again from another thread: what is on record before must be found, nothing else ever.

    What a search raises is raised at the end.
    """
    answers: list[list[int]] = []
    stop = threading.Event()

    def enrolled() -> set[int]:
        return set(store.templates.ids(FINGERPRINT, recogniser.model).tolist())

    def search() -> None:
        while not stop.wait(PAUSE):
            before = enrolled()
            answer = held(gallery, recogniser)
            assert before <= set(answer) <= enrolled()
            assert len(set(answer)) == len(answer)
            answers.append(answer)

    with ThreadPoolExecutor(1) as thread:
        searching = thread.submit(search)
        try:
            yield answers
        finally:
            stop.set()
        searching.result()


def in_partitions(
    index: RayIndex, run: Callable[..., T], arguments: Sequence[Any] = (), group: str | None = None
) -> list[T]:
    """Run a function in the process of each partition, in the thread of a concurrency group.

    Raises:
        PartitionsMissing: a process has ended, and Ray has not started it again yet.
    """
    import ray

    calls = [
        actor.__ray_call__.options(concurrency_group=group).remote(lambda _: run(*arguments))
        for actor in index._layout.actors
    ]
    try:
        answers: list[T] = ray.get(calls, timeout=PATIENCE)
    except ray.exceptions.RayActorError as error:
        raise PartitionsMissing(f"A partition does not run: {error}") from error
    return answers


def until_moved(index: RayIndex, lost: set[int], search: Callable[[], None]) -> None:
    """Search again and again until none of the processes answers that a killed node had.

    They outlive the node: a process of Ray looks once a second whether its node is still there.
    """
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        search()
        with suppress(PartitionsMissing):
            if lost.isdisjoint(pids(index)):
                return
        time.sleep(PAUSE)
    raise AssertionError("A process of the killed node still answers.")


def fill(index: RayIndex) -> None:
    """Add some prints, as the changes 1 to 50 of a database."""
    assert index.sequence == 0
    fill_again(index)


def fill_again(index: RayIndex) -> None:
    """Send the same changes to the partitions that lack them."""
    index.add(IDS, [minutiae(n) for n in range(50)], labels_of(IDS))
    index.sequence = 50


def snapshots(index: RayIndex) -> list[Path]:
    return [index._opening.path(name) for name in index._layout.names]
