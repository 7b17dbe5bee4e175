"""Blinding: search results are hidden from the examiner of a case about them until they have given an opinion.

A search is about a case if it is the case's probe, or was made with a file that the case is about: the
same print gives the same score in any search. The rule is one condition, so that lists and reads can share it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    Subquery,
    and_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    union_all,
)

from biometrics.access.authorisation import require_authorised, unauthorised
from biometrics.access.persons import ids_of, ids_of_people, merge_chain, resolve_merged_ids
from biometrics.kernel.access import Act
from biometrics.kernel.casework.cases import CaseState, Part
from biometrics.kernel.errors import HiddenUntilDecided
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.kernel.technique.ids import canonical_id
from biometrics.storage.audit.log import OF_A_SEARCH, ViewKind
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.audit import audit_entries, score_views
from biometrics.storage.tables.cases import case_parts, cases
from biometrics.storage.tables.people import encounters, samples
from biometrics.storage.tables.searches import search_probes, searches

_ABOUT: Final = (cases.c.search_id, cases.c.encounter_id, cases.c.candidate_id, cases.c.candidate_search_id)

_WHY = (
    "You examine a case that this search is about, and have given no opinion yet. Its result is shown to you after "
    "that; give the case back if another examiner should decide it."
)
_NOT_YET: Final = (
    "You examine a case about this person, and have given no opinion yet. The record is shown to you after that; give "
    "the case back if another examiner should decide it."
)
NOT_AGAIN: Final = (
    "You examine a case about this very file, and have given no opinion yet: a score would sway you. Decide first, or "
    "give the case back."
)


def hidden(act: Act | None) -> ColumnElement[bool]:
    """Return the condition that the result of a row of `searches` is hidden from the actor.

    What is not authorised is hidden from everybody but the system.
    """
    if act is None:
        return false()
    open_cases = _undecided(act.actor.id)
    search_ids = _search_ids(open_cases)
    own_probes = search_probes.alias()
    made_with = exists().where(
        own_probes.c.search_id == searches.c.id, own_probes.c.image_sha256.in_(_files(open_cases))
    )
    return or_(unauthorised(), searches.c.id.in_(search_ids), made_with)


@dataclass(frozen=True)
class ComparedFiles:
    """The files, by their SHA-256 (hex), and the stored searches whose results the answer to a request may show."""

    files: set[str] = field(default_factory=set)
    searches: set[str] = field(default_factory=set)


# Set while a request is carried out whose answer is stored: a case that is taken before it is read hides it.
compared: ContextVar[ComparedFiles | None] = ContextVar("compared", default=None)


def require_shown(connection: Connection, act: Act | None, search_id: str) -> None:
    """Refuse the result of a stored search to the examiner of a case about it, and of one not authorised to everybody.

    Raises:
        SearchUnauthorised: its order was refused, or did not come in time.
        HiddenUntilDecided: the actor is one, and has given no opinion.
    """
    if (noted := compared.get()) is not None:
        noted.searches.add(search_id)
    if act is not None:
        require_authorised(connection, search_id)
    hidden_search = select(searches.c.id).where(searches.c.id == search_id, hidden(act))
    if act is not None and connection.execute(hidden_search).first():
        raise HiddenUntilDecided(_WHY)


def require_no_case(database: Database, act: Act | None, digests: Collection[str]) -> None:
    """Refuse to compare files, by their SHA-256 (hex), for the examiner of a case about one of them.

    Raises:
        HiddenUntilDecided: the actor is one, and has given no opinion.
    """
    if (noted := compared.get()) is not None:
        noted.files.update(digests)
    if act is not None:
        with database.reading() as connection:
            require_none_held(connection, act, digests)


def require_none_held(connection: Connection, act: Act, digests: Collection[str]) -> None:
    """Do as `require_no_case` in a transaction; nothing is noted.

    Raises:
        HiddenUntilDecided: the actor examines a case about one of the files, and has given no opinion.
    """
    case_digests = set(connection.execute(_HELD_FILES, {"actor": act.actor.id}).scalars())
    if case_digests & set(digests):
        raise HiddenUntilDecided(NOT_AGAIN)


def held_people(connection: Connection, act: Act | None) -> set[str]:
    """Return the ids that lead to the people of the cases, of either side, that an actor has yet to decide."""
    if act is None:
        return set()
    rows = connection.execute(_HELD_CASES, {"actor": act.actor.id}).all()
    of_probes = select(encounters.c.record_id).where(encounters.c.id.in_({row.encounter_id for row in rows}))
    record_ids = {row.candidate_id for row in rows} | set(connection.execute(of_probes).scalars())
    return set(ids_of_people(connection, record_ids)) if rows else set()


def require_person_shown(connection: Connection, act: Act | None, record_id: str) -> None:
    """Refuse the record of a person to the examiner of a case about them.

    Raises:
        HiddenUntilDecided: the actor is one, and has given no opinion.
    """
    if record_id in held_people(connection, act):
        raise HiddenUntilDecided(_NOT_YET)


@dataclass(frozen=True)
class HeldImages:
    """What the cases that an examiner holds are about: searches, and samples by the ids of their records."""

    searches: frozenset[str]
    samples: Mapping[str, frozenset[int]]


def held_images(database: Database, act: Act) -> HeldImages:
    """Return what the cases are about that the actor has taken and not yet given an opinion on."""
    with database.reading() as connection:
        return _images_of(connection, connection.execute(_HELD_CASES, {"actor": act.actor.id}).all())


def images_of_case(database: Database, case_id: str) -> HeldImages:
    """Return what one case is about, by its id."""
    about = select(*_ABOUT).where(cases.c.id == case_id)
    with database.reading() as connection:
        return _images_of(connection, connection.execute(about).all())


def searches_shown(database: Database, act: Act, limit: int) -> list[str]:
    """Return the ids of the searches that the actor made, read or replayed last, at most `limit`."""
    columns = score_views.c
    query = select(columns.about).join(audit_entries, audit_entries.c.number == columns.number)
    query = query.where(columns.actor_id == act.actor.id, columns.kind == ViewKind.SEARCH)
    query = query.where(audit_entries.c.action.in_(OF_A_SEARCH)).group_by(columns.about)
    with database.reading() as connection:
        return list(connection.execute(query.order_by(func.max(columns.number).desc()).limit(limit)).scalars())


def _images_of(connection: Connection, rows: Sequence[Any]) -> HeldImages:
    if not rows:
        return HeldImages(frozenset(), {})
    candidates = set(resolve_merged_ids(connection, sorted({row.candidate_id for row in rows})).values())
    about = or_(
        encounters.c.record_id.in_(candidates),
        encounters.c.id.in_({row.encounter_id for row in rows if row.encounter_id}),
    )
    query = select(encounters.c.record_id, samples.c.id).join(samples, samples.c.encounter_id == encounters.c.id)
    of_record: defaultdict[str, set[int]] = defaultdict(set)
    for record_id, sample_id in connection.execute(query.where(about)):
        of_record[record_id].add(sample_id)
    searches_held = frozenset(
        search_id for row in rows for search_id in (row.search_id, row.candidate_search_id) if search_id
    )
    return HeldImages(searches_held, {record_id: frozenset(ids) for record_id, ids in of_record.items()})


def is_informed(connection: Connection, act: Act, case_id: str) -> bool:
    """Return whether the actor has been shown a score of a case before, in any way.

    That is, they have made, read or replayed a search with a file that the case is about, have seen its line in a list
    of searches, or have compared such a file; or they know the score of another case about the same person and file.
    Of two latents, which no search compares, they have been shown the links of one with their scores.
    """
    case = select(*_ABOUT).where(cases.c.id == canonical_id(case_id)).subquery()
    files: set[str] = {row.image_sha256 for row in connection.execute(_files(case))}
    searched = connection.execute(select(case.c.search_id, case.c.candidate_search_id)).first()
    probe_search_id, other_search_id = searched or (None, None)
    if other_search_id:
        links_seen = _scores_seen(act, ViewKind.LINKS, score_views.c.about.in_((probe_search_id, other_search_id)))
        has_seen = connection.execute(links_seen.limit(1)).first() is not None
    else:
        has_seen = _has_seen_search(connection, act, files, probe_search_id)
    return (
        has_seen
        or _has_compared(connection, act, files)
        or _knows_other_case(connection, act, canonical_id(case_id), files)
    )


def _scores_seen(act: Act, kind: ViewKind, *conditions: ColumnElement[bool]) -> Select[tuple[str]]:
    """Return the query for what an actor has been shown the scores of."""
    columns = score_views.c
    return select(columns.about).where(columns.actor_id == act.actor.id, columns.kind == kind, *conditions)


def _has_seen_search(connection: Connection, act: Act, files: Collection[str], probe_search_id: str | None) -> bool:
    about = score_views.c.about
    searches_seen = _scores_seen(act, ViewKind.SEARCH)
    if connection.execute(searches_seen.where(about == probe_search_id).limit(1)).first():
        return True
    made_with = searches_seen.join(search_probes, search_probes.c.search_id == about)
    return any(
        connection.execute(made_with.where(search_probes.c.image_sha256.in_(some)).limit(1)).first()
        for some in in_chunks(sorted(files), CHUNK)
    )


def _has_compared(connection: Connection, act: Act, files: Collection[str]) -> bool:
    """Return whether the actor has compared one of some files without a stored search."""
    return any(
        connection.execute(_scores_seen(act, ViewKind.FILE, score_views.c.about.in_(some)).limit(1)).first()
        for some in in_chunks(sorted(files), CHUNK)
    )


def _knows_other_case(connection: Connection, act: Act, case_id: str, files: set[str]) -> bool:
    """Return whether the actor has seen the score of another case about the same person and one of the same files.

    Or about the same two latents.
    """
    this, other = cases.alias(), cases.alias()
    question_query = select(cases.c.candidate_id, cases.c.record_id).where(cases.c.id == case_id)
    about = connection.execute(question_query).first() or ("", "")
    candidate, probe = (ids_of(connection, record_id or "") for record_id in about)
    same = or_(
        and_(other.c.candidate_id.in_(candidate), this.c.candidate_id != ""),
        and_(other.c.candidate_id.in_(probe), other.c.record_id.in_(candidate)),
        and_(other.c.candidate_search_id == this.c.candidate_search_id, other.c.search_id == this.c.search_id),
        and_(other.c.candidate_search_id == this.c.search_id, other.c.search_id == this.c.candidate_search_id),
    )
    query = select(*(other.c[column.name] for column in _ABOUT)).join(this, same)
    query = query.where(this.c.id == case_id, other.c.id != case_id, other.c.id.in_(_scores_seen(act, ViewKind.CASE)))
    return not files.isdisjoint(connection.execute(_files(query.subquery())).scalars())


def _undecided(actor_id: str | BindParameter[str]) -> Subquery:
    """Return the cases that an actor has taken and not yet given an opinion on."""
    in_hand = or_(
        and_(cases.c.state == CaseState.ASSIGNED, case_parts.c.part == Part.EXAMINER),
        and_(cases.c.state == CaseState.VERIFICATION, case_parts.c.part == Part.VERIFIER),
    )
    query = select(*_ABOUT).join(case_parts, case_parts.c.case_id == cases.c.id)
    return query.where(case_parts.c.actor == actor_id, in_hand).subquery()


def _search_ids(open_cases: Subquery) -> CompoundSelect[tuple[str | None]]:
    """Return the searches that cases are about: of the probe, and of a candidate that is another latent."""
    columns = open_cases.c
    return union_all(
        *(select(column).where(column.is_not(None)) for column in (columns.search_id, columns.candidate_search_id))
    )


def _files(open_cases: Subquery) -> CompoundSelect[tuple[str]]:
    """Return the SHA-256 of the files that cases are about: of the probe, and of the candidate."""
    lead_ids = merge_chain(select(open_cases.c.candidate_id.label("id")), "held_chain")
    # Not a join: SQLite would scan all samples, because it does not know that few people are candidates.
    of_candidates = select(encounters.c.id).where(encounters.c.record_id.in_(select(lead_ids.c.id)))
    return union_all(
        select(search_probes.c.image_sha256).where(search_probes.c.search_id.in_(_search_ids(open_cases))),
        select(samples.c.image_sha256).join(open_cases, open_cases.c.encounter_id == samples.c.encounter_id),
        select(samples.c.image_sha256).where(samples.c.encounter_id.in_(of_candidates)),
    )


# Made once: every search asks for both.
_ACTORS_CASES: Final = _undecided(bindparam("actor"))
_HELD_CASES: Final = select(_ACTORS_CASES)
_HELD_FILES: Final = select(_files(_ACTORS_CASES).subquery().c.image_sha256)
