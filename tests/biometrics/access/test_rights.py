"""Each method of a store declares the right that its effect needs, and refuses whoever lacks it."""

from __future__ import annotations

import ast
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from textwrap import dedent
from types import ModuleType
from typing import Any

import pytest
from acting import HERE, act_of
from records_examples import encounter, print_of

import biometrics
from biometrics.access import rights
from biometrics.access.units import UnitStore
from biometrics.accounts.api_keys import ApiKeyReader
from biometrics.accounts.throttle import SignInGuard
from biometrics.accounts.two_people import AccountRequestReader
from biometrics.accounts.users import AccountReader
from biometrics.audit.reader import AuditLog
from biometrics.cases.reader import CaseReader
from biometrics.clearances.reader import ClearanceReader
from biometrics.corrections.reader import HistoryReader
from biometrics.kernel.access import Act, Actor, Role, Scope
from biometrics.kernel.errors import Forbidden
from biometrics.kernel.people.person import Person
from biometrics.kernel.request_context import RequestContext
from biometrics.lineups.eligibility import EligibilityReader
from biometrics.lineups.reader import LineupReader
from biometrics.osia.client_data import ClientDataRepository
from biometrics.osia.galleries import GalleryStore
from biometrics.people.reader import RecordReader, SampleReader
from biometrics.people.repository import EncounterRepository
from biometrics.records.editor import RecordEditor
from biometrics.records.key_store import KeyStore
from biometrics.records.osia_store import OsiaStore
from biometrics.records.store import RecordStore
from biometrics.records.unit_of_work import UnitOfWork
from biometrics.reporting.reports import ReportStore
from biometrics.retention.certificates import CertificateStore
from biometrics.searches.probe_templates import ProbeTemplates
from biometrics.searches.reader import SearchReader
from biometrics.storage.audit.log import Action
from biometrics.storage.transaction import Transaction
from biometrics.subscriptions.reader import SubscriptionReader
from biometrics.templates.feed import TemplateFeed
from biometrics.templates.models import ModelStore
from biometrics.templates.reader import TemplateReader
from biometrics.templates.reextraction import ReextractionStore
from biometrics.templates.servers import RunningServers
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.retention.retention import Retention
from biometrics.watchlist.links import LinkReader
from biometrics.watchlist.reader import StandingReader
from face.modality import FACE

NOBODY = Act(Actor("nobody", "Nobody"))  # recognised, with no right at all

# Classes that are given a database or a store, and are the insides of stores: no interface holds one.
INSIDE = {"CorrectionContext", "Signer", "DataKeys", "Expunger", "ImageCopies", "Uploads", "UnitOfWork"}

# Methods that write, or are a repository's, and need no scope: each is looked at by context before it is added here.
WRITES_FREELY = {
    "TemplateReader.snapshot_secret",  # makes the key of saved indexes where there is none
    "TemplateReader.load",  # it and the next one note templates that cannot be decrypted
    "TemplateReader.of_records",
    "TemplateReader.recheck",
    "RecordStore.sweep",
    "RecordStore.carry_out",  # opens a unit of work, whose repositories declare rights
    "Retention.finish",
    "NotificationStore.read",
    "AuditLog.sign",
    "AuditLog.public_key",
    "CheckRepository.put_off",
    "CheckRepository.waive",
    "CheckRepository.end_expired",
    "CheckRepository.take",
    "CheckRepository.take_in_part",
    "CheckRepository.answer",
    "CheckRepository.note_link_try",
    "CheckRepository.end_dead_links",
    "CheckRepository.answer_link_check",
    "RetentionRepository.sign",
    "ApiKeyRepository.add",
    "ApiKeyRepository.owner",
    "ApiKeyRepository.use_proof",
    "TwoPeople.require",
    "TwoPeople.note_makers",
    "ApiKeyRepository.find",
    "ApiKeyRepository.revoke",
    "ApiKeyReader.recognise",
    "SavedFilterRepository.save",
    "SavedFilterRepository.remove",
    "WebhookRepository.add",
    "WebhookRepository.remove",
    "WebhookRepository.require_allowance",
}
# Stores of an account's own sessions, tasks and credentials, by its id: they take no actor.
OF_THE_ACCOUNT = {"CredentialStore", "SessionStore", "SignInGuard", "TaskReader", "TaskStore", "WebhookStore"}

