"""`pehchan demo`."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from api.accounts.factory import accounts_of
from api.cli import tables
from api.cli.demo_station import ALL_PEOPLE, FIRST_PEOPLE, demo_settings, seeded_meanwhile
from api.cli.operator import operated_engine, operator
from api.demo.people import DemoPerson, enrol_person, examples, missing, probes, search
from api.settings import Settings
from api.v1.searches_schemas import SearchOut
from biometrics.access.units import Office, UnitStore
from biometrics.accounts.model import NewApiKey, NewUser
from biometrics.kernel.access import Act, Purpose, Role, Unit
from biometrics.kernel.errors import LoginTaken
from biometrics.notifications.model import NotificationKind
from biometrics.notifications.repository import NotificationStore
from biometrics.use_cases.engine import Engine

app = typer.Typer()
console = Console()

LOGIN = "demo"
STATION = Unit.of("27/519/27519004")  # where its people were arrested
OFFICES = (  # invented, as its people are
    Office(Unit.of("27"), "Demo State", "022-0000-0100"),
    Office(Unit.of("27/519"), "Demo District", "022-0000-0200"),
    Office(STATION, "Demo Police Station", "022-0000-0300"),
)


@app.command()
def demo(
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve after the searches.")] = True,
    folder: Annotated[Path, typer.Option(help="Folder of the demo station.")] = Path("demo-data"),
    port: Annotated[int, typer.Option(help="Port to serve on.")] = 8000,
) -> None:
    """Create a demo station, search it, and serve it. Exit code 1: the wrong record came first."""
    from api.bootstrap.engine import compile_matcher
    from api.demo.visitors import PAGE, add_visitors

    settings = demo_settings(folder)
    with _timed("Compiling the matcher; the first time takes a minute", "Matcher compiled"):
        compile_matcher(console.print).join()
    with operated_engine(settings, Purpose.SYSTEM_TEST) as engine:
        people = FIRST_PEOPLE if serve else ALL_PEOPLE
        with _timed(f"Enrolling {len(people)} invented people", f"{len(people)} people enrolled"):
            _seed(engine, people)
        right = _show_searches(engine)
        key = _new_key(settings, engine) if serve else ""
        passwords = _new_passwords(settings, engine) if serve else {}
    print_file = _write_examples(folder)
    if not right:
        raise typer.Exit(1)
    if serve:
        from api.server import run_server

        token = secrets.token_urlsafe(16)
        console.print("\nThe pages, where you choose a role without a password; keep the address to yourself:")
        console.print(f"http://127.0.0.1:{port}{PAGE}?token={token}", soft_wrap=True, highlight=False)
        _show_what_to_try(print_file, port, key)
        with seeded_meanwhile(folder) as is_seeding:
            extend = partial(add_visitors, one_time=passwords, folder=folder, token=token, is_seeding=is_seeding)
            run_server(settings, "127.0.0.1", port, extend=extend, demo_page=PAGE)


@contextmanager
def _timed(begins: str, ended: str) -> Iterator[None]:
    """Print that a stage begins, then how long it took."""
    console.print(f"{begins} ...")
    start = time.monotonic()
    yield
    console.print(f"{ended}: {time.monotonic() - start:.0f} s")


def _seed(engine: Engine, people: tuple[DemoPerson, ...]) -> None:
    people_to_enrol = missing(engine, people)
    for person in track(people_to_enrol, "Enrolling", console=console, transient=True, disable=not people_to_enrol):
        enrol_person(engine, person)


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
    from api.demo.visitors import FILES, PRINT

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
    from api.demo.visitors import PARTS

    accounts, act = accounts_of(settings, engine.store), operator()
    for office in OFFICES:
        UnitStore(engine.store.database).add(office, act)
    passwords = {}
    for part in PARTS:
        try:
            new = NewUser(part.login, part.name, frozenset({part.role}), STATION)
            passwords[part.login] = accounts.add_user(act, new)[1]
        except LoginTaken:
            user, passwords[part.login] = accounts.reset_password(act, part.login)
            own = NotificationStore(engine.store.database, Act(user.actor()))
            for entry in own.find(unread=True).items:  # that its password was reset is nothing to a visitor
                if entry.kind is NotificationKind.PASSWORD_RESET:
                    own.read(entry.number)
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
