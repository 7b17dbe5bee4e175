"""An evaluation from what is on the command line: which images, which people, which peers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.peers.known import Peer
from benchmarks.peers.running import run as run_peer
from benchmarks.runs import chimeras, faces, fingerprints
from benchmarks.runs.datasets import LabelledImage, PairList, UnusableDataset, read_faces, read_pairs
from benchmarks.runs.extracted import Extracted
from benchmarks.runs.protocols import Pairs
from benchmarks.runs.provenance import provenance
from benchmarks.runs.score_set import ScoreSet, StoredEvaluation
from biometrics.kernel.recognition.modality import Modality
from face.modality import FACE
from fingerprint.modality import FINGERPRINT

PEERS = {FINGERPRINT: "fingerprints, beside peers", FACE: "faces, beside peers"}
PEOPLE_A_SEX = 65  # about as many women as SOCOFing's 300 people hold here

Extract = Callable[[Modality, Sequence[LabelledImage]], Extracted]


@dataclass(frozen=True)
class EvaluationPlan:
    """What is evaluated; what is empty or None is left out.

    `prints` are folders as `fingerprints.read_folders` takes them; `people` a folder of prints named as SOCOFing's;
    `photos` one of photos, `pairs` a list of pairs of them, for the peers. `non_mated` counts the pairs a folder of
    prints that peers compare in addition to the mated ones; `leave_out` names mislabelled images of `people`.
    """

    prints: tuple[str, ...]
    same: Mapping[str, str]
    people: Path | None
    photos: Path | None
    pairs: Path | None
    peers: tuple[Peer, ...]
    non_mated: int
    leave_out: tuple[str, ...] = ()
    only_peers: bool = False


def carry_out(plan: EvaluationPlan, extract: Extract, processes: int, command: str) -> StoredEvaluation:
    """Extract and compare all that is planned.

    Raises:
        UnusableDataset: nothing is planned, or what is planned cannot be used.
    """
    if not plan.prints and not plan.photos:
        raise UnusableDataset("There is nothing to evaluate; name folders with --prints or --faces.")
    sets: list[ScoreSet] = []
    prints = photos = None
    if plan.prints:
        images, sensors = fingerprints.read_folders(plan.prints, plan.same)
        prints = extract(FINGERPRINT, images)
        sets += [] if plan.only_peers else [fingerprints.pooled(prints, sensors)]
        parts = fingerprints.within_folders(images, sensors, plan.non_mated)
        protocol = (
            f"Prints of one folder with each other: all mated pairs, and {plan.non_mated:,} non-mated ones a folder, "
            "drawn at random, where there are more."
        )
        sets += _beside_peers(plan, prints, parts, protocol, "finger", processes)
    if plan.photos:
        pair_list = read_pairs(plan.pairs, plan.photos) if plan.pairs else None
        several = () if plan.only_peers else read_faces(plan.photos)
        images = tuple(dict.fromkeys([*several, *(pair_list.images if pair_list else ())]))
        everyone = extract(FACE, images or read_faces(plan.photos))
        photos = everyone.of_images(range(len(several)))
        sets += [faces.pooled(photos)] if several else []
        sets += _listed_pairs(plan, everyone, pair_list, processes) if pair_list else []
    if prints and photos and not plan.only_peers:
        sets += chimeras.combine(prints, photos, 1) + chimeras.combine(prints, photos, 2)
    if plan.people and not plan.only_peers:
        images = fingerprints.read_people(plan.people, PEOPLE_A_SEX, plan.leave_out)
        sets.append(fingerprints.of_people(extract(FINGERPRINT, images)))
    absent = tuple(
        (PEERS[peer.modality], peer.title, f"not installed; pip install {' '.join(peer.packages)}")
        for peer in plan.peers
        if not peer.version
    )
    date = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return StoredEvaluation(command, date, absent, tuple(sets), provenance())


def _listed_pairs(plan: EvaluationPlan, photos: Extracted, pair_list: PairList, processes: int) -> list[ScoreSet]:
    index_of = {image: i for i, image in enumerate(photos.images)}
    pair_photos = photos.of_images([index_of[image] for image in pair_list.images])
    halves = np.array_split(pair_list.pairs, processes)
    return _beside_peers(plan, pair_photos, halves, "The pairs of the list.", "person", processes)


def _beside_peers(
    plan: EvaluationPlan, extracted: Extracted, parts: Sequence[Pairs], protocol: str, unit: str, processes: int
) -> list[ScoreSet]:
    """Compare the same pairs with our system and with each peer of its modality that is installed."""
    modality = extracted.recogniser.modality
    peers = [peer for peer in plan.peers if peer.modality is modality and peer.version]
    if not peers:
        return []
    pairs, samples = np.concatenate(parts), extracted.samples(unit, {})
    sets = [extracted.score_set(PEERS[modality], protocol, pairs, samples)]
    for peer in peers:
        if version := peer.version:
            peer_scores = run_peer(peer, extracted.images, parts, processes)
            peer_samples = replace(samples, failed=peer_scores.failed)
            sets.append(
                ScoreSet(PEERS[modality], peer.title, version, "", protocol, peer_samples, pairs, peer_scores.scores)
            )
    return sets
