"""The people that an answer names, as its reader may see them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from biometrics.common.chunks import in_chunks
from biometrics.domain.access import Act
from biometrics.records.access import jurisdiction
from biometrics.records.people import merge_chains
from biometrics.records.people import repository as people
from biometrics.records.templates.templates import CHUNK
from biometrics.records.values import Elsewhere, Record


def people_named(connection: Connection, act: Act | None, record_ids: Sequence[str]) -> dict[str, Record | Elsewhere]:
    """Return the records of some ids, without those removed; for those that the actor may not see the unit to call.

    The id of a record that was merged into another gives that other one.
    """
    answer: dict[str, Record | Elsewhere] = {}
    for chunk in in_chunks(record_ids, CHUNK):
        leads = merge_chains.leads(connection, chunk)
        lead_ids = list(dict.fromkeys(leads.values()))
        visible = jurisdiction.seen(connection, jurisdiction.unit_of(act), lead_ids)
        by_lead: dict[str, Record | Elsewhere] = {}
        by_lead.update(jurisdiction.elsewhere(connection, [each for each in lead_ids if each not in visible]))
        by_lead.update((record.id, record) for record in people.load_records(connection, list(visible)))
        answer.update((record_id, by_lead[lead_id]) for record_id, lead_id in leads.items())
    return answer
