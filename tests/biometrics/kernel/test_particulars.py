"""What the arrest form says of a person is checked, and no more is taken than identifies somebody."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time

import pytest
from records_examples import WHOLE, encounter

from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.encounter import LegalBasis
from biometrics.kernel.people.particulars import (
    Address,
    Appearance,
    DocumentKind,
    IdDocument,
    Particulars,
    Relation,
    Relative,
)
from biometrics.kernel.people.person import Person
from biometrics.kernel.technique.entry import from_json, to_json

REFUSED: list[Callable[[], object]] = [
    lambda: IdDocument(DocumentKind.AADHAAR, "123412341234"),  # the whole number
    lambda: IdDocument(DocumentKind.PASSPORT, "12"),
    lambda: Appearance(height_cm=12),
    lambda: Appearance(height_cm=1750),  # millimetres
    lambda: Appearance(languages=("Hindi\n",) * 2 + ("a\x00",)),
    lambda: Address(pin_code="012345"),
    lambda: Address(state_code="Goa"),
    lambda: Relative(Relation.FATHER, " "),
    lambda: Particulars(nationality="Indian"),
    lambda: Particulars(birth_date=date(2999, 1, 1)),
    lambda: Particulars(relatives=tuple(Relative(Relation.OTHER, f"R {n}") for n in range(21))),
    lambda: Person("Ram", birth_year=1980, particulars=Particulars(date(1981, 1, 1))),
    lambda: encounter(fir_number="12/2020", fir_year=2021),
    lambda: encounter(fir_number="12", fir_year=20),
    lambda: encounter(place="x" * 201),
]


@pytest.mark.parametrize("wrong", REFUSED)
def test_particulars_that_break_a_rule_are_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(InvalidField, match=r"\."):
        wrong()


def test_particulars_go_to_json_and_back() -> None:
    assert from_json(Particulars, json.loads(json.dumps(to_json(WHOLE)))) == WHOLE
    assert to_json(Particulars()) == {}
    person = Person("Ram", aliases=("R",), national_number="2700000001", particulars=WHOLE)
    assert from_json(Person, json.loads(json.dumps(to_json(person)))) == person


def test_a_correction_changes_what_it_names() -> None:
    """It is a merge patch: null restores a default, and what is left out stays, at every depth."""
    person = Person("Ram", aliases=("R",), particulars=WHOLE)
    corrected = person.corrected(
        {"aliases": None, "particulars": {"address": {"district": "Thane"}, "nationality": None}}
    )
    address = replace(WHOLE.address, district="Thane")
    assert corrected == replace(person, aliases=(), particulars=replace(WHOLE, address=address, nationality=""))
    born = person.corrected({"particulars": {"birth_date": date(1970, 5, 4)}})
    assert (born.birth_year, born.particulars.relatives) == (1970, WHOLE.relatives)
    with pytest.raises(InvalidField, match="PIN code"):
        person.corrected({"particulars": {"address": {"pin_code": "0"}}})


def test_the_year_of_birth_follows_from_the_date() -> None:
    assert Person("Ram", particulars=Particulars(date(1981, 5, 4))).birth_year == 1981


def test_the_year_of_a_fir_is_read_from_its_number() -> None:
    assert [
        encounter(fir_number=number).fir_year for number in ("123/2020", "7 of 1999", "0123-2024", "77", "A/2020")
    ] == [
        2020,
        1999,
        2024,
        None,
        None,
    ]
    assert encounter(fir_number="77", fir_year=2020).fir_year == 2020


def test_the_details_of_an_arrest_are_trimmed() -> None:
    """Seconds of an arrest are nobody's knowledge."""
    first = encounter(time=time(23, 5, 59), place=" Dadar ", device=" L Scan ", legal_basis=LegalBasis.CONSENT)
    assert (first.time, first.place, first.device) == (time(23, 5), "Dadar", "L Scan")
