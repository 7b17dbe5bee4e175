"""Moving a station to another database: a copy that may be cut off and started again, and is compared at the end.

A pass reads one state of the source, removes from the target what that state has not, and adds what it has; whatever
an earlier run did is so found done. The station goes on meanwhile, and the next pass brings what came after.

A target is known as such by two things: it has the source's identity, and the counter MOVED, which is UNDER_WAY while
rows are copied and then the number of the state that they were left in. A target in any other state is in use and is
refused: a pass would remove what was stored there. While a target is UNDER_WAY, or not opened yet by a restore,
`Database` refuses it to all other users.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing, nullcontext
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import Connection, Table, delete, inspect, select, update
from sqlalchemy.exc import DataError, IntegrityError

from biometrics.backup.blobs import ImageCopies
from biometrics.backup.table_sync import (
    BATCH,
    KINDS,
    NUMBERED,
    Key,
    Kind,
    Row,
    count,
    is_empty,
    last_number,
    lasting,
    raise_number,
    state_number,
    walk,
)
from biometrics.backup.verify import NAMED, CopyCheck, compare, sampled_templates
from biometrics.kernel.errors import MoveRefused, StoreUnavailable
from biometrics.kernel.technique.chunks import in_chunks
from biometrics.storage.blobs.folder import ImageStore
from biometrics.storage.database.connections import unopened
from biometrics.storage.database.engine import Database, insert
from biometrics.storage.database.unfinished import MARKS, MOVED, RESTORING, UNDER_WAY, restoring
from biometrics.storage.tables.searches import search_candidates
from biometrics.storage.tables.station import counters, identity

PASSES = 5  # the source then changes faster than it is copied: the run ends, and says so

Progress = Callable[[str, int, int], None]  # called with the name of a table, its rows dealt with so far, and in all


@dataclass(frozen=True)
class MoveResult:
    """What a run has done.

    `copied` and `removed` count rows, without those that are parts of others. `complete` says that the source had
    nothing newer when the target was compared with it. `templates` are ids to try searches with, chosen by chance.
    """

    copied: int
    removed: int
    complete: bool
    checks: list[CopyCheck]
    templates: list[int]


def move(
    source_url: str,
    target_url: str,
    images: tuple[ImageStore, ImageStore] | None,
    sampled: int,
    progress: Progress,
    kinds: Sequence[Kind] = KINDS,
    backup: int | None = None,
) -> MoveResult:
    """Copy one database to another, and the images of the first of two stores to the second.

    `sampled` is how many rows of each kind, images and templates for searches are looked at in the comparison. `kinds`
    are the rows that are carried. `backup` identifies what is restored: the target then stays closed until
    `marks.end_restore`.

    Raises:
        MoveRefused: there is nothing to move, the target holds something else than an unchanged copy of the source, or
            both image stores are the same; nothing was written.
        StoreUnavailable: a database or an image store does not answer; the same call goes on where this one ended.
    """
    with closing(Database(source_url)) as source:
        station = _station_of(source)
        require_free(target_url, station, backup)
        with (
            closing(Database(target_url, unfinished=True)) as target,
            closing(ImageCopies(source, target, images)) if images else nullcontext() as copies,
        ):
            _take(target, station, backup)
            return _Copy(source, target, copies, progress, kinds).run(station, backup, sampled)


class _Copy:
    """One run: `copied` and `removed` count its rows."""

    def __init__(
        self,
        source: Database,
        target: Database,
        images: ImageCopies | None,
        progress: Progress,
        kinds: Sequence[Kind],
    ) -> None:
        self._source = source
        self._target = target
        self._images = images
        self._progress = progress
        self._kinds = kinds
        self._copied = self._removed = 0

    def run(self, station: str, backup: int | None, sampled: int) -> MoveResult:
        """Copy until nothing is left, and compare."""
        if self._images:
            self._images.begin()
        passes_left = PASSES
        while True:
            passes_left -= 1
            with lasting(self._source) as state:
                self._pass(state)
                complete = self._is_current(state)
                if complete or not passes_left:
                    checks = self._compare(state, sampled)
                    return MoveResult(self._copied, self._removed, complete, checks, sampled_templates(state, sampled))
            _take(self._target, station, backup)

    def _pass(self, state: Connection) -> None:
        """Make the target what the source was in one state."""
        with lasting(self._target) as target:
            for kind in reversed(self._kinds):  # first what refers to others, so that nothing else goes with it unseen
                extra = (key for key, is_present in walk(target, state, kind) if not is_present)
                for keys in in_chunks(extra, BATCH):
                    self._remove(kind, keys)
        with lasting(self._target) as target:
            for kind in self._kinds:
                self._insert_all(state, kind, in_chunks(self._missing(state, target, kind), BATCH))
        self._finish(state)

    def _missing(self, state: Connection, target: Connection, kind: Kind) -> Iterator[Key]:
        total = count(state, kind.table)
        self._progress(kind.table.name, 0, total)
        for checked, (key, is_present) in enumerate(walk(state, target, kind), start=1):
            if not is_present:
                yield key
            if checked % BATCH == 0 or checked == total:
                self._progress(kind.table.name, checked, total)

    def _remove(self, kind: Kind, keys: Sequence[Key]) -> None:
        """Remove the files of rows, then the rows: in this order a run that is cut off does both again."""
        if self._images:
            for names, key in kind.files:
                query = select(names).where(key.in_(keys), names.is_not(None))
                with self._target.reading() as connection:
                    removed_names = connection.execute(query).scalars().all()
                self._images.remove(removed_names)
        with self._target.writing() as connection:
            connection.execute(delete(kind.table).where(kind.key.in_(keys)))
        self._removed += len(keys)

    def _insert_all(self, state: Connection, kind: Kind, batches: Iterable[Sequence[Key]]) -> None:
        """Insert rows, each after its image is copied. While one batch is written, images of the next are copied."""
        before: tuple[dict[Table, list[Row]], list[Future[None]]] | None = None
        for keys in batches:
            rows_of = kind.rows(state, keys)
            copied = self._copy_images(kind, rows_of)
            if before:
                self._insert(kind, *before)
            before = rows_of, copied
        if before:
            self._insert(kind, *before)

    def _copy_images(self, kind: Kind, rows_of: Mapping[Table, Sequence[Row]]) -> list[Future[None]]:
        if not self._images:
            return []
        files = [(row[names.name] for row in rows_of[key.table]) for names, key in kind.files]
        return self._images.copy(name for name in chain(*files) if name is not None)

    def _insert(self, kind: Kind, rows_of: Mapping[Table, Sequence[Row]], copied: Iterable[Future[None]]) -> None:
        for image in copied:
            image.result()
        try:
            with self._target.writing() as connection:
                for table, rows in rows_of.items():
                    if rows:
                        insertion = insert(connection, table).on_conflict_do_nothing(
                            index_elements=list(table.primary_key)
                        )
                        connection.execute(insertion, rows)
        except (DataError, IntegrityError) as error:
            raise StoreUnavailable(f"The target does not take rows of {kind.table.name}: {error.orig}") from error
        self._copied += len(rows_of[kind.table])

    def _finish(self, state: Connection) -> None:
        """Bring the counters, let new rows be numbered after the old ones, and note the state reached."""
        carried = select(counters).where(counters.c.name.not_in(MARKS))
        rows = [dict(row) for row in state.execute(carried).mappings()]
        with self._target.writing() as connection:
            connection.execute(delete(counters).where(counters.c.name != RESTORING))
            if rows:
                connection.execute(counters.insert(), rows)
            master = state.execute(select(identity.c.master_id)).scalar_one()
            connection.execute(update(identity).values(master_id=master))
            for table in NUMBERED:
                raise_number(connection, table, last_number(state, table))
            connection.execute(counters.insert(), {"name": MOVED, "value": state_number(connection)})

    def _is_current(self, state: Connection) -> bool:
        with self._source.reading() as now:
            return state_number(now) == state_number(state)

    def _compare(self, state: Connection, sampled: int) -> list[CopyCheck]:
        with lasting(self._target) as target:
            if not self._images:
                return compare(state, target, None, sampled, self._kinds)
            checks = compare(state, target, self._images.stores, sampled, self._kinds)
        lost = sorted(self._images.unreadable)
        return [*checks, CopyCheck("images that cannot be read", f"{len(lost):,}", "not copied", tuple(lost[:NAMED]))]


def _station_of(source: Database) -> str:
    with source.reading() as connection:
        if is_empty(connection):
            raise MoveRefused("There is nothing to move; is the database, or the data folder, that of the station?")
        return str(connection.execute(select(identity.c.id)).scalar_one())


def require_free(url: str, station: str, backup: int | None = None) -> None:
    """Refuse a target before it is opened, which would change the tables of an older one.

    Raises:
        MoveRefused: it is in use, or holds something else than was copied here of the same source.
    """
    with unopened(url) as connection:
        if connection is not None and inspect(connection).has_table(search_candidates.name):
            _check_owner(connection, station, backup)


def _take(target: Database, station: str, backup: int | None) -> None:
    """Make the target this source's, with copying under way."""
    marks = [{"name": MOVED, "value": UNDER_WAY}]
    if backup is not None:
        marks.append({"name": RESTORING, "value": backup})
    with target.writing() as connection:
        _check_owner(connection, station, backup)
        connection.execute(update(identity).values(id=station))
        connection.execute(delete(counters).where(counters.c.name.in_(MARKS)))
        connection.execute(counters.insert(), marks)


def _check_owner(connection: Connection, station: str, backup: int | None) -> None:
    """Refuse a target that anybody else has written to, or that another backup was restored to."""
    begun = restoring(connection)
    if begun is not None and begun != backup:
        raise MoveRefused(
            "The target was partly restored from another backup, or with another state of the copy of the keys. Empty "
            "the data folder, the database and the image store, and restore again."
        )
    if begun is not None or is_empty(connection):
        return
    if backup is not None:
        raise MoveRefused("A backup is restored into an empty station, and this one is in use; name another place.")
    target_id = connection.execute(select(identity.c.id)).scalar_one()
    if target_id != station:
        raise MoveRefused(f"The target holds the records of another station ({target_id}); name an empty database.")
    mark = connection.execute(select(counters.c.value).where(counters.c.name == MOVED)).scalar()
    if mark is None:
        raise MoveRefused("The target is the station's own database, or a copy made in another way; name an empty one.")
    if mark not in (UNDER_WAY, state_number(connection)):
        raise MoveRefused(
            "The target has been in use since it was copied; copying again would remove what is new there."
        )
