"""Who may call which route, what it changes and discloses, for each role, inside and outside the unit.

docs/routes.md is the table of routes: what each needs, and how it answers about another unit. `EFFECTS` tries them, and
the other interfaces, on a person on record. Add a row for a new route, mount or message. Each row of a search has a
generated person of its own, so that what it finds are the row's own victims.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from acting import act_of
from case_examples import FOUND
from clearance_examples import APPLICANT, search_of_applicant
from effects import (
    ANOTHER_STATE,
    BY_ROLES,
    SIBLING,
    STATION,
    V1,
    Effect,
    Send,
    Victim,
    World,
    check,
    filled,
    mosip,
    native,
    osia,
    row,
    running,
    succeeded,
)
from examiners import GROUNDS
from inputs import ENCOUNTER, photo_of, print_of
from lineup_examples import planted_lineup
from made_up_transactions import file, fingerprint, taking_poor_prints, text
from mosip_client import person as mosip_person
from officers import WHY, new_key
from osia_client import encounter as osia_encounter
from osia_client import finger
from receiver import content as content_of
from receiver import receiving
from records_examples import encounter as a_visit
from routes_table import ELSEWHERE, PAGE, page, rows
from sqlalchemy import select, update
from standing_examples import add_standing
from walking import BY_TIER, LAST, Walker, chosen

from api.v1.clearances_schemas import ClearanceIn
from biometrics.cases.rows import insert_case
from biometrics.clearances.model import ClearanceOutcome, Decision
from biometrics.imaging.image import decode
from biometrics.kernel.access import Role, Scope
from biometrics.kernel.casework.cases import CaseKind, CaseState, Conclusion, Question
from biometrics.kernel.people.court import CourtEvent, Outcome, Verdict
from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.recognition.types import Sample
from biometrics.kernel.technique.clock import today
from biometrics.storage.tables.cases import cases
from biometrics.storage.tables.osia import osia_encounters
from biometrics.storage.tables.people import encounters
from biometrics.storage.tables.searches import searches
from biometrics.storage.tables.watchlist import latent_links
from biometrics.templates.feed import TemplateFeed
from biometrics.use_cases.casework.clear import decide_clearance, request_clearance
from biometrics.use_cases.casework.examine import open_case
from biometrics.use_cases.enrolment.enrol import store_encounter
from biometrics.use_cases.enrolment.subscribe import subscribe
from biometrics.use_cases.retention.retention import Retention
from biometrics.use_cases.search.identify import SearchRequest, search
from face.modality import FACE

READ, WRITE, IMAGE = Scope.ENCOUNTER_READ, Scope.ENCOUNTER_WRITE, Scope.IMAGE_READ
EXPUNGE, MERGE, RETENTION = Scope.RECORD_EXPUNGE, Scope.RECORD_MERGE, Scope.RETENTION_MANAGE
IDENTIFY, VERIFY, SEARCH_READ, WATCH = Scope.IDENTIFY, Scope.VERIFY, Scope.SEARCH_READ, Scope.WATCH_MANAGE
CASE_READ, EXAMINE, SUPERVISE = Scope.CASE_READ, Scope.CASE_EXAMINE, Scope.CASE_SUPERVISE

RELEASED = Outcome(CourtEvent.DECISION, a_visit().date, "Sessions Court Pune", Verdict.RELEASED_WITHOUT_TRIAL)
VERSION = {"If-Match": '"1"'}
SAMPLE = osia_encounter(finger(1), biographicData=None)
ALL = {"limit": 200}
SCORE = '"decibans":'
PHOTO = (-1, 0)  # the place of a photo among the samples of a world
MOST = 50  # candidates: more than there are victims of one print
DECIDED_LINK = 13  # the person of a latent whose link examiners have identified
MANY = WHY | {"max_candidates": str(MOST)}
GOOD_ENOUGH = "a generated finger, dry for good"


def probe(person: int) -> bytes:
    """Return another impression of the victim's print."""
    return print_of(person, "right_thumb", 1)


