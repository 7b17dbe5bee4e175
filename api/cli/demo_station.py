"""The demo station: it enrols the people that the demonstration searches for, and the others while it is served."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import track

from api.accounts.factory import accounts_of
from api.bootstrap.child_process import start_child
from api.cli import tables
from api.cli.operator import operated_engine, operator
from api.demo.cases import CaseWorkers, add_cases
from api.demo.people import (
    PEOPLE,
    SOUGHT,
    SOUGHT_BY_PHOTO,
    DemoPerson,
    enrol_person,
    examples,
    missing,
    probes,
    search,
)
from api.demo.visitors import FILES, PAGE, PARTS, PRINT, add_visitors
from api.server import run_server
from api.settings import Settings
from api.v1.searches_schemas import SearchOut
from biometrics.access.units import Office
from biometrics.accounts.model import NewApiKey, NewUser
from biometrics.kernel.access import Act, Purpose, Role, Unit
from biometrics.kernel.errors import LoginTaken
from biometrics.kernel.recognition.types import Sample
from biometrics.notifications.model import NotificationKind
from biometrics.notifications.repository import NotificationStore
from biometrics.use_cases.accounts.account_administration import set_office
from biometrics.use_cases.engine.engine import Engine

console = Console()

LOGIN = "demo"
STATION = Unit.of("27/519/27519004")  # where its people were arrested
OFFICES = (  # invented, as its people are
    Office(Unit.of("27"), "Demo State", "022-0000-0100"),
    Office(Unit.of("27/519"), "Demo District", "022-0000-0200"),
    Office(STATION, "Demo Police Station", "022-0000-0300"),
)
FIRST_PEOPLE = (DemoPerson(SOUGHT_BY_PHOTO), DemoPerson(SOUGHT))
ALL_PEOPLE = tuple(DemoPerson(number) for number in range(PEOPLE))
ENROLLED_AT_ONCE = 2
DUPLICATE_FPIR = 1e-9  # rendered faces are alike: at the usual threshold they would open cases about one another
PROGRESS_STEP = 10  # people between two lines of progress


def run_demo(folder: Path, wait_for_matcher: Callable[[], None], port: int | None) -> bool:
    """Enrol people, search for them and, on a port, serve the station; False if the wrong record came first."""
    settings = demo_settings(folder)
    with operated_engine(settings, Purpose.SYSTEM_TEST) as engine:
        people = ALL_PEOPLE if port is None else FIRST_PEOPLE
        samples = {person: person.samples() for person in missing(engine, people)}
        with _timed("Waiting for the matcher", "Matcher compiled"):
            wait_for_matcher()
        with _timed(f"Enrolling {len(samples)} invented people", f"{len(samples)} people enrolled"):
            enrolled = _enrol(engine, samples, samples.__getitem__)
            for _ in track(enrolled, "Enrolling", len(samples), console=console, transient=True, disable=not samples):
                pass
        is_right = _show_searches(engine)
        key = _new_key(settings, engine) if port is not None else ""
        passwords = _new_passwords(settings, engine) if port is not None else {}
    print_file = _write_examples(folder)
    if port is not None:
        _serve(settings, folder, port, passwords, print_file, key)
    return is_right


def _serve(settings: Settings, folder: Path, port: int, passwords: dict[str, str], print_file: Path, key: str) -> None:
    token = secrets.token_urlsafe(16)
    console.print("\nThe pages, where you choose a role without a password; keep the address to yourself:")
    console.print(f"http://127.0.0.1:{port}{PAGE}?token={token}", soft_wrap=True, highlight=False)
    _show_what_to_try(print_file, port, key)
    with seeded_meanwhile(folder) as is_seeding:
        extend = partial(add_visitors, one_time=passwords, folder=folder, token=token, is_seeding=is_seeding)
        run_server(settings, "127.0.0.1", port, extend=extend, demo_page=PAGE)


def demo_settings(folder: Path) -> Settings:
    """Return the settings of a demo station, which keeps everything in one folder."""
    return Settings(data_folder=folder, database_url="", images_url="", totp_required=False)


@contextmanager
def seeded_meanwhile(folder: Path) -> Iterator[Callable[[], bool]]:
    """Enrol all missing people in another process; yields what says whether it still runs.

    What it has not finished on leaving, the next start does.
    """
    child = start_child(_seed, folder)
    try:
        yield child.is_alive
    finally:
        child.terminate()
        child.join()


def _seed(folder: Path) -> None:
    os.nice(10)  # visitors go first
    with operated_engine(demo_settings(folder), Purpose.SYSTEM_TEST) as engine:
        people = missing(engine, ALL_PEOPLE)
        for count, _ in enumerate(_enrol(engine, people, DemoPerson.samples), PEOPLE - len(people) + 1):
            if count % PROGRESS_STEP == 0:
                console.print(f"{count} of {PEOPLE} invented people are enrolled.")
        users = accounts_of(demo_settings(folder), engine.store).users
        workers = [
            user.actor() for user in map(users.by_login, ("officer", "examiner", "second", "supervisor")) if user
        ]
        add_cases(engine, CaseWorkers(*workers))


@contextmanager
def _timed(begins: str, ended: str) -> Iterator[None]:
    """Print that a stage begins, then how long it took."""
    console.print(f"{begins} ...")
    start = time.monotonic()
    yield
    console.print(f"{ended}: {time.monotonic() - start:.0f} s")


def _enrol(
    engine: Engine, people: Collection[DemoPerson], samples_of: Callable[[DemoPerson], list[Sample]]
) -> Iterator[None]:
    """Enrol people, some at once; yields after each."""
    engine = replace(engine, rules=replace(engine.rules, duplicate_fpir=DUPLICATE_FPIR))
    with ThreadPoolExecutor(ENROLLED_AT_ONCE) as threads:
        yield from threads.map(lambda person: enrol_person(engine, person, samples_of(person)), people)


def _show_searches(engine: Engine) -> bool:
    all_right = True
    for title, sought, samples in probes():
        result, right = search(engine, sought, samples)
        console.print(f"\n{title}")
        console.print(tables.candidates(SearchOut.of(result)))
        console.print("The right record came first." if right else "[red]The right record did not come first.[/red]")
        all_right = all_right and right
    return all_right


def _write_examples(folder: Path) -> Path:
    """Write the files that a visitor searches with; return the print's."""
    for name, sample in zip(FILES, examples(), strict=False):  # without marks there is no tattoo
        (folder / name).write_bytes(sample.content)
    return folder / PRINT


