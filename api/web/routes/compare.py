"""A probe and a candidate in comparison."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.authentication import needs
from api.http.dependencies import StoreDependency
from api.localisation.image_labels import image_labels
from api.web.pages import Pages, PagesDependency
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.record import Record
from biometrics.kernel.recognition.capture import FingerPosition, Position, finger_of, may_be_one
from biometrics.kernel.recognition.modality import Modality
from biometrics.searches.model import StoredSearch

router = APIRouter()


@dataclass(frozen=True)
class ComparisonChoice:
    """An image that can be chosen: a probe by its place in the search, or a stored sample by its number.

    `called` is what the page calls it, `file` the number of the probe whose kept file it has, if any.
    """

    name: str
    modality: Modality
    position: Position | None
    media_type: str = ""
    called: str = ""
    file: str = ""

    @property
    def finger(self) -> FingerPosition:
        """The finger; unknown, so false, of other images."""
        return finger_of(self.position)


@router.get("/compare", dependencies=[needs(Scope.IMAGE_READ), needs(Scope.SEARCH_READ)])
def show_comparison(
    pages: PagesDependency,
    store: StoreDependency,
    search: str | None = None,
    record: str | None = None,
    sample: int | None = None,
) -> Response:
    """Show a probe of a search next to a sample of one of its candidates; the chosen sample comes first."""
    if search is None or record is None:
        return pages.show("compare.html", search=None)
    stored, person = store.searches.get(search), store.people.get(record)
    if (
        person.id
        not in store.people.resolve_merged_ids([candidate.record_id for candidate in stored.search.candidates]).values()
    ):
        raise InvalidField("This record is no candidate of the search; choose one on the search's page.")
    samples = labelled(_samples(person, sample), pages)
    probes = labelled(_probes(stored, samples[0]), pages) if samples else []
    return pages.show("compare.html", search=stored, person=person, probes=probes, samples=samples)


def _samples(person: Record, first: int | None) -> list[ComparisonChoice]:
    samples = [sample for encounter in person.encounters for sample in encounter.samples]
    samples.sort(key=lambda sample: sample.id != first)
    return [ComparisonChoice(str(sample.id), sample.modality, sample.position, sample.media_type) for sample in samples]


def _probes(stored: StoredSearch, sample: ComparisonChoice) -> list[ComparisonChoice]:
    """Return the probes of a search, those first that can be compared with a sample."""
    choices: Iterable[ComparisonChoice] = (
        ComparisonChoice(
            str(index),
            probe.probe.template.modality,
            probe.probe.position,
            image.media_type if (image := stored.image_of(index)) else "",
            _file_of(probe.probe.label),
            str(image.ordinal) if image else "",
        )
        for index, probe in enumerate(stored.search.probes)
    )
    return sorted(choices, key=lambda probe: not _alike(probe, sample))


def _file_of(label: str) -> str:
    """Return what stands in brackets at the end of a probe's label, its file; the words before are in English."""
    return label.partition(" (")[2].removesuffix(")")


def labelled(choices: Sequence[ComparisonChoice], pages: Pages) -> list[ComparisonChoice]:
    """Return images with what the page calls them; a file that the search names is named, too."""
    labels = image_labels(choices, pages.translated)
    return [
        replace(choice, called=" · ".join(filter(None, [labels[choice.name], choice.called]))) for choice in choices
    ]


def _alike(probe: ComparisonChoice, sample: ComparisonChoice) -> bool:
    return probe.modality is sample.modality and may_be_one(probe.position, sample.position)
