"""Use cases of changes that extend rights: one person requests, another approves."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from biometrics.accounts.api_keys import Secret
from biometrics.accounts.changes import AccountChange, AccountRequest, Approved, ChangeKind
from biometrics.accounts.credentials import Proof
from biometrics.accounts.repository import Setup, check_has_password
from biometrics.accounts.two_people import joined
from biometrics.kernel.access import Act
from biometrics.kernel.errors import SecretShown
from biometrics.records.unit_of_work import UnitOfWork
from biometrics.storage.audit.log import Action
from biometrics.use_cases.accounts.account_administration import (
    AccountWork,
    added,
    enabled,
    given_rights,
    new_key,
    with_new_password,
    without_codes,
)

_SHOWN: Final = (
    "This request was carried out before, and the half of the secret was in that answer; where it was lost, "
    "request it again: a reset password, or another key."
)


class AccountRequests(AccountWork):
    """Requests to extend rights, each step one transaction on behalf of its actor.

    Each raises UnknownAccount where the actor knows of no such account, and Forbidden where they may not change it.
    """

    def request(
        self, act: Act, change: AccountChange, first: Secret | None, proof: Proof | None = None
    ) -> AccountRequest:
        """Store a change that extends rights until another person approves it; see `two_people`.

        `first` is the half of the secret that the requester has; `proof` is needed for an API key.

        Raises:
            LoginTaken: another account has the login.
            InvalidField: the account cannot be changed so.
            WrongCredentials: the proof is no longer valid.
            SecretShown: this request was made before, and its answer held half of a secret.
        """
        with self._begin(act, "account request") as work:
            if not work.is_first:
                if first is not None:
                    raise SecretShown(_SHOWN)
                user = work.accounts.get(change.user_id) if change.user_id else None
                at = datetime.fromisoformat(work.answer["at"])
                return AccountRequest(work.answer["id"], change, user, act.actor.id, at)
            _check_possible(work, change, proof)
            request = work.two_people.request(change, first)
            work.audit(Action.ACCOUNT_REQUESTED, change.user_id, **_request_shown(request))
            work.remember({"id": request.id, "at": request.requested_at.isoformat()})
            return request

    def approve(self, act: Act, request_id: str, second_sha256: str, until: datetime) -> Approved:
        """Make a change that another person requested; see `two_people`.

        `second_sha256` is the digest of the half of the secret that the actor has, `until` how long a password is good.

        Raises:
            UnknownAccountRequest: there is no such request.
            NeedsTwoPeople: the actor requested it, or one of the two made the other.
            SecretShown: this request was made before, and its answer held half of a secret.
        """
        with self._begin(act, "account approval") as work:
            if not work.is_first:
                answer = work.answer
                change = AccountChange.of_json(ChangeKind(answer["kind"]), answer["about"], answer["content"])
                if change.hands_out_secret:
                    raise SecretShown(_SHOWN)
                return Approved(change, work.accounts.get(answer["id"]))
            request, first = work.two_people.approve(request_id)
            secret = None if first is None else Secret(first.prefix, joined(first.sha256, second_sha256))
            approved = _carry_out(work, request.change, secret, until)
            about = {"user": approved.user.id, **_request_shown(request)}
            work.audit(Action.ACCOUNT_REQUEST_APPROVED, approved.user.id, **about)
            change = request.change
            content = {
                "id": approved.user.id,
                "kind": change.kind,
                "about": change.user_id,
                "content": change.as_json(),
            }
            work.remember(content)
            return approved

    def withdraw(self, act: Act, request_id: str) -> None:
        """Remove a request, so that it cannot be approved.

        Raises:
            UnknownAccountRequest: there is no such request.
        """
        with self._begin(act) as work:
            request = work.two_people.withdraw(request_id)
            work.audit(Action.ACCOUNT_REQUEST_WITHDRAWN, request.change.user_id, **_request_shown(request))


def _check_possible(work: UnitOfWork, change: AccountChange, proof: Proof | None) -> None:
    """Refuse a change that could not be made if it were approved now."""
    if change.kind is ChangeKind.ADD:
        work.accounts.check_free(change.login)
    elif change.kind is ChangeKind.KEY:
        work.api_keys.owner(change.user_id, change.new_key)
        work.api_keys.use_proof(proof)
    else:
        user = work.accounts.hold(change.user_id)
        if change.kind is ChangeKind.RIGHTS:
            work.accounts.check_rights(user, change.roles, change.unit)
        elif change.kind is ChangeKind.PASSWORD:
            check_has_password(user)


def _carry_out(work: UnitOfWork, change: AccountChange, secret: Secret | None, until: datetime) -> Approved:
    """Make an approved change."""
    setup = None if secret is None else Setup(secret.sha256, until)
    match change.kind:
        case ChangeKind.ADD:
            user = added(work, change.new_user, setup)
        case ChangeKind.RIGHTS:
            user = given_rights(work, change.user_id, change.roles, change.unit, change.name)
        case ChangeKind.ENABLE:
            user = enabled(work, change.user_id)
        case ChangeKind.PASSWORD:
            assert setup is not None, "a reset password comes in two halves"
            user = with_new_password(work, change.user_id, setup)
        case ChangeKind.TOTP:
            user = without_codes(work, change.user_id)
        case ChangeKind.KEY:
            assert secret is not None, "a key comes in two halves"
            key = new_key(work, change.user_id, change.new_key, secret)
            return Approved(change, work.accounts.get(change.user_id), key)
    return Approved(change, work.accounts.get(user.id))


def _request_shown(request: AccountRequest) -> dict[str, Any]:
    change = request.change
    detail: dict[str, Any] = {"request": request.id, "kind": change.kind.value, "by": request.requested_by}
    if change.roles is not None:
        detail["roles"] = sorted(change.roles)
    if change.unit is not None:
        detail["unit"] = change.unit.path
    if change.kind is ChangeKind.KEY:
        detail["scopes"] = sorted(change.scopes)
    return detail | ({"renamed": True} if change.kind is ChangeKind.RIGHTS and change.name is not None else {})
