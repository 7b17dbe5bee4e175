"""Searches as they were answered."""

from __future__ import annotations

import math
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select, update

from biometrics.access import jurisdiction, persons
from biometrics.access.authorisation import require_authorised
from biometrics.access.independence import require_independent
from biometrics.kernel.access import Act, Purpose, Unit
from biometrics.kernel.errors import (
    OutOfJurisdiction,
    PurposeMissing,
    TooManyFieldChecks,
    TooManySearches,
    UnknownSearch,
    WrongStep,
)
from biometrics.kernel.people.authorisation import Authorisation, AuthorisationRule
from biometrics.kernel.people.national import BASIS, NATIONAL
from biometrics.kernel.people.record import Elsewhere
from biometrics.kernel.recognition.capture import position_of
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.reading import Reading
from biometrics.kernel.recognition.types import Probe, Template
from biometrics.kernel.technique.entry import stored
from biometrics.kernel.technique.ids import canonical_id
from biometrics.people.reader import people_named
from biometrics.searches.model import FIELD, ListedPeople, Search, SearchCandidate, SearchProbe, StoredSearch
from biometrics.searches.probe_images import load_images
from biometrics.storage.audit.log import digest
from biometrics.storage.crypto.aead import Place, probe_place, seal
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.tables.accounts import users
from biometrics.storage.tables.keys import data_keys
from biometrics.storage.tables.retention import search_orders
from biometrics.storage.tables.searches import probe_templates, search_candidates, search_probes, searches
from biometrics.storage.transaction import Transaction

HOUR: Final = timedelta(hours=1)
AUTHORISED, REFUSED = "authorised", "refused"  # kinds of orders that say whether a search is lawful


def insert_search(
    connection: Connection, keys: DataKeys, search: Search, search_id: str, new: bytes | None, rule: AuthorisationRule
) -> StoredSearch:
    """Write a search, its probes sealed with a key of its own, which becomes `new` where given, and return it.

    The `rule` says whether it needs an order, and when that must be there.
    """
    search_id, created_at = search_id or str(uuid.uuid4()), datetime.now(UTC)
    connection.execute(
        searches.insert().values(
            id=search_id,
            created_at=created_at,
            case_number=search.case_number,
            officer=search.officer,
            settings=dict(search.settings),
            gallery_size=search.gallery_size,
            sequence=search.sequence,
            threshold=search.threshold,
            actor_id=search.actor_id,
            unit=search.unit.path,
            **levels(search.unit),
            purpose=search.purpose,
            reason=search.reason,
            authorise_until=rule.until(search.purpose, created_at),
        )
    )
    if search.probes:
        secret = keys.obtain(connection, search_id, new=new)
        connection.execute(search_probes.insert(), _probe_rows(search_id, search.probes, secret))
    if search.candidates:
        rows = [
            {
                "search_id": search_id,
                "rank": rank,
                "record_id": candidate.record_id,
                "score": candidate.score,
                "detail": dict(candidate.detail),
            }
            for rank, candidate in enumerate(search.candidates, start=1)
        ]
        connection.execute(search_candidates.insert(), rows)
    return StoredSearch(search_id, created_at, search, rule.until(search.purpose, created_at))


def enter_authorisation(work: Transaction, search_id: str, authorisation: Authorisation) -> str:
    """Enter the order that a search needs, or its refusal; see `SearchRepository.authorise`."""
    connection, columns = work.connection, searches.c
    row = connection.execute(select(searches).where(columns.id == search_id)).first()
    if row is None:
        raise UnknownSearch(f"There is no search {search_id}; check the number.")
    jurisdiction.require_unit(work.act, Unit.of(row.unit))
    if row.authorise_until is None:
        raise WrongStep("This search needs no order, or has one already.")
    require_independent(connection, row.actor_id, work.actor_id)
    now, order_id = datetime.now(UTC), str(uuid.uuid4())
    waiting = (columns.id == search_id, columns.authorise_until > now)
    until = None if authorisation.granted else now
    if not connection.execute(update(searches).where(*waiting).values(authorise_until=until)).rowcount:
        require_authorised(connection, search_id)
    connection.execute(
        search_orders.insert().values(
            id=order_id,
            search_id=search_id,
            kind=AUTHORISED if authorisation.granted else REFUSED,
            authority=authorisation.authority,
            reference=authorisation.reference,
            date=authorisation.date,
            reason=authorisation.reason,
            created_at=now,
            created_by=work.actor_id,
        )
    )
    return order_id


def levels(unit: Unit) -> dict[str, str | None]:
    """Return the paths of the state and the district of the unit that searched, for their columns."""
    depths = {"state_unit": 1, "district_unit": 2}
    return {
        name: Unit(*unit.codes[:depth]).path if len(unit.codes) >= depth else None for name, depth in depths.items()
    }


