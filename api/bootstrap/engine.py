"""The only place that picks implementations of search: settings to engine."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path

from api.bootstrap.engine_on_demand import engine_of
from api.bootstrap.housekeeping import reporting, tried
from api.bootstrap.recognisers import calibrations_of, installed_names, latent_scales_of, open_versions
from api.bootstrap.store import open_store
from api.bootstrap.threads import RequestThreads
from api.modalities import REGISTRATIONS, EmbeddedIndex
from api.operations.background import Background
from api.settings import Settings
from biometrics.backup import key_export
from biometrics.kernel.errors import SnapshotDamaged, StoreUnavailable
from biometrics.kernel.recognition.modality import IndexKind
from biometrics.matching.channel import Channel
from biometrics.matching.gallery import Gallery, TemplateSource
from biometrics.matching.ports import Recogniser, SearchIndex
from biometrics.records.standing_probes import StandingProbes
from biometrics.records.store import RecordStore
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.engine.installed_models import InstalledModels, require_searchable
from biometrics.use_cases.retention.retention import Retention
from index import snapshot
from index.cluster.partition import METHODS
from index.cluster.ray_index import RayIndex
from index.faiss_index import FaissIndex
from index.feature_sets import FeatureSetIndex

FINISHING_SECONDS = 30.0  # between two looks for deletions whose leftovers are to be removed and certificates signed
TENDING_SECONDS = 10.0  # between two looks whether the cluster has all copies of the partitions, as it should
COPYING_SECONDS = 600.0  # between two looks for copies of the keys that hold destroyed ones: each is written whole

log = logging.getLogger("pehchan")

IndexOpener = Callable[[Settings, RecordStore, Recogniser], SearchIndex]


def open_index(settings: Settings, store: RecordStore, recogniser: Recogniser) -> SearchIndex:
    """Open the index that other servers share, where these templates are in one; else one of this server's own."""
    if in_cluster(settings, recogniser):
        name = partitions_name(store, recogniser.feature_space)
        return divided_index(settings, name, settings.cluster_partitions, store.templates, recogniser)
    if settings.vectors_url and recogniser.modality in settings.vectors_of:
        return _shared_index(settings.vectors_url, store, recogniser)
    return own_index(_snapshot_path(settings, store, recogniser), store.templates, recogniser)


@contextmanager
def open_engine(
    settings: Settings,
    open_index: IndexOpener = open_index,
    background: Background | None = None,
    *,
    restoring: bool = False,
) -> Iterator[Engine]:
    """Open everything; on leaving, finish what deletions have left, write the index snapshots and close.

    `open_index` opens each modality's index: a test may put the oracle there. `background` keeps the loops that
    work meanwhile. `restoring`: see `open_store`.

    Raises:
        ModelNotInstalled, PeopleUnsearchable: as for `require_searchable`.
    """
    with (
        open_store(settings, restoring=restoring) as store,
        running_engine(settings, store, open_index, background, restoring=restoring) as engine,
    ):
        yield engine


@contextmanager
def running_engine(
    settings: Settings,
    store: RecordStore,
    open_index: IndexOpener = open_index,
    background: Background | None = None,
    *,
    restoring: bool = False,
) -> Iterator[Engine]:
    """Open the engine on an open store; see `open_engine`."""
    recognisers = open_versions(settings)
    by_model = {recogniser.model: recogniser for recogniser in recognisers.values()}
    scales = {recogniser.model: calibrations_of(recogniser, settings) for recogniser in recognisers.values()}
    of_latents = {recogniser.model: latent_scales_of(recogniser, settings) for recogniser in recognisers.values()}

    def channel(model: str) -> Channel:
        recogniser = by_model[model]
        gallery = Gallery(store.templates, recogniser, open_index(settings, store, recogniser))
        calibration, *earlier_calibrations = scales[model]
        earlier = {other.digest: other for other in earlier_calibrations}
        standing = open_standing(settings, store, recogniser)
        return Channel(recogniser, gallery, calibration, standing, earlier, latents=of_latents[model])

    with RequestThreads(settings.threads) as pool:
        allow = restoring or settings.allow_unsearchable
        names = partial(installed_names, settings)
        installed = InstalledModels(names, lambda _, name: recognisers[name], channel, allow_missing=allow)
        store.templates.recheck()
        require_searchable(store, installed, allow_unsearchable=allow)
        engine = engine_of(settings, store, installed, pool)
        save = partial(_save, settings, engine)
        tend = partial(_tend, engine)
        finish = Retention(store).finish  # what a deletion leaves to be done, so that no request waits for it
        copies = partial(key_export.refresh, store.database)
        loops = background or Background()
        with (
            loops.repeated(save, 60 * settings.snapshot_minutes, "snapshots"),
            loops.repeated(finish, FINISHING_SECONDS, "deletions"),
            loops.repeated(copies, COPYING_SECONDS, "key copies"),
            loops.repeated(tend, TENDING_SECONDS, "copies of partitions") if settings.cluster_url else nullcontext(),
        ):
            # Snapshots are written meanwhile, so that a start that is ended was not in vain.
            for open_channel in engine.by_model.values():
                open_channel.gallery.catch_up(reporting(open_channel.gallery.modality))
            yield engine
        tried(finish)
        tried(save)  # without it the next start has more to catch up with


