"""A server of its own, as far as prints go: for each line it reads, it writes what a search of its gallery names.

usage: search_on_ray.py CLUSTER DATABASE IMAGES SNAPSHOTS NAME
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from ray_clusters import SPACE
from ray_galleries import held

from biometrics.kernel.errors import PehchanError
from biometrics.matching.gallery import Gallery
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder
from fingerprint.recogniser import FingerprintRecogniser
from index.cluster.ray_index import RayIndex
from models.registry import ModelRegistry

answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # Ray writes there, too
cluster, database, images, snapshots, name = sys.argv[1:]
recogniser = FingerprintRecogniser(ModelRegistry(Path(tempfile.gettempdir())))
with RecordStore.open(database, ImageFolder(Path(images))) as store:
    index = RayIndex(
        cluster,
        name,
        2,
        SPACE,
        Path(snapshots),
        store.templates.snapshot_secret,
        store.templates.last_sequence,
        deadline=300,
    )
    gallery = Gallery(store.templates, recogniser, index)
    for _ in sys.stdin:
        try:
            result: list[int] | str = held(gallery, recogniser)
        except PehchanError as error:
            result = error.code
        print(json.dumps(result), file=answers, flush=True)