def released(world: World, victim: Victim, person: int) -> None:
    """Enter that a court released the victim, so that the samples are due to be destroyed, as the only ones."""
    store = world.engine.store.as_system("a test")
    victim.outcome_id = store.editor.add_outcome(victim.encounter_id, RELEASED).id
    Retention(store).finish()


def destroyed(world: World, victim: Victim, person: int) -> None:
    released(world, victim, person)
    for certificate in Retention(world.engine.store.as_system("a test")).run(today()):
        if certificate.content["record"] == victim.record_id:
            victim.expungement_id = certificate.id
    assert victim.expungement_id


def wanted(world: World, victim: Victim, person: int) -> None:
    """Add an encounter of a wanted person, whom every later enrolment is compared with."""
    visit = a_visit(kind=EncounterKind.WANTED)
    store_encounter(world.engine.store.as_system("a test"), victim.record_id, visit, [world.sample(person)])
    world.waive_checks()


def unidentified(world: World, victim: Victim, person: int) -> None:
    """Add an encounter of an unidentified body, as by a mistake about who it is."""
    visit = a_visit(kind=EncounterKind.UNIDENTIFIED_BODY)
    store_encounter(world.engine.store.as_system("a test"), victim.record_id, visit, [world.sample(person)])
    world.waive_checks()


def subscribed(world: World, victim: Victim, person: int) -> None:
    officer = world.engine.store.for_actor(act_of(STATION, actor="subscriber"))
    victim.subscription_id = subscribe(officer, victim.record_id, "bail order", today() + timedelta(days=30)).id


def referred(world: World, victim: Victim, person: int) -> None:
    """Find what stands for the victim in what the national index reads."""
    feed = TemplateFeed(world.engine.store.database, world.engine.store.keys, None)
    victim.reference, page = "", feed.page(0, "")
    while not victim.reference:
        references = {given.reference for given in page.given}
        victim.reference = next((each for each in references if feed.resolve(each) == victim.record_id), "")
        page = feed.page(page.until, page.mark)


def linked(world: World, victim: Victim, person: int) -> None:
    act = act_of(STATION, actor="searcher")
    engine = world.engine.for_actor(act)
    made = [search(engine, SearchRequest((), MOST), [world.sample(person, 1)]).id for _ in range(2)]
    standing = [add_standing(engine.store, act, search_id).id for search_id in made]
    victim.search_id, victim.standing_id, victim.link_id = made[0], standing[0], str(uuid4())
    link = {"id": victim.link_id, "first_id": standing[0], "second_id": standing[1], "score": 50.0}
    question = Question(CaseKind.LATENT_LINK, "", search_id=made[0], unit=act.actor.unit, candidate_search_id=made[1])
    with world.engine.store.database.writing() as connection:
        connection.execute(latent_links.insert().values(**link, found_at=datetime.now(UTC)))
        if person == DECIDED_LINK:
            case_id = insert_case(connection, question, FOUND, frozenset())
            closed = {"state": CaseState.CLOSED, "outcome": Conclusion.IDENTIFICATION, "ended_at": datetime.now(UTC)}
            connection.execute(cases.update().where(cases.c.id == case_id).values(**closed))


def applied(world: World, victim: Victim, person: int) -> None:
    """Have somebody at the station search with the prints and the photo of an applicant."""
    store = world.engine.store
    victim.search_id = search_of_applicant(store, act_of(STATION, actor="searcher"))


def cleared(world: World, victim: Victim, person: int) -> None:
    applied(world, victim, person)
    request = ClearanceIn(search_id=victim.search_id, **APPLICANT).request()
    engine = world.engine.for_actor(act_of(STATION, actor="searcher"))
    victim.clearance_id = request_clearance(engine, victim.search_id, request).id


def issued(world: World, victim: Victim, person: int) -> None:
    cleared(world, victim, person)
    engine = world.engine.for_actor(act_of(STATION, actor="supervisor"))
    decide_clearance(engine, victim.clearance_id, Decision(ClearanceOutcome.NO_RECORD))


