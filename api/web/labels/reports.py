"""Labels of the columns and values of reports."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, StrEnum
from typing import Final

from api.localisation.translatable import N_
from api.localisation.value_labels import word
from biometrics.kernel.access import Purpose
from biometrics.kernel.casework.cases import CaseKind
from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.people.person import Sex
from biometrics.kernel.recognition.modality import Modality
from biometrics.reporting.report import AGE_BANDS, Dimension
from biometrics.reporting.reports import UNKNOWN
from biometrics.reporting.tabulation import TOTAL


class ReportKind(StrEnum):
    """The kinds of reports, by their names in `/api/v1/reports`."""

    COUNTS = "counts"
    QUALITY = "quality"
    REGISTER = "register"
    SEARCHES = "searches"
    TURNAROUND = "turnaround"
    TRANSPARENCY = "transparency"


TITLES: Final = {
    ReportKind.COUNTS: N_("Counts"),
    ReportKind.QUALITY: N_("Quality"),
    ReportKind.REGISTER: N_("Devices and operators"),
    ReportKind.SEARCHES: N_("Searches and hits"),
    ReportKind.TURNAROUND: N_("Case turnaround"),
    ReportKind.TRANSPARENCY: N_("Transparency report"),
}
_LABELS: Final = {
    "purpose": N_("Purpose"),
    "unit": N_("Unit"),
    "operator": N_("Operator"),
    "first day": N_("First day"),
    "last day": N_("Last day"),
    "device": N_("Device"),
    "modality": N_("Kind of sample"),
}
_FIGURES: Final = {
    "encounters": N_("Arrests and events"),
    "charges": N_("Charges"),
    "samples": N_("Samples"),
    "mean quality": N_("Mean quality"),
    "accepted in spite of it": N_("Accepted despite poor quality"),
    "searches": N_("Searches"),
    "with a threshold": N_("With a threshold"),
    "above it": N_("Candidate above the threshold"),
    "confirmed": N_("Confirmed by examiners"),
    "hit rate": N_("Hit rate"),
    "cases": N_("Cases"),
    "ended": N_("Ended"),
    "median hours": N_("Median hours"),
    "longest hours": N_("Longest hours"),
    "hits": N_("Hits"),
    "refuted": N_("Refuted by examiners"),
    "people wrongly suspected": N_("People wrongly suspected"),
    "without order": N_("Without the order they needed"),
}
_OLD: Final = (N_("Under 18"), N_("18 to 24"), N_("25 to 34"), N_("35 to 49"), N_("50 and over"))
_AGES: Final = {label: words for (_, label), words in zip(AGE_BANDS, _OLD, strict=True)}
_COMMON: Final = {TOTAL: N_("Total"), UNKNOWN: N_("Not known"), "": N_("Not stated")}
_KINDS: Final[dict[tuple[ReportKind, str], Callable[[str], Enum | Modality]]] = {
    (ReportKind.COUNTS, "sex"): Sex,
    (ReportKind.COUNTS, "kind"): EncounterKind,
    (ReportKind.QUALITY, "modality"): Modality.named,
    (ReportKind.TURNAROUND, "kind"): CaseKind,
    (ReportKind.TRANSPARENCY, "purpose"): Purpose,
}


def column(name: str) -> str:
    """Return what a column is called in English, to be translated."""
    return (_FIGURES | _LABELS).get(name) or word(Dimension(name))


def is_figure(name: str) -> bool:
    """Say whether a column holds figures, and not what they are of."""
    return name in _FIGURES


def value(kind: ReportKind, name: str, text: str) -> str:
    """Return what a label in a column is called in English, to be translated; codes and dates stay what they are."""
    if text in _COMMON:
        return _COMMON[text]
    if enum_type := _KINDS.get((kind, name)):
        return word(enum_type(text))
    return _AGES.get(text, text) if name == Dimension.AGE else text
