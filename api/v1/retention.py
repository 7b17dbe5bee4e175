"""How long samples are kept, what was directed about that, what is due, and its destruction."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from api.http.authentication import ActDependency, needs
from api.http.dependencies import StoreDependency
from api.http.errors import raising
from api.http.idempotency import WritingStore
from api.http.pagination import USUAL, After, Limit
from api.http.schemas import Day
from api.services import services_of
from api.v1.display_names import ColleaguesDependency
from api.v1.retention_schemas import ClockOut, DuePageOut, ExpungementPageOut, OrderIn, OrderOut
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import ClockImplausible, ExpungementRefused, NeedsTwoPeople, UnknownExpungement
from biometrics.kernel.technique.clock import today
from biometrics.retention.certificates import Certificate, CertificateStore
from biometrics.use_cases.retention.retention import Retention

router = APIRouter(tags=["retention"])

_MANAGE = [needs(Scope.RETENTION_MANAGE)]


def _retention(request: Request, act: ActDependency) -> Retention:
    return Retention(services_of(request).engine.store.for_actor(act))


def _certificates(store: StoreDependency) -> CertificateStore:
    return CertificateStore(store.database, store.act)


RetentionDependency = Annotated[Retention, Depends(_retention)]
Certificates = Annotated[CertificateStore, Depends(_certificates)]
OnDay = Annotated[Day | None, Query(description="Else today")]


@router.get("/records/{record_id}/retention", summary="Get the retention of a record", dependencies=_MANAGE)
def read_record_retention(record_id: str, retention: RetentionDependency, on: OnDay = None) -> list[ClockOut]:
    """Get, for each encounter, when its samples are due for destruction, by which rule and why."""
    return [ClockOut.of(clock) for clock in retention.clocks_of(record_id, on or today())]


@router.get("/retention/due", summary="List samples due for destruction", dependencies=_MANAGE)
def list_due_samples(
    retention: RetentionDependency, on: OnDay = None, limit: Limit = USUAL, after: After = None
) -> DuePageOut:
    """List the encounters of your unit and below whose samples are due, and those kept only by a hold.

    The searches whose probes' files are due come last.
    """
    return DuePageOut.of(retention.due_page(on or today(), limit, after))


@router.post(
    "/encounters/{encounter_id}/retention-orders",
    status_code=201,
    summary="Create a retention order",
    dependencies=_MANAGE,
    responses=raising(ExpungementRefused, NeedsTwoPeople),
)
def create_retention_order(encounter_id: str, order: OrderIn, store: WritingStore) -> OrderOut:
    """Record a hold, its release, an order to destroy, or that the matter of a missing or wanted person is closed.

    An order to destroy takes effect when another, independent person has entered the same authority, reference and
    date.
    """
    return OrderOut(id=Retention(store).order(encounter_id, order.order()))


@router.post(
    "/retention/run",
    summary="Destroy due samples",
    dependencies=[needs(Scope.RECORD_EXPUNGE)],
    responses=raising(ExpungementRefused, ClockImplausible, NeedsTwoPeople),
)
def run_retention(
    retention: RetentionDependency,
    confirmed_day: Annotated[
        Day | None,
        Query(
            alias="today", description="Today's date: confirms that the clock is right although the audit log has a gap"
        ),
    ] = None,
) -> list[Certificate]:
    """Destroy the due samples of your unit and below, permanently. Returns a certificate for each record and search.

    What you alone have made due, by the outcome of a court or by closing the matter, is left to another person.
    """
    return retention.run(today(), confirmed_day=confirmed_day)


@router.get("/expungements", summary="List certificates of destruction", dependencies=_MANAGE)
def list_certificates(
    certificates: Certificates, colleagues: ColleaguesDependency, limit: Limit = USUAL, after: After = None
) -> ExpungementPageOut:
    """List the destructions of samples collected by your unit and below, newest first."""
    return colleagues.fill_names(ExpungementPageOut.of(certificates.page(limit, after)))


@router.get("/expungements/{expungement_id}", summary="Get a certificate of destruction", dependencies=_MANAGE)
def read_certificate(expungement_id: str, certificates: Certificates) -> Certificate:
    """Get a certificate as it was signed; `pehchan retention verify` checks it."""
    return certificate_of(expungement_id, certificates)


def certificate_of(expungement_id: str, certificates: Certificates) -> Certificate:
    """Return the certificate of an expungement that one may see.

    Raises:
        UnknownExpungement: there is none.
    """
    certificate = certificates.find(expungement_id)
    if certificate is None:
        raise UnknownExpungement(f"There is no finished expungement {expungement_id}; check the number.")
    return certificate
