"""A peer on images and pairs, in processes of its own: native code that crashes ends no evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from api.cli.progress_bars import progress
from benchmarks.metrics import Scores
from benchmarks.peers.known import Matcher, Peer
from benchmarks.runs.datasets import LabelledImage, UnusableDataset, read_image
from benchmarks.runs.protocols import Pairs

PPI = 500.0  # of an image without a resolution


@dataclass(frozen=True)
class PeerScores:
    """Raw scores of pairs, shape (n,), -inf where an image gave no template, and which images gave none, shape (m,)."""

    scores: Scores
    failed: NDArray[np.bool_]


def run(peer: Peer, images: Sequence[LabelledImage], pairs: Sequence[Pairs], processes: int) -> PeerScores:
    """Run a peer on parts of the pairs, each part in one process, with the images that it needs.

    Raises:
        UnusableDataset: the peer crashed, or an image cannot be read.
    """
    failed = np.zeros(len(images), dtype=np.bool_)
    image_indices = [np.unique(part) for part in pairs]
    parts = [
        ([images[int(i)] for i in of], np.searchsorted(of, part)) for of, part in zip(image_indices, pairs, strict=True)
    ]
    scores = []
    with (
        progress(f"Running {peer.name}", len(parts)) as advance,
        ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool,
    ):
        try:
            for of, result in zip(
                image_indices, pool.map(_run_part, [peer] * len(parts), *zip(*parts, strict=True)), strict=True
            ):
                scores.append(result.scores)
                failed[of] = result.failed
                advance()
        except BrokenProcessPool as error:
            raise UnusableDataset(f"The peer {peer.name} crashed; leave it out with --peer.") from error
    return PeerScores(np.concatenate(scores), failed)


def _run_part(peer: Peer, images: Sequence[LabelledImage], pairs: Pairs) -> PeerScores:
    opened: dict[float, Matcher] = {}
    templates = []
    for image in images:
        decoded = read_image(image.path, image.ppi)
        ppi = decoded.ppi or PPI
        if ppi not in opened:
            opened[ppi] = peer.open(ppi)
        templates.append(opened[ppi].extract(decoded))
    matcher = next(iter(opened.values()))
    failed = np.array([template is None for template in templates])
    scores = [
        -np.inf if failed[i] or failed[j] else matcher.compare(templates[i], templates[j]) for i, j in pairs.tolist()
    ]
    return PeerScores(np.array(scores, dtype=np.float64), failed)
