"""The rule that two people who act together are independent: nobody has lately made the accounts of both."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, select

from biometrics.kernel.errors import NeedsTwoPeople
from biometrics.storage.tables.accounts import account_makers

MAKERS_COUNT: Final = timedelta(days=30)  # how long an account and its maker cannot approve for each other


def require_independent(connection: Connection, one: str, other: str) -> None:
    """Check that neither of two accounts made the other, and that no third account made both, in the last days.

    Raises:
        NeedsTwoPeople: they are the same, or not independent.
    """
    if one == other:
        raise NeedsTwoPeople("You requested this yourself; another person must approve it.")
    if _with_makers(connection, one) & _with_makers(connection, other):
        raise NeedsTwoPeople(
            f"One of you made the account of the other in the last {MAKERS_COUNT.days} days, or the same person made "
            "or reset both; another person must approve this, or the operator of the server."
        )


def _with_makers(connection: Connection, user_id: str) -> set[str]:
    """Return an account, who made it lately, who made those, and so on."""
    recent = select(account_makers).where(account_makers.c.made_at >= datetime.now(UTC) - MAKERS_COUNT)
    makers: dict[str, set[str]] = defaultdict(set)
    for row in connection.execute(recent):
        makers[row.user_id].add(row.maker_id)
    account_ids, open_ones = {user_id}, [user_id]
    while open_ones:
        new = makers[open_ones.pop()] - account_ids
        account_ids |= new
        open_ones.extend(new)
    return account_ids