def lined_up(world: World, victim: Victim, person: int) -> None:
    """Have somebody at the station make a line-up of the victim, and another one show it to a witness."""
    store = world.engine.store
    victim.lineup_id = planted_lineup(store, victim.record_id, victim.sample_id, f"{victim.person_id}/2026", STATION)


def searched(world: World, victim: Victim, person: int) -> None:
    engine = world.engine.for_actor(act_of(STATION, actor="searcher"))
    victim.search_id = search(engine, SearchRequest((), MOST), [world.sample(person, 1)]).id


def searched_without_order(world: World, victim: Victim, person: int) -> None:
    searched(world, victim, person)
    waiting = update(searches).where(searches.c.id == victim.search_id)
    with world.engine.store.database.writing() as connection:
        connection.execute(waiting.values(authorise_until=datetime.now(UTC) + timedelta(hours=1)))


def photographed(world: World, victim: Victim, person: int) -> None:
    """Add an encounter with a photo, which all victims of the row share."""
    if PHOTO not in world.samples:
        (world.samples[PHOTO],) = world.engine.extract([Sample(FACE, photo_of(0), "a.png")], assess=True)
    store_encounter(world.engine.store.as_system("a test"), victim.record_id, a_visit(), [world.samples[PHOTO]])
    world.waive_checks()


def case_opened(world: World, victim: Victim, person: int) -> None:
    """Have somebody at the station put the victim to examiners."""
    searched(world, victim, person)
    engine = world.engine.for_actor(act_of(STATION, actor="searcher"))
    victim.case_id = open_case(engine, victim.search_id, victim.record_id, [world.sample(person, 1).sample]).id


def itl(kind: str, person: int | None = None, **words: str) -> Send:
    """Return what sends an ANSI/NIST-ITL transaction, with a print of a person."""

    def send(world: World, victim: Victim, header: dict[str, str]) -> Any:
        prints = []
        if person is not None:
            image = decode(probe(person))
            prints = [fingerprint(1, 1, probe(person), (image.width, image.height))]
        sent = file(kind, text(**{name: filled(value, victim) for name, value in words.items()}), *prints)
        headers = header | {"Content-Type": "application/octet-stream"}
        return world.client.post(f"{V1}/itl/transactions", content=sent, headers=headers)

    return send


def shared(operation: str, person: int, **fields: Any) -> Send:
    """Return what sends MOSIP's interface a message about the print of a person at a data share."""

    def send(world: World, victim: Victim, header: dict[str, str]) -> Any:
        with receiving() as shares:
            shares.paths["/share"] = content_of(mosip_person(person, impression=1))
            return mosip(operation, referenceURL=f"{shares.url}/share", **fields)(world, victim, header)

    return send


def steps(*sent: Send) -> Send:
    """Return what does one thing after the other; the answer is that of the last."""

    def send(world: World, victim: Victim, header: dict[str, str]) -> Any:
        answers = [step(world, victim, header) for step in sent]
        return answers[-1]

    return send


def outcome(**more: str) -> dict[str, str]:
    """Return a decision of a court as a client sends it."""
    return {"event": "decision", "date": "2026-02-01", "court": "Sessions Court", "verdict": "discharged"} | more


REASON = {"reason": "one person"}
AUTHORISED = {"authority": "Magistrate", "reference": "1", "date": "2026-02-01"}
ORDER = {"kind": "hold", "authority": "Magistrate", "reference": "1", "date": "2026-02-01"}
MERGES, MOVES = "POST /records/<other_record_id>/merges", "POST /encounters/<encounter_id>/moves"
LINKS, GALLERIES = "POST /encounters/<encounter_id>/links", "PUT /persons/<person_id>/encounters/<client_id>/galleries"
WITHDRAW = "POST /encounters/<encounter_id>/outcomes/<outcome_id>/withdrawal"
OSIA_ENCOUNTER = "/persons/<person_id>/encounters/<client_id>"

