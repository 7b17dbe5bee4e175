"""Opens the national index: the file of the states that it follows, and the loops that follow them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.bootstrap.engine import TENDING_SECONDS
from api.bootstrap.housekeeping import tried
from api.bootstrap.national_partitions import NationalPartitions
from api.operations.background import Background
from api.settings import Settings
from api.v1.national_calls import NationalCalls
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.technique.text import clean_state_code
from biometrics.storage.tables.keys import COPIES
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.search.national_index import NationalIndex, StateIndex, forget_others


class StateEntry(BaseModel):
    """A state in the file: its name, its service, and the file with the API key for it.

    `partitions`: of its prints in the cluster, and as many of its palms; None: as many as the settings say.
    """

    model_config = ConfigDict(extra="forbid")

    name: str
    url: str
    key_file: Path
    partitions: int | None = Field(default=None, ge=1, le=1000)


def read_states(path: Path) -> dict[str, StateEntry]:
    """Return the states of a TOML file by their codes.

    Raises:
        InvalidField: it cannot be read, or an entry is wrong; the message names it.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
        return {clean_state_code(code): StateEntry.model_validate(entry) for code, entry in content.items()}
    except (OSError, ValueError) as error:  # ValidationError and TOMLDecodeError are ValueErrors
        why = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise InvalidField(f"PEHCHAN_NATIONAL_STATES: {path} cannot be used: {why}") from error


def national_partitions(settings: Settings, station: str, entries: Mapping[str, StateEntry]) -> NationalPartitions:
    """Return the partitions of states by their codes; `station` as for `NationalPartitions`."""
    numbers = {code: entry.partitions or settings.cluster_partitions for code, entry in entries.items()}
    return NationalPartitions(settings, station, _folder(settings), numbers)


@contextmanager
def open_national_index(settings: Settings, engine: Engine, background: Background) -> Iterator[NationalIndex | None]:
    """Open the index of the states that the settings name, and follow them; None where they name none.

    Raises:
        InvalidField: as for `read_states`; or a key cannot be read.
    """
    if settings.national_states is None:
        yield None
        return
    entries, folder = read_states(settings.national_states), _folder(settings)
    secret = engine.store.keys.obtained(engine.store.database, COPIES)
    partitions = national_partitions(settings, engine.store.identity, entries)
    forget_others(folder, entries)
    with ExitStack() as opened:
        threads = opened.enter_context(ThreadPoolExecutor(max(1, len(entries)), thread_name_prefix="states"))
        states = {}
        for code, entry in entries.items():
            calls = NationalCalls(entry.url, _key(entry.key_file), settings.national_seconds)
            open_index = partial(partitions.open_index, code)
            states[code] = StateIndex(code, entry.name, folder, secret, calls.changes, open_index)
            opened.callback(states[code].copy.close)
            opened.callback(tried, states[code].save)
        for code, state in states.items():
            keep_up, minutes = partial(state.keep_up, engine.channels), settings.snapshot_minutes
            opened.enter_context(background.repeated(keep_up, settings.follow_seconds, f"following {code}"))
            opened.enter_context(background.repeated(state.save, 60 * minutes, f"snapshots of {code}"))
            if settings.cluster_url:
                tend, name = partial(partitions.tend, state), f"copies of partitions of {code}"
                opened.enter_context(background.repeated(tend, TENDING_SECONDS, name))
        if settings.cluster_url:
            end_unused = partial(partitions.end_unused, states, engine)
            opened.enter_context(background.repeated(end_unused, TENDING_SECONDS, "unused partitions"))
        yield NationalIndex(states, threads)


def _folder(settings: Settings) -> Path:
    """Return the folder of the copies of the states' templates and of their saved indexes."""
    return settings.data_folder / "national"


def _key(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise InvalidField(f"The API key in {path} cannot be read ({error.strerror}).") from error
