"""`pehchan mosip`: MOSIP's messages over its message queue."""

from __future__ import annotations

import signal
import threading
from typing import Annotated

import typer

from api.bootstrap.engine import open_engine
from api.bootstrap.store import open_store
from api.observability import logs
from api.settings import Settings
from api.standards.mosip.dispatcher import opened
from api.standards.mosip.stomp import Broker, listen
from biometrics.accounts.users import AccountReader
from biometrics.kernel.access import Act
from biometrics.kernel.errors import Forbidden
from biometrics.storage.database.engine import Database

app = typer.Typer(help="MOSIP's ABIS interface over a message queue (docs/mosip.md).", no_args_is_help=True)


@app.callback()
def group() -> None:
    """MOSIP's ABIS interface over a message queue (docs/mosip.md)."""


@app.command("listen")
def listen_command(
    login: Annotated[str, typer.Option("--as", metavar="LOGIN", help="The machine client's account to act as.")],
) -> None:
    """Answer the messages of PEHCHAN_MOSIP_BROKER until SIGTERM or SIGINT; the current one is finished first."""
    settings = Settings()
    broker = Broker(
        settings.mosip_broker,
        settings.mosip_login,
        settings.mosip_passcode.get_secret_value(),
        settings.mosip_requests,
        settings.mosip_answers,
    )
    logs.configure(settings.log_format, settings.log_level)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with open_store(settings) as store:
        act_of(store.database, login)  # reports a mistyped login before the models are opened
    with open_engine(settings) as engine:
        listen(broker, opened(settings, engine), lambda: act_of(engine.store.database, login), stop)


def act_of(database: Database, login: str) -> Act:
    """Return the act on whose behalf messages are carried out.

    Raises:
        Forbidden: there is no such account, it was disabled, or it is a person's.
    """
    user = AccountReader(database).by_login(login)
    if user is None or user.disabled_at is not None or not user.is_machine:
        raise Forbidden(f"{login} is not the login of a machine client that may be used; see 'pehchan user list'.")
    return Act(user.actor(), address="broker")