MAKERS: dict[type, Callable[[RecordStore, Act], Any]] = {
    RecordStore: lambda store, act: store.for_actor(act),
    RecordEditor: lambda store, act: store.for_actor(act).editor,
    Retention: lambda store, act: Retention(store.for_actor(act)),
    CertificateStore: lambda store, act: CertificateStore(store.database, act),
    HistoryReader: lambda store, act: store.for_actor(act).history,
    RecordReader: lambda store, act: store.for_actor(act).people,
    SampleReader: lambda store, act: store.for_actor(act).samples,
    TemplateReader: lambda store, act: store.for_actor(act).templates,
    RunningServers: lambda store, act: RunningServers(store.database, act),
    TemplateFeed: lambda store, act: TemplateFeed(store.database, store.keys, act),
    SearchReader: lambda store, act: store.for_actor(act).searches,
    OsiaStore: lambda store, act: OsiaStore(store.for_actor(act)),
    GalleryStore: lambda store, act: GalleryStore(store.database, act),
    KeyStore: lambda store, act: KeyStore(store.for_actor(act)),
    CaseReader: lambda store, act: CaseReader(store.database, act),
    ModelStore: lambda store, act: ModelStore(store.database, act),
    ReextractionStore: lambda store, act: ReextractionStore(store.database, store.keys, "", act),
    ProbeTemplates: lambda store, act: ProbeTemplates(store.database, store.images, store.keys, "", act),
    StandingReader: lambda store, act: StandingReader(store.database, act),
    LinkReader: lambda store, act: LinkReader(store.database, act),
    ClearanceReader: lambda store, act: ClearanceReader(store.database, act),
    SubscriptionReader: lambda store, act: SubscriptionReader(store.database, act),
    LineupReader: lambda store, act: LineupReader(store.database, act),
    EligibilityReader: lambda store, act: EligibilityReader(store.database, act, FACE),
    ReportStore: lambda store, act: ReportStore(store.database, act),
    UnitStore: lambda store, act: UnitStore(store.database),
    AuditLog: lambda store, act: AuditLog(store.database, store.keys, store.identity),
    AccountReader: lambda store, act: AccountReader(store.database),
    ApiKeyReader: lambda store, act: ApiKeyReader(store.database),
    AccountRequestReader: lambda store, act: AccountRequestReader(store.database),
    SignInGuard: lambda store, act: SignInGuard(store.database),
}


# Use cases call stores, which check.
NO_STORES = ("biometrics.use_cases", "biometrics.matching")


def record_modules() -> Iterator[ModuleType]:
    for module in pkgutil.walk_packages(biometrics.__path__, "biometrics."):
        if not module.name.startswith(NO_STORES) and ".migrations" not in module.name:
            yield import_module(module.name)


def stores() -> list[type]:
    """Return the classes of biometrics that work on a database and are held by what is above it."""
    kinds = []
    for module in record_modules():
        for name, kind in vars(module).items():
            if inspect.isclass(kind) and kind.__module__ == module.__name__ and not name.startswith("_"):
                parameters = inspect.signature(kind.__init__).parameters.values()
                if name not in INSIDE and any(parameter.annotation in HELD for parameter in parameters):
                    kinds.append(kind)
    return [*kinds, Retention]  # a use case whose reads declare their rights themselves


def methods() -> Iterator[tuple[type, str]]:
    for store in stores():
        for name, member in vars(store).items():
            if not name.startswith("_") and inspect.isfunction(member):
                yield store, name


HELD = ("Database", "RecordStore", "Transaction")  # the last one is of the repositories of a unit of work
WRITING = ("writing", "noting", "transaction", "begin", "carry_out", "obtained")


def writes(store: type, name: str) -> bool:
    """Say whether a method opens a transaction that writes, by itself or by private methods of its class."""
    done: set[str] = set()
    waiting = [name]
    while waiting:
        method = waiting.pop()
        done.add(method)
        tree = ast.parse(dedent(inspect.getsource(inspect.unwrap(getattr(store, method)))))
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in WRITING:
                return True
            called = getattr(node, "attr", "") if isinstance(node, ast.Attribute) else ""
            if called.startswith("_") and called not in done and inspect.isfunction(getattr(store, called, None)):
                waiting.append(called)
    return False


ALL = list(methods())
GUARDED = [(store, name) for store, name in ALL if (rule := rights.rule_of(store, name)) and rule.scopes]
# By the name that the unit of work gives them.
_WORK = UnitOfWork(Transaction(None, RequestContext(), *[None] * 4))  # type: ignore[arg-type]
REPOSITORIES = {name: hint for name, hint in vars(_WORK).items() if name[0] != "_"}


def test_the_walk_sees_the_stores() -> None:
    assert {RecordStore, RecordEditor, Retention, CaseReader, OsiaStore, AccountReader} <= set(stores())
    assert len(ALL) > 150
    assert len(GUARDED) > 70


def test_each_public_method_of_a_store_declares_the_right_that_it_needs() -> None:
    silent = [f"{store.__name__}.{name}" for store, name in ALL if rights.rule_of(store, name) is None]
    assert not silent, f"{silent} declare nothing: see biometrics/access/rights.py"


