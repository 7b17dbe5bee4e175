"""Which samples lack a template of a model, and which people no search can find by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, false, func, inspect, or_, select, union

from biometrics.kernel.recognition.modality import Modality
from biometrics.storage.tables.history import replaced_samples
from biometrics.storage.tables.osia import inactive_encounters
from biometrics.storage.tables.people import encounters, samples
from biometrics.storage.tables.searches import probe_templates, search_probes, searches
from biometrics.storage.tables.templates import models_in_use, reextractions, templates, unreadable_templates
from biometrics.storage.tables.watchlist import search_images

# After which the transaction that gave a sample its number has certainly ended.
SETTLED: Final = timedelta(hours=1)

_REPLACED: Final = exists().where(replaced_samples.c.sample_id == samples.c.id)
_INACTIVE: Final = exists().where(inactive_encounters.c.encounter_id == encounters.c.id)


def pending_samples(connection: Connection, modality: Modality, model: str, after: int, limit: int) -> Sequence[int]:
    """Return the samples after a number, ascending, that have no readable template of a model.

    Those that it refused, and those that another process is extracting, are left out.
    """
    free = ~_in_reextractions(
        model, or_(reextractions.c.leased_until.is_(None), reextractions.c.leased_until > datetime.now(UTC))
    )
    query = _lacking(select(samples.c.id), modality, model).where(samples.c.id > after, free)
    return connection.execute(query.order_by(samples.c.id).limit(limit)).scalars().all()


def unreadable_samples(connection: Connection, modality: Modality, model: str, limit: int) -> Sequence[int]:
    """Return the samples whose template of a model cannot be decrypted, without those that were tried already."""
    query = (
        select(samples.c.id)
        .join(templates, templates.c.sample_id == samples.c.id)
        .join(unreadable_templates, unreadable_templates.c.template_id == templates.c.id)
        .where(templates.c.model == model, samples.c.modality == modality, ~_REPLACED)
        .where(
            ~_in_reextractions(
                model, or_(reextractions.c.leased_until.is_(None), reextractions.c.leased_until > datetime.now(UTC))
            )
        )
    )
    return connection.execute(query.order_by(samples.c.id).limit(limit)).scalars().all()


def pending_count(connection: Connection, modality: Modality, model: str) -> int:
    """Count the samples without a template of a model that it has not refused."""
    refused = _in_reextractions(model, reextractions.c.leased_until.is_(None))
    after = samples.c.id > _complete_to(modality, model)
    lacking = _lacking(select(samples.c.id), modality, model).where(~refused, after).subquery()
    return int(connection.execute(select(func.count()).select_from(lacking)).scalar_one())


def pending_probe_count(connection: Connection, modality: Modality, model: str, network: str | None = None) -> int:
    """Count the kept probes without a template of a model that it has not refused; `network` as in `pending_probes`."""
    lacking = pending_probes(modality, model, network, leased=True).subquery()
    return int(connection.execute(select(func.count()).select_from(lacking)).scalar_one())


def pending_probes(
    modality: Modality,
    model: str,
    network: str | None,
    *,
    is_wanted: bool = True,
    leased: bool = False,
    since: datetime | None = None,
) -> Select[Any]:
    """Return a query of the kept probes, by search and place, that have no template of a model.

    Of the image of a latent, only a template by the weights `network` counts; None: whichever weights made it. A model
    that is not wanted gets only latents that it has read by other weights. Probes that the model refused are left out,
    and those that another process is extracting unless `leased`. `since` limits the query to searches made after that
    moment, by their index.
    """
    probe, made_templates, images = search_probes.c, probe_templates.c, search_images.c
    same_file = or_(images.ordinal == probe.ordinal, images.image_sha256 == probe.image_sha256)
    is_kept = exists().where(images.search_id == probe.search_id, same_file)
    settled: ColumnElement[bool] = made_templates.leased_until.is_(None)
    lacks: ColumnElement[bool] = probe.model != model if is_wanted else false()
    if network is not None:
        was_read = and_(probe.reading["latent"].as_boolean(), probe.reading["marked"].as_boolean().is_(None))
        by_weights = func.coalesce(was_read, false())  # which read the image of a latent
        settled = and_(settled, or_(~by_weights, made_templates.network == network))
        lacks = or_(lacks, and_(by_weights, func.coalesce(probe.reading["network"].as_string(), "") != network))
    if not leased:
        settled = or_(settled, made_templates.leased_until > datetime.now(UTC))
    has = exists().where(
        made_templates.search_id == probe.search_id,
        made_templates.ordinal == probe.ordinal,
        made_templates.model == model,
        settled,
    )
    query = select(probe.search_id, probe.ordinal).where(probe.modality == modality, lacks, ~has, is_kept)
    if since is None:
        return query
    return query.where(probe.search_id.in_(select(searches.c.id).where(searches.c.created_at > since)))


def settled_sample(connection: Connection) -> int:
    """Return a number up to which no other sample can appear any more, 0 where there is none."""
    before = encounters.c.created_at < datetime.now(UTC) - SETTLED
    query = select(samples.c.id).join(encounters, encounters.c.id == samples.c.encounter_id).where(before)
    return connection.execute(query.order_by(samples.c.id.desc()).limit(1)).scalar() or 0


def unsearchable_people(
    connection: Connection, modality: Modality, model: str, *, refused: bool = True, limit: int | None = None
) -> int:
    """Count the people with samples of a modality and no readable template of a model; only active encounters count.

    Without `refused`, those all of whose samples the model has refused are not counted: nothing is left to be done for
    them. Counting stops at `limit`.
    """
    is_refused = (reextractions.c.model == model, reextractions.c.leased_until.is_(None))
    its_unreadable = select(templates.c.sample_id).join(
        unreadable_templates, unreadable_templates.c.template_id == templates.c.id
    )
    in_question = union(
        select(samples.c.id).where(samples.c.id > _complete_to(modality, model)),
        select(reextractions.c.sample_id).where(*is_refused),
        its_unreadable.where(templates.c.model == model),
    )
    lacking = _lacking(select(encounters.c.record_id).distinct(), modality, model)
    lacking = lacking.join(encounters, encounters.c.id == samples.c.encounter_id)
    lacking = lacking.where(samples.c.id.in_(in_question), ~_INACTIVE)
    if not refused:
        lacking = lacking.where(~_in_reextractions(model, reextractions.c.leased_until.is_(None)))
    other_encounters, their_samples, their_templates = encounters.alias(), samples.alias(), templates.alias()
    searchable = (
        exists()
        .where(other_encounters.c.record_id == encounters.c.record_id)
        .where(their_samples.c.encounter_id == other_encounters.c.id, their_samples.c.modality == modality)
        .where(their_templates.c.sample_id == their_samples.c.id, their_templates.c.model == model)
        .where(~_unreadable(their_templates.c.id))
        .where(~exists().where(inactive_encounters.c.encounter_id == other_encounters.c.id))
    )
    people = lacking.where(~searchable).limit(limit).subquery()
    return int(connection.execute(select(func.count()).select_from(people)).scalar_one())


def people_lost(connection: Connection, installed: Mapping[Modality, Sequence[str]]) -> dict[str, int]:
    """Count the people of each modality whom a start with the installed models could not find, where there are any.

    The tables may be those of an earlier version, which are not upgraded. The usual model of a modality is the first.
    """
    if not inspect(connection).has_table(templates.name):
        return {}
    knows = inspect(connection).has_table(models_in_use.name)
    lost: dict[str, int] = {}
    for modality, models in installed.items():
        if count := _people_without(connection, modality, _model_of_start(connection, modality, models, knows)):
            lost[modality] = count
    return lost


def most_used(connection: Connection, modality: Modality, models: Sequence[str]) -> str:
    """Return the one of some models with most templates, the first where there are none."""
    counted = (
        select(templates.c.model)
        .join(samples, samples.c.id == templates.c.sample_id)
        .where(templates.c.model.in_(models), samples.c.modality == modality)
        .group_by(templates.c.model)
        .order_by(func.count().desc())
        .limit(1)
    )
    return connection.execute(counted).scalar() or models[0]


def _model_of_start(connection: Connection, modality: Modality, models: Sequence[str], knows: bool) -> str:
    if knows:
        in_force = (models_in_use.c.modality == modality, models_in_use.c.in_force)
        model = connection.execute(select(models_in_use.c.model).where(*in_force)).scalar()
        if model is not None:
            return model if model in models else models[0]
    return most_used(connection, modality, models)


def _people_without(connection: Connection, modality: Modality, model: str) -> int:
    of_model = and_(templates.c.sample_id == samples.c.id, templates.c.model == model)
    people = (
        select(encounters.c.record_id)
        .select_from(samples)
        .join(encounters, encounters.c.id == samples.c.encounter_id)
        .outerjoin(templates, of_model)
        .where(samples.c.modality == modality)
        .group_by(encounters.c.record_id)
        .having(func.count(templates.c.id) == 0)
        .subquery()
    )
    return int(connection.execute(select(func.count()).select_from(people)).scalar_one())


def _lacking(query: Select[Any], modality: Modality, model: str) -> Select[Any]:
    """Return a query over samples with the condition that they have no readable template of a model."""
    has = exists().where(
        templates.c.sample_id == samples.c.id, templates.c.model == model, ~_unreadable(templates.c.id)
    )
    return query.select_from(samples).where(samples.c.modality == modality, ~has, ~_REPLACED)


def _unreadable(template_id: ColumnElement[int]) -> ColumnElement[bool]:
    return exists().where(unreadable_templates.c.template_id == template_id)


def _in_reextractions(model: str, state: ColumnElement[bool]) -> ColumnElement[bool]:
    of_sample = and_(reextractions.c.sample_id == samples.c.id, reextractions.c.model == model)
    return exists().where(of_sample, state)


def _complete_to(modality: Modality, model: str) -> ColumnElement[int]:
    """Return the number up to which all samples have a template of a model, or were refused."""
    of_model = (models_in_use.c.modality == modality, models_in_use.c.model == model)
    return func.coalesce(select(models_in_use.c.complete_to).where(*of_model).scalar_subquery(), 0)