RECORDS = [
    row("read", READ, native("GET /records/<record_id>"), "<name>"),
    row("read, OSIA", READ, osia("GET /persons/<person_id>/encounters"), "<client_id>"),
    row("read by number, OSIA", READ, osia("GET /persons/<number>/encounters"), "<client_id>"),
    row("list", READ, native("GET /records", params={"national_number": "<number>"}), "<name>"),
    row("find", READ, native("GET /find", params={"text": "<number>"}), "<name>"),
    row("history", READ, native("GET /records/<record_id>/history"), "["),
    row("history of an encounter", READ, native("GET /encounters/<encounter_id>/history"), "["),
    row("provenance", READ, native("GET /records/<record_id>/provenance"), '"merges":'),
    row("sample", READ, native("GET /samples/<sample_id>"), '"image_sha256":'),
    row("image", IMAGE, native("GET /samples/<sample_id>/image"), "PNG"),
    row("rendering", IMAGE, native("GET /samples/<sample_id>/rendering"), "PNG"),
    row("image, OSIA", (READ, IMAGE), osia(f"GET {OSIA_ENCOUNTER}"), '"image":'),
    row(
        "trail",
        Scope.AUDIT_READ,
        native("GET /audit/entries", params=ALL | {"person": "<record_id>"}),
        "searcher",
        person=13,
        prepare=searched,
    ),
    row("delete person, OSIA", EXPUNGE, osia("DELETE /persons/<person_id>")),
    row("delete encounter, OSIA", EXPUNGE, osia(f"DELETE {OSIA_ENCOUNTER}")),
    row("delete, MOSIP", EXPUNGE, mosip("delete", referenceId="<client_id>")),
    row("delete, ITL", EXPUNGE, itl("DEL", f14="<number>")),
    row("merge", MERGE, native(MERGES, json=REASON | {"other_id": "<record_id>"}, headers=VERSION), on_two=True),
    row("merge, OSIA", MERGE, osia("POST /persons/<other_person_id>/merge/<person_id>"), on_two=True),
    row("move", MERGE, native(MOVES, json=REASON | {"to_id": "<other_record_id>"}, headers=VERSION), on_two=True),
    row(
        "move, OSIA",
        MERGE,
        osia("POST /persons/<other_person_id>/move/<person_id>/encounters/<client_id>"),
        on_two=True,
    ),
    row("link", WRITE, native(LINKS, json={"to_id": "<other_encounter_id>", "kind": "same_case"}), on_two=True),
    row("hide, OSIA", EXPUNGE, osia(f"PUT {OSIA_ENCOUNTER}/status", status="INACTIVE")),
    row("leave a gallery, OSIA", (WRITE, EXPUNGE), osia(GALLERIES, ["CRIMINAL"])),
    row("join a gallery, OSIA", WRITE, osia(GALLERIES, ["CRIMINAL", "MOSIP", "MORE"])),
    row(
        "create hidden, OSIA",
        (WRITE, EXPUNGE),
        osia("POST /persons/<person_id>/encounters", SAMPLE | {"status": "INACTIVE"}),
    ),
    row("replace, OSIA", (WRITE, EXPUNGE), osia(f"PUT {OSIA_ENCOUNTER}", SAMPLE)),
    row("correct", WRITE, native("PATCH /records/<record_id>", json={"birth_year": 1990}, headers=VERSION)),
    row(
        "correct an encounter",
        (WRITE, EXPUNGE),
        native("PATCH /encounters/<encounter_id>", json={"fir_number": "7/2026"}, headers=VERSION),
    ),
    row("add an encounter, OSIA", WRITE, osia("POST /persons/<person_id>/encounters", SAMPLE)),
    row("outcome", Scope.OUTCOME_WRITE, native("POST /encounters/<encounter_id>/outcomes", json=outcome())),
    row(
        "withdraw an outcome", Scope.OUTCOME_WRITE, native(WITHDRAW, json={"because": "another case"}), prepare=released
    ),
    row("due dates", RETENTION, native("GET /records/<record_id>/retention"), "<encounter_id>"),
    row("what is due", RETENTION, native("GET /retention/due", params=ALL), "<encounter_id>", prepare=released),
    row("destroy what is due", EXPUNGE, native("POST /retention/run"), "<record_id>", prepare=released),
    row("list certificates", RETENTION, native("GET /expungements", params=ALL), "<expungement_id>", prepare=destroyed),
    row("certificate", RETENTION, native("GET /expungements/<expungement_id>"), "<encounter_id>", prepare=destroyed),
    *(
        row(name, IMAGE, native(f"GET /records/<record_id>/encounters/<encounter_id>/{path}"), "PDF")
        for name, path in (("fingerprint slip", "fingerprint-slip"), ("receipt", "receipt"))
    ),
    row("hold", RETENTION, native("POST /encounters/<encounter_id>/retention-orders", json=ORDER)),
]


