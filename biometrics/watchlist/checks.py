"""Checks of enrolments and of latents that wait, and for what they search."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import func, select

from biometrics.access.persons import resolve_merged_ids
from biometrics.access.rights import unrestricted
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.kernel.technique.clock import today
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.people import encounters
from biometrics.storage.tables.watchlist import enrolment_checks, standing_searches
from biometrics.watchlist import check_rows, link_rows
from biometrics.watchlist.link_rows import Linkable, LinkCheck
from biometrics.watchlist.model import Check, Standing
from biometrics.watchlist.rows import load_standing, standing_of_probes, still_standing


class CheckNotRequested(LookupError):
    """The check was carried out meanwhile, or its enrolment removed."""


@unrestricted("only the service makes checks")
class CheckReader:
    """Which checks wait, and for what they search."""

    def __init__(self, database: Database) -> None:
        """Read an open database."""
        self._database = database

    def waiting(
        self,
        limit: int,
        older_than: timedelta = timedelta(),
        models: Collection[str] = (),
        tries: int = check_rows.MAX_TRIES - 1,
    ) -> list[str]:
        """Return encounters whose check has waited for `older_than` and was tried at most `tries` times, fewest first.

        Checks that wait for a model are left out, unless it is one of `models`.
        """
        with self._database.reading() as connection:
            return check_rows.waiting_checks(connection, limit, older_than, models, tries)

    def waiting_for_models(self, models: Collection[str]) -> int:
        """Count the checks that wait for a model that is none of `models`."""
        other = (enrolment_checks.c.model.is_not(None), enrolment_checks.c.model.not_in(models))
        with self._database.reading() as connection:
            return int(
                connection.execute(select(func.count()).select_from(enrolment_checks).where(*other)).scalar_one()
            )

    def count(self) -> int:
        """Count the checks that wait."""
        with self._database.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(enrolment_checks)).scalar_one())

    def check(self, encounter_id: str) -> Check | None:
        """Return the subject of a check; None if it is not requested, or already made."""
        with self._database.reading() as connection:
            return check_rows.load_check(connection, encounter_id)

    def standing_count(self) -> int:
        """Count the searches that stand."""
        query = select(func.count()).select_from(standing_searches).where(*still_standing(today()))
        with self._database.reading() as connection:
            return int(connection.execute(query).scalar_one())

    def looked_for(self, record_ids: Sequence[str]) -> frozenset[str]:
        """Return the records whose person is searched for, also where they were merged meanwhile."""
        survivors: dict[str, str] = {}
        with self._database.reading() as connection:
            for chunk in in_chunks(record_ids, CHUNK):
                survivors |= resolve_merged_ids(connection, chunk)
            searches = [
                standing
                for chunk in in_chunks(sorted(set(survivors.values())), CHUNK)
                for standing in load_standing(connection, encounters.c.record_id.in_(chunk), *still_standing(today()))
            ]
        looked_for = {standing.record_id for standing in searches}
        return frozenset(start for start, end in survivors.items() if end in looked_for)

    def standing_of_probes(self, ids: Sequence[int]) -> dict[int, Standing]:
        """Return the standing searches of some probes (few enough for one IN list), without those that ended."""
        with self._database.reading() as connection:
            owners = standing_of_probes(connection, ids)
            of_probes = standing_searches.c.id.in_(set(owners.values()))
            searches = {
                standing.id: standing for standing in load_standing(connection, of_probes, *still_standing(today()))
            }
        return {probe: searches[owner] for probe, owner in owners.items() if owner in searches}

    def waiting_links(self, limit: int) -> list[str]:
        """Return the standing searches whose latent waits to be compared with the others, the least tried first."""
        with self._database.reading() as connection:
            return link_rows.waiting_link_checks(connection, limit)

    def link_check(self, standing_id: str) -> LinkCheck | None:
        """Return a latent to compare with the others; None if that is not requested, or already done."""
        with self._database.reading() as connection:
            return link_rows.load_link_check(connection, standing_id)

    def unsolved_count(self) -> int:
        """Count the unsolved latents."""
        query = select(func.count()).select_from(standing_searches).where(*link_rows.unsolved())
        with self._database.reading() as connection:
            return int(connection.execute(query).scalar_one())

    def linkable(self, check: LinkCheck, probe_ids: Collection[int]) -> list[Linkable]:
        """Return the unsolved latents of some probes that may be linked with that of a check."""
        with self._database.reading() as connection:
            return link_rows.unsolved_of_probes(connection, probe_ids, check)
