"""The probes of standing searches as a gallery follows them, just as it follows the templates of records."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from biometrics.access.rights import unrestricted
from biometrics.kernel.errors import DecryptionFailed
from biometrics.kernel.people.labels import NO_POSITION, SEXES, UNKNOWN_YEAR, Label
from biometrics.kernel.people.person import Sex
from biometrics.kernel.people.templates import Change, Operation, StoredTemplate
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Probe
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.records.store import RecordStore
from biometrics.searches.model import MODALITY, SearchProbe
from biometrics.storage.database.counters import STANDING_CHANGE_COUNTER
from biometrics.storage.tables.cases import cases
from biometrics.storage.tables.searches import search_candidates
from biometrics.storage.tables.station import counters
from biometrics.storage.tables.watchlist import standing_changes, standing_probes, standing_searches
from biometrics.watchlist.model import Standing

log = logging.getLogger("pehchan")


@unrestricted("only the service compares standing probes")
class StandingProbes:
    """What `biometrics.matching.gallery.Gallery` needs: changes, and what was added; an id is that of a probe.

    In a label and a hit, the number of the standing search stands in the place of a person's.
    """

    def __init__(self, store: RecordStore) -> None:
        """Work on the database of a store, as the service."""
        self._store = store.as_system("compares with standing searches")

    def last_sequence(self) -> int:
        """Return the number of the last change, 0 where there was none."""
        with self._store.database.reading() as connection:
            query = select(counters.c.value).where(counters.c.name == STANDING_CHANGE_COUNTER)
            return connection.execute(query).scalar() or 0

    def changes_since(self, sequence: int, modality: Modality, model: str, limit: int) -> list[Change]:
        """Return the changes of one feature space after a sequence number, oldest first, at most `limit`."""
        columns = standing_changes.c
        query = (
            select(columns.sequence, columns.operation, columns.probe_id)
            .where(columns.modality == modality, columns.model == model, columns.sequence > sequence)
            .order_by(columns.sequence)
            .limit(limit)
        )
        with self._store.database.reading() as connection:
            rows = connection.execute(query).all()
        return [Change(row.sequence, Operation(row.operation), row.probe_id, modality, model) for row in rows]

    def load(self, ids: Sequence[int] | NDArray[np.int64]) -> list[StoredTemplate]:
        """Return probes by their ids, in that order, without those that do not exist."""
        rows: dict[int, Any] = {}
        query = select(
            standing_probes.c.id,
            standing_probes.c.ordinal,
            standing_probes.c.model,
            standing_searches.c.id.label("standing_id"),
            standing_searches.c.number,
            standing_searches.c.search_id,
        ).join(standing_searches, standing_searches.c.id == standing_probes.c.standing_id)
        with self._store.database.reading() as connection:
            for chunk in in_chunks(map(int, ids), CHUNK):
                matches = connection.execute(query.where(standing_probes.c.id.in_(chunk)))
                rows.update((row.id, row) for row in matches)
        of_searches = self._readable({row.search_id for row in rows.values()})
        probes = {(search_id, one.ordinal): one for search_id, those in of_searches.items() for one in those}
        return [
            _stored(row.id, row.number, row.standing_id, probe.probe)
            for row in (rows[int(probe_id)] for probe_id in ids if int(probe_id) in rows)
            if (stored := probes.get((row.search_id, row.ordinal))) and (probe := stored.to_search_again([row.model]))
        ]

    def _readable(self, search_ids: Collection[str]) -> dict[str, tuple[SearchProbe, ...]]:
        """Return the probes of searches, without those of searches that cannot be decrypted, which are logged."""
        try:
            return self._store.searches.probes_of(search_ids)
        except DecryptionFailed:
            if len(search_ids) == 1:
                log.exception("The probes of a standing search cannot be decrypted; it finds no one.")
                return {}
        probes: dict[str, tuple[SearchProbe, ...]] = {}
        for search_id in sorted(search_ids):
            probes |= self._readable({search_id})
        return probes

    def snapshot_secret(self) -> bytes:
        """Return the key of saved indexes."""
        return self._store.templates.snapshot_secret()

    def best_on_list(self, standing: Standing, modality: Modality) -> float:
        """Return the highest score, in decibans, on the list of a standing search with a latent; 0 if it is empty.

        It has the people of a modality whom the search listed when it was made, or has opened a case about since.
        """
        candidate_details = select(search_candidates.c.detail).where(
            search_candidates.c.search_id == standing.search_id
        )
        case_details = select(cases.c.detail).where(cases.c.standing_id == standing.id)
        with self._store.database.reading() as connection:
            details = [*connection.execute(candidate_details).scalars(), *connection.execute(case_details).scalars()]
        scores = (float(detail["score"]["decibans"]) for detail in details if detail.get(MODALITY) == modality)
        return max(scores, default=0.0)

    def probes_of(self, search_id: str) -> tuple[Probe, ...]:
        """Return the probes of a stored search, by each model that they have a template of."""
        probes = self._store.searches.probes_of([search_id]).get(search_id, ())
        models = {template.model for stored in probes for template in stored.templates}
        by_model = (stored.to_search_again([model]) for stored in probes for model in sorted(models))
        return tuple(probe.probe for probe in by_model if probe)


def _stored(probe_id: int, number: int, standing_id: str, probe: Probe) -> StoredTemplate:
    position = NO_POSITION if probe.position is None else probe.position
    label = Label(number, 0, 0, UNKNOWN_YEAR, 0, position, SEXES.index(Sex.UNKNOWN), 0)
    return StoredTemplate(probe_id, probe_id, standing_id, probe.position, probe.template, label)