def identify(person: int, path: str = "/identify", field: str = "right_thumb", **more: str) -> Send:
    """Return what searches with a print of a person."""
    return native(f"POST {path}", data=MANY | more, files={field: probe(person)})


OSIA_SEARCH = {"filter": {}, "biometricData": [finger(5, impression=1)]}
AGAINST = WHY | {"record_id": "<record_id>"}
COMPARED = {"sample_id": "<sample_id>"}

SEARCHES = [
    row("search", IDENTIFY, identify(1), "<record_id>", SCORE, person=1),
    row("search without a threshold", IDENTIFY, identify(1, mode="investigation"), "<record_id>", person=1),
    row("search with a latent", IDENTIFY, identify(3, "/identify/latent", "image"), "<record_id>", person=3),
    row(
        "search with a group photo",
        IDENTIFY,
        native("POST /identify/group", data=MANY, files={"photo": photo_of(0)}),
        "<record_id>",
        person=16,
        prepare=photographed,
    ),
    row(
        "field check",
        IDENTIFY,
        native("POST /field-checks", data=WHY, files={"right_thumb": probe(21)}),
        '"people":[{',
        person=21,
    ),
    row(
        "standing search",
        WATCH,
        native("POST /standing-searches", data={"case_number": "1/2026"}, files={"right_thumb": probe(4)}),
        "<record_id>",
        person=4,
    ),
    row("list standing searches", WATCH, native("GET /standing-searches", params=ALL), "<record_id>", prepare=wanted),
    row(
        "reconcile bodies",
        WATCH,
        native("GET /reconciliation", params=ALL),
        "<record_id>",
        prepare=unidentified,
    ),
    row(
        "subscribe",
        (WATCH, READ),
        native(
            "POST /subscriptions",
            json={"record_id": "<record_id>", "legal_basis": "bail", "expires_on": str(today() + timedelta(days=30))},
        ),
        "<record_id>",
    ),
    row("unsolved latents", WATCH, native("GET /unsolved-latents", params=ALL), "<search_id>", prepare=linked),
    row("unsolved latent", WATCH, native("GET /unsolved-latents/<standing_id>"), SCORE, prepare=linked),
    row(
        "open a case about a link",
        (WATCH, CASE_READ),
        native("POST /unsolved-latents/<standing_id>/links/<link_id>/case"),
        prepare=linked,
    ),
    row(
        "linked offences",
        WATCH,
        native("GET /linked-offences", params=ALL),
        "<search_id>",
        person=DECIDED_LINK,
        prepare=linked,
    ),
    row("list subscriptions", WATCH, native("GET /subscriptions", params=ALL), "<record_id>", prepare=subscribed),
    row("subscription", WATCH, native("GET /subscriptions/<subscription_id>"), "<record_id>", prepare=subscribed),
    row(
        "reference of the national index",
        READ,
        native("GET /national/references/<reference>"),
        "<record_id>",
        prepare=referred,
    ),
    row(
        "end a subscription",
        WATCH,
        native("POST /subscriptions/<subscription_id>/end", json={"because": "over"}),
        "<record_id>",
        prepare=subscribed,
    ),
    row("list line-ups", CASE_READ, native("GET /lineups", params=ALL), '"id":<lineup_id>,', prepare=lined_up),
    row("line-up", CASE_READ, native("GET /lineups/<lineup_id>"), '"id":<lineup_id>,', prepare=lined_up),
    row(
        "show a line-up",
        (CASE_READ, IMAGE),
        native(
            "POST /lineups/<lineup_id>/viewings",
            json={"witness": "PW2", "present": "HC Rao", "language": "en", "instructed": True},
        ),
        prepare=lined_up,
    ),
    row(
        "request a clearance certificate",
        (IDENTIFY, SEARCH_READ, CASE_READ),
        native("POST /clearances", json={"search_id": "<search_id>"} | APPLICANT),
        "<search_id>",
        prepare=applied,
    ),
    row("list clearances", CASE_READ, native("GET /clearances", params=ALL), "<clearance_id>", prepare=cleared),
    *(
        row(f"{name} a clearance", scope, native(f"POST /clearances/<clearance_id>/{step}", json=body), prepare=prepare)
        for name, scope, step, prepare, body in (
            ("decide", (EXAMINE, CASE_READ), "decision", cleared, {"outcome": "no_record"}),
            ("withdraw", CASE_READ, "withdrawal", cleared, {"because": "mistake"}),
            ("revoke", (EXAMINE, CASE_READ), "revocation", issued, {"because": "mistake"}),
        )
    ),
    row("read a clearance", CASE_READ, native("GET /clearances/<clearance_id>"), "<search_id>", prepare=cleared),
    row(
        "print a clearance",
        CASE_READ,
        native("GET /clearances/<clearance_id>/certificate"),
        "%PDF",
        prepare=issued,
    ),
    row(
        "search, OSIA", IDENTIFY, osia("POST /identify/ALL", OSIA_SEARCH, maxNbCand=str(MOST)), "<person_id>", person=5
    ),
    row("search with a person's samples, OSIA", IDENTIFY, osia("POST /identify/ALL/<person_id>", {}), "[", person=5),
    row("search, MOSIP", IDENTIFY, shared("identify", 6, flags={"maxResults": str(MOST)}), "<client_id>", person=6),
    row(
        "search with a reference, MOSIP",
        IDENTIFY,
        mosip("identify", referenceId="<client_id>"),
        '"candidateList"',
        person=6,
    ),
    row("search, ITL", IDENTIFY, itl("TPIS", 7, f9="32/2026"), "<number>", person=7),
    row(
        "order for a search",
        SUPERVISE,
        native("POST /searches/<search_id>/authorisation", json=AUTHORISED),
        '"id":',
        person=13,
        prepare=searched_without_order,
    ),
    row("verify", VERIFY, native("POST /verify", data=AGAINST, files={"right_thumb": probe(9)}), SCORE, person=9),
    row(
        "verify a few",
        VERIFY,
        native("POST /verify/people", data=WHY | {"people": "<record_id>"}, files={"right_thumb": probe(9)}),
        SCORE,
        person=9,
    ),
    row(
        "verify, OSIA",
        VERIFY,
        osia("POST /verify/ALL/<person_id>", {"biometricData": [finger(9, impression=1)]}),
        '"score":',
        person=9,
    ),
    *(
        row(name, scope, send, *tells, person=person, prepare=searched)
        for name, scope, person, send, *tells in (
            ("read a search", SEARCH_READ, 17, native("GET /searches/<search_id>"), "<record_id>", SCORE),
            ("list searches", SEARCH_READ, 13, native("GET /searches", params=ALL), "<search_id>"),
            ("find a search", SEARCH_READ, 13, native("GET /find", params={"text": "0123/2026"}), "<search_id>"),
            ("probe", SEARCH_READ, 13, native("GET /searches/<search_id>/probes/<probe_number>/image"), "PNG"),
            (
                "rendered probe",
                SEARCH_READ,
                13,
                native("GET /searches/<search_id>/probes/<probe_number>/rendering"),
                "PNG",
            ),
            ("hold of a search", RETENTION, 13, native("POST /searches/<search_id>/retention-orders", json=ORDER)),
            ("searches of a person", SEARCH_READ, 20, native("GET /records/<record_id>/searches"), "<search_id>"),
            ("replay a search", SEARCH_READ, 18, native("POST /searches/<search_id>/replay"), "<record_id>"),
            (
                "compare",
                (SEARCH_READ, IMAGE),
                19,
                native("POST /searches/<search_id>/comparisons", data=COMPARED),
                '"pairs":',
            ),
        )
    ),
]

