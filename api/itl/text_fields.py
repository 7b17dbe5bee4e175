"""Values of Type-1 and Type-2 fields, looked up by the table, as values of the domain; collects all faults."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from api.itl.table import FieldAddress, FieldSource, TransactionKind, TransactionTable
from biometrics.itl import ItlRecord
from biometrics.itl.dictionary import field_rule
from biometrics.itl.validation import domain_of
from biometrics.kernel.access import Purpose
from biometrics.kernel.errors import FieldFault, InvalidField, MalformedTransaction
from biometrics.kernel.people.encounter import Encounter, MissingFinger, MissingReason, Section
from biometrics.kernel.people.particulars import Address as PostalAddress
from biometrics.kernel.people.particulars import Appearance, Eyes, Hair, Particulars
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.technique.text import FIR_LENGTH, clean_text

_TEXT = 2
_YES = "Y"
_EXPECTED = {
    "name": "the person's name",
    "fir_number": "a FIR number of at most 40 characters",
    "station_code": "a police station's code of at most 20 characters",
    "district_code": "a district's code, within the station's",
    "state_code": "a state's code of two digits, within the station's",
    "date": "a day YYYYMMDD, not in the future",
    "birth_date": "a day YYYYMMDD; zeros for a month or day that is not known",
    "sections": "ACT:SECTION, such as BNS 2023:303(2)",
    "officer": "the officer's name",
    "national_number": "a national number of ten digits",
    "aliases": "another name",
    "height": "a height of three digits",
    "candidate_images": "a number of candidates, 0 to 99",
    "missing_fingers": "a finger, 1 to 10, and a code why it could not be taken",
}
# An encounter in which only one value, the one that is looked at, can be wrong.
_SOME_ENCOUNTER: dict[str, Any] = {
    "fir_number": "1",
    "station_code": "1",
    "district_code": "1",
    "state_code": "10",
    "date": dt.date(2000, 1, 1),
    "sections": (),
    "officer": "A",
}

_JOINED = {"finger:code": ":", "country, number": " "}  # forms of all items of a subfield together

_Value = TypeVar("_Value")


@dataclass
class TextFields:
    """The values of one transaction; `faults` gathers what is wrong with those that were asked for."""

    table: TransactionTable
    first: ItlRecord
    text: ItlRecord | None
    faults: list[FieldFault] = field(default_factory=list)

    @classmethod
    def of(cls, table: TransactionTable, records: Sequence[ItlRecord]) -> TextFields:
        """Look into a file's records by the table of its domain; its texts are in the first Type-2 record."""
        table = table.of_domain(domain_of(records[0]))
        return cls(table, records[0], next((record for record in records if record.type == _TEXT), None))

    def person(self) -> Person | None:
        """Return who the transaction is about; None where something is wrong."""
        before = len(self.faults)
        values = {
            "name": self._required("name", lambda text: Person(text).name),
            "sex": self._optional("sex", Sex, Sex.UNKNOWN),
            "birth_year": self._optional("birth_date", _birth_year, None),
            "particulars": self._particulars(),
            "aliases": tuple(self._values("aliases", lambda text: Person("A", aliases=(text,)).aliases[0])),
            "national_number": self.national_number(),
        }
        return self._built(before, Person, values)

    def _particulars(self) -> Particulars:
        return Particulars(
            birth_date=self._optional("birth_date", _birth_date, None),
            address=self._optional("address", lambda text: PostalAddress(text), PostalAddress()),
            appearance=Appearance(
                height_cm=self._optional("height", self._height, None),
                eyes=self._optional("eyes", Eyes, None),
                hair=self._optional("hair", Hair, None),
            ),
        )

    def _height(self, text: str) -> int | None:
        """Read a height; zeros are not known."""
        if not re.fullmatch("[0-9]{3}", text):
            raise ValueError(text)
        feet = self.table.sources["height"].form == "feet"
        height = round(2.54 * (12 * int(text[0]) + int(text[1:]))) if feet else int(text)
        return Appearance(height_cm=height or None).height_cm

    def national_number(self, required: bool = False) -> str | None:
        """Return the number of the record that is meant."""

        def read(text: str) -> str | None:
            return Person("A", national_number=text).national_number

        return self._required("national_number", read) if required else self._optional("national_number", read, None)

    def encounter(self, kind: TransactionKind) -> Encounter | None:
        """Return the occasion on which the samples were taken; None where something is wrong."""
        before = len(self.faults)
        values: dict[str, Any] = {
            name: self._required(name, _proper(name))
            for name in ("fir_number", "station_code", "district_code", "state_code", "officer")
        }
        values["date"] = self._required("date", lambda text: _proper("date")(_date(text)))
        values["sections"] = tuple(self._values("sections", _section))
        values["device"] = self._optional("device", _proper("device"), "")
        return self._built(before, Encounter, values | {"kind": kind.kind, "legal_basis": kind.legal_basis})

    def missing_fingers(self) -> list[MissingFinger]:
        """Return the fingers that the texts report as not taken, each once: the last entry counts."""
        source = self.table.sources.get("missing_fingers")
        codes = (source.codes if source else None) or {}
        missing = self._values("missing_fingers", lambda text: _missing_finger(text, codes))
        return list({finger.position: finger for finger in missing}.values())

    def case_number(self, required: bool = False) -> str:
        """Return the case number of a search; empty if missing."""

        def read(text: str) -> str:
            return clean_text("case number", text, FIR_LENGTH)

        return (self._required("fir_number", read) or "") if required else self._optional("fir_number", read, "")

    def officer(self) -> str:
        """Return the officer who asks; empty if missing."""
        return self._optional("officer", _proper("officer"), "")

    def purpose(self) -> Purpose | None:
        """Return the purpose of a search; None: that of its type of transaction."""
        return self._optional("purpose", Purpose, None)

    def candidate_images(self) -> int:
        """Return of how many candidates images are wanted."""
        return self._optional("candidate_images", _count, 0)

    def flag(self, name: str) -> bool:
        """Say whether a field holds Y."""
        return self._optional(name, str, "").upper() == _YES

    def _required(self, name: str, read: Callable[[str], _Value]) -> _Value | None:
        value = self._texts_of(name)
        if not value:
            self._missing(name)
            return None
        return self._read(name, *value[0], read, None)

    def _optional(self, name: str, read: Callable[[str], _Value], default: _Value) -> _Value:
        value = self._texts_of(name)
        return self._read(name, *value[0], read, default) if value else default

    def _values(self, name: str, read: Callable[[str], _Value]) -> list[_Value]:
        values = [self._read(name, address, text, read, None) for address, text in self._texts_of(name)]
        return [value for value in values if value is not None]

    def _read(
        self, name: str, address: FieldAddress, text: str, read: Callable[[str], _Value], default: _Value | Any
    ) -> _Value | Any:
        try:
            return read(text)
        except InvalidField as error:
            self._fault(name, address, text, error.message)
        except ValueError:
            self._fault(name, address, text, f"{text[:40]!r} is not {_EXPECTED.get(name, 'a code that is known')}.")
        return default

    def _texts_of(self, name: str) -> list[tuple[FieldAddress, str]]:
        """Return the texts of the first of a value's fields that is not empty, one a subfield."""
        source = self.table.sources.get(name)
        for address in source.fields if source else ():
            texts = self._texts(address, source) if source else []
            if texts:
                return [(address, text) for text in texts]
        return []

    def _texts(self, address: FieldAddress, source: FieldSource) -> list[str]:
        record = self._record(address)
        if record is None:
            return []
        try:
            subfields = record.items(address.number)
        except MalformedTransaction as error:
            self.faults += [fault for fault in error.faults if fault not in self.faults]
            return []
        if source.form in _JOINED:
            return [_JOINED[source.form].join(filter(None, items)) for items in subfields if any(items)]
        texts = [_shaped(items[source.item - 1], source) for items in subfields if len(items) >= source.item]
        return [text for text in texts if text]

    def _record(self, address: FieldAddress) -> ItlRecord | None:
        return self.text if address.type == _TEXT else self.first

    def _missing(self, name: str) -> None:
        source = self.table.sources.get(name)
        expected = _EXPECTED.get(name, name)
        if source is None:
            message = f"The table of transactions does not say where {expected} is found."
            self.faults.append(FieldFault(0, "", "", expected, message))
            return
        address = source.fields[0]
        mnemonic = field_rule(address.type, address.number, domain_of(self.first)).mnemonic
        record = self._record(address)
        number = record.place if record else 0
        label = f"Record {number}, field {address}" if record else f"There is no Type-{address.type} record: field"
        message = f"{label}{'' if record else f' {address}'}{f' ({mnemonic})' * bool(mnemonic)} must give {expected}."
        self.faults.append(FieldFault(number, str(address), "", expected, message))

    def _fault(self, name: str, address: FieldAddress, text: str, problem: str) -> None:
        record = self._record(address)
        number = record.place if record else 0
        message = f"Record {number}, field {address}: {problem}"
        self.faults.append(FieldFault(number, str(address), text[:40], _EXPECTED.get(name, "a known code"), message))

    def _built(self, before: int, make: Callable[..., _Value], values: dict[str, Any]) -> _Value | None:
        if len(self.faults) > before:
            return None
        try:
            return make(**values)
        except InvalidField as error:  # such as too many aliases
            self.faults.append(FieldFault(self.text.place if self.text else 0, "", "", "", error.message))
            return None


