"""Which models there are and how far their extraction is; putting one in force, going back, and removing one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from biometrics.kernel.errors import InvalidField, ModelNotInstalled, PeopleUnsearchable
from biometrics.kernel.people.templates import ModelInUse
from biometrics.kernel.recognition.modality import Modality
from biometrics.searches.probe_templates import ProbeTemplates
from biometrics.templates.models import ModelStore
from biometrics.templates.reextraction import ReextractionStore
from biometrics.templates.servers import RunningServers
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.models.reextract import network_of

KEPT_FOR: Final = timedelta(days=7)  # a model that was in force, so that there is a way back

COUNTED: Final = 10_000  # pending samples; of more, the number is estimated from the progress


@dataclass(frozen=True)
class ModelState:
    """An installed model, or one in use.

    `pending` samples and `pending_probes` kept with searches have no template of it yet, `refused` ones never will;
    `unsearchable` people no search by it finds (None while many samples are pending: they are not counted then). While
    they are extracted, `per_minute` is the rate of all servers, and `minutes_left` what remains.
    """

    modality: Modality
    name: str
    model: str
    installed: bool
    in_use: bool
    in_force: bool
    pending: int
    pending_probes: int
    refused: int
    unsearchable: int | None
    per_minute: float | None = None
    minutes_left: float | None = None


def model_states(engine: Engine) -> list[ModelState]:
    """Return the models of each modality, that in force first."""
    rows = {(row.modality, row.model): row for row in ModelStore(engine.store.database).in_use()}
    work = ReextractionStore(engine.store.database, engine.store.keys)
    states = [_state(engine, work, row) for row in rows.values()]
    for modality in engine.channels:
        for model, name in _installed(engine, modality).items():
            if (modality, model) not in rows:
                states.append(ModelState(modality, name, model, True, False, False, 0, 0, 0, 0))
    return states


def _state(engine: Engine, work: ReextractionStore, row: ModelInUse) -> ModelState:
    store = engine.store
    probes = ProbeTemplates(store.database, store.images, store.keys)  # anybody may count: readiness acts for nobody
    recogniser = None if engine.installed is None else engine.installed.recogniser(row.model)
    pending_probes = probes.pending(row.modality, row.model, network_of(recogniser))
    estimate = max(0, row.to_do - row.done - pending_probes)
    pending = estimate if estimate > COUNTED else work.pending(row.modality, row.model)
    left = pending + pending_probes
    rate = _per_minute(row) if left and row.wanted else None
    return ModelState(
        row.modality,
        row.name,
        row.model,
        row.model in _installed(engine, row.modality),
        in_use=True,
        in_force=row.in_force,
        pending=pending,
        pending_probes=pending_probes,
        refused=work.refused_count(row.model) + probes.refused_count(row.model),
        unsearchable=None if pending > COUNTED else work.unsearchable(row.modality, row.model),
        per_minute=rate,
        minutes_left=left / rate if rate else None,
    )


def _per_minute(row: ModelInUse) -> float | None:
    if row.started_at is None or row.changed_at is None or not row.done:
        return None
    minutes = (row.changed_at - row.started_at).total_seconds() / 60
    return row.done / minutes if minutes > 0 else None


def model_named(engine: Engine, name: str) -> tuple[Modality, str]:
    """Return the modality and the digest of the model of a name, installed or in use.

    Raises:
        InvalidField: there is none.
    """
    for modality in engine.channels:
        for model, its_name in _installed(engine, modality).items():
            if its_name == name:
                return modality, model
    for row in ModelStore(engine.store.database).in_use():
        if row.name == name:
            return row.modality, row.model
    raise InvalidField(f"There is no model {name}; 'pehchan reextract status' lists them.")


def start(engine: Engine, name: str, *, retry_refused: bool = False) -> tuple[Modality, str]:
    """Have the samples extracted that have no template of a model; return its modality and digest.

    It is put in force at once where the one in force is not installed, so that no search could use that.

    Raises:
        InvalidField: there is no installed model of this name.
    """
    modality, model = model_named(engine, name)
    installed = _installed(engine, modality)
    if model not in installed:
        raise _not_installed(name)
    if retry_refused:
        work = ReextractionStore(engine.store.database, engine.store.keys, act=engine.store.act)
        work.try_refused_again(model)
        probe_templates_of(engine).try_refused_again(model)
    models = _models(engine)
    models.adopt(modality, installed)  # before any server of this version was started
    models.want(modality, model, name)
    in_force = [row.model for row in models.in_use() if row.modality is modality and row.in_force]
    if not set(in_force) & installed.keys():
        models.switch(modality, model, because="the model before is not installed")
    return modality, model


def put_in_force(engine: Engine, name: str, *, accept_missing: bool = False, force: bool = False) -> None:
    """Put a model in force whose templates were extracted; all servers follow.

    `accept_missing` accepts that people cannot be found by it, `force` that running servers do not have it.

    Raises:
        InvalidField: the model is not installed, or not in use.
        ModelNotInstalled: running servers do not have it.
        PeopleUnsearchable: samples have not been extracted yet, or people cannot be found by it.
    """
    modality, model = model_named(engine, name)
    if model not in _installed(engine, modality):
        raise _not_installed(name)
    if not force and (lacking := RunningServers(engine.store.database).lacking(model)):
        raise ModelNotInstalled(
            f"These running servers do not have {name}: {'; '.join(lacking)}. Install it there and restart them. With "
            "--force they refuse searches and enrolments until then."
        )
    work = ReextractionStore(engine.store.database, engine.store.keys)
    pending, lost = work.pending(modality, model), work.unsearchable(modality, model)
    if (pending or lost) and not accept_missing:
        raise PeopleUnsearchable(
            f"Samples that {name} has not extracted yet: {pending:,}; people whom it cannot find: {lost:,}. Let "
            "'pehchan reextract run' finish, see 'pehchan reextract status', or accept this with --accept-missing."
        )
    _models(engine).switch(modality, model, pending=pending, unsearchable=lost)


def go_back(engine: Engine, modality: Modality, *, force: bool = False) -> str:
    """Put the model in force again that was replaced last; return its name. `force`: see `put_in_force`.

    Raises:
        InvalidField: there is none.
        ModelNotInstalled: running servers do not have it.
        PeopleUnsearchable: people enrolled since cannot be found by it.
    """
    replaced = [row for row in _models(engine).in_use() if row.modality is modality and row.replaced_at]
    earlier = [row for row in replaced if not row.in_force]
    if not earlier:
        raise InvalidField(f"No earlier {modality} model is in use.")
    last = max(earlier, key=lambda row: row.replaced_at or datetime.min.replace(tzinfo=UTC))
    put_in_force(engine, last.name, force=force)
    return last.name


def remove_model(engine: Engine, name: str, *, at_once: bool = False) -> int:
    """Remove a model that is not in force from use, with its templates; return how many of samples those were.

    What a stored search was answered with stays. If it is interrupted, it can be called again. `at_once` removes it
    although it was in force within the last days.

    Raises:
        InvalidField: it is in force, or was within the last days, or active standing searches have a probe that only
            it can read.
    """
    modality, model = model_named(engine, name)
    replaced_at = next((row.replaced_at for row in _models(engine).in_use() if row.model == model), None)
    if not at_once and replaced_at and datetime.now(UTC) < replaced_at + KEPT_FOR:
        raise InvalidField(
            f"{name} was in force until {replaced_at:%Y-%m-%d} and is kept for {KEPT_FOR.days} days, so that you can "
            f"go back to it. Remove it from {replaced_at + KEPT_FOR:%Y-%m-%d} on, or now with --at-once."
        )
    removed = _models(engine).remove(modality, model)
    probe_templates_of(engine).remove(modality, model)
    return removed


def default_names(engine: Engine) -> Iterator[str]:
    """Yield the name of each modality's usual model: the one that is no version of another."""
    for modality in engine.channels:
        yield next(iter(_installed(engine, modality).values()))


def _not_installed(name: str) -> InvalidField:
    return InvalidField(f"The model {name} is not installed; put its entry back into the models manifest.")


def _installed(engine: Engine, modality: Modality) -> Mapping[str, str]:
    return {} if engine.installed is None else engine.installed.names_of(modality)


def probe_templates_of(engine: Engine) -> ProbeTemplates:
    """Return the kept probes that are extracted again, on behalf of an engine's actor."""
    store = engine.store
    return ProbeTemplates(store.database, store.images, store.keys, act=store.act)


def _models(engine: Engine) -> ModelStore:
    return ModelStore(engine.store.database, engine.store.act)