def load_search(connection: Connection, keys: DataKeys, search_id: str) -> StoredSearch:
    """Return a search.

    Raises:
        UnknownSearch: there is none of this id.
        DecryptionFailed: a probe was tampered with.
    """
    row = connection.execute(select(searches).where(searches.c.id == canonical_id(search_id))).first()
    if row is None:
        raise UnknownSearch(f"There is no search {search_id}; check the number.")
    candidates = connection.execute(
        select(search_candidates).where(search_candidates.c.search_id == row.id).order_by(search_candidates.c.rank)
    )
    search = stored(
        Search,
        case_number=row.case_number,
        officer=row.officer,
        settings=row.settings,
        gallery_size=row.gallery_size,
        sequence=row.sequence,
        threshold=row.threshold,
        probes=load_probes(connection, keys, [row.id]).get(row.id, ()),
        candidates=tuple(SearchCandidate(row.record_id, row.score, row.detail) for row in candidates),
        actor_id=row.actor_id,
        unit=Unit.of(row.unit),
        purpose=row.purpose,
        reason=row.reason,
    )
    return StoredSearch(row.id, row.created_at, search, row.authorise_until, images=load_images(connection, row.id))


def made_by(act: Act, search: Search) -> Search:
    """Return a search with its maker and what for.

    Raises:
        PurposeMissing: see `require_purpose`.
    """
    attributed = replace(
        search,
        actor_id=act.actor.id,
        unit=act.actor.unit,
        purpose=act.purpose,
        reason=act.reason,
        case_number=search.case_number or act.case_number,
        officer=search.officer or act.actor.name,
    )
    require_purpose(attributed.purpose, attributed.case_number)
    return attributed


def require_purpose(purpose: str, case_number: str) -> None:
    """Refuse a search that could not be accounted for later.

    Raises:
        PurposeMissing: there is no purpose, or no case or FIR number.
    """
    if not purpose:
        raise PurposeMissing("purpose", f"Say what the search is for; the purpose is one of {', '.join(Purpose)}.")
    if not case_number:
        raise PurposeMissing("case_number", "Give the number of the case or FIR that the search is for.")


def require_allowance(connection: Connection, act: Act | None, per_hour: int, new_searches: int) -> None:
    """Refuse `new_searches` searches if the actor has then made more than `per_hour` in the last hour.

    Each search may reveal people of other units; the limit bounds what an account can learn of them, over all
    interfaces and servers. Actors who see all records have no limit.

    Raises:
        TooManySearches: it says in how many seconds the next one is let through.
    """
    if act is None or not act.actor.unit.state:
        return
    if seconds := _seconds_until(connection, act, per_hour, new_searches):
        raise TooManySearches(
            f"This account has made {per_hour} searches in the last hour, as many as it may; this one was not made. "
            f"Wait {seconds} seconds.",
            seconds,
        )


def require_field_allowance(connection: Connection, act: Act | None, per_hour: int, new_checks: int) -> None:
    """Refuse `new_checks` field checks if the actor has then made more than `per_hour` in the last hour.

    Raises:
        TooManyFieldChecks: it says in how many seconds the next one is let through.
    """
    in_field = searches.c.settings[FIELD].as_string().is_not(None)
    if act is not None and (seconds := _seconds_until(connection, act, per_hour, new_checks, in_field)):
        raise TooManyFieldChecks(
            f"This account has made {per_hour} field checks in the last hour, as many as it may; this one was not "
            f"made. Wait {seconds} seconds.",
            seconds,
        )


def _seconds_until(
    connection: Connection, act: Act, per_hour: int, new_searches: int, *conditions: ColumnElement[bool]
) -> int | None:
    """Return the seconds until an actor may make `new_searches` that meet conditions; None where they may now."""
    now = datetime.now(UTC)
    recent = (searches.c.actor_id == act.actor.id, searches.c.created_at > now - HOUR, *conditions)
    recent_count = connection.execute(select(func.count()).select_from(searches).where(*recent)).scalar_one()
    if (excess := recent_count + new_searches - per_hour) <= 0:
        return None
    oldest = select(searches.c.created_at).where(*recent).order_by(searches.c.created_at, searches.c.id)
    frees = connection.execute(oldest.offset(max(0, min(excess, recent_count) - 1)).limit(1)).scalar()
    return max(1, math.ceil((frees + HOUR - now).total_seconds())) if frees else int(HOUR.total_seconds())


def require_visible(act: Act | None, stored: StoredSearch) -> None:
    """Refuse a search that was neither made by the actor nor at or below their unit.

    Raises:
        OutOfJurisdiction: it names the unit whose search it is.
    """
    search = stored.search
    if act is None or act.actor.unit.covers(search.unit) or act.actor.id == search.actor_id:
        return
    raise OutOfJurisdiction(f"The search was made by another unit; ask {search.unit.path} for it.")


