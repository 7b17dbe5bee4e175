"""Which models are in use: every server of a database follows what is stored here."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, delete, exists, func, insert, select, update

from biometrics.access.rights import needs, unrestricted
from biometrics.kernel.access import SERVICE, Act, Scope
from biometrics.kernel.errors import InvalidField, ModalityNotRegistered
from biometrics.kernel.people.templates import ModelInUse, Operation
from biometrics.kernel.recognition.modality import Modality
from biometrics.storage.audit.log import Action, append
from biometrics.storage.database.counters import CHANGE_COUNTER, advance
from biometrics.storage.database.engine import Database
from biometrics.storage.database.locks import Lock, hold_advisory, hold_unlocked
from biometrics.storage.tables.templates import models_in_use, reextractions, templates
from biometrics.storage.tables.watchlist import standing_probes, standing_searches
from biometrics.templates.change_log import append_changes
from biometrics.templates.coverage import most_used, pending_count, pending_probe_count

REMOVED_AT_ONCE: Final = 500  # templates, in one transaction

_IDS: Final = uuid.UUID("0d6f1b8e-6c55-4b7e-9a53-6a1f0b7d2c41")
_LOCKED_SECONDS: Final = 0.1  # until rows that others have locked are looked at again
_MODEL_LOCK: Final = 0x50_45_48_4F  # key of a PostgreSQL advisory lock: "PEHO"


@unrestricted("which models there are, not whom they recognise")
class ModelStore:
    """The models in use, on behalf of an actor or of the service itself."""

    def __init__(self, database: Database, act: Act | None = None) -> None:
        self._database = database
        self._act = act

    def in_use(self) -> list[ModelInUse]:
        """Return the models in use, that in force first within its modality."""
        with self._database.reading() as connection:
            return _rows(connection)

    def require_registered(self) -> None:
        """Refuse a database of which a modality is not registered: its rows could not be read.

        Raises:
            ModalityNotRegistered: it names the modality.
        """
        with self._database.reading() as connection:
            stored = connection.execute(select(models_in_use.c.modality).distinct()).scalars().all()
        if missing := sorted(set(stored) - set(map(str, Modality.registered()))):
            raise ModalityNotRegistered(
                f"The database holds samples of a modality that this installation does not have: {', '.join(missing)}. "
                "Start the version or the distribution that registers it (api/modalities.py)."
            )

    @needs(Scope.ACCOUNT_MANAGE)
    def adopt(self, modality: Modality, installed: Mapping[str, str]) -> ModelInUse:
        """Return the model in force of a modality; a database without one gets it now.

        `installed` are the names of the installed models by their digests. Of these the one with most templates is put
        in force, the first where there are none.
        """
        of_modality = models_in_use.c.modality == modality
        with self._database.reading() as connection:
            in_force = next((row for row in _rows(connection, of_modality) if row.in_force), None)
        if in_force is not None:
            return in_force
        with self._database.noting() as connection:  # at a start, which may be within a request that fails
            if not any(row.in_force for row in _locked_rows(connection, modality)):
                model = most_used(connection, modality, list(installed))
                _enter(connection, modality, model, installed[model])
                _set(connection, modality, model, in_force=True)
            return next(row for row in _rows(connection, of_modality) if row.in_force)

    @needs(Scope.ACCOUNT_MANAGE)
    def want(self, modality: Modality, model: str, name: str) -> ModelInUse:
        """Have the samples extracted that have no template of a model, by all servers; return the model."""
        with self._database.writing() as connection:
            _locked_rows(connection, modality)
            _enter(connection, modality, model, name)
            _set(connection, modality, model, name=name, wanted=True, complete_to=0)
            to_do = _restart(connection, modality, model)
            self._audit(connection, Action.MODEL_WANTED, model, modality=modality, name=name, samples=to_do)
            return _row(connection, modality, model)

    @needs(Scope.ACCOUNT_MANAGE)
    def switch(self, modality: Modality, model: str, **detail: Any) -> None:
        """Put another model in force; servers keep the templates of the one before, and go on making them.

        `detail` goes to the audit log.

        Raises:
            InvalidField: the model is not in use.
        """
        with self._database.writing() as connection:
            rows = {row.model: row for row in _locked_rows(connection, modality)}
            if model not in rows:
                raise InvalidField(f"The {modality} model {model[:16]} is not in use; see 'pehchan reextract run'.")
            if rows[model].in_force:
                return
            before = next((row.model for row in rows.values() if row.in_force), "")
            if before:
                _set(connection, modality, before, in_force=False, wanted=True, replaced_at=datetime.now(UTC))
            _set(connection, modality, model, in_force=True, wanted=True)
            self._audit(connection, Action.MODEL_SWITCHED, model, modality=modality, before=before, **detail)

    @needs(Scope.ACCOUNT_MANAGE)
    def remove(self, modality: Modality, model: str) -> int:
        """Remove a model that is not in force, with all its templates; return how many those were.

        If it is interrupted, it can be called again.

        Raises:
            InvalidField: the model is in force, or active standing searches have probes of it.
        """
        with self._database.writing() as connection:
            rows = {row.model: row for row in _locked_rows(connection, modality)}
            if model in rows and rows[model].in_force:
                raise InvalidField(f"The {modality} model {model[:16]} is in force; put another one in force first.")
            in_force = [row.model for row in rows.values() if row.in_force]
            if standing := _standing_without(connection, model, in_force):
                raise InvalidField(
                    f"Active standing searches with a probe that only the {modality} model {model[:16]} can read: "
                    f"{standing}. They would no longer find anyone: let 'pehchan reextract run' finish, or make them "
                    "again with the model in force, and withdraw these."
                )
            connection.execute(delete(models_in_use).where(*_of_model(modality, model)))
            advance(connection, CHANGE_COUNTER, 0)  # an erasure holds it before it removes samples, and these with them
            connection.execute(delete(reextractions).where(reextractions.c.model == model))
            self._audit(connection, Action.MODEL_REMOVED, model, modality=modality)
        removed = 0
        while self._has_templates(model):
            count = self._remove_some(modality, model)
            removed += count
            if not count:
                time.sleep(_LOCKED_SECONDS)
        return removed

    @needs(Scope.ACCOUNT_MANAGE)
    def note_progress(self, model_in_use: ModelInUse, sample_count: int, complete_to: int | None = None) -> None:
        """Add to the number of samples extracted by a model; `complete_to` is set if given.

        After a pause of some minutes the count begins again, so that it tells the present rate.
        """
        columns, now = models_in_use.c, datetime.now(UTC)
        changed: dict[str, Any] = {"done": columns.done + sample_count, "changed_at": now}
        if complete_to is not None:
            changed["complete_to"] = complete_to
        with self._database.noting() as connection:
            connection.execute(
                update(models_in_use).where(*_of_model(model_in_use.modality, model_in_use.model)).values(changed)
            )

    @needs(Scope.ACCOUNT_MANAGE)
    def restart_count(self, model_in_use: ModelInUse) -> None:
        """Count the samples and kept probes that a model has to extract, and restart the count of extracted ones."""
        with self._database.writing() as connection:
            _restart(connection, model_in_use.modality, model_in_use.model)

    def _has_templates(self, model: str) -> bool:
        with self._database.reading() as connection:
            return (
                connection.execute(select(templates.c.id).where(templates.c.model == model).limit(1)).first()
                is not None
            )

    def _remove_some(self, modality: Modality, model: str) -> int:
        """Remove some templates of a model, and return how many; rows that others have locked are left."""
        query = select(templates.c.id).where(templates.c.model == model).limit(REMOVED_AT_ONCE)
        with self._database.writing() as connection:
            advance(connection, CHANGE_COUNTER, 0)  # first: an erasure holds it before it removes templates
            ids = sorted(row.id for row in hold_unlocked(connection, query))
            connection.execute(delete(templates).where(templates.c.id.in_(ids)))
            append_changes(connection, Operation.REMOVE, [(number, modality, model) for number in ids])
        return len(ids)

    def _audit(self, connection: Connection, action: Action, model: str, /, **detail: Any) -> None:
        append(connection, self._act or SERVICE, action, model, **detail)


def _restart(connection: Connection, modality: Modality, model: str) -> int:
    to_do = pending_count(connection, modality, model) + pending_probe_count(connection, modality, model)
    _set(connection, modality, model, started_at=datetime.now(UTC), to_do=to_do, done=0)
    return to_do


def _standing_without(connection: Connection, model: str, other_models: Sequence[str]) -> int:
    """Count the active standing searches that have a probe of a model and none of `other_models`."""
    other = standing_probes.alias()
    same = (other.c.standing_id == standing_probes.c.standing_id, other.c.ordinal == standing_probes.c.ordinal)
    query = (
        select(func.count(standing_searches.c.id.distinct()))
        .join(standing_probes, standing_probes.c.standing_id == standing_searches.c.id)
        .where(standing_probes.c.model == model, standing_searches.c.ended_at.is_(None))
        .where(~exists().where(*same, other.c.model.in_(other_models)))
    )
    return int(connection.execute(query).scalar_one())


def _locked_rows(connection: Connection, modality: Modality) -> list[ModelInUse]:
    """Return the models of a modality, locked until the transaction ends."""
    hold_advisory(connection, Lock.MODEL, _MODEL_LOCK)
    return _rows(connection, models_in_use.c.modality == modality)


def _enter(connection: Connection, modality: Modality, model: str, name: str) -> None:
    if connection.execute(select(models_in_use.c.id).where(*_of_model(modality, model))).first() is not None:
        return
    row_id = uuid.uuid5(_IDS, f"{modality} {model}")  # a copy of the database that enters it, too, has the same
    row = {"id": str(row_id), "modality": modality, "model": model, "name": name}
    unused = {"in_force": False, "wanted": False, "complete_to": 0, "to_do": 0, "done": 0}
    connection.execute(insert(models_in_use).values(**row, **unused, changed_at=datetime.now(UTC)))


def _set(connection: Connection, modality: Modality, model: str, **changed: Any) -> None:
    connection.execute(
        update(models_in_use).where(*_of_model(modality, model)).values(**changed, changed_at=datetime.now(UTC))
    )


def _of_model(modality: Modality, model: str) -> tuple[ColumnElement[bool], ...]:
    return (models_in_use.c.modality == modality, models_in_use.c.model == model)


def _row(connection: Connection, modality: Modality, model: str) -> ModelInUse:
    return _rows(connection, *_of_model(modality, model))[0]


def _rows(connection: Connection, *conditions: ColumnElement[bool]) -> list[ModelInUse]:
    order = (models_in_use.c.modality, models_in_use.c.in_force.desc(), models_in_use.c.model)
    rows = connection.execute(select(models_in_use).where(*conditions).order_by(*order))
    return [_model(row) for row in rows if row.modality in Modality.registered()]


def _model(row: Any) -> ModelInUse:
    return ModelInUse(
        Modality.named(row.modality),
        row.model,
        row.name,
        row.in_force,
        row.wanted,
        row.replaced_at,
        row.complete_to,
        row.started_at,
        row.to_do,
        row.done,
        row.changed_at,
    )
