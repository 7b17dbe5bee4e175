"""Moving a station to another database: a copy that may be cut off and started again, and is compared at the end.

A pass reads one state of the source, removes from the target what that state has not, and adds what it has; whatever
an earlier run has done is so found done. The station goes on meanwhile, and the next pass brings what came after.

The target is known by two things, which change together with its rows: the source's identity, and the counter MOVED,
UNDER_WAY while rows are copied and then the number of the state that was copied. A target that is in any other state
is in use, and is refused: what was stored there since would be removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, delete, inspect, select, update
from sqlalchemy.exc import DataError, IntegrityError

from biometrics.errors import Conflict, InvalidField, StoreUnavailable
from biometrics.records import tables
from biometrics.records.comparing import Check, compare, sampled_templates
from biometrics.records.database import Database, connect, insert
from biometrics.records.encounters import referenced_digests
from biometrics.records.images import ImageFolder
from biometrics.records.walking import (
    BATCH,
    KINDS,
    MOVED,
    NUMBERED,
    SAMPLES,
    Key,
    Kind,
    batched,
    is_empty,
    last_number,
    raise_number,
    state_number,
    wait_long,
    walk,
)

PASSES = 5  # after so many the source is changing faster than it is copied, and the run ends
UNDER_WAY = 0

Progress = Callable[[str, int], None]  # called with the name of a table, and how many more of its rows are dealt with
