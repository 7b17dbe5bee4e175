"""How long finding records takes in a national database: made-up people, written straight into its tables.

Stations, names and sections are as uneven as real ones: few have very many. More than half of the people were brought
along from older systems, one state after another, so that the newest records of all are never those of a small unit.
"""

from __future__ import annotations

import sqlite3
import statistics
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Final

import numpy as np
from rich.table import Table

from api.cli.progress_bars import progress
from biometrics.kernel.access import Act, Actor, Role, Unit
from biometrics.kernel.people.person import Sex
from biometrics.kernel.people.record import RecordQuery
from biometrics.people.name_search import rows_of
from biometrics.records.store import RecordStore
from biometrics.storage.database.paging import cursor_at

STATES, DISTRICTS, STATIONS = 36, 22, 20  # districts of a state, stations of a district
YEARS = 25
FIRST_DAY, LAST_DAY = date(2001, 1, 1), date(2025, 12, 31)
IMPORTED = 0.6  # of the people, in the weeks before FIRST_IMPORT ended
FIRST_IMPORT = datetime(2020, 1, 1, tzinfo=UTC)
SECTIONS, GIVEN_NAMES, FAMILIES = 300, 400, 1500
BATCH = 20_000
PAGE = 50
TIMES = 7  # each is asked, or until ENOUGH milliseconds were spent
ENOUGH = 3000

_SYLLABLES = ("ra", "me", "sh", "la", "ni", "ku", "va", "de", "pra", "ti", "ga", "mo", "ha", "bi", "su", "cha", "ya")


@dataclass(frozen=True)
class QueryTime:
    """The times of one way of finding, in milliseconds, and how many records were on its first page."""

    what: str
    unit: str
    found: int
    median: float
    longest: float
    own: float  # CPU time of this process: all of the work, where the database is SQLite


class World:
    """All people of a synthetic database: arrays with a value for each person, or for each encounter."""

    def __init__(self, people: int, seed: int = 1) -> None:
        draw = np.random.default_rng(seed)
        self.people = people
        self.ids = np.sort(draw.integers(0, 2**62, people)) * 2 + 1  # those who come later are anywhere among them
        self.station = draw.choice(STATES * DISTRICTS * STATIONS, people, p=_weights(draw))
        imported = draw.random(people) < IMPORTED
        state = self.station // (DISTRICTS * STATIONS)
        days = np.sort(draw.beta(2, 1, people) * (LAST_DAY - FIRST_DAY).days).astype(int)
        self.day = draw.permutation(days)
        weeks = np.where(imported, state + draw.random(people), 60 + draw.random(people) * 250)
        self.created = (weeks * 7 * 86_400 * 1_000_000).astype(np.int64)  # microseconds after FIRST_IMPORT
        self.given, self.family = _zipf(draw, GIVEN_NAMES, people), _zipf(draw, FAMILIES, people)
        self.alias = np.where(draw.random(people) < 0.2, _zipf(draw, GIVEN_NAMES, people), -1)
        self.sex = draw.random(people) < 0.9
        self.born = 1940 + draw.integers(0, 68, people)
        self.again = draw.random(people) < 0.3  # a second encounter, in the same state
        station = draw.integers(0, DISTRICTS * STATIONS, people)
        self.second = state * (DISTRICTS * STATIONS) + station
        self.fir = draw.integers(1, 2000, people)
        self.section = _zipf(draw, SECTIONS, people)

    def id_of(self, person: int, kind: int = 0) -> str:
        """Return the UUID of a person's record, or of their first (1) or second (2) encounter."""
        return str(uuid.UUID(int=(int(self.ids[person]) << 64) + kind))

    def created_at(self, person: int) -> datetime:
        """Return when a person was first stored."""
        return FIRST_IMPORT + timedelta(microseconds=int(self.created[person]))

    def date_of(self, person: int) -> date:
        """Return the day of a person's first encounter."""
        return FIRST_DAY + timedelta(days=int(self.day[person]))


def load(store: RecordStore, url: str, world: World) -> None:
    """Write all people into the tables of an empty store; its indexes are built at the end, which is faster."""
    if url.startswith("sqlite"):
        _load_sqlite(url.removeprefix("sqlite:///"), world)
    else:
        _load_postgresql(url, world)
    assert store.record_count() == world.people


def measure(store: RecordStore, world: World) -> list[QueryTime]:
    """Find records in every documented way, on behalf of units of every size; each as a caller sees it, audited."""
    return [_timed(store, *question) for question in _questions(world)]


def table(title: str, figures: Iterable[QueryTime]) -> Table:
    """Show the figures."""
    times_table = Table("what", "on behalf of", "on its page", "median, ms", "longest, ms", "own CPU, ms", title=title)
    for figure in figures:
        times_table.add_row(
            figure.what,
            figure.unit,
            str(figure.found),
            f"{figure.median:.0f}",
            f"{figure.longest:.0f}",
            f"{figure.own:.0f}",
        )
    return times_table


