"""Add two batches to an index on Milvus, and die by kill -9 before the second is counted.

usage: add_until_killed.py URL COLLECTION
"""

from __future__ import annotations

import os
import signal
import sys

import numpy as np
from milvus_indexes import MODEL
from search_indexes import DIMENSION, labels_of, vector

from index.milvus.milvus_index import MilvusIndex

index = MilvusIndex(sys.argv[1], sys.argv[2], DIMENSION, MODEL)
for start in (0, 20):
    ids = np.arange(start, start + 20)
    index.add(ids, [vector(int(individual)) for individual in ids], labels_of(ids))
    if start:
        os.kill(os.getpid(), signal.SIGKILL)
    index.sequence = start + 20
