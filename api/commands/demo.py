"""`pehchan demo`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from api import tables
from api.accounts.factory import accounts_of
from api.commands.operator import operated_engine, operator
from api.demo import (
    PEOPLE,
    SOUGHT_BY_PRINT,
    DemoPerson,
    enrol_person,
    missing_people,
    photo_path,
    poorer_photo,
    search_by_photo,
    search_by_print,
)
from api.schemas.searches import SearchOut
from api.settings import Settings
from api.terminal import table_with
from biometrics.domain.access import Purpose, Role, Unit
from biometrics.domain.accounts import NewUser
from biometrics.domain.errors import LoginTaken
from biometrics.domain.types import FingerPosition
from biometrics.matching.engine import Engine
from biometrics.records.accounts.api_keys import NewApiKey

app = typer.Typer()
console = Console()

LOGIN = "demo"
STATION = Unit.of("27/519/27519004")  # where its people were arrested
PEOPLE_OF_PAGES = {
    "officer": ("SI R. Patil", Role.STATION_OFFICER),
    "examiner": ("A. Deshmukh", Role.EXAMINER),
    "second": ("S. Kulkarni", Role.EXAMINER),
    "supervisor": ("DSP M. Joshi", Role.SUPERVISOR),
    "clerk": ("HC V. Shinde", Role.RECORDS_CLERK),
    "auditor": ("N. Rao", Role.AUDITOR),
    "admin": ("K. Iyer", Role.ADMINISTRATOR),
}


@app.command()
def demo(
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve after the searches.")] = True,
    folder: Annotated[Path, typer.Option(help="Folder of the demo station.")] = Path("demo-data"),
    port: Annotated[int, typer.Option(help="Port to serve on.")] = 8000,
) -> None:
    """Create a demo station, search it by print and photo, and serve it. Exit code 1: the wrong record came first."""
    settings = Settings(data_folder=folder, database_url="", images_url="", totp_required=False)
    with operated_engine(settings, Purpose.SYSTEM_TEST) as engine:
        _seed(engine)
        right = _show_searches(engine)
        key = _new_key(settings, engine) if serve else ""
        passwords = _new_passwords(settings, engine) if serve else {}
    examples = _write_examples(folder)
    if not right:
        raise typer.Exit(1)
    if serve:
        from api.bootstrap.server import run_server

        _show_who_may_sign_in(passwords, port)
        _show_what_to_try(examples, port, key)
        run_server(settings, "127.0.0.1", port)


def _seed(engine: Engine) -> None:
    missing = list(missing_people(engine))
    for person in track(missing, f"Enrolling {len(missing)} of {PEOPLE} people", console=console, disable=not missing):
        enrol_person(engine, person)


def _show_searches(engine: Engine) -> bool:
    all_right = True
    for title, search in (
        ("Two fingers of a suspect, another impression than the enrolled one:", search_by_print),
        ("A photo, turned, darkened, reduced and compressed:", search_by_photo),
    ):
        result, right = search(engine)
        console.print(f"\n{title}")
        console.print(tables.candidates(SearchOut.of(result)))
        console.print("The right record came first." if right else "[red]The right record did not come first.[/red]")
        all_right = all_right and right
    return all_right


def _write_examples(folder: Path) -> Path:
    """Write a print and a photo to search with; return the print's path."""
    (folder / "street.jpg").write_bytes(poorer_photo(photo_path(0)))
    path = folder / "right_thumb.png"
    path.write_bytes(DemoPerson(SOUGHT_BY_PRINT).prints(2, [FingerPosition.RIGHT_THUMB])[0].content)
    return path


def _new_key(settings: Settings, engine: Engine) -> str:
    """Return an API key, valid for a day, of a program's account, which is created if needed."""
    accounts, act = accounts_of(settings, engine.store), operator()
    try:
        accounts.add_user(act, NewUser(LOGIN, "Demo", frozenset({Role.MACHINE_CLIENT}), Unit()))
    except LoginTaken:
        console.print(f"The account {LOGIN} is there already.")
    return accounts.add_key(act, LOGIN, NewApiKey("demo", timedelta(days=1)))[1]


def _new_passwords(settings: Settings, engine: Engine) -> dict[str, str]:
    """Return a one-time password for each of the people who use the pages."""
    accounts, act = accounts_of(settings, engine.store), operator()
    passwords = {}
    for login, (name, role) in PEOPLE_OF_PAGES.items():
        try:
            passwords[login] = accounts.add_user(act, NewUser(login, name, frozenset({role}), STATION))[1]
        except LoginTaken:
            passwords[login] = accounts.reset_password(act, login)[1]
    return passwords


def _show_who_may_sign_in(passwords: dict[str, str], port: int) -> None:
    console.print(f"\nThe pages: http://127.0.0.1:{port}/. Sign in as one of these, and choose a password of your own:")
    table = table_with("login", "role", "one-time password")
    for login, password in passwords.items():
        table.add_row(login, PEOPLE_OF_PAGES[login][1], password)
    console.print(table)


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
