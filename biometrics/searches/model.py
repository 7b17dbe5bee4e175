"""Searches as frozen values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from biometrics.kernel.access import EVERYWHERE, Unit
from biometrics.kernel.people.record import LABEL_LENGTH, Elsewhere, Record
from biometrics.kernel.recognition.evidence import Evidence, Threshold
from biometrics.kernel.recognition.reading import Reading
from biometrics.kernel.recognition.types import Probe, Template
from biometrics.kernel.technique.entry import from_json
from biometrics.kernel.technique.text import FIR_LENGTH, NAME_LENGTH, clean_text
from biometrics.matching.calibration import threshold_for_fpir
from biometrics.searches.exhibit import SeizedExhibit

ELSEWHERE_FPIR = "elsewhere_fpir"  # the setting of a search from which people of other units are reported
INDEX = "index"  # the setting of a search: how the templates that it compares were selected
BOUND = "bound"  # the setting of a search: the most that the scales of its probes support, in decibans
COMPARED_WITH_ALL = "compared_with_all"  # the setting of a search with a latent, see `Ranking.all_up_to`
FIELD = "field"  # the setting of a field check, whose probes are not kept: how many there were of each modality
STATED = "stated"  # the setting of a search: what may be stated of 0, STATED_STEP, 2 * STATED_STEP ... decibans
STATED_STEP, STATED_STEPS = 10.0, 11
NOT_SEARCHED = "not_searched"  # the setting of a search with a latent: why it was not compared with a kind of skin
EXHIBIT = "exhibit"  # the setting of a search: what the officer stated of it, see `SeizedExhibit`
LEFT_OUT = "left_out"  # the setting of a search with a latent: what of it took no part, and why; sentences
MODALITY = "modality"  # in a candidate's detail: which of the lists of a search with a latent it is on
STATED_GAP = "stated_gap"  # in a candidate's detail: how far its evidence is ahead of that of the next


@dataclass(frozen=True)
class SearchProbe:
    """A probe as it was searched, and the SHA-256 (hex) of the image file that it came from.

    `reading` says how it was read from that. `others` are templates that were made of the file
    since, by other models, or of a latent by later weights (`networks`, by the model); the search was not answered by
    them. `ordinal` is its place in the search as it was made, which it keeps where other probes were destroyed.

    Raises:
        InvalidField: the label breaks its rule.
    """

    probe: Probe
    image_sha256: str
    reading: Reading = field(default_factory=Reading)
    other_templates: tuple[Template, ...] = field(default=(), compare=False)
    networks: Mapping[str, str | None] = field(default_factory=dict, compare=False)
    ordinal: int | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Trim the label."""
        label = clean_text("file name", self.probe.label, LABEL_LENGTH, required=False)
        object.__setattr__(self, "probe", replace(self.probe, label=label))

    @property
    def templates(self) -> tuple[Template, ...]:
        """All its templates: first the one that was searched."""
        return (self.probe.template, *self.other_templates)

    def by(self, models: Iterable[str]) -> Probe | None:
        """Return the probe by the first of some models that it has a template of; None where it has none.

        Of the model that answered the search it is the template that was searched.
        """
        by_model = {template.model: template for template in reversed(self.templates)}
        template = next((by_model[model] for model in models if model in by_model), None)
        return None if template is None else replace(self.probe, template=template)

    def to_search_again(self, models: Iterable[str]) -> SearchProbe | None:
        """Return the probe by the first of some models that it has a template of, with the latest one of that model."""
        by_model = {template.model: template for template in self.templates}
        template = next((by_model[model] for model in models if model in by_model), None)
        if template is None:
            return None
        reading = self.reading
        if template is not self.probe.template:
            reading = replace(reading, network=self.networks.get(template.model))
        return SearchProbe(replace(self.probe, template=template), self.image_sha256, reading)


@dataclass(frozen=True)
class KeptImage:
    """The file of a probe, kept so that examiners can see it; `ordinal` is the probe's place in its search."""

    ordinal: int
    media_type: str
    content: bytes


@dataclass(frozen=True)
class ProbeImage:
    """What is known of a kept file: the place of its probe, its type and SHA-256 (hex), and when it is due."""

    ordinal: int
    media_type: str
    sha256: str
    keep_until: date | None


def file_of(probe: SearchProbe, files: Iterable[ProbeImage]) -> ProbeImage | None:
    """Return the kept file of a probe of a stored search, which may be that of other probes, too; None without one."""
    return next((file for file in files if file.ordinal == probe.ordinal or file.sha256 == probe.image_sha256), None)


@dataclass(frozen=True)
class SearchCandidate:
    """One record that a search returned; `score` in decibans, `detail` is plain JSON and says how it came about.

    Of a record that the searching unit did not see, `score` is the threshold that it reached and not its own score, so
    that other thresholds cannot reveal it. On a list of a latent whose scores only put it in an order, as of palms, it
    is 0: the score reaches no threshold.
    """

    record_id: str
    score: float
    detail: Mapping[str, Any]

    @property
    def elsewhere(self) -> Unit | None:
        """The unit to call about a record that the searching unit did not see, as of the search; None of its own."""
        path = self.detail.get("elsewhere")
        return None if path is None else Unit.of(path)

    @property
    def modality(self) -> str | None:
        """The list of a search with a latent that it is on; None of other searches."""
        return self.detail.get(MODALITY)

    @property
    def decibans(self) -> float:
        """The record's own score, for the order and for thresholds; people are shown `evidence`."""
        return float(self.detail["score"]["decibans"])

    @property
    def order(self) -> tuple[float, float]:
        """What orders candidates: of latents as `biometrics.matching.calibration.Score.order`, else the decibans."""
        return (0.0 if self.modality is None else self.evidence.decibans), self.decibans

    @property
    def evidence(self) -> Evidence:
        """What may be stated of the score."""
        return Evidence.of(self.detail["score"])

    @property
    def is_withheld(self) -> bool:
        """Whether its score lies beyond what may be stated."""
        return self.evidence.capped

    @property
    def gap(self) -> float | None:
        """The decibans that its evidence is ahead of the next candidate's; None for the last."""
        gap: float | None = self.detail.get(STATED_GAP)
        return gap

    @property
    def ahead(self) -> bool:
        """Whether its score is higher than the next candidate's, by whatever."""
        return bool((self.detail["gap"] or 0.0) > 0.0)


