"""A person and an arrest on paper, as facts: what the record has, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from api.localisation.unit_labels import BUREAU
from api.localisation.value_labels import word
from api.pdf.paper import Locale
from biometrics.access.units import UnitStore
from biometrics.kernel.access import NATIONAL, Unit
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.person import Person
from biometrics.searches.exhibit import SeizedExhibit
from biometrics.storage.database.engine import Database


class UnitLabels:
    """Names of police units on papers."""

    def __init__(self, database: Database, locale: Locale) -> None:
        """Read the names from an open database."""
        self._units, self._bureau = UnitStore(database), locale.translate(BUREAU)

    def label(self, path: str) -> str:
        """Return a unit's name with its code; of the national bureau the name alone."""
        return self._units.name(path) or self._bureau if path == NATIONAL else self._units.label(path)


def person_facts(person: Person, locale: Locale) -> Iterator[tuple[str, str]]:
    """Yield who a person is; what is not known is left empty."""
    _, particulars = locale.translate, person.particulars
    yield _("Name"), person.name
    yield _("Also known as"), ", ".join(person.aliases)
    yield _("National number"), person.national_number or ""
    yield _("Sex"), _(word(person.sex))
    if particulars.birth_date:
        yield _("Date of birth"), locale.language.day(particulars.birth_date)
    else:
        yield _("Year of birth"), str(person.birth_year or "")


def family_facts(person: Person, locale: Locale) -> Iterator[tuple[str, str]]:
    """Yield relatives and address of a person, to tell people of one name apart; what is not known is left empty."""
    _, particulars = locale.translate, person.particulars
    yield _("Relatives"), "; ".join(f"{_(word(kin.relation))}: {kin.name}" for kin in particulars.relatives)
    address = particulars.address
    yield _("Address"), ", ".join(filter(None, (address.text, address.district, address.pin_code)))


def encounter_facts(encounter: Encounter, units: UnitLabels, locale: Locale) -> Iterator[tuple[str, str]]:
    """Yield what brought a person to the police; what is not known is left empty."""
    _ = locale.translate
    yield _("Event"), _(word(encounter.kind))
    yield _("FIR"), encounter.fir_number
    unit = Unit(encounter.state_code, encounter.district_code, encounter.station_code)
    yield _("Police station"), units.label(unit.path)
    yield _("Sections"), "; ".join(f"{section.act}: {section.section}" for section in encounter.sections)
    yield _("Date"), day_and_time(encounter, locale)
    yield _("Place"), encounter.place
    yield _("Officer"), encounter.officer
    yield _("Legal basis"), _(word(encounter.legal_basis))
    yield _("Capture device"), encounter.device
    missing = (f"{_(word(finger.position))}: {_(word(finger.reason))}" for finger in encounter.missing_fingers)
    yield _("Missing or damaged"), "; ".join(missing)


def exhibit_text(exhibit: SeizedExhibit, locale: Locale) -> str:
    """Return what was stated of an exhibit; "" where nothing was."""
    return "; ".join(f"{name}: {fact}" for name, fact in exhibit_facts(exhibit, locale) if fact)


def exhibit_facts(exhibit: SeizedExhibit, locale: Locale) -> Iterator[tuple[str, str]]:
    """Yield what an officer stated of an exhibit; what is not known is left empty."""
    _ = locale.translate
    yield _("Exhibit or lift"), exhibit.number
    yield _("Seizure memo"), exhibit.seizure_memo
    yield _("Scene and surface"), exhibit.scene
    yield _("Lifted by"), exhibit.lifted_by
    yield _("Lifted on"), locale.language.day(exhibit.lifted_on) if exhibit.lifted_on else ""


def day_and_time(encounter: Encounter, locale: Locale) -> str:
    """Return the day of an encounter, and the local time of day where it was entered."""
    day = locale.language.day(encounter.date)
    return f"{day}, {encounter.time:%H:%M}" if encounter.time else day
