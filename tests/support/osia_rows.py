"""What OSIA's clients leave in a store."""

from __future__ import annotations

from acting import act_of
from records_examples import encounter, print_of

from biometrics.jobs.model import EventType, NewTask, TaskKind
from biometrics.jobs.queue import TaskStore
from biometrics.kernel.people.person import Person
from biometrics.osia.model import ClientData
from biometrics.records.store import RecordStore
from biometrics.use_cases.accounts.own_account import add_webhook
from biometrics.use_cases.enrolment.enrol import store_person


def client_data(client_id: str = "E-1", galleries: tuple[str, ...] = ("VIP",), active: bool = True) -> ClientData:
    """Return what a client says of an encounter."""
    return ClientData(client_id, "visit", galleries, active, b'{"biometricData": []}')


def new_task(priority: int = 4, owner: str = "client") -> NewTask:
    """Return a task to accept."""
    return NewTask(
        TaskKind.OSIA,
        "readGalleries",
        owner,
        {"id": owner},
        {"given": {}},
        "T-1",
        "https://client.example/here",
        priority,
        [b"a probe"],
    )


def give_client_data(store: RecordStore) -> None:
    """Enrol somebody through the interface, set them aside, and leave a task and a webhook."""
    named = (client_data(active=False), "P-1")
    store_person(store, Person("Client's"), encounter(), [print_of("client's")], *named)
    tasks = TaskStore(store.database, store.images, store.keys)
    tasks.add(new_task())
    add_webhook(store.for_actor(act_of("27", actor="client")), "https://client.example/here", [EventType.TASK_FINISHED])