def audited(connection: Connection, act: Act | None, search: Search) -> dict[str, Any]:
    """Return the audit detail of a search: the people found, which of them the actor sees, the digest of the answer."""
    visible = persons.visible_by_lead(
        connection, jurisdiction.unit_of(act), [candidate.record_id for candidate in search.candidates]
    )
    answer = [[candidate.record_id, candidate.score] for candidate in search.candidates]
    national = search.settings.get(NATIONAL)
    national_detail = national and {
        "basis_digest": digest(national[BASIS]),
        "failure": national["failure"],
        "found": [{"unit": hit["unit"], "reference": hit["reference"]} for hit in national["hits"]],
    }
    return {
        **({"national": national_detail} if national_detail else {}),
        "probes": search.probe_count,
        "gallery": search.gallery_size,
        "records": [candidate.record_id for candidate in search.candidates if candidate.record_id in visible],
        "withheld": [candidate.record_id for candidate in search.candidates if candidate.record_id not in visible],
        "digest": digest(answer),
    }


def _probe_rows(search_id: str, probes: tuple[SearchProbe, ...], secret: bytes) -> list[dict[str, object]]:
    return [
        {
            "search_id": search_id,
            "ordinal": ordinal,
            "modality": stored.probe.template.modality,
            "model": stored.probe.template.model,
            "data": seal(
                secret, _associated_data(search_id, ordinal, stored.probe.template), stored.probe.template.data
            ),
            "quality": stored.probe.template.quality,
            "finger_position": stored.probe.position,
            "label": stored.probe.label,
            "image_sha256": stored.image_sha256,
            "reading": stored.reading.content(),
        }
        for ordinal, stored in enumerate(probes)
    ]


def _associated_data(search_id: str, ordinal: int, template: Template) -> Place:
    return probe_place(search_id, ordinal, template.modality, template.model)


def _place_of(row: Row[Any]) -> Place:
    return probe_place(row.search_id, row.ordinal, row.modality, row.model)


def load_probes(
    connection: Connection, keys: DataKeys, search_ids: Sequence[str]
) -> dict[str, tuple[SearchProbe, ...]]:
    """Return the probes of searches (few enough for one IN list), by search, with their templates of other models.

    Raises:
        DecryptionFailed: a probe was tampered with.
    """
    query = select(search_probes, data_keys.c.master_id, data_keys.c.wrapped)
    query = query.outerjoin(data_keys, data_keys.c.id == search_probes.c.search_id)
    query = query.where(search_probes.c.search_id.in_(search_ids))
    later_templates = _others_of(connection, keys, search_ids)
    probes_of: defaultdict[str, tuple[SearchProbe, ...]] = defaultdict(tuple)
    for row in connection.execute(query.order_by(search_probes.c.search_id, search_probes.c.ordinal)):
        probe = Probe(_template(keys, row, row.quality), position_of(row.finger_position), row.label)
        reading = Reading.of_content(row.reading)
        later = later_templates.get((row.search_id, row.ordinal), {})
        networks = {template.model: network for template, network in later.items()}
        stored_probe = stored(SearchProbe, probe, row.image_sha256, reading, tuple(later), networks, row.ordinal)
        probes_of[row.search_id] += (stored_probe,)
    return probes_of


def _others_of(
    connection: Connection, keys: DataKeys, search_ids: Sequence[str]
) -> dict[tuple[str, int], dict[Template, str | None]]:
    """Return the templates made of probes since, with the weights that read latents then, by search and place.

    They are in the order of the models.
    """
    columns = probe_templates.c
    probe = (search_probes.c.search_id == columns.search_id, search_probes.c.ordinal == columns.ordinal)
    query = select(probe_templates, search_probes.c.modality, data_keys.c.master_id, data_keys.c.wrapped)
    query = query.join(search_probes, and_(*probe)).outerjoin(data_keys, data_keys.c.id == columns.search_id)
    templates_of: defaultdict[tuple[str, int], dict[Template, str | None]] = defaultdict(dict)
    usable = (columns.search_id.in_(search_ids), columns.data.is_not(None))
    for row in connection.execute(query.where(*usable).order_by(columns.model)):
        templates_of[row.search_id, row.ordinal][_template(keys, row, None)] = row.network
    return templates_of


def _template(keys: DataKeys, row: Row[Any], quality: int | None) -> Template:
    return Template(Modality.named(row.modality), row.model, keys.open_row(row, _place_of(row)), quality)


def listed_people(connection: Connection, act: Act | None, candidates: Sequence[SearchCandidate]) -> ListedPeople:
    """Return the people of candidates as the actor may see them, and how to call the units of the others."""
    people = people_named(connection, act, [candidate.record_id for candidate in candidates])
    units = {candidate.elsewhere for candidate in candidates if candidate.elsewhere}
    units |= {person.unit for person in people.values() if isinstance(person, Elsewhere)}
    contacts = jurisdiction.contacts(connection, sorted(units)) if units else {}
    return ListedPeople(people, contacts, sees_all=not jurisdiction.unit_of(act).state)


def with_listed(connection: Connection, act: Act | None, stored: StoredSearch) -> StoredSearch:
    """Return a stored search with the people of its candidates and the name of the account that made it."""
    actor_id = stored.search.actor_id
    name = connection.execute(select(users.c.name).where(users.c.id == actor_id)).scalar() or actor_id
    return replace(
        stored, listed_people=listed_people(connection, act, stored.search.candidates), searched_by_name=name
    )
