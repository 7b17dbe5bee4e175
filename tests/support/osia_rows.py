"""What OSIA's clients leave in a store."""

from __future__ import annotations

from records_examples import encounter, print_of

from biometrics.person import Person
from biometrics.records.osia import ClientData, OsiaStore
from biometrics.records.osia_tasks import NewTask, TaskStore
from biometrics.records.store import RecordStore


def client_data(client_id: str = "E-1", galleries: tuple[str, ...] = ("VIP",), active: bool = True) -> ClientData:
    """Return what a client says of an encounter."""
    return ClientData(client_id, "visit", galleries, active, b'{"biometricData": []}')


def new_task(priority: int = 4, owner: str = "client") -> NewTask:
    """Return a task to accept."""
    return NewTask("readGalleries", owner, {"id": owner}, "T-1", "https://client.example/here", priority, {"given": {}})


def give_client_data(store: RecordStore) -> None:
    """Enrol somebody through the interface, set them aside, and leave a task."""
    beside = OsiaStore(store).beside("P-1", client_data(active=False))
    store.enrol(Person("Client's"), encounter(), [print_of("client's")], beside)
    TaskStore(store.database, store.keys).add(new_task())
