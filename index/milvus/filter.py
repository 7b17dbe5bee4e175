"""A filter in Milvus' own words, so that it is applied inside the search."""

from __future__ import annotations

import numpy as np

from biometrics.kernel.people.labels import LABEL, UNKNOWN_YEAR, Filter, Members


def expression(where: Filter) -> str:
    """Return the boolean expression that a template meets if it meets the filter; empty without conditions.

    Fields are named as in `LABEL`, and hold their values as `signed` numbers: Milvus has no unsigned ones, so that
    codes of 64 bits from 2**63 up are negative.
    """
    conditions = [f"{field} in {_values(field, values)}" for field, values in where.allowed().items()]
    if where.born:
        first, last = where.born
        conditions.append(
            f"(birth_year == {UNKNOWN_YEAR} or (birth_year >= {int(first)} and birth_year <= {int(last)}))"
        )
    if where.without:
        conditions.append(f"person not in {_values('person', sorted(where.without))}")
    if isinstance(where.at, Members):
        conditions.append(f"id in {where.at.ids.tolist()}")
    elif where.at:
        conditions.append(f"id <= {where.at.newest}")
        if where.at.later:
            conditions.append(f"id not in {sorted(where.at.later)}")
    return " and ".join(conditions)


def signed(field: str) -> np.dtype[np.signedinteger]:
    """Return the signed type that Milvus keeps a field of a label in: of the same size, of one byte in two."""
    return np.dtype(f"<i{max(LABEL[field].itemsize, 2)}")


def _values(field: str, values: list[int]) -> list[int]:
    """Return values as the field holds them."""
    stored: list[int] = np.array(values, LABEL[field]).astype(signed(field)).tolist()
    return stored