@dataclass(frozen=True)
class Search:
    """A search as it was answered, to be shown or replayed later.

    `settings` is plain JSON. `gallery_size` counts the people searched, `sequence` is the last change that the index
    held, `threshold` is in decibans, None for an investigation. `candidates` are best first, those of each list of a
    latent together. `actor_id` and `unit` are
    the searcher's, `purpose` and `reason` what for; the store sets them from the act.

    Raises:
        InvalidField: the case number or the officer breaks its rule.
    """

    case_number: str
    officer: str
    settings: Mapping[str, Any]
    gallery_size: int
    sequence: int
    threshold: float | None
    probes: tuple[SearchProbe, ...]
    candidates: tuple[SearchCandidate, ...]
    actor_id: str = ""
    unit: Unit = EVERYWHERE
    purpose: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        """Trim and check."""
        for name, label, length in (("case_number", "case number", FIR_LENGTH), ("officer", "officer", NAME_LENGTH)):
            object.__setattr__(self, name, clean_text(label, getattr(self, name), length, required=False))
        if any(probe.ordinal is None for probe in self.probes):  # it is being made
            probes = tuple(replace(probe, ordinal=ordinal) for ordinal, probe in enumerate(self.probes))
            object.__setattr__(self, "probes", probes)

    @property
    def is_latent(self) -> bool:
        """Whether it was for a latent, whose scores give the order and perhaps a rarity, but no verdict."""
        return bool(self.settings.get("is_latent"))

    @property
    def probe_count(self) -> int:
        """How many probes it was made with, kept or not."""
        return sum(self.settings[FIELD].values()) if FIELD in self.settings else len(self.probes)

    @property
    def names_somebody(self) -> bool:
        """Whether a candidate is above the threshold; False for an investigation, which has none.

        People of other units have a threshold of their own, which no request changes.
        """
        return self.threshold is not None and bool(self._above(self.threshold))

    @property
    def found(self) -> list[str]:
        """The records above the threshold; of an investigation, which has none, above that for other units' people.

        None of a latent, whose scores give the order only.
        """
        threshold = self.threshold_elsewhere if self.threshold is None else self.threshold
        return [] if self.is_latent else self._above(threshold)

    def _above(self, threshold_of_unit: float) -> list[str]:
        return [
            candidate.record_id
            for candidate in self.candidates
            if candidate.score >= (threshold_of_unit if candidate.elsewhere is None else self.threshold_elsewhere)
        ]

    @property
    def bound(self) -> float:
        """The most that may be stated of a score or of a threshold of this search, in decibans."""
        scores = [candidate.detail["score"] for candidate in self.candidates if candidate.elsewhere is None]
        return max(float(content[BOUND]) for content in (self.settings, *scores))

    @property
    def stated_threshold(self) -> Threshold | None:
        """What may be stated of the threshold; None for an investigation, which has none."""
        return None if self.threshold is None else self.stated_of(self.threshold)

    def stated_of(self, threshold: float) -> Threshold:
        """Return the evidence of a threshold on the scales of this search."""
        levels = self.settings[STATED]
        step = min(int(threshold / STATED_STEP), len(levels) - 2)
        share = threshold / STATED_STEP - step
        return Threshold.stated(levels[step] + share * (levels[step + 1] - levels[step]), self.bound)

    @property
    def exhibit(self) -> SeizedExhibit:
        """What the officer stated of the exhibit."""
        return from_json(SeizedExhibit, self.settings.get(EXHIBIT) or {})

    @property
    def threshold_elsewhere(self) -> float:
        """The decibans from which people of other units are reported, whatever the request."""
        return threshold_for_fpir(self.settings[ELSEWHERE_FPIR], self.gallery_size)


@dataclass(frozen=True)
class ListedPeople:
    """The people of a search's candidates as the reader may see them, and how to call the units of the others.

    `sees_all`: no record is hidden from the reader.
    """

    people: Mapping[str, Record | Elsewhere]
    contacts: Mapping[Unit, Elsewhere]
    sees_all: bool


@dataclass(frozen=True)
class StoredSearch:
    """A search under its id, with what an answer shows of it: the people of its candidates, and who made it.

    `listed` is None within the records store only. `authorise_until` is when the order that it needs must be there;
    None where it needs none, or has it.
    """

    id: str
    created_at: datetime
    search: Search
    authorise_until: datetime | None = None
    listed_people: ListedPeople | None = field(default=None, compare=False, repr=False)
    searched_by_name: str = field(default="", compare=False, repr=False)
    images: tuple[ProbeImage, ...] = field(default=(), compare=False, repr=False)

    def image_of(self, index: int) -> ProbeImage | None:
        """Return the kept file of a probe, which may be that of other probes, too; None where none is kept."""
        return file_of(self.search.probes[index], self.images)