def _shaped(text: str, source: FieldSource) -> str:
    text = text.strip()
    if source.characters:
        text = text[source.characters[0] - 1 : source.characters[1]]
    if source.form == "surname, given":
        family, comma, given_name = text.partition(",")
        text = " ".join(filter(None, f"{given_name} {family}".split(" "))) if comma else text
    if source.codes is not None:
        text = source.codes.get(text, text)
    return text


def _proper(name: str) -> Callable[[Any], Any]:
    return lambda value: getattr(Encounter(**(_SOME_ENCOUNTER | {name: value})), name)


def _date(text: str) -> dt.date:
    if not re.fullmatch("[0-9]{8}", text):
        raise ValueError(text)
    return dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))


def _birth_year(text: str) -> int | None:
    if not re.fullmatch("[0-9]{8}", text):
        raise ValueError(text)
    if text.endswith("0000"):
        return Person("A", birth_year=int(text[:4])).birth_year
    _date(f"{text[:6]}{text[6:] if text[6:] != '00' else '01'}")
    return Person("A", birth_year=int(text[:4])).birth_year


def _birth_date(text: str) -> dt.date | None:
    return None if text.endswith("00") else Particulars(birth_date=_date(text)).birth_date


def _section(text: str) -> Section:
    act, colon, section = text.rpartition(":")
    if not colon:
        raise ValueError(text)
    return Section(act, section)


def _missing_finger(text: str, codes: Mapping[str, str]) -> MissingFinger:
    finger, _, code = text.partition(":")
    code = code.strip()
    return MissingFinger(FingerPosition(int(finger)), MissingReason(codes.get(code, code)))


def _count(text: str) -> int:
    if not re.fullmatch("[0-9]{1,2}", text):
        raise ValueError(text)
    return int(text)
