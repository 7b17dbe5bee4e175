"""The services of three states and a national index, over HTTP on loopback, which a test stops, restores and moves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx
from inputs import ENCOUNTER, form, print_of
from officers import WHY, new_key
from server import free_port
from serving import served

from api.accounts.factory import accounts_of
from api.app import create_app
from api.bootstrap.store import open_store
from api.settings import Settings
from biometrics.kernel.access import Role

SEARCHING, KEEPING, SILENT = "27", "29", "32"  # codes of the states
OFFICES = {SEARCHING: "27/519/27519004", KEEPING: "29/560/29560001", SILENT: "32/601/32601001"}
PATIENCE = 600  # seconds, on a loaded machine


class Service:
    """A Pehchan service with a data folder and a port of its own."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.port = free_port()
        usual = {"follow_seconds": 3600, "requests_per_minute": 100_000, "database_url": "", "totp_required": False}
        self.settings = Settings(data_folder=folder, **usual | settings, _env_file=None)
        self.serving: AbstractContextManager[str] | None = None

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.app = create_app(self.settings)
        self.serving = served(self.app, self.port)
        self.serving.__enter__()

    def stop(self) -> None:
        if self.serving is not None:
            self.serving.__exit__(None, None, None)
            self.serving = None

    def key(self, *roles: Role, unit: str = "national") -> str:
        """Make an account; return an Authorization header of it. The service may run or not."""
        with open_store(self.settings).as_system("a test") as store:
            return new_key(accounts_of(self.settings, store), *roles, unit=unit)

    def call(self, method: str, path: str, key: str, **sent: Any) -> httpx.Response:
        with httpx.Client(base_url=f"{self.root}/api/v1", headers={"Authorization": key}, timeout=PATIENCE) as client:
            return client.request(method, path, **sent)

    def page(self, path: str, key: str, language: str) -> str:
        """Return a page as a browser gets it."""
        headers = {"Authorization": key, "Accept-Language": language}
        answer = httpx.get(f"{self.root}/app{path}", headers=headers, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        return answer.text

    def enrol(self, person: int, unit: str, **record: Any) -> dict[str, Any]:
        """Enrol a generated person at a police station; return the record."""
        state, district, station = unit.split("/")
        place = {"state_code": state, "district_code": district, "station_code": station}
        fields = form(**record) | {"encounter": json.dumps(ENCOUNTER | place)}
        files = [("right_thumb", ("print.png", print_of(person, "right_thumb", 0)))]
        key = self.key(Role.STATION_OFFICER, unit=unit)
        answer = self.call("POST", "/enrolments", key, data=fields, files=files)
        assert answer.status_code == 201, answer.text
        return dict(self.call("GET", f"/records/{answer.json()['id']}", key).json())

    def search(self, person: int, key: str, **fields: str) -> httpx.Response:
        """Search with another print of a generated person, in other states too."""
        data = WHY | {"national_basis": "Section 4, CrPI Act 2022; order 17/2026"} | fields
        files = [("right_thumb", ("probe.png", print_of(person, "right_thumb", 1)))]
        return self.call("POST", "/identify", key, data=data, files=files)

    def audited(self, action: str) -> list[dict[str, Any]]:
        """Return the audit entries of an action, newest first."""
        answer = self.call("GET", f"/audit/entries?action={action}", self.key(Role.AUDITOR))
        assert answer.status_code == 200, answer.text
        return list(answer.json()["entries"])


class Nation:
    """A searching state, a keeping one, a silent one that may be started, and the index that they have in common."""

    def __init__(self, folder: Path, keeping_url: str, **settings: Any) -> None:
        """`settings` are those of the index."""
        self.folder = folder
        self.keeping = Service(folder / "keeping", database_url=keeping_url)
        self.silent = Service(folder / "silent")
        national = {"national_seconds": PATIENCE}
        self.index = Service(folder / "index", national_states=folder / "states.toml", **national, **settings)
        key = self.index.key(Role.NATIONAL_INDEX, unit=SEARCHING).removeprefix("Bearer ")
        self.searching = Service(folder / "searching", national_url=self.index.root, national_key=key, **national)
        self.services = (self.keeping, self.searching, self.index)
        self.states = {SEARCHING: self.searching, KEEPING: self.keeping, SILENT: self.silent}
        for code, service in self.states.items():
            (folder / f"{code}.key").write_text(service.key(Role.NATIONAL_INDEX).removeprefix("Bearer "))

    def name_states(self) -> None:
        entries = [
            f'[{code}]\nname = "State {code}"\nurl = "{service.root}"\nkey_file = "{self.folder / code}.key"\n'
            for code, service in self.states.items()
        ]
        (self.folder / "states.toml").write_text("\n".join(entries))

    def follow(self) -> None:
        """Let the index read what each state has, and make it searchable."""
        services = self.index.app.state.services
        for state in services.national.states.values():
            state.keep_up(services.engine.channels)

    @property
    def copy(self) -> Any:
        """The index's copy of the keeping state."""
        return self.index.app.state.services.national.states[KEEPING].copy


@contextmanager
def nation(folder: Path, keeping_url: str = "", **settings: Any) -> Iterator[Nation]:
    """Run them all for a while, but for the silent one; `settings` are those of the index."""
    made = Nation(folder, keeping_url, **settings)
    made.name_states()
    try:
        for service in made.services:
            service.start()
        yield made
    finally:
        for service in (*reversed(made.services), made.silent):
            service.stop()
