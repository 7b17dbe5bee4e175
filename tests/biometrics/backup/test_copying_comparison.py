"""What differs between a station and its copy is named."""

from __future__ import annotations

import pytest
from moves import change, copy, differing
from sqlalchemy import func, update

from biometrics.records.store import RecordStore
from biometrics.storage.tables.people import aliases, records
from biometrics.storage.tables.searches import search_candidates, search_probes
from biometrics.storage.tables.templates import changes, templates

# Sealed anew, a template has another nonce, and is copied again; with the same nonce nobody but a thief changes it.
_DATA = templates.c.data
_CUT_SHORT = func.substr(_DATA, 1, func.length(_DATA) - 1)

TAMPERED = {
    "records": records.update().where(records.c.national_number == "2700000005").values(name="Eve"),
    "records, in a part": update(aliases).where(aliases.c.ordinal == 1).values(name="Eve"),
    "templates": update(templates).where(templates.c.id == 4).values(data=_CUT_SHORT),
    "changes": changes.update().where(changes.c.sequence == 4).values(template_id=900),
    "searches, in a part": update(search_candidates).values(score=0.5),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_row_that_was_tampered_with_is_named(
    station: RecordStore, database_url: str, target_url: str, what: str
) -> None:
    """Sampled rows are compared by their whole content, with what is theirs."""
    copy(database_url, target_url)
    change(target_url, TAMPERED[what])
    result = differing(copy(database_url, target_url))
    assert set(result) == {f"SHA-256 of {what.split(',')[0]}"}
    if what in ("templates", "changes"):
        assert result == {f"SHA-256 of {what}": ("4",)}


def test_a_missing_part_is_counted(station: RecordStore, database_url: str, target_url: str) -> None:
    """Rows that are copied only with others are missed by the comparison of counts."""
    copy(database_url, target_url)
    change(target_url, search_probes.delete())
    result = differing(copy(database_url, target_url, sampled=0))
    assert result == {"rows of search_probes": ("the count",)}