def _timed(store: RecordStore, label: str, unit: Unit, query: RecordQuery, after: str | None) -> QueryTime:
    actor = Actor("bench", "bench", frozenset({Role.STATION_OFFICER}), Role.STATION_OFFICER.scopes, unit)
    acting = store.for_actor(Act(actor))
    milliseconds, cpu_milliseconds, count = [], [], 0
    for _ in range(TIMES):
        began, worked = time.perf_counter(), time.process_time()
        count = len(acting.people.find(query, PAGE, after).items)
        milliseconds.append(1000 * (time.perf_counter() - began))
        cpu_milliseconds.append(1000 * (time.process_time() - worked))
        if sum(milliseconds) > ENOUGH:
            break
    return QueryTime(
        label, unit.path, count, statistics.median(milliseconds), max(milliseconds), statistics.median(cpu_milliseconds)
    )


def _questions(world: World) -> Iterator[tuple[str, Unit, RecordQuery, str | None]]:
    sizes = np.bincount(world.station, minlength=STATES * DISTRICTS * STATIONS)
    stations = np.argsort(sizes)[np.count_nonzero(sizes == 0) :]
    small, middle, large = stations[0], stations[len(stations) // 2], stations[-1]
    districts = np.argsort(sizes.reshape(-1, STATIONS).sum(1)) * STATIONS
    states = np.argsort(sizes.reshape(STATES, -1).sum(1)) * DISTRICTS * STATIONS
    units = [
        *(_unit(int(station)) for station in (small, large)),
        _unit(int(districts[-1]), 2),
        *(_unit(int(state), 1) for state in (states[0], states[-1])),
        Unit(),
    ]
    order = np.argsort(world.created)
    person = int(np.flatnonzero(world.station == middle)[0])
    rare, common = (_name(int(world.given[index]), int(world.family[index])) for index in (person, int(order[0])))
    common = f"{_given_name(0)} {_family(0)}"
    day, late = world.date_of(person), date(2003, 5, 1)
    for unit in units:
        yield "newest", unit, RecordQuery(), None
        for share in (0.5, 0.02):
            index = int(order[int(share * world.people)])
            yield (
                f"newest, with {share:.0%} of all records older",
                unit,
                RecordQuery(),
                cursor_at(world.created_at(index), world.id_of(index)),
            )
        for label, query in (
            ("name, whole", RecordQuery(rare)),
            ("name, one that very many have", RecordQuery(common)),
            ("name, begun", RecordQuery(_family(0)[:4])),
            ("number", RecordQuery(national_number=_number(world, person))),
            ("FIR", RecordQuery(fir_number=f"{world.fir[person]}/{day.year}")),
            ("FIR and year", RecordQuery(fir_number=f"{world.fir[person]}/{day.year}", fir_year=day.year)),
            ("year of the FIR", RecordQuery(fir_year=2003)),
            ("station", RecordQuery(station_code=_unit(int(large)).station)),
            ("district", RecordQuery(district_code=_unit(int(districts[-1])).district)),
            ("state", RecordQuery(state_code=_unit(int(states[STATES // 2])).state)),
            ("one day", RecordQuery(first_date=day, last_date=day)),
            ("a month long ago", RecordQuery(first_date=late, last_date=date(2003, 5, 31))),
            ("since long ago", RecordQuery(first_date=late)),
            ("section, common", RecordQuery(section=_section(0)[1])),
            ("section, common, one act", RecordQuery(section=_section(0)[1], act=_section(0)[0])),
            ("section, rare", RecordQuery(section=_section(SECTIONS - 1)[1])),
            ("section and month", RecordQuery(section=_section(0)[1], first_date=late, last_date=date(2003, 5, 31))),
            ("sex", RecordQuery(sex=Sex.FEMALE)),
            ("year of birth", RecordQuery(birth_year=1980)),
            ("sex and year of birth", RecordQuery(sex=Sex.FEMALE, birth_year=1980)),
        ):
            yield label, unit, query, None


_RECORDS: Final = ("records", "id national_number name sex birth_year created_at version")
_ALIASES: Final = ("aliases", "record_id ordinal name")
_ENCOUNTERS: Final = (
    "encounters",
    "id record_id fir_number station_code district_code state_code date officer kind created_at fir_year "
    "record_created_at",
)
_SECTIONS: Final = ("sections", "encounter_id ordinal act section")
_WORDS: Final = ("name_words", "record_id word key")

Rows = Iterator[tuple[tuple[str, str], list[tuple[Any, ...]]]]


def _rows(world: World) -> Rows:
    """Yield rows by table, those that others refer to first."""
    with progress("people", world.people) as advance:
        for start in range(0, world.people, BATCH):
            chosen = range(start, min(start + BATCH, world.people))
            yield _RECORDS, [_record(world, person) for person in chosen]
            also = [person for person in chosen if world.alias[person] >= 0]
            yield _ALIASES, [(world.id_of(person), 0, _given_name(int(world.alias[person]))) for person in also]
            visits = [(person, 1) for person in chosen] + [(person, 2) for person in chosen if world.again[person]]
            yield _ENCOUNTERS, [_visit(world, person, number) for person, number in visits]
            yield (
                _SECTIONS,
                [(world.id_of(person, number), 0, *_section(int(world.section[person]))) for person, number in visits],
            )
            yield _WORDS, [row for person in chosen for row in _words(world, person)]
            advance(len(chosen))


def _record(world: World, person: int) -> tuple[Any, ...]:
    name = _name(int(world.given[person]), int(world.family[person]))
    sex = Sex.MALE if world.sex[person] else Sex.FEMALE
    born = int(world.born[person])
    return world.id_of(person), _number(world, person), name, sex.value, born, world.created_at(person), 1


def _visit(world: World, person: int, number: int) -> tuple[Any, ...]:
    unit = _unit(int(world.station[person] if number == 1 else world.second[person]))
    day = world.date_of(person)
    police_data = (f"{world.fir[person]}/{day.year}", unit.station, unit.district, unit.state, day)
    return (
        world.id_of(person, number),
        world.id_of(person),
        *police_data,
        "SI",
        "arrest",
        world.created_at(person),
        day.year,
        world.created_at(person),
    )


def _words(world: World, person: int) -> Iterator[tuple[str, str, str]]:
    for word, key in _spelt(int(world.given[person]), int(world.family[person]), int(world.alias[person])):
        yield world.id_of(person), word, key


@cache
def _spelt(given_name: int, family: int, alias: int) -> list[tuple[str, str]]:
    names = [_name(given_name, family), *([_given_name(alias)] if alias >= 0 else [])]
    return [(row["word"], row["key"]) for row in rows_of("", names)]


def _number(world: World, person: int) -> str:
    return f"{_unit(int(world.station[person])).state}{person:08}"


@cache
def _unit(station: int, depth: int = 3) -> Unit:
    state, district = station // (DISTRICTS * STATIONS), station // STATIONS
    codes = (f"{state + 1:02}", f"{district + 1000}", f"{station + 10_000_000}")
    return Unit(*codes[:depth])


def _name(given_name: int, family: int) -> str:
    return f"{_given_name(given_name)} {_family(family)}"


@cache
def _given_name(number: int) -> str:
    return _word(number + 7, 2 + number % 2)


@cache
def _family(number: int) -> str:
    return _word(number + 5003, 3)


def _word(number: int, syllables: int) -> str:
    word = ""
    for _ in range(syllables + 1):
        number, syllable = divmod(number * 31 + 17, len(_SYLLABLES))
        word += _SYLLABLES[syllable]
    return word.capitalize()


@cache
def _section(number: int) -> tuple[str, str]:
    return ("BNS 2023" if number % 2 else "IPC 1860"), str(300 + number // 2)


def _weights(draw: np.random.Generator) -> np.ndarray[Any, np.dtype[np.float64]]:
    states = np.repeat(1 / (np.arange(STATES) + 1.0) ** 1.2, DISTRICTS * STATIONS)
    weights = states * draw.lognormal(0, 1.2, STATES * DISTRICTS * STATIONS)
    whole: np.ndarray[Any, np.dtype[np.float64]] = weights / weights.sum()
    return whole


def _zipf(draw: np.random.Generator, kinds: int, size: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    weights = 1 / (np.arange(kinds) + 2.0)
    return draw.choice(kinds, size, p=weights / weights.sum())


def _load_sqlite(path: str, world: World) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("synchronous = OFF", "foreign_keys = OFF", "cache_size = -1000000"):
            connection.execute(f"PRAGMA {pragma}")
        indexes = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql NOT NULL")
        index_statements = indexes.fetchall()
        for name, _ in index_statements:
            connection.execute(f"DROP INDEX {name}")
        for (table, columns), rows in _rows(world):
            marks = ", ".join("?" * len(columns.split()))
            plain = [tuple(map(_plain, row)) for row in rows]
            sql = f"INSERT INTO {table} ({', '.join(columns.split())}) VALUES ({marks})"  # noqa: S608 - names of ours
            connection.execute("BEGIN")
            connection.executemany(sql, plain)
            connection.execute("COMMIT")
        for _, sql in index_statements:
            connection.execute(sql)
    connection.close()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return value.isoformat() if isinstance(value, date) else value


def _load_postgresql(url: str, world: World) -> None:
    import psycopg

    loaded: Sequence[str] = ("records", "aliases", "encounters", "sections", "name_words")
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET maintenance_work_mem = '512MB'")
        plain = (
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND NOT EXISTS "
            "(SELECT 1 FROM pg_constraint WHERE conname = indexname)"
        )
        index_statements = connection.execute(plain, (list(loaded),)).fetchall()
        for name, _ in index_statements:
            connection.execute(f"DROP INDEX {name}".encode())
        for (table, columns), rows in _rows(world):
            copied = f"COPY {table} ({', '.join(columns.split())}) FROM STDIN"
            with connection.cursor() as cursor_, cursor_.copy(copied.encode()) as copy:
                for row in rows:
                    copy.write_row(row)
        for _, sql in index_statements:
            connection.execute(sql.encode())
        connection.execute("VACUUM ANALYZE")
