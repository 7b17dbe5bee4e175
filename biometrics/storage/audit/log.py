"""The audit log: one entry for every act of an actor, each chained to the one before it.

An entry's hash covers its content and the previous hash, and entries are numbered without a gap: none
can be changed, removed or moved without invalidating all later ones. Entries hold ids, counts and digests; names,
images and templates never.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, or_, select

from biometrics.kernel.access import Act
from biometrics.storage.audit.credential_state import check_live
from biometrics.storage.database.counters import AUDIT_COUNTER as AUDIT_COUNTER
from biometrics.storage.database.counters import advance
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.audit import SUBJECT_LENGTH, audit_entries, score_views

BEFORE_THE_FIRST = "0" * 64  # the hash before the first entry


class Action(StrEnum):
    """What was done."""

    RECORD_READ = "record.read"
    RECORDS_FOUND = "record.find"
    RECORD_CREATED = "record.create"
    ENROLLED = "record.enrol"
    ENCOUNTER_ADDED = "record.encounter"
    ENCOUNTER_DELIVERED = "encounter.deliver"  # by a station's queue, and when by the station's clock it was queued
    ENCOUNTER_REPLACED = "encounter.replace"
    ENCOUNTER_STATUS = "encounter.status"
    ENCOUNTER_GALLERIES = "encounter.galleries"
    TEMPLATES_EXPORTED = "template.export"
    GALLERY_READ = "gallery.read"
    RECORD_REMOVED = "record.remove"
    RECORD_CORRECTED = "record.correct"
    HISTORY_READ = "record.history"
    RECORDS_MERGED = "record.merge"
    MERGE_UNDONE = "record.unmerge"
    ENCOUNTER_MOVED = "encounter.move"
    MOVE_UNDONE = "encounter.move_back"
    PROVENANCE_READ = "record.provenance"
    SEARCHES_LISTED = "record.searches"  # that named a record
    SEARCHES_FOUND = "search.find"
    OUTCOME_ADDED = "outcome.add"
    OUTCOME_WITHDRAWN = "outcome.withdraw"
    ENCOUNTERS_LINKED = "encounter.link"
    REPORTED = "report.make"
    SAMPLE_READ = "sample.read"
    PAPER_MADE = "paper.make"  # a document about a person, or about the destruction of samples
    IMAGE_VIEWED = "image.export"
    SEARCHED = "search.make"
    SEARCH_READ = "search.read"
    SEARCH_REPLAYED = "search.replay"
    SEARCH_AUTHORISED = "search.authorise"  # the order that it needs was entered, or its refusal
    SEARCHES_WITHDRAWN = "search.withdraw"  # those without their order: what they found was erased
    PROBE_IMAGE_VIEWED = "search.image"  # the file of a probe
    VERIFIED = "verification.make"
    SAMPLES_COMPARED = "verification.compare"  # two sets of samples, without a record
    CASE_OPENED = "case.open"
    CASE_READ = "case.read"
    CASES_LISTED = "case.list"  # with the score of a person
    CASE_TAKEN = "case.take"
    CASE_GIVEN_BACK = "case.give_back"
    CASE_ASSIGNED = "case.assign"  # to an examiner, by a supervisor
    CASE_COMMENTED = "case.comment"
    CASE_ANALYSED = "case.analyse"
    CASE_MARKED = "case.mark"  # marks at work were stored
    CASE_IMAGE_VIEWED = "case.look"
    CASE_DECIDED = "case.decide"
    CASE_SUPERSEDED = "case.supersede"
    CASE_WITHDRAWN = "case.withdraw"
    CASE_REPORTED = "case.report"  # its evidence, for a court
    ACCOUNT_CREATED = "account.create"
    RIGHTS_CHANGED = "account.rights"
    ACCOUNT_DISABLED = "account.disable"
    ACCOUNT_ENABLED = "account.enable"
    ACCOUNT_UNLOCKED = "account.unlock"
    ACCOUNT_LINKED = "account.link"
    ACCOUNT_UNLINKED = "account.unlink"
    IDENTITY_CONFIRMED = "account.link_confirm"
    ACCOUNT_QUALIFIED = "account.qualification"  # its owner stated qualification and proficiency, for courts
    PASSWORD_RESET = "account.password_reset"  # noqa: S105 - a word
    PASSWORD_CHANGED = "account.password"  # noqa: S105
    TOTP_RESET = "account.totp_reset"
    TOTP_ENROLLED = "account.totp"
    SIGNED_IN = "account.sign_in"
    SIGNED_OUT = "account.sign_out"
    TOKEN_REUSED = "account.token_reused"  # noqa: S105
    ACCOUNT_REQUESTED = "account.request"  # a change that waits for a second person
    ACCOUNT_REQUEST_APPROVED = "account.approve"
    ACCOUNT_REQUEST_WITHDRAWN = "account.withdraw"
    PAPER_CODE_MADE = "account.paper"
    PAPER_CODE_USED = "account.paper_used"  # by the account's owner, for a new password or a new phone
    API_KEY_CREATED = "api_key.create"
    API_KEY_REVOKED = "api_key.revoke"
    FILTER_SAVED = "filter.save"  # of the list of records, by its user
    FILTER_REMOVED = "filter.remove"
    ENROLMENT_CHECKED = "check.make"
    STANDING_ADDED = "standing.add"
    STANDING_WITHDRAWN = "standing.withdraw"
    LATENT_CHECKED = "links.check"  # compared with the other unsolved latents
    LINKS_READ = "links.read"  # of an unsolved latent, with their scores
    SUBSCRIBED = "subscription.add"  # to what happens to a person on record
    SUBSCRIPTION_ENDED = "subscription.end"
    CLEARANCE_REQUESTED = "clearance.request"  # a certificate for an applicant
    CLEARANCES_READ = "clearance.read"
    CLEARANCE_DECIDED = "clearance.decide"
    CLEARANCE_WITHDRAWN = "clearance.withdraw"
    CLEARANCE_REVOKED = "clearance.revoke"
    CLEARANCES_ERASED = "clearance.erase"  # their particulars, as their period has ended
    LINEUP_MADE = "lineup.make"
    LINEUP_PHOTO_USED = "lineup.photo"  # of a record, as one of the six of a line-up; it tells not which
    LINEUP_CHANGED = "lineup.change"  # a filler was replaced
    LINEUP_READY = "lineup.ready"  # the photos are fixed
    LINEUP_READ = "lineup.read"
    LINEUP_STARTED = "lineup.start"  # a witness was instructed; the order is fixed
    LINEUP_SHOWN = "lineup.show"  # a photo, to the witness
    LINEUP_ANSWERED = "lineup.answer"
    LINEUP_ENDED = "lineup.end"  # the witness has finished
    LINEUP_CLOSED = "lineup.close"
    TEMPLATES_FOLLOWED = "national.follow"  # the national index read changes of templates
    NATIONAL_SEARCHED = "national.search"  # the national index was searched, for a state
    REFERENCE_RESOLVED = "national.resolve"  # a reference that the national index named was turned into a record's id
    KEYS_ROTATED = "keys.rotate"
    AUDIT_READ = "audit.read"
    AUDIT_EXPORTED = "audit.export"
    UNIT_SET = "unit.set"
    RETENTION_ORDERED = "retention.order"
    RETENTION_LISTED = "retention.list"
    RETENTION_RUN = "retention.run"  # the clock was found plausible, or confirmed
    EXPUNGED = "retention.expunge"
    MODELS_COMPARED = "model.compare"
    MODEL_WANTED = "model.want"  # samples are extracted by it
    MODEL_SWITCHED = "model.switch"
    MODEL_REMOVED = "model.remove"  # with all its templates
    BACKED_UP = "backup.make"
    BACKUP_RESTORED = "backup.restore"
    TASK_READ = "task.read"
    WEBHOOK_ADDED = "webhook.add"
    WEBHOOK_REMOVED = "webhook.remove"
    REFUSED = "access.refuse"  # an authenticated actor without the scope or the jurisdiction


class ViewKind(StrEnum):
    """What a score was one of, that an actor has been shown."""

    SEARCH = "search"
    FILE = "file"  # one that was compared
    CASE = "case"
    LINKS = "links"  # of a latent, by its search


SCORED: Final = "scored"  # in the detail of an entry about a case: whether the answer contained its score

OF_A_SEARCH: Final = frozenset({Action.SEARCHED, Action.SEARCH_READ, Action.SEARCH_REPLAYED})
_OF_A_CASE = frozenset(
    {
        Action.CASE_READ,
        Action.CASE_TAKEN,
        Action.CASE_GIVEN_BACK,
        Action.CASE_ASSIGNED,
        Action.CASE_COMMENTED,
        Action.CASE_ANALYSED,
        Action.CASE_IMAGE_VIEWED,
        Action.CASE_DECIDED,
        Action.CASE_SUPERSEDED,
        Action.CASE_REPORTED,
    }
)

# What ends a credential itself, and what is noted of one that may have ended already.
_BY_ENDED_CREDENTIALS = frozenset({Action.SIGNED_OUT, Action.TOKEN_REUSED, Action.REFUSED})


@dataclass(frozen=True)
class Entry:
    """One entry as it is stored. `at` is in UTC, `unit` is a path, `detail` is JSON, hashes are SHA-256 in hex.

    `credential` is the session or API key that the act was authenticated with; see `Act`.
    """

    number: int
    at: str
    actor_id: str
    unit: str
    address: str
    request_id: str
    purpose: str
    case_number: str
    action: str
    subject_id: str
    detail: str
    previous: str
    credential: str
    hash: str

    @property
    def proper_hash(self) -> str:
        """The hash that belongs to the rest of the entry."""
        return sha256(plain_json(astuple(self)[:-1]).encode()).hexdigest()


def note(database: Database, act: Act | None, action: Action, subject_id: str = "", /, **detail: Any) -> None:
    """Append an entry in a transaction of its own, for a read; the rules are those of `append`."""
    if act is not None:
        with database.noting() as connection:
            append(connection, act, action, subject_id, **detail)


def append(connection: Connection, act: Act | None, action: Action, subject_id: str = "", /, **detail: Any) -> None:
    """Append an entry in the transaction of its act; none if the service itself acts.

    Call it last in a transaction: each writer waits until those before have committed, which keeps the log in one
    order. `subject_id` is the id of the record, search or other subject; `detail` is plain JSON: ids, counts
    and digests, no names.

    An act whose session or API key has ended is refused here, whatever else was done in the transaction. The counter
    is held by then: after the entry that ends a credential there is none that was made with it.

    Raises:
        Unauthenticated: the session or API key has ended.
    """
    if act is None:
        return
    number = advance(connection, AUDIT_COUNTER)
    if action not in _BY_ENDED_CREDENTIALS:
        check_live(connection, act)
    before = connection.execute(select(audit_entries.c.hash).where(audit_entries.c.number == number - 1)).scalar()
    entry = Entry(
        number=number,
        at=instant(datetime.now(UTC)),
        actor_id=act.actor.id,
        unit=act.actor.unit.path,
        address=act.address,
        request_id=act.request_id,
        purpose=act.purpose,
        case_number=act.case_number,
        action=action.value,
        subject_id=subject_id[:SUBJECT_LENGTH],
        detail=plain_json(detail),
        previous=BEFORE_THE_FIRST if before is None else before,
        credential=act.credential,
        hash="",
    )
    connection.execute(audit_entries.insert(), vars(entry) | {"hash": entry.proper_hash})
    views = [
        {"number": number, "kind": kind, "about": about, "actor_id": act.actor.id}
        for kind, about in sorted(_views_of(action, subject_id, detail))
    ]
    if views:
        connection.execute(score_views.insert(), views)


def _views_of(action: Action, subject_id: str, detail: Mapping[str, Any]) -> set[tuple[ViewKind, str]]:
    """Return the searches, files and cases whose scores an act shows to its actor: what blinding reads.

    Raises:
        KeyError: the detail of an act that shows scores does not say of what.
    """
    if action in OF_A_SEARCH and subject_id:
        return {(ViewKind.SEARCH, subject_id)}
    if action is Action.SEARCHES_LISTED:
        return {(ViewKind.SEARCH, search_id) for search_id in detail["searches"]}
    if action in (Action.VERIFIED, Action.SAMPLES_COMPARED, Action.SEARCHED):
        return {(ViewKind.FILE, digest) for digest in detail["files"]}
    if action is Action.LINKS_READ:
        return {(ViewKind.LINKS, subject_id)}
    if action is Action.CASES_LISTED:
        return {(ViewKind.CASE, case_id) for case_id in detail["cases"]}
    scored = detail[SCORED] if action in _OF_A_CASE else detail.get(SCORED)
    return {(ViewKind.CASE, subject_id)} if scored else set()


def names_any(ids: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that an entry is about one of some ids, or that what it gave out named one."""
    mentions = (audit_entries.c.detail.contains(plain_json(subject_id), autoescape=True) for subject_id in ids)
    return or_(audit_entries.c.subject_id.in_(ids), *mentions)


def digest(content: object) -> str:
    """Return the SHA-256 (hex) of a result, which is plain JSON: what it was can be proved, and not read off."""
    return sha256(plain_json(content).encode()).hexdigest()


def instant(moment: datetime) -> str:
    """Write an instant so that later ones sort after earlier ones."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def plain_json(content: Mapping[str, Any] | object) -> str:
    """Write JSON in the one way that is hashed."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