def _new_key(settings: Settings, engine: Engine) -> str:
    """Return an API key, valid for a day, of a program's account, which is created if needed."""
    accounts, act = accounts_of(settings, engine.store), operator()
    try:
        accounts.add_user(act, NewUser(LOGIN, "Demo", frozenset({Role.MACHINE_CLIENT}), Unit()))
    except LoginTaken:
        console.print(f"The account {LOGIN} is there already.")
    return accounts.add_key(act, LOGIN, NewApiKey("demo", timedelta(days=1)))[1]


def _new_passwords(settings: Settings, engine: Engine) -> dict[str, str]:
    """Return a one-time password for each account of the pages, by login."""
    accounts, act = accounts_of(settings, engine.store), operator()
    for office in OFFICES:
        set_office(engine.store.for_actor(act), office)
    passwords = {}
    for part in PARTS:
        try:
            new = NewUser(part.login, part.name, frozenset({part.role}), STATION)
            passwords[part.login] = accounts.add_user(act, new)[1]
        except LoginTaken:
            user, passwords[part.login] = accounts.reset_password(act, part.login)
            notifications = NotificationStore(engine.store.database, Act(user.actor()))
            for entry in notifications.find(unread=True).items:  # that its password was reset is nothing to a visitor
                if entry.kind is NotificationKind.PASSWORD_RESET:
                    notifications.read(entry.number)
    return passwords


def _show_what_to_try(print_file: Path, port: int, key: str) -> None:
    console.print(
        f"\nThe API, documented at http://127.0.0.1:{port}/docs. Try in another terminal:\n"
        f"  KEY={key}\n"
        '  curl -H "Authorization: Bearer $KEY" -F purpose=system_test -F case_number=demo '
        f"-F right_thumb=@{print_file} http://127.0.0.1:{port}/api/v1/identify\n"
        f"  curl -H \"Authorization: Bearer $KEY\" 'http://127.0.0.1:{port}/api/v1/records?name=verma'\n",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
