"""Keys of programs: shown once, and never able to do more than their owner."""

from __future__ import annotations

from datetime import timedelta

import pytest
from account_examples import OPERATOR, Desk
from sqlalchemy import select

from biometrics.accounts.model import NOT_FOR_KEYS, NewApiKey
from biometrics.kernel.access import Act, Role, Scope
from biometrics.kernel.errors import Forbidden, InvalidField, Unauthenticated, UnknownAccount, UnknownApiKey
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.accounts import api_keys

WEEK = timedelta(days=7)


def header(key: str) -> str:
    return f"Bearer {key}"


def test_a_key_is_shown_once_and_kept_as_a_digest(desk: Desk, database: Database) -> None:
    desk.new("robot", Role.MACHINE_CLIENT)
    key, text = desk.accounts.add_key(OPERATOR, "robot", NewApiKey("gate", WEEK))
    assert text.startswith(key.prefix)
    assert len(text) > 50
    with database.reading() as connection:
        held = repr(connection.execute(select(api_keys)).all())
    assert text not in held
    assert text[len(key.prefix) :] not in held
    assert desk.accounts.recognition.by_header(header(text)).actor.scopes == Role.MACHINE_CLIENT.scopes


def test_a_key_does_what_it_was_made_for_and_no_more(desk: Desk) -> None:
    desk.new("robot", Role.MACHINE_CLIENT)
    _, text = desk.accounts.add_key(OPERATOR, "robot", NewApiKey("gate", WEEK, frozenset({Scope.IDENTIFY})))
    assert desk.accounts.recognition.by_header(header(text)).actor.scopes == {Scope.IDENTIFY}


def test_no_key_does_what_its_owner_may_not(desk: Desk) -> None:
    officer = desk.person("officer", Role.STATION_OFFICER)
    with pytest.raises(Forbidden):
        officer.add_key(NewApiKey("x", WEEK, frozenset({Scope.RECORD_MERGE})))
    editor = desk.person("clerk", Role.RECORDS_CLERK)
    _, text = editor.add_key(NewApiKey("x", WEEK))
    desk.accounts.administration.change_rights(OPERATOR, "clerk", frozenset({Role.STATION_OFFICER}), None)
    assert (
        desk.accounts.recognition.by_header(header(text)).actor.scopes
        == Role.RECORDS_CLERK.scopes & Role.STATION_OFFICER.scopes
    )


@pytest.mark.parametrize("scope", sorted(NOT_FOR_KEYS))
def test_no_key_administers(desk: Desk, scope: Scope) -> None:
    with pytest.raises(InvalidField):
        NewApiKey("x", WEEK, frozenset({scope}))
    admin = desk.person("admin", Role.ADMINISTRATOR)
    with pytest.raises(Forbidden):
        admin.add_key(NewApiKey("x", WEEK))


@pytest.mark.parametrize("lifetime", [timedelta(0), timedelta(days=-1), timedelta(days=367)])
def test_every_key_expires(lifetime: timedelta) -> None:
    with pytest.raises(InvalidField):
        NewApiKey("x", lifetime)


def test_a_disabled_owners_key_is_refused_also_when_the_account_is_enabled_again(desk: Desk) -> None:
    """The reason may have been the key."""
    desk.new("robot", Role.MACHINE_CLIENT)
    _, text = desk.accounts.add_key(OPERATOR, "robot", NewApiKey("x", WEEK))
    for change in (desk.accounts.administration.disable, desk.accounts.administration.enable):
        change(OPERATOR, "robot")
        with pytest.raises(Unauthenticated):
            desk.accounts.recognition.by_header(header(text))


def test_keys_are_read_page_by_page(desk: Desk) -> None:
    desk.new("one", Role.MACHINE_CLIENT)
    made = [desk.accounts.add_key(OPERATOR, "one", NewApiKey(f"key {number}", WEEK))[0].id for number in range(5)]
    read: list[str] = []
    after, pages = None, 0
    while pages == 0 or after is not None:
        page = desk.accounts.keys.page(OPERATOR, "one", 2, after)
        read += [key.id for key in page.items]
        after, pages = page.after, pages + 1
    assert (read, pages) == (made[::-1], 3)
    with pytest.raises(InvalidField):
        desk.accounts.keys.page(OPERATOR, "one", 2, "2")


def test_people_make_keys_for_themselves_and_see_only_their_own(desk: Desk) -> None:
    person, other = desk.person("one"), desk.person("other")
    key, text = person.add_key(NewApiKey("mine", WEEK))
    assert [api_key.id for api_key in desk.accounts.keys.list(person.act, person.id)] == [key.id]
    assert desk.accounts.recognition.by_header(header(text)).user.id == person.id
    for attempt in (
        lambda: other.add_key(NewApiKey("theirs", WEEK), "one"),
        lambda: desk.accounts.keys.list(other.act, "one"),
        lambda: desk.accounts.administration.revoke_key(other.act, key.id),
    ):
        with pytest.raises(Forbidden):
            attempt()
    desk.accounts.administration.revoke_key(person.act, key.id)
    with pytest.raises(Unauthenticated):
        desk.accounts.recognition.by_header(header(text))


def test_a_key_of_another_unit_does_not_exist_for_an_administrator(desk: Desk) -> None:
    admin = desk.person("admin", Role.ADMINISTRATOR, "29")
    desk.new("robot", Role.MACHINE_CLIENT)
    key, _ = desk.accounts.add_key(OPERATOR, "robot", NewApiKey("x", WEEK))
    for reference in (key.id, key.prefix, "pehchan_unknown"):
        with pytest.raises(UnknownApiKey):
            desk.accounts.administration.revoke_key(admin.act, reference)
    with pytest.raises(UnknownAccount):
        desk.accounts.add_key(admin.act, "robot", NewApiKey("x", WEEK))


def test_a_key_cannot_change_passwords_or_phones(desk: Desk) -> None:
    person = desk.person("officer")
    _, text = person.add_key(NewApiKey("x", WEEK))
    recognised = desk.accounts.recognition.by_header(header(text))
    with pytest.raises(Unauthenticated):
        desk.accounts.change_password(Act(recognised.actor), recognised, "x", "a password of length")
    with pytest.raises(Unauthenticated):
        desk.accounts.offer_totp(recognised)


def test_when_a_key_was_used_is_noted(desk: Desk) -> None:
    """So that one which nobody needs is found, and revoked."""
    desk.new("robot", Role.MACHINE_CLIENT)
    _, text = desk.accounts.add_key(OPERATOR, "robot", NewApiKey("x", WEEK))
    assert desk.accounts.keys.list(OPERATOR, "robot")[0].used_at is None
    desk.accounts.recognition.by_header(header(text))
    assert desk.accounts.keys.list(OPERATOR, "robot")[0].used_at
