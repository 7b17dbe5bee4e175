"""Standing searches and the files of searches, stored as the use cases store them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from biometrics.kernel.access import Act
from biometrics.kernel.people.templates import ModelInUse
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Template
from biometrics.records.store import RecordStore
from biometrics.searches.model import KeptImage
from biometrics.searches.probe_templates import ProbePlace, ProbeTemplates
from biometrics.storage.audit.log import Action
from biometrics.use_cases.search.standing_search import ask_about_hits, check_expiry
from biometrics.watchlist.model import DEFAULT_RULES, Candidate, Standing, StandingKind


def add_standing(
    store: RecordStore, act: Act, search_id: str, hits: Sequence[Candidate] = (), expires_on: date | None = None
) -> Standing:
    check_expiry(expires_on)
    with store.for_actor(act).begin() as work:
        stored = work.searches.get(search_id)
        made = work.watchlist.add(stored.id, stored.search.sequence, StandingKind.LATENT, expires_on)
        ask_about_hits(work, made, hits, DEFAULT_RULES.verified())
        work.audit(Action.STANDING_ADDED, made.id, kind=made.kind, search=search_id)
        return made


def keep_images(
    store: RecordStore, search_id: str, images: Sequence[KeptImage], keep_until: date | None = None
) -> None:
    """Keep the files of a stored search's probes, on behalf of the service."""
    store.as_system("a test").carry_out(lambda work: work.searches.keep_images(search_id, images, keep_until))


def read_by_another_model(store: RecordStore, modality: Modality, model: str = "d" * 64) -> None:
    """Have a kept probe of a modality read again by another model."""
    probes = ProbeTemplates(store.database, store.images, store.keys, "a process")
    place = probes.take(ModelInUse(modality, model, "other", in_force=False, wanted=True), ProbePlace())
    assert place is not None
    assert probes.write(place, Template(modality, model, b"read again", None))