def test_a_writing_method_needs_a_right_unless_it_is_listed_here() -> None:
    free = {
        f"{store.__name__}.{name}"
        for store, name in ALL
        if store.__name__ not in OF_THE_ACCOUNT
        and (store in map(type, REPOSITORIES.values()) or writes(store, name))
        and not rights.rule_of(store, name).scopes  # type: ignore[union-attr]
    }
    assert free == WRITES_FREELY


def test_only_stores_read_or_write_for_an_actor() -> None:
    """A function that is given a store would declare no right."""
    functions = {
        name
        for module in record_modules()
        for name, function in vars(module).items()
        if inspect.isfunction(function) and function.__module__ == module.__name__ and not name.startswith("_")
        if any(parameter.annotation == "RecordStore" for parameter in inspect.signature(function).parameters.values())
    }
    assert not functions


@pytest.mark.essential
def test_a_caller_without_the_right_is_refused_before_anything_happens(store: RecordStore) -> None:
    for kind, name in GUARDED:
        if kind in map(type, REPOSITORIES.values()):
            continue
        assert kind in MAKERS, f"say in MAKERS how a {kind.__name__} is made"
        method = getattr(MAKERS[kind](store, NOBODY), name)
        required = [
            parameter
            for parameter in inspect.signature(method).parameters.values()
            if parameter.default is parameter.empty
        ]
        values = {parameter.name: NOBODY if parameter.name == "act" else "0123456789" for parameter in required}
        before = store.audit_length()
        with pytest.raises(Forbidden) as refused:
            method(**values)
        assert refused.value.noted, (kind, name)
        assert store.audit_length() == before + 1, (kind, name)  # the refusal, written once
    assert store.record_count() == 0


def test_a_repository_refuses_a_caller_without_the_right_and_notes_it(store: RecordStore) -> None:
    done = 0
    for place, repository in REPOSITORIES.items():
        for kind, name in GUARDED:
            if kind is not type(repository):
                continue
            required = [
                parameter for parameter in inspect.signature(getattr(kind, name)).parameters if parameter != "self"
            ]
            before = store.audit_length()
            with pytest.raises(Forbidden) as refused, store.for_actor(NOBODY).begin() as work:
                getattr(getattr(work, place), name)(*["0123456789"] * len(required))
            assert refused.value.noted, (kind, name)
            assert store.audit_length() == before + 1, (kind, name)
            done += 1
    assert done >= 8


def test_a_unit_of_work_without_an_audit_entry_is_undone(store: RecordStore) -> None:
    """So that a new use case cannot forget it; the service's own work has none."""
    with pytest.raises(AssertionError, match="audit entry"), store.for_actor(act_of(HERE)).begin() as work:
        work.people.add(Person("Asha"), "27")
    assert store.record_count() == 0
    with store.begin() as work:
        work.people.add(Person("Asha"), "27")
    assert store.record_count() == 1


def test_a_step_whose_answer_is_not_kept_is_undone(store: RecordStore) -> None:
    """Else a later arrival of the request would be answered by nothing."""

    def forget() -> None:
        with store.begin("create") as work:
            assert work.is_first
            work.people.add(Person("Asha"), "27")

    with pytest.raises(AssertionError, match="remember"):
        forget()
    assert store.record_count() == 0


def test_a_unit_of_work_is_undone_by_any_error(store: RecordStore) -> None:
    def fail_half_way() -> None:
        with store.for_actor(act_of(HERE)).begin() as work:
            record = work.people.add(Person("Asha"), "27")
            work.audit(Action.RECORD_CREATED, record.id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert (store.record_count(), store.audit_length()) == (0, 0)


def test_the_service_and_a_caller_with_the_right_are_let_through(store: RecordStore) -> None:
    enrolled = store_person(store, Person("Asha Verma"), encounter(), [print_of("one")])
    with pytest.raises(Forbidden):
        Retention(store.for_actor(act_of(role=Role.STATION_OFFICER))).delete(enrolled.record_id, "a test")
    assert store.people.get(enrolled.record_id)
    Retention(store.for_actor(act_of(role=Role.RECORDS_CLERK))).delete(enrolled.record_id, "a test")
    assert store.people.get_or_none(enrolled.record_id) is None


def test_replacing_an_encounter_takes_the_right_to_take_it_out_of_searches(store: RecordStore) -> None:
    needed = rights.AccessRule((Scope.ENCOUNTER_WRITE, rights.HIDE))
    assert rights.rule_of(EncounterRepository, "replace") == rights.rule_of(ClientDataRepository, "replace") == needed
    assert rights.rule_of(OsiaStore, "set_active") == rights.AccessRule((rights.HIDE,))
    with_it = {role for role in Role if rights.HIDE in role.scopes}
    assert with_it == {Role.RECORDS_CLERK, Role.ABIS_INTEGRATION}
