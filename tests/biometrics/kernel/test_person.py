"""What the police write about a person is trimmed, kept in its script and refused where it cannot be right."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from records_examples import encounter

from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.encounter import MAX_SECTIONS, Section
from biometrics.kernel.people.person import MAX_ALIASES, Person, Sex
from biometrics.kernel.technique.clock import today
from biometrics.kernel.technique.text import NAME_LENGTH, clean_text, folded


def test_texts_are_trimmed_and_composed() -> None:
    """Two ways to type the same letter are stored as one, or a search would miss one of them."""
    person = Person("  Rene\u0301 D'Souza\n", aliases=(" Guddi ", "Guddi"), national_number=" 2700000001 ")
    assert person.name == "Ren\u00e9 D'Souza"
    assert person.aliases == ("Guddi",)
    assert person.national_number == "2700000001"


def test_devanagari_with_joiners_is_kept() -> None:
    assert Person("क्\u200dषितिज राम").name == "क्\u200dषितिज राम"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": "   "}, "name is empty"),
        ({"name": "\u200d"}, "name is empty"),
        ({"name": "x" * (NAME_LENGTH + 1)}, "201 characters"),
        ({"name": "Ram\x00Kumar"}, "control characters"),
        ({"name": "Ram\nKumar"}, "control characters"),
        ({"name": "Ram \u202eramuK"}, "control characters"),
        ({"name": "\ud800"}, "control characters"),
        ({"name": "Ram", "aliases": ("",)}, "alias is empty"),
        ({"name": "Ram", "aliases": tuple(str(n) for n in range(MAX_ALIASES + 1))}, "51 were given"),
        ({"name": "Ram", "birth_year": 1849}, "birth year is 1849"),
        ({"name": "Ram", "birth_year": today().year + 2}, "birth year"),
        ({"name": "Ram", "national_number": "270000001"}, "ten digits"),
        ({"name": "Ram", "national_number": "27000000012"}, "ten digits"),
        ({"name": "Ram", "national_number": "२७००००००००"}, "ten digits"),
        ({"name": "Ram", "national_number": ""}, "ten digits"),
    ],
)
def test_a_person_that_cannot_be_right_is_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidField, match=message):
        Person(**fields)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"fir_number": ""}, "FIR number is empty"),
        ({"fir_number": "abc"}, "is no FIR number"),
        ({"station_code": "9" * 21}, "police station code"),
        ({"district_code": " "}, "district code is empty"),
        ({"state_code": "MH"}, "state code must be two digits"),
        ({"state_code": "२७"}, "state code must be two digits"),
        ({"state_code": "27\n1"}, "state code must be two digits"),
        ({"officer": "\t"}, "officer is empty"),
        ({"date": date(1889, 12, 31)}, "date is 1889-12-31"),
        ({"date": datetime.now(UTC).date() + timedelta(days=2)}, "not in the future"),
        ({"sections": (Section("IPC", "379"),) * (MAX_SECTIONS + 1)}, "51 were given"),
    ],
)
def test_an_encounter_that_cannot_be_right_is_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidField, match=message):
        encounter(**fields)


@pytest.mark.parametrize(("act", "section"), [("", "379"), ("IPC", " "), ("IPC", "3\x1b79")])
def test_a_section_needs_both_parts(act: str, section: str) -> None:
    with pytest.raises(InvalidField):
        Section(act, section)


def test_an_indian_mornings_arrest_is_not_in_the_future() -> None:
    india = datetime.now(UTC) + timedelta(hours=5, minutes=30)
    assert encounter(date=india.date()).date == india.date()


def test_an_unknown_sex_is_the_default() -> None:
    assert Person("Ram").sex is Sex.UNKNOWN


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("RAM  Kumar", "ram kumar"),
        ("Straße", "STRASSE"),
        ("ＲＡＭ", "ram"),
        ("\u0958ादर", "\u0915\u093cादर"),
        ("क्\u200dष", "क्ष"),
        ("RENE\u0301", "ren\u00e9"),
    ],
)
def test_texts_that_read_the_same_are_folded_to_the_same(left: str, right: str) -> None:
    """A search must not depend on how a keyboard spells a letter."""
    assert folded(left) == folded(right)


def test_an_optional_text_may_be_empty() -> None:
    assert clean_text("file name", " ", 10, required=False) == ""