def open_standing(settings: Settings, store: RecordStore, recogniser: Recogniser) -> Gallery:
    """Open the gallery of standing probes; they are few, so that each server has its own."""
    source = StandingProbes(store)
    path = _snapshot_path(settings, store, recogniser, "standing-")
    return Gallery(source, recogniser, own_index(path, source, recogniser))


def _save(settings: Settings, engine: Engine) -> None:
    assert engine.installed is not None, "the engine was opened here"
    for channel in engine.installed.open_channels:
        channel.gallery.save(_snapshot_path(settings, engine.store, channel.recogniser))
        if channel.standing is not None:
            channel.standing.save(_snapshot_path(settings, engine.store, channel.recogniser, "standing-"))


def _tend(engine: Engine) -> bool:
    """Keep the copies of partitions that the settings name in the cluster; say whether there is more to do at once."""
    assert engine.installed is not None, "the engine was opened here"
    indexes = [channel.gallery.index for channel in engine.installed.open_channels]
    more_work = [index.tend() for index in indexes if isinstance(index, RayIndex)]
    return any(more_work)


def _snapshot_path(settings: Settings, store: RecordStore, recogniser: Recogniser, prefix: str = "") -> Path:
    """Name the snapshot after the database too, so that one of another database is never taken for this one's."""
    name = f"{prefix}{recogniser.modality}-{recogniser.feature_space[:16]}-{store.identity}.index"
    return settings.data_folder / "index" / name


def _shared_index(url: str, store: RecordStore, recogniser: Recogniser) -> SearchIndex:
    """Open the collection of this database and space in Milvus; what it lacks, the gallery adds from the database."""
    try:
        from index.milvus.milvus_index import MilvusIndex
    except ModuleNotFoundError as error:
        raise StoreUnavailable("PEHCHAN_VECTORS_URL needs pymilvus; install 'pehchan[milvus]'.") from error
    if recogniser.vectors is None:
        raise StoreUnavailable(
            f"Milvus cannot hold templates of {recogniser.modality}; leave it out of PEHCHAN_VECTORS_OF. "
            "docs/scaling.md says where each index can be."
        )
    dimension, space, vector_of = recogniser.vectors
    name = f"pehchan_{recogniser.modality}_{space[:16]}_{store.identity}".replace("-", "_")
    index = MilvusIndex(url, name, dimension, space, vector_of)
    if index.sequence > store.templates.last_sequence():
        log.warning("%s in Milvus is ahead of the database, which was restored; rebuilding it.", name)
        index.clear()
    return index


def in_cluster(settings: Settings, recogniser: Recogniser) -> bool:
    """Say whether the settings have templates of a recogniser in a Ray cluster."""
    return bool(settings.cluster_url) and recogniser.modality.traits.index is IndexKind.MINUTIAE


def divided_index(
    settings: Settings, name: str, partitions: int, source: TemplateSource, recogniser: Recogniser
) -> RayIndex:
    """Open the partitions of a name in the Ray cluster; what they lack of a source, the gallery adds."""
    return RayIndex(
        settings.cluster_url,
        name,
        partitions,
        recogniser.feature_space,
        partitions_folder(settings),
        source.snapshot_secret,
        source.last_sequence,
        settings.cluster_seconds,
        settings.cluster_copies,
    )


def partitions_name(store: RecordStore, space: str) -> str:
    """Return what the partitions of a database and feature space are called in a Ray cluster.

    They run the version of Pehchan that started them, so that the name has that of their methods: servers of versions
    with other methods use other partitions, each their own.
    """
    return f"{store.identity}-{space[:16]}-v{METHODS}"


def partitions_folder(settings: Settings) -> Path:
    """Return where partitions keep their snapshots, each on its machine."""
    return settings.data_folder.absolute() / "index"


def own_index(path: Path, source: TemplateSource, recogniser: Recogniser) -> SearchIndex:
    """Load the snapshot where there is a sound one; else start empty, and the gallery rebuilds it from the database."""
    make, restored = _embedded_index(recogniser)
    if path.exists():
        try:
            index = snapshot.load(path, recogniser.feature_space, restored, source.snapshot_secret())
        except SnapshotDamaged as error:
            log.warning("%s Rebuilding it from the database.", error.message)
        else:
            if index.sequence <= source.last_sequence():
                return index
            log.warning("%s is ahead of the database, which was restored; rebuilding it.", path)
    return make()


def _embedded_index(recogniser: Recogniser) -> EmbeddedIndex:
    """Return how an empty index of a recogniser's features is made, and how one is made of a snapshot."""
    if registered_index := REGISTRATIONS[recogniser.modality].index:
        return registered_index()
    if recogniser.vectors is not None and recogniser.modality.traits.index is IndexKind.VECTORS:
        dimension = recogniser.vectors.dimension
        restored = partial(FaissIndex.restored, dimension=dimension)
        return partial(FaissIndex, dimension), {FaissIndex.KIND: restored}
    return FeatureSetIndex, {FeatureSetIndex.KIND: FeatureSetIndex.restored}