TAKE = native("POST /cases/<case_id>/take")
ANALYSE = native("POST /cases/<case_id>/analyses", json={"of_value": True, "notes": "ulnar loop"})
OPEN_PROBE = native("GET /cases/<case_id>/images/probe-0")
OPEN_SAMPLE = native("GET /cases/<case_id>/images/sample-<sample_id>")
MARK = native("PUT /cases/<case_id>/working-marks", json={"version": 0, "pairs": []})
COMPARE = native("GET /cases/<case_id>/comparisons/probe-0/sample-<sample_id>")
OPINION = {"conclusion": "exclusion", "notes": "no point agrees", "basis": GROUNDS["exclusion"]}
DECIDE = native("POST /cases/<case_id>/opinions", json=OPINION)
DECIDED = steps(TAKE, ANALYSE, OPEN_PROBE, OPEN_SAMPLE, DECIDE)


def asked(person: int, **candidate: str) -> Send:
    """Return what opens a case with the print of a person."""
    return native("POST /cases", data={"search_id": "<search_id>"} | candidate, files={"right_thumb": probe(person)})


CASES = [
    row("open a case", CASE_READ, asked(14, record_id="<record_id>"), person=14, prepare=searched),
    row("open a case by a rank", CASE_READ, asked(15, rank="1"), person=15, prepare=searched),
    *(
        row(name, scope, send, *tells, person=person, prepare=case_opened)
        for name, scope, person, send, *tells in (
            ("read a case", CASE_READ, 10, native("GET /cases/<case_id>"), "<search_id>"),
            ("list cases", CASE_READ, 14, native("GET /cases", params=ALL), "<case_id>"),
            ("image of a case", EXAMINE, 14, steps(TAKE, ANALYSE, OPEN_SAMPLE), "PNG"),
            ("comparison in a case", EXAMINE, 15, steps(TAKE, ANALYSE, COMPARE), '"pairs":'),
            ("mark the images of a case", EXAMINE, 10, steps(TAKE, MARK)),
            ("decide a case", EXAMINE, 10, DECIDED),
            ("score of a case", EXAMINE, 14, DECIDED, '"score":'),
            ("comment on a case", EXAMINE, 15, native("POST /cases/<case_id>/comments", json={"text": "by Friday"})),
            ("withdraw a case", SUPERVISE, 15, native("POST /cases/<case_id>/withdrawal", json={"because": "mistake"})),
        )
    ),
]

