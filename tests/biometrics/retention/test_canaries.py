"""After a destruction nothing of the person is left: a text is planted in every place, and looked for in all."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from account_examples import give_accounts
from acting import ELSEWHERE, HERE, act_of
from case_examples import AGREES, FOUND, PAIR, ask, decide, question, somebody
from clearance_examples import certified
from lineup_examples import planted_lineup
from osia_rows import new_task
from records_examples import WHOLE, detail_of, encounter, mark_of, print_of, search_for
from sqlalchemy import JSON, LargeBinary, String, select
from standing_examples import add_standing, keep_images

from biometrics.backup.backup import back_up
from biometrics.jobs.model import NewTask, TaskKind
from biometrics.jobs.queue import TaskStore
from biometrics.kernel.access import Role
from biometrics.kernel.casework.annotations import CaseMark, FeatureKind, PairMarks, ProbeMark, WorkingMarks
from biometrics.kernel.casework.cases import CaseKind, Conclusion, Finding, PatternClass, Side
from biometrics.kernel.casework.opinions import AnalysisDraft, OpinionDraft
from biometrics.kernel.people.court import CourtEvent, Outcome, Verdict
from biometrics.kernel.people.encounter import Section
from biometrics.kernel.people.national import BASIS, NATIONAL
from biometrics.kernel.people.particulars import Appearance, Relation, Relative
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import Enrolment
from biometrics.kernel.people.retention_rules import Order, OrderKind
from biometrics.kernel.recognition.body_marks import BodyMark, BodyMarkKind, BodyPart
from biometrics.kernel.technique.clock import today
from biometrics.names.spelling import key, words
from biometrics.osia.model import ClientData
from biometrics.records.store import RecordStore
from biometrics.retention import personal_text
from biometrics.retention.leftovers import ERASED_TEXT
from biometrics.searches.model import KeptImage, SearchProbe
from biometrics.storage.audit.log import Action
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.storage.crypto.master_keys import MasterKeys
from biometrics.storage.tables.accounts import saved_filters, users
from biometrics.storage.tables.base import DIGEST_LENGTH, ID_LENGTH, WORD_LENGTH, metadata
from biometrics.storage.tables.cases import case_analyses, case_opinions, case_working_marks
from biometrics.storage.tables.jobs import tasks
from biometrics.storage.tables.keys import data_keys
from biometrics.storage.tables.people import samples
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.enrolment.enrol import replace_encounter, store_encounter, store_person
from biometrics.use_cases.enrolment.subscribe import end_subscription, subscribe
from biometrics.use_cases.retention.retention import Retention
from biometrics.use_cases.search.identify import store_search
from biometrics.use_cases.search.standing_search import end_standing_search

CANARY = "zibdok"
STATED = "qofvel"  # in what the certificate states so that a court can file it: FIR, court, case number
FORMS = (CANARY, words(CANARY)[0], key(words(CANARY)[0]).lower())  # also as the index of names spells it
SEALED = {  # what holds the canary, or a secret that opens it, where nobody reads it
    ("templates", "data"),
    ("osia_encounters", "content"),
    ("encounter_versions", "client_content"),
    ("search_probes", "data"),
    ("probe_templates", "data"),
    ("tasks", "call"),
    ("tasks", "result"),
    ("expungements", "leftovers"),
    ("data_keys", "wrapped"),
}
OF_NUMBERS = {
    ("case_analyses", "marks"),
    ("case_analyses", "drawings"),
    ("case_analyses", "pattern"),
    ("case_opinions", "marks"),
    ("case_opinions", "drawings"),
    ("case_working_marks", "marks"),
    ("case_working_marks", "drawings"),
    ("records", "national_number"),
    ("samples", "quality_parts"),
    ("samples", "box"),
}
OUTCOME = Outcome(CourtEvent.DECISION, dt.date(2025, 1, 7), f"{STATED} court", Verdict.CONVICTED, f"{STATED}/7")


def of_person(text: str, alias: str = "") -> Person:
    looks = Appearance(marks=(BodyMark(BodyMarkKind.SCAR, BodyPart.CHIN, description=f"{CANARY} scar"),))
    particulars = replace(WHOLE, relatives=(Relative(Relation.FATHER, f"{CANARY} father"),), appearance=looks)
    return Person(f"{CANARY} {text}", aliases=(f"{CANARY} {alias or 'alias'}",), particulars=particulars)


def client(number: int) -> ClientData:
    content = json.dumps({"note": f"{CANARY} content"}).encode()
    return ClientData(f"{CANARY}-{number}", f"{CANARY} visit", (f"{CANARY} gallery",), True, content)


def planted_person(store: RecordStore) -> Enrolment:
    """Store a person with a canary in every text, after changes of all kinds."""
    visit = encounter(
        place=f"{CANARY} place",
        device=f"{CANARY} device",
        fir_number=f"{STATED}/1",
        sections=(Section(f"{CANARY} act", f"{CANARY} 1"),),
    )
    sample = replace(print_of(f"{CANARY} file"), accepted_because=f"{CANARY} quality")
    taken = [sample, mark_of(f"{CANARY} snake")]
    done = store_person(store, of_person("first"), visit, taken, client(1), f"{CANARY}-person")
    replace_encounter(store, done.record_id, done.encounter_id, visit, taken, client(2), of_person("second"))
    stored = store.editor.add_outcome(done.encounter_id, OUTCOME)
    store.editor.withdraw_outcome(done.encounter_id, stored.id, f"{CANARY} mistake", instead=OUTCOME)
    hold = Order(OrderKind.HOLD, f"{CANARY} JMFC", f"{CANARY} order", dt.date(2025, 2, 1), reason=f"{CANARY} reason")
    hold_id = Retention(store).order(done.encounter_id, hold)
    Retention(store).order(done.encounter_id, replace(hold, kind=OrderKind.RELEASE, hold_id=hold_id))
    return done


def merged_and_parted(store: RecordStore, record_id: str) -> list[str]:
    """Merge the person into another and that one into a third, and undo both; return the ids of the other two."""
    codes = {"station_code": "27520001", "district_code": "520"}
    first, second = (
        store_person(store, Person(name), encounter(**codes), [print_of(name)]).record_id for name in ("Mohan", "Sohan")
    )
    merge = store.editor.merge(first, 1, record_id, f"{CANARY} merge")
    passed_on = store.editor.merge(second, 1, first, "same prints")
    store.editor.undo_merge(passed_on.id, store.people.get(second).version, "other prints")
    store.editor.undo_merge(merge.id, store.people.get(first).version, f"{CANARY} undone")
    visit = store_encounter(store, record_id, encounter(fir_number="9/2024"), [print_of("moved")])
    store.editor.move_encounter(visit.encounter_id, store.people.get(record_id).version, first, f"{CANARY} move")
    return [first, second]


def searched(store: RecordStore, record_id: str, digest: str, reason: str) -> str:
    search = search_for(record_id)
    labelled = replace(search.probes[0].probe, label=f"{CANARY}.png")
    probes = (SearchProbe(labelled, digest), search.probes[1])
    act = replace(act_of(HERE), reason=reason)
    asked = {NATIONAL: {BASIS: reason, "failure": "", "people": 0, "hits": [], "states": []}}
    return store_search(store.for_actor(act), replace(search, probes=probes, settings=search.settings | asked)).id


SCORE = detail_of(2.0)["score"] | {"ratio": -1.0}
AGAINST = Finding(2.0, 1, "none", {"score": SCORE})  # what supports two sources


def worked_case(cases: Casework, case_id: str | None, *, ended: bool | None) -> None:
    """Give a case notes with a canary, and end it by a withdrawal if `ended`, else by a supervisor's opinion.

    None: leave it open, with marks at work.
    """
    assert case_id is not None
    mine = cases.for_actor(somebody("a"))
    mine.take(case_id)
    mine.comment(case_id, f"{CANARY} comment")
    mine.look(case_id, Side.PROBE, PAIR[0])
    seen = (ProbeMark(PAIR[0], (1.5, 2.5), FeatureKind.ENDING),)
    mine.analyse(case_id, AnalysisDraft(True, f"{CANARY} analysis", marks=seen, pattern=PatternClass.LEFT_LOOP))
    for side, image in zip((Side.PROBE, Side.CANDIDATE), PAIR, strict=True):
        mine.look(case_id, side, image)
    marks = [CaseMark(FeatureKind.ENDING, (1.5, 2.5), (3.5, 4.5))]
    mine.mark(case_id, WorkingMarks(0, (PairMarks(PAIR[0], tuple(marks), PAIR[1]),)))
    if ended is None:
        return
    grounds = replace(AGREES, explanation=f"{CANARY} smudged")
    mine.decide(
        case_id, OpinionDraft(Conclusion.IDENTIFICATION, f"{CANARY} notes", *PAIR, marks=tuple(marks), basis=grounds)
    )
    why = f"{CANARY} unmarked"
    mine.supersede(
        case_id,
        OpinionDraft(
            Conclusion.IDENTIFICATION,
            f"{CANARY} other",
            *PAIR,
            because=f"{CANARY} because",
            unmarked_because=why,
        ),
    )
    supervisor = cases.for_actor(somebody("s", Role.SUPERVISOR))
    if ended:
        supervisor.withdraw(case_id, f"{CANARY} withdrawn")
        return
    decide(cases, case_id, "b", Conclusion.IDENTIFICATION)
    supervisor.take(case_id)
    for side, image in zip((Side.PROBE, Side.CANDIDATE), PAIR, strict=True):
        supervisor.look(case_id, side, image)
    supervisor.decide(case_id, OpinionDraft(Conclusion.IDENTIFICATION, "agree", *PAIR, grounds=f"{CANARY} grounds"))


def answered(
    store: RecordStore, result: object, kind: TaskKind = TaskKind.REQUEST, transaction: str = f"{CANARY} transaction"
) -> str:
    queue = TaskStore(store.database, store.images, store.keys)
    queue.add(replace(new_task(), kind=kind, transaction_id=transaction, callback=""))
    task = queue.take(timedelta(minutes=1))
    assert task is not None
    assert queue.finish(task, result, failed=False)
    return task.id


def response(content: object) -> dict[str, object]:
    return {"status": 200, "headers": {}, "body": content}


def file(content: object) -> dict[str, object]:
    """Return a response that is a file, or that an earlier version stored."""
    return response(base64.b64encode(json.dumps(content).encode()).decode())


def plant_everything(store: RecordStore) -> tuple[Enrolment, list[str], list[str]]:
    done = planted_person(store)
    with store.database.reading() as connection:
        digest = connection.execute(select(samples.c.image_sha256).limit(1)).scalar_one()
    own = searched(store, done.record_id, digest, f"{CANARY} reason")
    keep_images(store, own, [KeptImage(0, "image/png", CANARY.encode())])
    hold = Order(OrderKind.HOLD, f"{CANARY} JMFC", f"{CANARY} order", dt.date(2025, 2, 1), reason=f"{CANARY} reason")
    hold_id = Retention(store).order_of_search(own, hold)
    Retention(store).order_of_search(own, replace(hold, kind=OrderKind.RELEASE, hold_id=hold_id))
    standing = add_standing(store, act_of(HERE), own)
    end_standing_search(store.for_actor(act_of(HERE)), standing.id, f"{CANARY} traced")
    subscription = subscribe(store.for_actor(act_of(HERE)), done.record_id, f"{CANARY} order", today())
    end_subscription(store.for_actor(act_of(HERE)), subscription.id, f"{CANARY} over")
    certified(store, own, CANARY)
    lineup = planted_lineup(store, done.record_id, done.sample_ids[0], f"{CANARY} says")
    with store.for_actor(act_of(HERE, Role.STATION_OFFICER, "maker")).begin() as work:
        work.lineups.close(lineup, f"{CANARY} is known")
        work.audit(Action.LINEUP_CLOSED, f"lineup-{lineup}")
    give_accounts(store.database)
    with store.database.writing() as connection:
        saved = {"id": str(uuid4()), "name": f"{CANARY} and others", "conditions": {"sex": "female"}}
        owner = connection.execute(select(users.c.id).limit(1)).scalar_one()
        connection.execute(saved_filters.insert().values(owner_id=owner, created_at=dt.datetime.now(dt.UTC), **saved))
    other = searched(store, done.record_id, "7" * 64, f"is he {CANARY}?")
    cases = Casework(store.for_actor(somebody("a")), {})
    gopal = store_person(store, Person("Gopal"), encounter(), [print_of("Gopal")]).record_id
    of_record = question(record_id=gopal, candidate_id=done.record_id)
    of_search = question(CaseKind.SEARCH_HIT, search_id=own, candidate_id=gopal)
    worked_case(cases, ask(cases, of_record, FOUND), ended=True)
    worked_case(cases, ask(cases, of_search, AGAINST), ended=False)
    worked_case(cases, ask(cases, replace(of_search, candidate_id=done.record_id), FOUND), ended=None)
    about = [
        answered(store, response({"name": f"{CANARY} second", "id": done.record_id})),
        answered(store, {"personId": f"{CANARY}-person", "name": CANARY}, TaskKind.OSIA),
        answered(store, file({"score": 1.0, "note": CANARY}) | {"files": [digest]}),
    ]
    return done, [own, other], about


def columns_with(store: RecordStore, *texts: str) -> set[tuple[str, str]]:
    """Return the columns of all tables in which one of some texts is, in whatever case."""
    found = set()
    with store.database.reading() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                values = ((name, value.hex() if isinstance(value, bytes) else value) for name, value in row.items())
                plain = {name: json.dumps(value, default=str).lower() for name, value in values}
                found |= {(table.name, name) for name, value in plain.items() if any(text in value for text in texts)}
    return found


def declared(columns: personal_text.Columns) -> set[tuple[str, str]]:
    return {(table, name) for table, names in columns.items() for name in names}


def text_columns() -> Iterator[tuple[str, str]]:
    short = {WORD_LENGTH, WORD_LENGTH + 2, ID_LENGTH, DIGEST_LENGTH}  # words of ours, codes, ids and digests
    for table in metadata.sorted_tables:
        for column in table.columns:
            is_text = isinstance(column.type, String) and (column.type.length or 99) > 10
            is_text = is_text and column.type.length not in short and not column.foreign_keys
            if is_text or isinstance(column.type, (JSON, LargeBinary)):
                yield table.name, column.name


def test_every_column_of_text_is_declared_with_what_a_destruction_does_to_it() -> None:
    kinds = [declared(columns) for columns in (personal_text.REMOVED, personal_text.ERASED, personal_text.IMPERSONAL)]
    assert set(text_columns()) <= set().union(*kinds)
    assert sum(map(len, kinds)) == len(set().union(*kinds))
    assert set().union(*kinds) <= {
        (column.table.name, column.name) for table in metadata.sorted_tables for column in table.c
    }


@pytest.mark.both_databases
@pytest.mark.essential
def test_nothing_of_a_destroyed_person_is_left(
    store: RecordStore, images: ImageFolder, database_url: str, tmp_path: Path
) -> None:
    done, searches_about, tasks_about = plant_everything(store)
    holders = merged_and_parted(store, done.record_id)
    unrelated = answered(store, response({"name": "Mohan", "id": holders[0]}), transaction="T-2")
    personal = declared(personal_text.REMOVED) | declared(personal_text.ERASED)
    assert personal - SEALED - OF_NUMBERS <= columns_with(store, STATED, *FORMS), "each column is planted"
    retention = Retention(store)
    retention.order(done.encounter_id, Order(OrderKind.DESTROY, f"{STATED} JMFC", "1", dt.date(2025, 2, 1)))
    elsewhere = store.for_actor(act_of(ELSEWHERE))
    assert CANARY not in str([elsewhere.history.of_person(record_id) for record_id in holders])
    assert retention.expunge(
        done.record_id,
        lambda visits: [
            {"encounter": visit.id, "rule": "destruction_ordered", "basis": "order", "due": today().isoformat()}
            for visit in visits
        ],
    )
    assert CANARY not in str([elsewhere.history.of_person(record_id) for record_id in holders])
    (certificate,) = retention.finish()
    assert certificate.content["record_removed"]
    assert columns_with(store, *FORMS) == set()
    assert columns_with(store, STATED) == {("expungements", "content")}
    [destroyed] = [each for each in certificate.content["encounters"] if each["encounter"] == done.encounter_id]
    assert (destroyed["fir"], destroyed["court"], destroyed["case"]) == (f"{STATED}/1", f"{STATED} JMFC", "1")
    with store.database.reading() as connection:
        assert connection.execute(select(case_working_marks)).all() == []
        for table in (case_analyses, case_opinions):
            assert set(connection.execute(select(table.c.marks)).scalars()) == {None}
        owners = {done.record_id, done.encounter_id, certificate.id, *tasks_about}
        assert not connection.execute(select(data_keys.c.id).where(data_keys.c.id.in_(owners))).all()
        kept = set(connection.execute(select(tasks.c.id).where(tasks.c.kind != TaskKind.EVENT)).scalars())
    assert kept == {unrelated}
    assert [store.searches.get(search_id).search.reason for search_id in searches_about] == [ERASED_TEXT, ERASED_TEXT]
    backup, keys = tmp_path / "backup", tmp_path / "keys"
    back_up((database_url, images, MasterKeys.of_environment()), backup, keys, 5, lambda *_: None)
    store.database.forget()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in files if CANARY.encode() in path.read_bytes().lower()] == []
    assert {path.name for path in files} >= {"pehchan.db", "keys", "backup.json"}


def test_a_search_that_does_not_name_the_person_keeps_its_reason(store: RecordStore) -> None:
    done = store_person(store, Person("Ravi Kumar"), encounter(), [print_of("Ravi")])
    kept = searched(store, done.record_id, "7" * 64, "print on the window")
    erased = searched(store, done.record_id, "8" * 64, "is it RAVI?")
    Retention(store).delete(done.record_id, "a test")
    Retention(store).finish()
    found = [store.searches.get(each).search for each in (kept, erased)]
    assert [search.reason for search in found] == ["print on the window", ERASED_TEXT]
    assert [search.settings[NATIONAL][BASIS] for search in found] == ["print on the window", ERASED_TEXT]


def test_the_answer_to_the_request_for_a_destruction_stays(store: RecordStore) -> None:
    done = store_person(store, Person("Ravi Kumar"), encounter(), [print_of("Ravi")])
    queue = TaskStore(store.database, store.images, store.keys)
    queue.add(NewTask(TaskKind.REQUEST, "deleteRecord", "client", {"id": "client"}, {}))
    task = queue.take(timedelta(minutes=1))
    assert task is not None
    Retention(store).delete(done.record_id, "a test")
    queue.finish(task, response({"deleted": done.record_id}), failed=False)
    Retention(store).finish()
    assert queue.reader.state(task.id, "client", TaskKind.REQUEST)


def test_texts_about_a_person_of_whom_other_encounters_stay_are_kept(store: RecordStore) -> None:
    done = store_person(store, Person("Ravi Kumar"), encounter(), [print_of("Ravi")])
    later = store_encounter(store, done.record_id, encounter(fir_number="2/2024"), [print_of("later")])
    kept = searched(store, done.record_id, "8" * 64, "is it Ravi?")
    Retention(store).delete(done.record_id, "a test", later.encounter_id)
    Retention(store).finish()
    assert store.searches.get(kept).search.reason == "is it Ravi?"
