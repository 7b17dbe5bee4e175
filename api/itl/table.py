"""The tables that say what transactions mean: mapping.toml and INTERPOL's, int_i.toml, or an operator's copies."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from biometrics.kernel.access import Purpose
from biometrics.kernel.errors import InvalidField, TableUnusable
from biometrics.kernel.people.encounter import EncounterKind, LegalBasis
from biometrics.kernel.recognition.targets import check_target

SHIPPED = Path(__file__).with_name("mapping.toml")
INTERPOL = "INT-I"  # the domain (1.013)
_SHIPPED_OF_INTERPOL = Path(__file__).with_name("int_i.toml")
FORMS = ("", "surname, given", "date", "act:section", "feet", "cm", "finger:code", "country, number")
SOURCES = frozenset(
    {
        "name",
        "aliases",
        "sex",
        "birth_date",
        "height",
        "eyes",
        "hair",
        "address",
        "device",
        "missing_fingers",
        "national_number",
        "fir_number",
        "station_code",
        "district_code",
        "state_code",
        "date",
        "sections",
        "officer",
        "candidate_images",
        "candidate_features",
        "candidate_photos",
        "keep_latent",
        "purpose",
    }
)
ANSWERS = ("national_number", "name", "message", "candidates", "scores", "fingers")
# By the form of an answer: what else it says.
_MORE_ANSWERS = {"": ("finding",), "int-i": ("contact", "mode", "error_message")}
_FIELD = re.compile(r"([12])\.([0-9]{1,5})")


class Use(StrEnum):
    """What is done with a transaction."""

    BOOKING = "booking"
    TENPRINT_SEARCH = "tenprint_search"
    LATENT_SEARCH = "latent_search"
    DELETION = "deletion"


@dataclass(frozen=True)
class FieldAddress:
    """A field of a Type-1 or Type-2 record."""

    type: int
    number: int

    def __str__(self) -> str:
        """Return it as the standard writes it."""
        return f"{self.type}.{self.number:03d}"


@dataclass(frozen=True)
class TransactionKind:
    """What is done with transactions of one type; see mapping.toml."""

    use: Use
    answer: str
    error: str = ""
    kind: EncounterKind = EncounterKind.ARREST
    legal_basis: LegalBasis = LegalBasis.UNSTATED
    purpose: str = ""
    search_first: bool = False


@dataclass(frozen=True)
class FieldSource:
    """Where a value is found; see mapping.toml."""

    fields: tuple[FieldAddress, ...]
    item: int = 1
    characters: tuple[int, int] | None = None
    form: str = ""
    codes: Mapping[str, str] | None = None


@dataclass(frozen=True)
class AnswerForm:
    """What an answer's Type-2 record says where; see mapping.toml and int_i.toml.

    With `has_one_candidate` it is INTERPOL's, which also has a `country` and codes of errors.
    """

    fields: Mapping[str, FieldAddress]
    echo: tuple[FieldAddress, ...]
    error: str
    has_one_candidate: bool
    country: str
    error_codes: Mapping[str, str]


@dataclass(frozen=True)
class TransactionTable:
    """The whole table; `domains` has the tables of domains (1.013) of their own."""

    kinds: Mapping[str, TransactionKind]
    sources: Mapping[str, FieldSource]
    answer: AnswerForm
    candidates: int
    target_fpir: float
    accept_poor_quality: str
    domains: Mapping[str, TransactionTable] = field(default_factory=dict)

    def of_domain(self, domain: str) -> TransactionTable:
        """Return the table of a domain (1.013); of one that has none of its own, this table."""
        return self.domains.get(domain, self)

    def error_of(self, type_of_transaction: str) -> str:
        """Return the type of the answer to a transaction that cannot be carried out."""
        kind = self.kinds.get(type_of_transaction)
        return (kind.error if kind else "") or self.answer.error

    @property
    def refusals(self) -> set[str]:
        """The types of the answers to transactions that cannot be carried out, in all domains."""
        error_types = {self.answer.error, *(self.error_of(name) for name in self.kinds)}
        return error_types.union(*(table.refusals for table in self.domains.values()))

    @classmethod
    def load(cls, path: Path | None = None, interpol: Path | None = None) -> TransactionTable:
        """Read an operator's tables, of all domains and of INTERPOL's, or those that are shipped.

        Raises:
            TableUnusable: one cannot be read, or holds something that is not understood.
        """
        of_interpol = cls._read(interpol or _SHIPPED_OF_INTERPOL)
        return replace(cls._read(path or SHIPPED), domains={INTERPOL: of_interpol})

    @classmethod
    def _read(cls, path: Path) -> TransactionTable:
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
            return cls._of(content)
        except OSError as error:
            raise TableUnusable(f"The table of transactions {path} cannot be read: {error.strerror}.") from error
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            problem = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise TableUnusable(f"The table of transactions {path.name} is not as it must be: {problem}.") from error

    @classmethod
    def _of(cls, content: Mapping[str, Any]) -> TransactionTable:
        _refuse_unknown("", content, {"transactions", "fields", "answer", "limits", "booking"})
        fields = content["fields"]
        _refuse_unknown("fields", fields, SOURCES)
        limits = content["limits"]
        if not 1 <= limits["candidates"] <= 100:
            raise ValueError("limits: candidates is 1 to 100")
        try:
            check_target("target_fpir", limits["target_fpir"])
        except InvalidField as error:
            raise ValueError(f"limits: {error.message}") from error
        return cls(
            kinds={name: _kind(name, entry) for name, entry in content["transactions"].items()},
            sources={name: _source(name, entry) for name, entry in fields.items()},
            answer=_answer(content["answer"]),
            candidates=limits["candidates"],
            target_fpir=limits["target_fpir"],
            accept_poor_quality=str(content.get("booking", {}).get("accept_poor_quality", "")),
        )


def _answer(entry: Mapping[str, Any]) -> AnswerForm:
    form = entry.get("form", "")
    if form not in _MORE_ANSWERS:
        raise ValueError(f"answer: the form {form!r} is none of {', '.join(filter(None, _MORE_ANSWERS))}")
    names = (*ANSWERS, *_MORE_ANSWERS[form])
    only_interpols = {"country", "errors"} if form else set()
    _refuse_unknown("answer", entry, {*names, *only_interpols, "form", "echo", "error"})
    return AnswerForm(
        fields={name: _address(entry[name]) for name in names},
        echo=tuple(_address(text) for text in entry["echo"]),
        error=entry.get("error", "ERRT"),
        has_one_candidate=bool(form),
        country=entry["country"] if form else "",
        error_codes=entry["errors"] if form else {},
    )


def _kind(name: str, entry: Mapping[str, Any]) -> TransactionKind:
    read: dict[str, Callable[[Any], Any]] = {
        "use": Use,
        "answer": str,
        "error": str,
        "kind": EncounterKind,
        "legal_basis": LegalBasis,
        "purpose": Purpose,
        "search_first": bool,
    }
    _refuse_unknown(f"transactions.{name}", entry, read)
    return TransactionKind(**{key: read[key](value) for key, value in entry.items()})


def _source(name: str, entry: Mapping[str, Any]) -> FieldSource:
    _refuse_unknown(f"fields.{name}", entry, {"from", "item", "characters", "form", "codes"})
    characters, form, item = entry.get("characters"), entry.get("form", ""), entry.get("item", 1)
    if form not in FORMS:
        raise ValueError(f"fields.{name}: the form {form!r} is none of {', '.join(filter(None, FORMS))}")
    if item < 1 or (characters and not 1 <= characters[0] <= characters[1]):
        raise ValueError(f"fields.{name}: item and characters count from 1")
    return FieldSource(
        fields=tuple(_address(text) for text in entry["from"]),
        item=item,
        characters=(characters[0], characters[1]) if characters else None,
        form=form,
        codes=entry.get("codes"),
    )


def _address(text: str) -> FieldAddress:
    match = _FIELD.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no field of a Type-1 or Type-2 record, such as 2.018")
    return FieldAddress(int(match[1]), int(match[2]))


def _refuse_unknown(where: str, entry: Mapping[str, Any], allowed: Any) -> None:
    if unknown := [key for key in entry if key not in allowed]:
        raise ValueError(f"{where}{'.' if where else ''}{unknown[0]} is not known")