PERSON = {"name": "Asha Verma"}
VISIT = ENCOUNTER | {"fir_number": "<sample_id>/2026"}  # of each victim another one: nobody is taken for sent again
ARREST = {"encounter": json.dumps(VISIT), "accept_poor_quality": GOOD_ENOUGH}
THUMB = {"right_thumb": probe(11)}
HERE = {"stateCode": "27", "districtCode": "519", "stationCode": "27519004"}
ITEM = {
    "key": "<client_id>",
    "record": PERSON,
    "encounter": VISIT,
    "samples": [{"file": 0, "position": 1}],
    "accept_poor_quality": GOOD_ENOUGH,
}
BOOKED = {"f9": "0123/2026", "f18": "VERMA, ASHA", "f24": "F", "f73": "27519004"}
PLACE = ("--fir", "1/2026", "--station", "27519004", "--district", "519", "--state", "27", "--officer", "SI R. Patil")
PRINT = ("--print", "right_thumb=<file>", "--accept-poor-quality", "dry")
INSERT = row("enrol, MOSIP", WRITE, shared("insert", 11, referenceId="<client_id>-new"), elsewhere="")


def batch(**record: str) -> Send:
    items = json.dumps([ITEM | {"record": PERSON | record}])
    return native("POST /batches", data={"items": items}, files={"files": probe(11)})


