"""Several servers on one database take each other's tokens and codes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from account_examples import Desk, Person

from api.accounts.factory import accounts_of
from api.settings import Settings
from biometrics.kernel.access import local_operator
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder


@pytest.mark.both_databases
def test_every_server_has_the_same_secret(database_url: str, images: ImageFolder, tmp_path: Path) -> None:
    settings = Settings(data_folder=tmp_path, _env_file=None)
    stores = [RecordStore.open(database_url, images) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        first, second, third = pool.map(lambda store: accounts_of(settings, store), stores)
    person = Desk(first, local_operator("test")).person("r.patil")
    assert second.recognition.by_header(person.header).user.login == "r.patil"
    elsewhere = Person(third, "r.patil", person.id, person.phone)
    elsewhere.sign_in()
    assert first.recognition.by_header(elsewhere.header)
    for store in stores:
        store.close()
