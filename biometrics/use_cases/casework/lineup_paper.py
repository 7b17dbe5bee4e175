"""Use case: what the papers of a closed line-up show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.access import Scope
from biometrics.kernel.errors import LineupRefused, WrongStep
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import Record
from biometrics.lineups.model import Lineup, LineupState
from biometrics.records.store import RecordStore
from biometrics.storage.audit.log import Action
from biometrics.use_cases.casework.lineup_fillers import lineup_picture


@dataclass(frozen=True, eq=False)
class LineupPaper:
    """A closed line-up with the photos that still exist as they were shown, by ordinal.

    `people`, by record id, are who is who; None on the paper that does not say it.
    """

    lineup: Lineup
    photos: Mapping[int, NDArray[np.uint8]]
    people: Mapping[str, Person] | None


def lineup_paper(store: RecordStore, lineup_id: int, *, with_key: bool) -> LineupPaper:
    """Gather the paper of a closed line-up, with who is who if `with_key`. The audit log names it.

    Raises:
        UnknownLineup: there is none of this number that the actor may see.
        WrongStep: it is not closed, or the actor may not have this paper.
    """
    act = store.act
    with store.begin() as work:
        lineup = work.lineups.get(lineup_id)
        lineup.require(LineupState.CLOSED)
        key = lineup.shows_key_to(act)
        operates = act is not None and any(viewing.operator == act.actor.id for viewing in lineup.viewings)
        if not (key or (operates and not with_key)):
            raise WrongStep("Only the officers of a line-up and supervisors of cases have its papers; ask one of them.")
        work.audit(Action.PAPER_MADE, lineup.subject, key=with_key, records=lineup.record_ids if with_key else [])
    photos = {}
    for member in lineup.members:
        try:
            photos[member.ordinal] = lineup_picture(store, lineup, member)
        except LineupRefused:
            continue  # destroyed since; the paper says so
    if not with_key or act is None or not act.actor.may(Scope.ENCOUNTER_READ):
        return LineupPaper(lineup, photos, None)
    readable = store.people.named([member.record_id for member in lineup.members])
    return LineupPaper(
        lineup, photos, {key: record.person for key, record in readable.items() if isinstance(record, Record)}
    )
