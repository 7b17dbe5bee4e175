"""Names beside the ids of accounts."""

from __future__ import annotations

import pytest
from account_examples import OPERATOR, administration

from biometrics.accounts.display_names import names_of
from biometrics.accounts.model import NewUser
from biometrics.kernel.access import Role, Unit
from biometrics.storage.database.engine import Database


def test_accounts_have_names_and_other_ids_stand_for_themselves(database: Database) -> None:
    accounts = administration(database)
    ids = [
        accounts.add(OPERATOR, NewUser(login, name, frozenset({Role.EXAMINER}), Unit("27")), None).id
        for login, name in (("a.rao", "A. Rao"), ("s.bano", "शबाना बानो"))
    ]
    accounts.disable(OPERATOR, ids[1])
    names = names_of(database, [*ids, "local:root", "", None])
    assert [names[account_id] for account_id in (*ids, "local:root", "")] == ["A. Rao", "शबाना बानो", "local:root", ""]
    assert names == {ids[0]: "A. Rao", ids[1]: "शबाना बानो"}


@pytest.mark.both_databases
def test_many_are_asked_for_at_once(database: Database) -> None:
    added = administration(database).add(OPERATOR, NewUser("a.rao", "A. Rao", frozenset({Role.EXAMINER}), Unit()), None)
    assert names_of(database, [f"nobody {number}" for number in range(2000)] + [added.id]) == {added.id: "A. Rao"}