ENROLMENTS = [
    row("enrol", WRITE, native("POST /enrolments", data=ARREST | {"record": json.dumps(PERSON)}, files=THUMB)),
    row("enrol in a batch", WRITE, batch()),
    row("enrol, OSIA", WRITE, osia("POST /persons", osia_encounter(finger(11), contextualData=HERE))),
    row("enrol, ITL", WRITE, itl("CNA", 11, **BOOKED)),
    INSERT,
    row("add an encounter", WRITE, native("POST /records/<record_id>/encounters", data=ARREST, files=THUMB)),
    row("add an encounter in a batch", WRITE, batch(national_number="<number>")),
    row("add an encounter, ITL", WRITE, itl("CNA", 11, f14="<number>", **BOOKED)),
    # A record without an encounter is of a state.
    row("create a record", WRITE, native("POST /records", json=PERSON | {"state_code": "27"}), elsewhere=ANOTHER_STATE),
]

EFFECTS = [*RECORDS, *SEARCHES, *CASES, *ENROLMENTS]
RULES = {route: rule for rule, routes in ELSEWHERE.items() for route in routes}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    local = {"mosip_hosts": frozenset({"127.0.0.1"}), "mosip_networks": frozenset({"127.0.0.0/8"})}
    data = tmp_path_factory.mktemp("data")
    with running(data, check_at_once=False, itl_table=taking_poor_prints(data), **local) as opened:
        yield opened


def test_the_table_is_that_of_the_routes(world: World) -> None:
    """`scripts/routes` writes it; each route that answers about another unit by a general rule has an effect here."""
    assert PAGE.read_text() == page(world.app)
    tried = {effect.route for effect in EFFECTS}
    general = ("403", "404", "left out", "hits only", "per item")
    assert {route for route, rule in RULES.items() if rule in general} <= tried


@BY_TIER
def test_each_role_is_let_through_where_the_table_says_so(walker: Walker, every: int) -> None:
    """Whoever may not is refused as such, and nobody else."""
    keys = {role: new_key(walker.accounts, role, unit=STATION) for role in Role}
    listed = {each.route: each for each in rows(walker.app)}
    for number, route in enumerate(walker.own):
        row_of_route = listed[str(route)]
        if row_of_route.needs == "nothing":
            continue
        let_through = list(row_of_route.roles)
        refused = [role for role in Role if role not in let_through]
        for role in (*chosen(let_through, number, every), *chosen(refused, number, every)):
            key = new_key(walker.accounts, role) if str(route) in LAST else keys[role]
            answer = walker.send(route, walker.bare(route), key)
            assert answer.status_code != 401, str(route)
            is_refused = answer.status_code == 403 and answer.json()["code"] == "forbidden"
            assert is_refused == (role in refused), (str(route), role, answer.text)


@pytest.mark.essential
@pytest.mark.sampled
@BY_ROLES
@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: effect.name)
def test_an_effect_is_had_by_whoever_has_the_right_at_the_unit_and_by_nobody_else(
    world: World, effect: Effect, most: int | None
) -> None:
    """Nobody else learns anything either."""
    check(world, effect, most, RULES.get(effect.route, ""))


def test_a_record_that_mosip_inserts_is_filed_at_the_unit_of_the_client(world: World) -> None:
    victim = world.victim()
    assert succeeded(INSERT.send(world, victim, world.header(Role.STATION_OFFICER, SIBLING)))
    query = select(encounters.c.station_code).join(osia_encounters)
    with world.engine.store.database.reading() as connection:
        filed = connection.execute(query.where(osia_encounters.c.client_id == f"{victim.client_id}-new")).scalars()
        assert [f"27/519/{code}" for code in filed] == [SIBLING]
