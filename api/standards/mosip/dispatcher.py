"""Carries out a message and returns the answer, for any transport."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from api.http.errors import honest, status_of
from api.operations.outbound import OutboundClient
from api.settings import Settings
from api.standards.common.fetching import Fetched
from api.standards.common.service import Abis
from api.standards.mosip.messages import Request, answer, parse, read
from api.standards.mosip.operations import OPERATIONS, MosipOperation, Result
from api.standards.mosip.reasons import Reason, Refused, reason_of
from api.standards.mosip.shares import ShareRegistration, Shares, load_key
from biometrics.kernel.access import Act, Unit
from biometrics.kernel.errors import Fault, Forbidden, PehchanError
from biometrics.storage.audit.log import Action
from biometrics.use_cases.engine.engine import Engine

log = logging.getLogger("pehchan")

PENDING = "mosip.abis.pendingJobs"


@dataclass(frozen=True)
class OperationAnswer:
    """The answer's message; `status` is its HTTP status: 200, unless the service is at fault."""

    content: dict[str, Any]
    status: int = 200


class Mosip:
    """The service behind the interface. To be used from many threads."""

    def __init__(self, abis: Abis, shares: Shares) -> None:
        self._abis = abis
        self._shares = shares
        self._working = 0
        self._lock = threading.Lock()

    def address_in(self, content: bytes) -> str:
        """Return where the data are that a message will need; empty where it needs none, or cannot be carried out."""
        try:
            request = read(parse(content))
        except Refused:
            return ""
        fetches = request.id == "mosip.abis.insert" or not request.reference_id
        heavy = request.id in OPERATIONS and OPERATIONS[request.id].heavy
        return request.reference_url if heavy and fetches else ""

    def fetch(self, url: str) -> bytes:
        """Return the data at an address.

        Raises:
            AddressRefused, Refused: as for `Shares.fetch`.
        """
        return self._shares.fetch(url)

    def answer(self, act: Act, content: bytes, only: str = "", fetched: Fetched | None = None) -> OperationAnswer:
        """Carry out a message on behalf of `act`, and return its answer; `only` is the one operation it may request.

        `fetched` has the data that were fetched for it. Nothing is raised: a fault has an answer, too.
        """
        fields: dict[str, Any] = {}
        try:
            fields = parse(content)
            return OperationAnswer(answer(fields, self._carried_out(act, read(fields), only, fetched)))
        except Refused as refused:
            reason, status, why = refused.reason, 200, str(refused)
        except PehchanError as raised:
            error = honest(raised)
            reason, why = reason_of(error), f"{error.code}: {error.message}"
            status = status_of(type(error)) if isinstance(error, Fault) else 200
        except Exception:  # the client gets an answer, whatever the error is
            incident = uuid.uuid4().hex[:12]
            log.exception("incident %s", incident)
            reason, status, why = Reason.UNEXPECTED, 500, f"incident {incident}"
        log.warning("MOSIP request not carried out, failureReason %s: %s", reason.value, why)
        return OperationAnswer(answer(fields, {}, reason), status)

    def _carried_out(self, act: Act, request: Request, only: str, fetched: Fetched | None) -> Result:
        if only not in ("", request.id):
            raise Refused(Reason.INVALID_ID, f"This is where {only} is asked for.")
        if request.id == PENDING:
            return {"jobscount": str(self._working)}
        operation = OPERATIONS.get(request.id)
        if operation is None:
            raise Refused(Reason.INVALID_ID, "There is no operation of this id.")
        abis = self._abis.for_actor(replace(act, case_number=request.case_number, request_id=request.traced))
        self._check_scope(abis, act, operation)
        abis = replace(abis, engine=abis.engine.for_request(request.idempotency_key))
        try:
            with self._counted(operation):
                return operation.run(abis, self._shares.with_fetched(fetched), request)
        except Forbidden as error:
            if not error.noted:
                abis.store.note(Action.REFUSED, request.reference_id, code=error.code, route=request.id)
            raise

    @contextmanager
    def _counted(self, operation: MosipOperation) -> Iterator[None]:
        """Count what is worked on."""
        weight = 1 if operation.heavy else 0
        with self._lock:
            self._working += weight
        try:
            yield
        finally:
            with self._lock:
                self._working -= weight

    @staticmethod
    def _check_scope(abis: Abis, act: Act, operation: MosipOperation) -> None:
        if operation.scope is not None and not act.actor.may(operation.scope):
            abis.store.note(Action.REFUSED, "", code=Forbidden.code, needs=operation.scope)
            raise Refused(Reason.ABORTED, f"The account does not have the permission {operation.scope}.")


def opened(settings: Settings, engine: Engine) -> Mosip:
    """Return the interface's service on an open engine.

    Raises:
        InvalidField: the key for encrypted data cannot be used.
    """
    outbound = OutboundClient.of(settings.mosip_hosts, settings.mosip_networks, settings.mosip_timeout_seconds)
    secret, password = settings.mosip_client_secret.get_secret_value(), settings.mosip_key_password.get_secret_value()
    registration = None
    if settings.mosip_auth_url:
        registration = ShareRegistration(
            settings.mosip_auth_url, settings.mosip_client_id, secret, settings.mosip_app_id
        )
    key = load_key(settings.mosip_key_file, password) if settings.mosip_key_file else None
    abis = Abis(engine, outbound, Unit.of(settings.mosip_station), settings.mosip_purpose)
    return Mosip(abis, Shares(outbound, registration, key))
