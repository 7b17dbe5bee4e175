"""What a search or a comparison may be asked to promise: from 1e-6 to 0.5, over every interface."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from inputs import form, print_of
from officers import WHY, Officer, new_key
from sqlalchemy import select, update

from api.app import create_app
from api.itl.table import TransactionTable
from api.settings import Settings
from biometrics.access.target_limit import MOST
from biometrics.kernel.access import Role
from biometrics.kernel.errors import TableUnusable
from biometrics.storage.tables.searches import searches

POOR = {"accept_poor_quality": "generated"}
ABSURD = ("0", "1e-80", "1e-29", "1e-7", "0.6", "1", "-1", "nan")
THUMB = {"right_thumb": print_of(0, "right_thumb", 1)}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Officer]:
    settings = Settings(
        data_folder=tmp_path_factory.mktemp("targets"), database_url="", answer_seconds=600, _env_file=None
    )
    with Officer(create_app(settings)) as opened:
        enrolled = opened.post(
            "/api/v1/enrolments", data=form() | POOR, files={"right_thumb": print_of(0, "right_thumb", 0)}
        )
        opened.record = enrolled.json()["id"]  # type: ignore[attr-defined]
        yield opened


@pytest.mark.parametrize("target", ABSURD)
def test_an_absurd_target_is_refused(client: Any, target: str) -> None:
    for path, fields in (
        ("/identify", {"target_fpir": target}),
        ("/verify", {"record_id": client.record, "target_fmr": target}),
    ):
        answer = client.post(f"/api/v1{path}", data=WHY | fields, files=THUMB)
        assert answer.status_code == 422, (path, answer.text)
    assert client.get("/api/v1/searches").json()["searches"] == []


def test_the_bounds_hold_for_settings_and_for_the_table_of_transactions(tmp_path: Path) -> None:
    for name in ("elsewhere_fpir", "duplicate_fpir", "standing_fpir"):
        for target in (1e-7, 0.6):
            with pytest.raises(ValueError, match=name):
                Settings(_env_file=None, **{name: target})
    shipped = (Path(TransactionTable.__module__.replace(".", "/")).parent / "mapping.toml").read_text()
    own = tmp_path / "own.toml"
    own.write_text(shipped.replace("target_fpir = 0.001", "target_fpir = 1e-9"))
    assert own.read_text() != shipped
    with pytest.raises(TableUnusable):
        TransactionTable.load(own)


def test_targets_step_by_step_do_not_find_a_withheld_score(client: Any) -> None:
    headers = {"Authorization": new_key(client.application.state.services.accounts, Role.STATION_OFFICER)}

    def answer(target: float, impression: int = 1) -> int:
        fields = {"record_id": client.record, "target_fmr": str(target)}
        files = {"right_thumb": print_of(0, "right_thumb", impression)}
        return int(client.post("/api/v1/verify", data=fields, files=files, headers=headers).status_code)

    assert [answer(10.0**-power) for power in range(1, MOST + 1)] == [200] * MOST
    assert [answer(1e-5), answer(2e-5, 2)] == [429, 429]
    other = {"Authorization": new_key(client.application.state.services.accounts, Role.STATION_OFFICER)}
    fields = {"record_id": client.record, "target_fmr": "0.001"}
    for _ in range(MOST + 1):  # the same target again tells nothing new
        assert client.post("/api/v1/verify", data=fields, files=THUMB, headers=other).status_code == 200


def test_searches_at_target_after_target_do_not_find_a_withheld_score(client: Any) -> None:
    accounts = client.application.state.services.accounts

    def answer(headers: dict[str, str], fields: dict[str, str]) -> int:
        files = {"right_thumb": print_of(0, "right_thumb", 0)}
        return int(client.post("/api/v1/identify", data=WHY | fields, files=files, headers=headers).status_code)

    one, other = ({"Authorization": new_key(accounts, Role.STATION_OFFICER)} for _ in range(2))
    targets = [{"mode": "investigation"}, {"target_fpir": "0.001"}]  # hints of the same target
    targets += [{"target_fpir": str(10.0**-power)} for power in (4, 5)]
    assert [answer(one, target) for target in targets] == [201] * len(targets)
    assert [answer(one, {"target_fpir": "0.02"}), answer(one, targets[-1])] == [429, 201]
    assert [answer(other, targets[-1]) for _ in range(MOST + 1)] == [201] * (MOST + 1)


def test_a_search_stored_with_an_absurd_target_is_still_shown(client: Any) -> None:
    search = client.post("/api/v1/identify", data=WHY, files=THUMB).json()["id"]
    with client.application.state.services.engine.store.database.writing() as connection:
        settings = connection.execute(select(searches.c.settings).where(searches.c.id == search)).scalar_one()
    for target in (1e-29, 1e-80, 5e-324, 0.999):
        with client.application.state.services.engine.store.database.writing() as connection:
            changed = update(searches).where(searches.c.id == search)
            connection.execute(changed.values(settings=settings | {"target_fpir": target}))
        for path in (f"/api/v1/searches/{search}", "/api/v1/searches", f"/app/searches/{search}", "/app/searches"):
            assert client.get(path).status_code == 200, (path, target)
